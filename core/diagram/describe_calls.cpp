#include "core/diagram/describe.h"
#include "core/diagram/headline.h"
#include "core/seccomp/verdict_changes.h"

#include <algorithm>
#include <optional>

namespace bulkhead::diagram {

using model::ArchVerdicts;
using model::Snapshot;
using Verdicts = std::map<std::string, ArchVerdicts>;

namespace {

bool allowsEverything(const ArchVerdicts& verdicts) {
    const auto allows = [](const model::SeccompVerdict& verdict) {
        return verdict.action == model::SeccompAction::allow && verdict.cases.empty();
    };
    return allows(verdicts.others) &&
           std::ranges::all_of(verdicts.calls, [&](const auto& entry) { return allows(entry.second); });
}

// The calls of the machine's own ABI; nothing where there are no verdicts for it.
std::optional<seccomp::CallCount> nativeCalls(const Snapshot& snapshot) {
    const auto& verdicts = snapshot.seccomp.verdicts;
    const seccomp::Arch* arch = seccomp::findArch(snapshot.host.arch.valueOr(""));
    if (arch == nullptr || !verdicts.known()) {
        return std::nullopt;
    }
    const auto found = verdicts.value().find(std::string(arch->name));
    return found == verdicts.value().end() ? std::nullopt
                                           : std::optional(seccomp::countCalls(found->second, *arch));
}

std::string sentenceOf(const seccomp::CallCount& count) {
    std::string text = std::to_string(count.allowed) + " of " + std::to_string(count.all) +
                       " system calls of the kernel are left";
    if (count.conditional > 0) {
        text += ", " + std::to_string(count.conditional) + " of them only with some arguments";
    }
    if (count.undetermined > 0) {
        text += "; " + std::to_string(count.undetermined) + " could not be determined";
    }
    return text;
}

} // namespace

SlotText describeSystemCalls(const Snapshot& snapshot) {
    const auto& verdicts = snapshot.seccomp.verdicts;
    if (verdicts.unreadable()) {
        return gapText("unread", "filter unread", verdicts.gap());
    }
    return textOf(verdicts, "filter", [&](const Verdicts& all) -> SlotText {
        const bool everything =
            std::ranges::all_of(all, [](const auto& entry) { return allowsEverything(entry.second); });
        if (everything) {
            return {"all", "all", "every system call of the kernel can be asked", false};
        }
        if (const auto count = nativeCalls(snapshot)) {
            const std::string allowed = std::to_string(count->allowed);
            const std::string total = std::to_string(count->all);
            return {allowed + "/" + total, allowed + " of " + total, sentenceOf(*count), false};
        }
        return {"some", "some", "a part of the system calls is left", false};
    });
}

std::string headlineOfSystemCalls(const SnapshotSides& sides) {
    const SlotText after = describeSystemCalls(sides.candidate);
    const auto before = nativeCalls(sides.baseline);
    const auto count = nativeCalls(sides.candidate);
    if (after.brief == "all") {
        return "every system call";
    }
    if (!before || !count || before->allowed == count->allowed) {
        return "other system calls";
    }
    const bool more = count->allowed > before->allowed;
    const std::size_t by = more ? count->allowed - before->allowed : before->allowed - count->allowed;
    return std::to_string(by) + (more ? " more system call" : " fewer system call") + (by == 1 ? "" : "s");
}

} // namespace bulkhead::diagram
