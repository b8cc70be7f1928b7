#include "core/seccomp/arch_walk.h"

#include "core/seccomp/cases.h"
#include "core/seccomp/segments.h"
#include "core/seccomp/syscalls.h"
#include "core/seccomp/walk.h"
#include "core/seccomp/witness.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace bulkhead::seccomp {

using model::SeccompAction;
using model::SeccompVerdict;

namespace {

constexpr std::size_t kMergeWork = 30'000'000; // squares of cases merged, all calls of an ABI together
constexpr std::size_t kMaxRanges = 1024;       // ranges of unnamed numbers that a document can list
constexpr std::size_t kMaxPieces = 512;        // of ranges whose numbers a filter tells apart by their bits
constexpr std::size_t kPieceEffort = 400'000;  // of telling them apart
constexpr const char* kBeyond = "bits of nr";  // why numbers in more pieces than that are undetermined
constexpr WalkBounds kOneNumber{20'000, 1'000};

/// Numbers that are answered alike.
struct Range {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    SeccompVerdict verdict;
};

Intervals numbersOf(const Arch& arch) {
    if (arch.bit != 0) {
        return intervalsBetween(kX32Bit, 2ULL * kX32Bit - 1, kLowHalf);
    }
    if (arch.name == "x86_64") {
        return complementOf(intervalsBetween(kX32Bit, 2ULL * kX32Bit - 1, kLowHalf));
    }
    return fullIntervals(kLowHalf);
}

// The conditions on arguments alone.
Conjunction withoutNumber(const Conjunction& when) {
    Conjunction out = when;
    std::erase_if(out.parts, [](const Part& part) { return part.word == kNumberWord; });
    return out;
}

// Bits of the number beside its value: none, or some on which the path depends.
bool looksAtBits(const Path& path) {
    return std::ranges::any_of(path.when.parts, [](const Part& part) {
        return part.word == kNumberWord && part.values.mask != kLowHalf;
    });
}

class ArchWalk {
public:
    ArchWalk(const Stack& stack, const Arch& arch)
        : m_stack(stack), m_arch(arch), m_search(stack, arch.audit) {}

    model::ArchVerdicts evaluate() {
        WalkBounds bounds;
        m_paths = walkStack(m_stack, m_arch.audit, numbersOf(m_arch), m_pool, bounds);
        m_cut = bounds.steps == 0 || bounds.paths == 0;
        const auto& calls = syscallsOf(m_arch);
        auto call = calls.begin();
        for (const Segment& segment : segmentsOf(m_paths)) {
            std::uint64_t from = segment.low;
            for (; call != calls.end() && call->number <= segment.high; ++call) {
                if (call->number < segment.low) {
                    continue;
                }
                unnamed(segment, from, call->number);
                named(segment, *call);
                from = static_cast<std::uint64_t>(call->number) + 1;
            }
            unnamed(segment, from, static_cast<std::uint64_t>(segment.high) + 1);
        }
        return collected();
    }

private:
    using Paths = std::vector<const Path*>;

    Paths pathsOf(const Segment& segment) const {
        Paths out;
        out.reserve(segment.paths.size());
        for (const std::uint32_t index : segment.paths) {
            out.push_back(&m_paths[index]);
        }
        return out;
    }

    void named(const Segment& segment, const Syscall& call) {
        Paths paths = pathsOf(segment);
        std::erase_if(paths, [&](const Path* path) { return !takes(*path, call.number); });
        SeccompVerdict verdict = judge(paths, segment.complete, call.number);
        const bool retry = verdict.action == SeccompAction::undetermined &&
                           (m_cut || m_pool.involveNumber() || !segment.complete) && m_retries.steps > 0;
        if (retry) { // arithmetic on the number is exact once there is but one, and its ways are fewer
            WalkBounds bounds{std::min(kOneNumber.steps, m_retries.steps), kOneNumber.paths};
            const std::size_t before = bounds.steps;
            const auto own = walkStack(
                m_stack, m_arch.audit, intervalsBetween(call.number, call.number, kLowHalf), m_pool, bounds);
            m_retries.steps -= before - bounds.steps;
            Paths ways;
            ways.reserve(own.size());
            for (const Path& path : own) {
                ways.push_back(&path);
            }
            verdict = judge(ways, ways.size() <= kMaxPaths, call.number);
        }
        if (isKernelExempt(m_arch, call.number)) {
            verdict.kernelExempt = true;
        }
        m_named.emplace_back(call.name, std::move(verdict));
    }

    static bool takes(const Path& path, std::uint32_t number) {
        return std::ranges::all_of(path.when.parts, [&](const Part& part) {
            return part.word != kNumberWord || part.values.contains(number & part.values.mask);
        });
    }

    // Numbers from `from` to before `end`.
    void unnamed(const Segment& segment, std::uint64_t from, std::uint64_t end) {
        if (from >= end) {
            return;
        }
        const Paths paths = pathsOf(segment);
        const auto low = static_cast<std::uint32_t>(from);
        const auto high = static_cast<std::uint32_t>(end - 1);
        if (std::ranges::any_of(paths, [](const Path* path) { return looksAtBits(*path); })) {
            pieces(segment, paths, low, high);
        } else {
            add({low, high, judge(paths, segment.complete, low)});
        }
    }

    // Halves the range until each path either takes all of its numbers or none.
    void pieces(const Segment& segment, const Paths& paths, std::uint32_t low, std::uint32_t high) {
        Paths taken;
        bool decided = true;
        for (const Path* path : paths) {
            const auto fate = fateOf(*path, low, high);
            decided = decided && fate.has_value();
            if (fate.value_or(true)) {
                taken.push_back(path);
            }
        }
        if (decided) {
            add({low, high, judge(taken, segment.complete, low)});
            return;
        }
        if (++m_pieces > kMaxPieces || m_effort == 0) {
            SeccompVerdict beyond;
            beyond.action = SeccompAction::undetermined;
            beyond.doubt = {kBeyond, {}};
            add({low, high, std::move(beyond)});
            return;
        }
        const std::uint32_t middle = low + (high - low) / 2;
        pieces(segment, paths, low, middle);
        pieces(segment, paths, middle + 1, high);
    }

    // Whether all numbers of the range take the path (true), none (false), or some.
    std::optional<bool> fateOf(const Path& path, std::uint32_t low, std::uint32_t high) {
        if (low == high) {
            return takes(path, low);
        }
        const Intervals range = intervalsBetween(low, high, kLowHalf);
        std::size_t work = path.when.parts.size();
        bool all = true;
        Conjunction within;
        within.parts.push_back({kNumberWord, range});
        for (const Part& part : path.when.parts) {
            if (part.word != kNumberWord || part.values.mask == kLowHalf) {
                continue;
            }
            Conjunction outside;
            outside.parts.push_back({kNumberWord, range});
            outside.add(kNumberWord, complementOf(part.values));
            all = all && feasible(outside, work) == Feasible::no;
            within.add(kNumberWord, part.values);
        }
        const bool none = !all && feasible(within, work) == Feasible::no;
        m_effort -= std::min(m_effort, work);
        return all || none ? std::optional(all) : std::nullopt;
    }

    SeccompVerdict judge(const Paths& paths, bool complete, std::uint32_t number) {
        std::vector<AnsweredCase> cases;
        cases.reserve(paths.size());
        std::uint32_t doubt = 0;
        bool unknown = !complete;
        for (const Path* path : paths) {
            cases.push_back({withoutNumber(path->when), answerOf(path->value)});
            unknown = unknown || path->anyValue;
            doubt = doubt == 0 ? path->doubt : doubt;
        }
        const bool alike = std::ranges::all_of(
            cases, [&](const AnsweredCase& each) { return each.answer == cases.front().answer; });
        if (!unknown && alike) { // whichever way a doubtful call takes
            SeccompVerdict verdict;
            verdict.action = cases.front().answer.action;
            verdict.data = cases.front().answer.data;
            return verdict;
        }
        if (doubt == 0 && !unknown) {
            const std::size_t work = cases.size() * cases.size();
            if (work <= m_mergeWork) {
                m_mergeWork -= work;
                if (auto verdict = verdictOf(std::move(cases))) {
                    return *std::move(verdict);
                }
            }
        }
        SeccompVerdict verdict;
        verdict.action = SeccompAction::undetermined;
        verdict.doubt = {
            doubt != 0 ? m_pool.text(doubt) : "more conditions than can be listed",
            m_search.find(number, paths)};
        return verdict;
    }

    void add(Range range) {
        const bool joins = !m_ranges.empty() && m_ranges.back().verdict == range.verdict &&
                           m_ranges.back().high + 1 == range.low;
        if (joins) {
            m_ranges.back().high = range.high;
        } else {
            m_ranges.push_back(std::move(range));
        }
    }

    // How many numbers of a range an ABI could yet name; those beyond are refused by the kernel anyway.
    std::uint64_t weightOf(const Range& range) const {
        const std::uint64_t low = range.low & ~m_arch.bit;
        const std::uint64_t high = std::min<std::uint64_t>(range.high & ~m_arch.bit, kX32Bit - 1);
        return low <= high ? high - low + 1 : 0;
    }

    SeccompVerdict commonVerdict() const {
        std::map<SeccompVerdict, std::uint64_t> weights;
        for (const Range& range : m_ranges) {
            weights[range.verdict] += weightOf(range);
        }
        return std::ranges::max_element(weights, {}, [](const auto& each) { return each.second; })->first;
    }

    model::ArchVerdicts collected() {
        model::ArchVerdicts out;
        out.others = commonVerdict();
        std::erase_if(m_ranges, [&](const Range& range) { return range.verdict == out.others; });
        if (m_ranges.size() > kMaxRanges) {
            out.others = SeccompVerdict{};
            out.others.action = SeccompAction::undetermined;
            out.others.doubt = {kBeyond, {}};
            m_ranges.clear();
        }
        for (Range& range : m_ranges) {
            if (range.verdict.doubt && range.verdict.doubt->expression == kBeyond) {
                range.verdict.doubt->witnesses = m_search.find(range.low, {});
            }
        }
        for (Range& range : m_ranges) {
            std::string key = fmt::format("#{}", range.low);
            key += range.high != range.low ? fmt::format("..{}", range.high) : "";
            out.calls.emplace(std::move(key), std::move(range.verdict));
        }
        for (auto& [name, verdict] : m_named) {
            if (verdict != out.others) {
                out.calls.emplace(std::move(name), std::move(verdict));
            }
        }
        return out;
    }

    const Stack& m_stack;
    const Arch& m_arch;
    Expressions m_pool;
    WitnessSearch m_search;
    std::vector<Path> m_paths;
    bool m_cut = false;
    WalkBounds m_retries{1'000'000, 0};
    std::size_t m_mergeWork = kMergeWork;
    std::size_t m_pieces = 0;
    std::size_t m_effort = kPieceEffort;
    std::vector<Range> m_ranges;
    std::vector<std::pair<std::string, SeccompVerdict>> m_named;
};

} // namespace

model::ArchVerdicts evaluateArch(const Stack& stack, const Arch& arch) {
    return ArchWalk(stack, arch).evaluate();
}

} // namespace bulkhead::seccomp
