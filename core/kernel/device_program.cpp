#include "core/kernel/device_program.h"

#include "core/model/device_grid.h"

#include <algorithm>
#include <array>
#include <functional>
#include <linux/bpf.h>
#include <map>
#include <optional>
#include <set>

namespace bulkhead::kernel {

using base::ErrorKind;
using base::Result;
using model::DeviceCell;
using Numbers = std::set<std::uint32_t>;

namespace {

/// All programs that runtimes write end within a few thousand; what a hostile one costs is bounded.
constexpr std::uint64_t kMaxSteps = 2'000'000;
/// A span of so many numbers is written out one by one.
constexpr std::uint64_t kMaxSpan = 256;
constexpr std::size_t kMaxCells = 65536;

/// What the kernel asks: inode_permission() for reading, writing or both, mknod(2) for that alone
/// (include/linux/device_cgroup.h).
constexpr std::array<unsigned, 4> kAsked = {
    BPF_DEVCG_ACC_MKNOD, BPF_DEVCG_ACC_READ, BPF_DEVCG_ACC_WRITE, BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE};

/// The outcomes of one type of node, by what was asked.
using Answers = std::array<std::vector<BpfOutcome>, kAsked.size()>;

bool holds(const Spans& spans, std::uint64_t number) {
    return std::ranges::any_of(
        spans, [&](const Span& span) { return span.first <= number && number <= span.last; });
}

/// The outcomes that concern one major.
Answers ofMajor(const Answers& answers, std::uint64_t major) {
    Answers out;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        std::ranges::copy_if(answers[i], std::back_inserter(out[i]), [&](const BpfOutcome& outcome) {
            return holds(outcome.majors, major);
        });
    }
    return out;
}

/// Bits of the access permitted to one node, from outcomes of its major. nullopt: reading and writing at once
/// is not what reading and writing are.
std::optional<unsigned> accessOf(const Answers& ofItsMajor, std::uint64_t minor) {
    const auto allowed = [&](std::size_t asked) {
        return std::ranges::any_of(ofItsMajor[asked], [&](const BpfOutcome& outcome) {
            return outcome.allowed && holds(outcome.minors, minor);
        });
    };
    const bool read = allowed(1);
    const bool write = allowed(2);
    if (allowed(3) != (read && write)) {
        return std::nullopt;
    }
    return (allowed(0) ? model::kDeviceMknod : 0U) | (read ? model::kDeviceRead : 0U) |
           (write ? model::kDeviceWrite : 0U);
}

/// The numbers up to `end`, cut wherever a program tells them apart.
std::vector<Span> piecesOf(const Answers& answers, Spans BpfOutcome::* set, std::uint64_t end) {
    std::set<std::uint64_t> starts = {0};
    for (const auto& outcomes : answers) {
        for (const BpfOutcome& outcome : outcomes) {
            for (const Span& span : outcome.*set) {
                starts.insert(span.first);
                starts.insert(span.last + 1);
            }
        }
    }
    starts.insert(end);
    std::vector<Span> pieces;
    for (auto start = starts.begin(); std::next(start) != starts.end(); ++start) {
        pieces.push_back({*start, *std::next(start) - 1});
    }
    return pieces;
}

const Span& widestOf(const std::vector<Span>& pieces) {
    return *std::ranges::max_element(pieces, {}, [](const Span& span) { return span.last - span.first; });
}

/// What one major permits: for every minor, and for those that differ.
struct MajorAccess {
    unsigned rest = 0;
    std::map<std::uint32_t, unsigned> named;

    bool operator==(const MajorAccess&) const = default;
};

std::unexpected<base::Error> inexpressible(const std::string& what) {
    return base::fail(ErrorKind::unsupported, what);
}

Result<MajorAccess> accessOfMajor(const Answers& answers, std::uint64_t major) {
    const Answers own = ofMajor(answers, major);
    const auto pieces = piecesOf(own, &BpfOutcome::minors, kMinors);
    const Span rest = widestOf(pieces);
    MajorAccess access;
    for (const bool named : {false, true}) {
        for (const Span& piece : pieces) {
            if ((piece != rest) != named) {
                continue;
            }
            const auto bits = accessOf(own, piece.first);
            if (!bits) {
                return inexpressible("it answers reading and writing at once other than each alone");
            }
            if (!named) {
                access.rest = *bits;
            } else if (*bits != access.rest && piece.last - piece.first >= kMaxSpan) {
                return inexpressible("it decides by wide ranges of minor numbers");
            } else if (*bits != access.rest) {
                for (std::uint64_t minor = piece.first; minor <= piece.last; ++minor) {
                    access.named.emplace(static_cast<std::uint32_t>(minor), *bits);
                }
            }
        }
    }
    return access;
}

/// What a type of node permits: for every major, and for those that differ.
struct TypeAccess {
    MajorAccess rest;
    std::map<std::uint32_t, MajorAccess> named;
};

Result<TypeAccess> accessOfType(const Answers& answers) {
    const auto pieces = piecesOf(answers, &BpfOutcome::majors, kMajors);
    const Span rest = widestOf(pieces);
    TypeAccess access;
    auto ofRest = accessOfMajor(answers, rest.first);
    if (!ofRest) {
        return std::unexpected(ofRest.error());
    }
    access.rest = std::move(*ofRest);
    std::size_t cells = access.rest.named.size();
    for (const Span& piece : pieces) {
        auto own = accessOfMajor(answers, piece.first);
        if (!own) {
            return std::unexpected(own.error());
        }
        if (*own == access.rest) {
            continue;
        }
        const std::uint64_t length = piece.last - piece.first + 1;
        cells += length * (1 + own->named.size());
        if (length > kMaxSpan || cells > kMaxCells) {
            return inexpressible("it decides by wide ranges of major numbers");
        }
        for (std::uint64_t major = piece.first; major <= piece.last; ++major) {
            access.named.emplace(static_cast<std::uint32_t>(major), *own);
        }
    }
    return access;
}

unsigned accessAt(const TypeAccess& type, const DeviceCell& cell) {
    const auto named = cell.major ? type.named.find(*cell.major) : type.named.end();
    const MajorAccess& major = named != type.named.end() ? named->second : type.rest;
    const auto minor = cell.minor ? major.named.find(*cell.minor) : major.named.end();
    return minor != major.named.end() ? minor->second : major.rest;
}

Result<TypeAccess>
evaluateType(std::span<const BpfInstruction> program, unsigned type, std::uint64_t& steps) {
    Answers answers;
    for (std::size_t i = 0; i < kAsked.size(); ++i) {
        auto outcomes = runDeviceProgram(program, kAsked[i] << 16U | type, steps);
        if (!outcomes) {
            return std::unexpected(outcomes.error());
        }
        answers[i] = std::move(*outcomes);
    }
    return accessOfType(answers);
}

std::set<DeviceCell> cellsOf(const TypeAccess& block, const TypeAccess& character) {
    Numbers majors;
    Numbers everyMinors;
    std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (const TypeAccess* type : {&block, &character}) {
        for (const auto& [minor, access] : type->rest.named) {
            everyMinors.insert(minor);
        }
        for (const auto& [major, access] : type->named) {
            majors.insert(major);
            for (const auto& [minor, bits] : access.named) {
                pairs.emplace(major, minor);
            }
        }
    }
    return model::cellsOf(majors, everyMinors, pairs);
}

} // namespace

Result<model::DeviceRules> evaluateDeviceProgram(std::span<const BpfInstruction> program) {
    std::uint64_t steps = kMaxSteps;
    const auto block = evaluateType(program, BPF_DEVCG_DEV_BLOCK, steps);
    if (!block) {
        return std::unexpected(block.error());
    }
    const auto character = evaluateType(program, BPF_DEVCG_DEV_CHAR, steps);
    if (!character) {
        return std::unexpected(character.error());
    }
    const auto cells = cellsOf(*block, *character);
    if (cells.size() > kMaxCells) {
        return inexpressible("it tells too many devices apart");
    }
    const auto rules = model::rulesFor(
        cells, [&](const DeviceCell& cell) { return accessAt(cell.block ? *block : *character, cell); });
    if (!rules) {
        return inexpressible("it permits exceptions from exceptions");
    }
    return *rules;
}

} // namespace bulkhead::kernel
