#include "core/compare/comparer.h"
#include "core/seccomp/verdict_changes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bulkhead::compare {

using model::ArchVerdicts;
using model::SeccompMode;
using seccomp::Arch;
using seccomp::Relation;
using seccomp::VerdictChange;

namespace {

using Verdicts = std::map<std::string, ArchVerdicts>;

constexpr std::size_t kMaxChanges = 100; // calls told one by one; a filter against none differs in hundreds
constexpr std::size_t kMaxNamed = 6;     // calls that a summary names
constexpr std::size_t kMaxText = 240;    // of a verdict with many conditions

/// A direction and why.
struct Judgement {
    Direction direction = Direction::neutral;
    std::string reason;
};

bool isConditional(const model::SeccompVerdict& verdict) {
    return !verdict.cases.empty();
}

Judgement judge(const VerdictChange& change) {
    const bool before = seccomp::allowsSome(change.before);
    const bool after = seccomp::allowsSome(change.after);
    switch (change.relation) {
    case Relation::wider:
        if (before || isConditional(change.before)) {
            return {Direction::weaker, "its conditions let more arguments through"};
        }
        return {
            Direction::weaker,
            after ? "the call is let through" : "another process decides, no longer the filter"};
    case Relation::narrower:
        if (after || isConditional(change.after)) {
            return {Direction::stronger, "its conditions let fewer arguments through"};
        }
        return {
            Direction::stronger,
            before ? "the call is denied" : "the filter decides, no longer another process"};
    case Relation::incomparable:
        return {Direction::incomparable, "each lets arguments through that the other denies"};
    case Relation::unknown:
        return {Direction::unknown, "a filter defies exact evaluation for this call"};
    case Relation::visibility:
        return {Direction::neutral, "let through either way, logged on one side"};
    default:
        return {Direction::neutral, "denied either way"};
    }
}

std::string textOf(const model::SeccompVerdict& verdict) {
    std::string text = seccomp::toText(verdict);
    return text.size() > kMaxText ? text.substr(0, kMaxText) + "..." : text;
}

std::string summaryOf(const ArchVerdicts& verdicts, const Arch* arch) {
    if (!verdicts.reachable) {
        return "not run by this kernel";
    }
    if (arch == nullptr) {
        return "others " + textOf(verdicts.others);
    }
    const seccomp::CallCount count = seccomp::countCalls(verdicts, *arch);
    return count.allowed == count.all && count.conditional == 0
               ? "all calls"
               : std::to_string(count.allowed) + " of " + std::to_string(count.all) + " calls";
}

std::vector<std::string> describe(const Verdicts& all) {
    std::vector<std::string> out;
    out.reserve(all.size());
    for (const auto& [name, verdicts] : all) {
        out.push_back(name + ": " + summaryOf(verdicts, seccomp::findArch(name)));
    }
    return out;
}

// "52 calls more: mount, bpf and 50 others".
std::string countText(const std::vector<VerdictChange>& changes, Direction direction, std::string_view word) {
    std::vector<std::string> names;
    for (const VerdictChange& change : changes) {
        if (judge(change).direction == direction) {
            names.push_back(change.call);
        }
    }
    if (names.empty()) {
        return "";
    }
    std::string text = std::to_string(names.size()) + " " + std::string(word) + ": ";
    for (std::size_t i = 0; i < std::min(names.size(), kMaxNamed); ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() > kMaxNamed ? text + " and " + std::to_string(names.size() - kMaxNamed) + " others"
                                    : text;
}

void addSummary(
    const Comparison& to, const std::string& path, const Sides<const ArchVerdicts&>& sides, const Arch& arch,
    const std::vector<VerdictChange>& changes) {
    Direction direction = Direction::neutral;
    for (const VerdictChange& change : changes) {
        direction = combined(direction, judge(change).direction);
    }
    std::string reason;
    for (const auto& [each, word] :
         {std::pair{Direction::weaker, "wider"}, std::pair{Direction::stronger, "narrower"},
          std::pair{Direction::incomparable, "not comparable"}, std::pair{Direction::unknown, "undetermined"},
          std::pair{Direction::neutral, "denied or logged otherwise"}}) {
        const std::string text = countText(changes, each, word);
        reason += (reason.empty() || text.empty() ? "" : "; ") + text;
    }
    to.add(
        path, summaryOf(sides.baseline, &arch), summaryOf(sides.candidate, &arch), direction,
        std::move(reason));
}

// The ABI's verdicts of one side. Without a filter a snapshot has only the native ABI, and all are alike.
const ArchVerdicts*
verdictsOf(const Verdicts& all, const std::string& name, const model::Snapshot& snapshot) {
    static const ArchVerdicts everything;
    if (const auto found = all.find(name); found != all.end()) {
        return &found->second;
    }
    return snapshot.seccomp.mode.valueOr(SeccompMode::filter) == SeccompMode::disabled ? &everything
                                                                                       : nullptr;
}

void compareArch(
    const Comparison& to, const std::string& path, const Sides<const ArchVerdicts&>& sides,
    const std::string& name, bool native) {
    const Arch* arch = seccomp::findArch(name);
    if (sides.baseline == sides.candidate) {
        return;
    }
    if (arch == nullptr) {
        to.add(
            path, summaryOf(sides.baseline, arch), summaryOf(sides.candidate, arch), Direction::unknown,
            "this architecture is not evaluated here");
        return;
    }
    const auto changes = seccomp::changesOf(sides.baseline, sides.candidate, *arch);
    if (changes.empty()) {
        return;
    }
    if (!native || changes.size() > kMaxChanges) {
        addSummary(to, path, sides, *arch, changes);
        return;
    }
    for (const VerdictChange& change : changes) {
        Judgement judged = judge(change);
        const bool plain = change.call.find('.') == std::string::npos;
        to.add(
            path + (plain ? "." + change.call : "[\"" + change.call + "\"]"), textOf(change.before),
            textOf(change.after), judged.direction, std::move(judged.reason));
    }
}

// A side without a filter does not list foreign ABIs: whether the kernel runs one is told by the side that
// does.
bool isRun(const Sides<const Verdicts&>& verdicts, const std::string& name) {
    return std::ranges::any_of(
        std::array{&verdicts.baseline, &verdicts.candidate}, [&](const Verdicts* side) {
            const auto found = side->find(name);
            return found != side->end() && found->second.reachable;
        });
}

} // namespace

void compareValue(const Comparison& to, const std::string& path, const Sides<const Verdicts&>& verdicts) {
    std::vector<std::string> names;
    for (const Verdicts* side : {&verdicts.baseline, &verdicts.candidate}) {
        for (const auto& [name, each] : *side) {
            if (std::ranges::find(names, name) == names.end()) {
                names.push_back(name);
            }
        }
    }
    std::ranges::sort(names);
    // "seccomp.verdicts" is the fact; its calls are told as "seccomp.x86_64.mount".
    const std::string facet = path.substr(0, path.rfind('.'));
    const std::string native = to.snapshots.candidate.host.arch.valueOr("");
    for (const std::string& name : names) {
        const ArchVerdicts* before = verdictsOf(verdicts.baseline, name, to.snapshots.baseline);
        const ArchVerdicts* after = verdictsOf(verdicts.candidate, name, to.snapshots.candidate);
        if (before != nullptr && after != nullptr && isRun(verdicts, name)) {
            compareArch(to, model::pathTo(facet, name), {*before, *after}, name, name == native);
        }
    }
}

void compareWithUnread(
    const Comparison& to, const std::string& path, const Verdicts& known, bool knownIsBaseline) {
    const model::Snapshot& other = knownIsBaseline ? to.snapshots.candidate : to.snapshots.baseline;
    if (other.seccomp.mode.valueOr(SeccompMode::disabled) != SeccompMode::filter) {
        const model::Unreadable why{"the mode of seccomp could not be read", ""};
        addUnreadable(to, path, knownIsBaseline ? nullptr : &why, knownIsBaseline ? &why : nullptr);
        return;
    }
    const Value unread = model::Unreadable{"the filter programs were not read", ""};
    const Value read = describe(known);
    to.add(
        path, knownIsBaseline ? read : unread, knownIsBaseline ? unread : read, Direction::incomparable,
        "a filter was not read: what it leaves is not known");
}

} // namespace bulkhead::compare
