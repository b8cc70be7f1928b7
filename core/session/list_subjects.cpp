#include "core/session/list_subjects.h"

#include "core/diagram/posture.h"
#include "core/kernel/collect.h"
#include "core/kernel/freezer.h"
#include "core/kernel/host_mounts.h"
#include "core/kernel/process_table.h"
#include "core/kernel/subjects.h"
#include "core/os/process.h"
#include "core/session/capture.h"
#include "core/session/known_containers.h"
#include "core/session/live_subject.h"
#include "core/session/load_judge.h"
#include "core/threat/attack.h"

#include <algorithm>
#include <map>

namespace bulkhead::session {

using base::ErrorKind;
using model::Snapshot;
using model::SubjectSummary;

namespace {

/// What one sweep found, before anything about its subjects is asked.
struct Swept {
    kernel::HostReference host;
    kernel::Sweep sweep;
    kernel::SweptSubjects subjects;
};

/// A frozen container looks like a sleeping one in /proc; its control group knows.
void markPaused(const os::ProcRoot& machine, Swept& swept) {
    const auto mounts = kernel::readHostMounts(machine, swept.host);
    if (!mounts) {
        return;
    }
    std::map<std::size_t, bool> frozen; // by control group, each asked once
    for (std::size_t i = 0; i < swept.subjects.members.size(); ++i) {
        const auto& main = swept.sweep.processes[swept.subjects.members[i].processes.front()];
        const auto [place, fresh] = frozen.try_emplace(main.cgroup, false);
        if (fresh) {
            const auto& text = swept.sweep.cgroups[main.cgroup].text;
            const auto places = kernel::parseCgroupFile(text);
            place->second = places && kernel::isFrozen(machine, *places, mounts->tree).value_or(false);
        }
        if (place->second) {
            swept.subjects.list.subjects[i].state = "paused";
        }
    }
}

base::Result<Swept> sweep(const SweepOptions& options) {
    const os::ProcRoot machine;
    Swept swept;
    swept.host = kernel::readHostReference(machine);
    // the names first: what starts in between is then unnamed, and never the other way round
    const auto states = knownContainers(options.stateFolders);
    auto found = kernel::sweepProcesses(machine, swept.host, options.stop);
    if (!found) {
        return std::unexpected(found.error());
    }
    swept.sweep = std::move(*found);
    swept.subjects = kernel::buildSubjects(swept.sweep, swept.host, states.containers);
    auto& gaps = swept.subjects.list.gaps;
    gaps.insert(gaps.end(), states.gaps.begin(), states.gaps.end());
    markPaused(machine, swept);
    return swept;
}

std::map<std::string, std::vector<std::string>> childrenOf(const model::SubjectList& list) {
    std::map<std::string, std::vector<std::string>> children;
    for (const SubjectSummary& subject : list.subjects) {
        if (!subject.parent.empty()) {
            children[subject.parent].push_back(subject.ref);
        }
    }
    return children;
}

/// The gravest end of the certain paths; where there is none, of the possible ones.
void tellWorstPath(
    const Snapshot& snapshot, const base::Result<threat::Judge>& judge, model::Posture& posture) {
    if (!judge) {
        posture.worstPath = model::Unreadable{judge.error().message, "the catalogue of weaknesses"};
        return;
    }
    constexpr std::size_t kKept = 50;
    const threat::Attack attack = threat::attackOn(snapshot, *judge, {false, kKept});
    const model::Evidence paths{model::EvidenceKind::inferred, "attack paths", "", 0};
    const auto rank = [](const threat::Path& path) {
        return std::pair(path.certainty, threat::rowOf(path.reaches).gravity);
    };
    const auto worst = std::ranges::max_element(attack.paths, {}, rank);
    if (worst == attack.paths.end()) {
        posture.worstPath = {"none", paths};
        return;
    }
    posture.worstPath = {std::string(model::nameOf(worst->reaches)), paths};
    posture.worstPathCertain = {worst->certainty == model::Truth::yes, paths};
}

} // namespace

base::Result<model::SubjectList> listSubjects(const SweepOptions& options) {
    auto swept = sweep(options);
    if (!swept) {
        return std::unexpected(swept.error());
    }
    return std::move(swept->subjects.list);
}

base::Result<model::SubjectList> sweepSnapshots(const SweepOptions& options, const TakeSnapshot& take) {
    auto swept = sweep(options);
    if (!swept) {
        return std::unexpected(swept.error());
    }
    const model::SubjectList& list = swept->subjects.list;
    const auto children = childrenOf(list);
    const os::ProcRoot machine;
    auto tasks = kernel::ProcessTable::read(machine);
    for (std::size_t i = 0; i < list.subjects.size(); ++i) {
        const SubjectSummary& subject = list.subjects[i];
        const auto& main = swept->sweep.processes[swept->subjects.members[i].processes.front()];
        if (options.stop.stop_requested()) {
            return base::fail(ErrorKind::canceled, "the sweep was interrupted");
        }
        if (options.progress) {
            options.progress(i, list.subjects.size(), subject);
        }
        auto snapshot = kernel::collectSnapshot(machine, main.pid, swept->host, tasks ? &*tasks : nullptr);
        if (snapshot && os::startTimeOf(main.pid) != main.startTime) {
            snapshot =
                base::fail(ErrorKind::notFound, "pid " + std::to_string(main.pid) + ": exited meanwhile");
        }
        if (snapshot) {
            nameSnapshot(subject, *snapshot);
            signSnapshot(*snapshot);
            if (const auto nested = children.find(subject.ref); nested != children.end()) {
                snapshot->group.children = nested->second;
            }
        }
        if (!take(subject, std::move(snapshot))) {
            break;
        }
    }
    return std::move(swept->subjects.list);
}

base::Result<PostureTable> sweepPosture(const SweepOptions& options) {
    PostureTable table;
    const auto judge = loadJudge();
    auto list = sweepSnapshots(options, [&](const SubjectSummary& subject, base::Result<Snapshot> snapshot) {
        if (snapshot) {
            table.postures.push_back(diagram::buildPosture(subject, *snapshot));
            tellWorstPath(*snapshot, judge, table.postures.back());
        } else {
            model::Posture posture;
            posture.subject = subject;
            posture.failure = snapshot.error().message;
            table.postures.push_back(std::move(posture));
        }
        return true;
    });
    if (!list) {
        return std::unexpected(list.error());
    }
    table.list = std::move(*list);
    return table;
}

} // namespace bulkhead::session
