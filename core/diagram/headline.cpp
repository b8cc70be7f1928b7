#include "core/diagram/headline.h"

#include "core/diagram/describe.h"
#include "core/diagram/words.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace bulkhead::diagram {

using model::Snapshot;

namespace {

constexpr std::size_t kClauses = 3;

std::size_t protectedCount(const Snapshot& snapshot) {
    return static_cast<std::size_t>(std::ranges::count_if(snapshot.paths.states, [](const auto& entry) {
        const model::PathState* state = entry.second.get();
        return state != nullptr &&
               (state->state == model::Exposure::masked || state->state == model::Exposure::readonly);
    }));
}

template <class T>
std::size_t sizeOf(const model::Fact<std::vector<T>>& fact) {
    return fact.known() ? fact.value().size() : 0;
}

/// "26 more capabilities", "14 fewer capabilities".
std::string difference(std::size_t before, std::size_t after, std::string_view what) {
    if (after == before) {
        return "other " + std::string(what) + "s";
    }
    const bool more = after > before;
    const std::size_t count = more ? after - before : before - after;
    return std::to_string(count) + (more ? " more " : " fewer ") + std::string(what) +
           (count == 1 ? "" : "s");
}

} // namespace

std::string headlineOfText(const SnapshotSides& /*sides*/) {
    return {};
}

std::string headlineOfImage(const SnapshotSides& /*sides*/) {
    return "another image";
}

std::string headlineOfRunsAs(const SnapshotSides& sides) {
    return "runs as " + describeRunsAs(sides.candidate).normal;
}

std::string headlineOfRoot(const SnapshotSides& sides) {
    const auto& initial = sides.candidate.identity.userNamespaceIsHost;
    if (initial.known() && initial.value()) {
        return "root is the host's root";
    }
    return "root is " + describeRoot(sides.candidate).normal + " on the host";
}

std::string headlineOfNamespaces(const SnapshotSides& sides) {
    const bool user = sides.baseline.identity.userNamespaceIsHost.valueOr(false) &&
                      !sides.candidate.identity.userNamespaceIsHost.valueOr(true);
    return user ? "a user namespace of its own" : describeNamespaces(sides.candidate).normal + " namespaces";
}

std::string headlineOfCapabilities(const SnapshotSides& sides) {
    const auto& before = sides.baseline.capabilities.effective;
    const auto& after = sides.candidate.capabilities.effective;
    if (!before.known() || !after.known()) {
        return "other capabilities";
    }
    if (after.value().empty()) {
        return "no capability";
    }
    const bool inner = !sides.candidate.identity.userNamespaceIsHost.valueOr(true);
    const bool wasInner = !sides.baseline.identity.userNamespaceIsHost.valueOr(true);
    if (inner != wasInner) {
        return inner ? "no capability over the host"
                     : std::to_string(after.value().size()) + " capabilities over the host";
    }
    if (before.value().size() == after.value().size()) {
        return "other capabilities";
    }
    const std::string text = difference(before.value().size(), after.value().size(), "capability");
    return text.ends_with("capabilitys") ? text.substr(0, text.size() - 2) + "ies" : text;
}

std::string headlineOfNoNewPrivs(const SnapshotSides& sides) {
    return sides.candidate.identity.noNewPrivileges.valueOr(false) ? "no_new_privs" : "no no_new_privs";
}

std::string headlineOfSeccomp(const SnapshotSides& sides) {
    const bool none =
        sides.candidate.seccomp.mode.valueOr(model::SeccompMode::filter) == model::SeccompMode::disabled;
    return none ? "no seccomp filter" : "seccomp: " + describeSeccomp(sides.candidate).normal;
}

std::string headlineOfProtectedPaths(const SnapshotSides& sides) {
    const std::size_t after = protectedCount(sides.candidate);
    if (after == 0) {
        return "no protected path";
    }
    return difference(protectedCount(sides.baseline), after, "protected path");
}

std::string headlineOfRootFilesystem(const SnapshotSides& sides) {
    const auto& writable = sides.candidate.rootfs.writable;
    if (writable.known() && sides.baseline.rootfs.writable.known() &&
        writable.value() != sides.baseline.rootfs.writable.value()) {
        return writable.value() ? "a writable root file system" : "a read-only root file system";
    }
    return "other mounts";
}

std::string headlineOfKernelKnobs(const SnapshotSides& sides) {
    const std::size_t before = sizeOf(sides.baseline.kernel.writableKnobs);
    if (before == sizeOf(sides.candidate.kernel.writableKnobs)) {
        return sides.candidate.kernel.modulesLoadable.valueOr(false) ? "kernel modules can be loaded"
                                                                     : "other kernel settings";
    }
    return sizeOf(sides.candidate.kernel.writableKnobs) > 0 ? "writable kernel settings"
                                                            : "read-only kernel settings";
}

std::string headlineOfDeviceNodes(const SnapshotSides& sides) {
    return difference(sizeOf(sides.baseline.devices), sizeOf(sides.candidate.devices), "device node");
}

std::string headlineOfDevicePolicy(const SnapshotSides& sides) {
    const auto& rules = sides.candidate.cgroup.devicePolicy.effective;
    return rules.known() && rules.value().allowsAll() ? "no device policy" : "another device policy";
}

std::string headlineOfLimits(const SnapshotSides& sides) {
    const SlotText text = describeLimits(sides.candidate);
    return text.normal == "none" ? "no limits" : "limits: " + text.normal;
}

std::string headlineOfHostFiles(const SnapshotSides& sides) {
    const SlotText text = describeHostFiles(sides.candidate);
    return text.normal == "none" ? "no host files" : "host files at " + text.normal;
}

std::string headlineOfHostDisks(const SnapshotSides& sides) {
    const SlotText text = describeHostDisks(sides.candidate);
    return text.normal == "none" ? "no host disk" : text.normal + " of the host";
}

std::string headlineOfHostProcesses(const SnapshotSides& sides) {
    return "the host's processes " + describeHostProcesses(sides.candidate).normal;
}

std::string headlineOfHostNetwork(const SnapshotSides& sides) {
    return describeHostNetwork(sides.candidate).normal == "private" ? "a network of its own"
                                                                    : "the host's network";
}

namespace {

/// Slots by how much a reader gains from hearing of them first.
constexpr std::array<std::string_view, 14> kTelling = {
    "runtimeSockets", "hostFiles",      "capabilities", "seccomp",       "hostDisks",
    "root",           "hostProcesses",  "hostNetwork",  "deviceNodes",   "kernelKnobs",
    "devicePolicy",   "protectedPaths", "namespaces",   "rootFilesystem"};

std::size_t tellingRank(const Slot& slot) {
    return static_cast<std::size_t>(std::ranges::find(kTelling, slot.id) - kTelling.begin());
}

std::string clauseOf(const Slot& slot, const Cell& cell, const SnapshotSides& sides) {
    const std::string clause = slot.headline(sides);
    return clause.empty() ? std::string(slot.label) + ": " + cell.text.normal : clause;
}

std::vector<std::string>
clausesOf(const Diagram& diagram, const Column& column, Mark mark, const SnapshotSides& sides) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < diagram.rows.size(); ++i) {
        if (column.cells[i].mark == mark && !diagram.rows[i].slot->declared) {
            rows.push_back(i);
        }
    }
    std::ranges::stable_sort(rows, {}, [&](std::size_t row) { return tellingRank(*diagram.rows[row].slot); });
    std::vector<std::string> clauses;
    for (const std::size_t row : rows) {
        std::string clause = clauseOf(*diagram.rows[row].slot, column.cells[row], sides);
        if (std::ranges::find(clauses, clause) == clauses.end() && clauses.size() < kClauses) {
            clauses.push_back(std::move(clause));
        }
    }
    return clauses;
}

std::string
sentence(const std::string& name, const std::string& count, const std::vector<std::string>& clauses) {
    std::string text = name + ": " + count + ".";
    for (std::size_t i = 0; i < clauses.size(); ++i) {
        std::string clause = clauses[i];
        if (i == 0 && !clause.empty() && clause[0] >= 'a' && clause[0] <= 'z' && !clause.starts_with("no_")) {
            clause[0] = static_cast<char>(clause[0] - 'a' + 'A');
        }
        text += (i == 0 ? " " : ", ") + clause;
    }
    return clauses.empty() ? text : text + ".";
}

const Column* mostOf(const std::vector<Column>& columns, int Counts::* count) {
    const auto found =
        std::ranges::max_element(columns, {}, [&](const Column& column) { return column.counts.*count; });
    return found != columns.end() && (found->counts.*count) > 0 ? &*found : nullptr;
}

} // namespace

std::string sandboxNote(const std::vector<const Snapshot*>& snapshots) {
    std::vector<std::string> names;
    for (const Snapshot* snapshot : snapshots) {
        const bool sandboxed = snapshot != nullptr && snapshot->subject.sandbox.known() &&
                               snapshot->subject.sandbox.value() != "none";
        const std::string name = sandboxed ? snapshot->subject.name : "";
        if (sandboxed && std::ranges::find(names, name) == names.end()) {
            names.push_back(name);
        }
    }
    if (names.empty()) {
        return {};
    }
    std::string text = " ";
    for (std::size_t i = 0; i < names.size(); ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    text += names.size() == 1 ? " runs" : " run";
    return text + " in a sandbox: what the host enforces is about the process of the sandbox, not about what "
                  "runs in it.";
}

namespace {

/// "web", "web and db", "web, db and 3 more".
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kNamed = 3;
    std::string text;
    const std::size_t named = names.size() > kNamed + 1 ? kNamed : names.size();
    for (std::size_t i = 0; i < named; ++i) {
        const bool last = i + 1 == names.size();
        text += (i == 0 ? "" : last ? " and " : ", ") + names[i];
    }
    return named == names.size() ? text : text + " and " + std::to_string(names.size() - named) + " more";
}

/// Columns without a snapshot of the shown vantage, or whose subject could not be read: nothing was compared
/// with them. "web and db have no enforced snapshot"; empty where every column has one.
std::string lackOf(const Diagram& diagram, const std::vector<const Snapshot*>& snapshots) {
    std::vector<std::string> without;
    std::vector<std::string> failed;
    for (const Column& column : diagram.columns) {
        if (!column.error.empty()) {
            failed.push_back(column.name);
        } else if (snapshots[column.subject] == nullptr) {
            without.push_back(column.name);
        }
    }
    std::string text;
    if (!without.empty()) {
        text = listed(without) + (without.size() == 1 ? " has no " : " have no ") +
               std::string(model::nameOf(diagram.vantage)) + " snapshot";
    }
    if (!failed.empty()) {
        text += (text.empty() ? "" : ", ") + listed(failed) + " could not be read";
    }
    return text;
}

/// Where nothing moved: what that rests on.
std::string
sayUnmoved(const Diagram& diagram, const std::vector<const Snapshot*>& snapshots, const Snapshot* baseline) {
    const std::string lack = lackOf(diagram, snapshots);
    const auto compared = std::ranges::count_if(
        diagram.columns, [&](const Column& column) { return snapshots[column.subject] != nullptr; });
    if (!lack.empty() && (baseline == nullptr || compared < 2)) {
        return "Nothing could be compared: " + lack + ".";
    }
    Counts all;
    for (const Column& column : diagram.columns) {
        all.neutral += column.counts.neutral + column.counts.incomparable;
        all.unknown += column.counts.unknown;
    }
    std::string text = all.neutral > 0 ? "No slot is weaker or stronger, but the configurations differ"
                                       : "No difference in what could be read";
    if (all.unknown > 0) {
        text += "; " + std::to_string(all.unknown) +
                (all.unknown == 1 ? " slot is known on one side only" : " slots are known on one side only");
    }
    return text + (lack.empty() ? "." : "; " + lack + ".");
}

} // namespace

std::string buildHeadline(
    const Diagram& diagram, const std::vector<const Snapshot*>& snapshots, const Snapshot* baseline) {
    const auto about = [&](const Column& column, Mark mark, int count) {
        const Snapshot* candidate = snapshots[column.subject];
        if (baseline == nullptr || candidate == nullptr) {
            return std::string();
        }
        return sentence(
            column.name, std::to_string(count) + " " + std::string(wordOf(mark)),
            clausesOf(diagram, column, mark, {*baseline, *candidate}));
    };
    if (diagram.columns.empty()) {
        return "No subject yet";
    }
    if (const Column* weakest = mostOf(diagram.columns, &Counts::weaker)) {
        return about(*weakest, Mark::weaker, weakest->counts.weaker);
    }
    if (const Column* strongest = mostOf(diagram.columns, &Counts::stronger)) {
        return about(*strongest, Mark::stronger, strongest->counts.stronger);
    }
    if (diagram.columns.size() == 1) {
        return diagram.columns.front().name + ": its boundary, stage by stage.";
    }
    return sayUnmoved(diagram, snapshots, baseline);
}

} // namespace bulkhead::diagram
