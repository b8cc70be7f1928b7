#include "core/kernel/subjects.h"

#include "core/base/bytes.h"
#include "core/kernel/subject_assign.h"
#include "core/kernel/subject_relations.h"

#include <algorithm>
#include <set>

namespace bulkhead::kernel {

using base::textFromBytes;
using model::NamespaceType;
using model::Naming;
using model::SubjectKind;
using model::SubjectSummary;

namespace {

const SweptMounts* mountsOf(const Sweep& sweep, const SweptProcess& process) {
    return process.mounts ? &sweep.mounts[*process.mounts] : nullptr;
}

SubjectKind kindOf(const Sweep& sweep, const Spaces& spaces, const Assembly& assembly) {
    const SweptProcess& main = sweep.processes[assembly.members.front()];
    const SweptMounts* mounts = mountsOf(sweep, main);
    const bool ownRoot = mounts != nullptr && mounts->ownRoot && !mounts->rootDevice.empty();
    const bool ownPids = main.inferred ? main.depth > 1 : spaces.own(main, NamespaceType::pid) != 0;
    const bool ownMounts = main.inferred || spaces.own(main, NamespaceType::mnt) != 0;
    if (!assembly.id.empty() || (ownPids && ownMounts && ownRoot)) {
        return SubjectKind::container;
    }
    return ownPids || sweep.cgroups[main.cgroup].unit.empty() ? SubjectKind::sandbox : SubjectKind::service;
}

void nameSubject(const Sweep& sweep, const Assembly& assembly, SubjectSummary& subject) {
    const SweptCgroup& cgroup = sweep.cgroups[sweep.processes[assembly.members.front()].cgroup];
    const CgroupOrigin* origin = cgroup.origins.empty() ? nullptr : &cgroup.origins.back();
    subject.ref = "pid:" + std::to_string(subject.pid);
    subject.id = textFromBytes(assembly.id);
    if (const KnownContainer* known = assembly.known) {
        subject.naming = assembly.verified ? Naming::verified : Naming::claimed;
        subject.namedBy = textFromBytes(known->source);
        subject.engine = textFromBytes(known->engine);
        subject.name = textFromBytes(known->name.empty() ? known->id : known->name);
        subject.image = textFromBytes(known->image);
        subject.ref = assembly.verified ? textFromBytes(known->ref) : subject.ref;
        if (origin != nullptr && origin->id != known->id) {
            subject.doubts.push_back("its control group says " + textFromBytes(origin->id));
        }
        return;
    }
    if (!assembly.id.empty() && origin != nullptr) {
        subject.naming = Naming::claimed;
        subject.namedBy = "control group " + textFromBytes(cgroup.path);
        subject.engine = origin->engine;
        subject.name = subject.id;
        return;
    }
    if (subject.kind == SubjectKind::service) {
        subject.naming = Naming::claimed;
        subject.namedBy = "control group " + textFromBytes(cgroup.path);
        subject.engine = "systemd";
    }
    subject.name = cgroup.unit.empty() ? subject.command : textFromBytes(cgroup.unit);
}

/// Members whose parent lives in another pid namespace were put there from outside. Without a pid namespace
/// of its own, what lost its parent looks the same, and is not counted.
std::size_t countSessions(const Sweep& sweep, const Spaces& spaces, const Assembly& assembly) {
    const SweptProcess& main = sweep.processes[assembly.members.front()];
    if (main.inferred || spaces.own(main, NamespaceType::pid) == 0) {
        return 0;
    }
    std::size_t sessions = 0;
    for (const std::size_t index : assembly.members) {
        const SweptProcess& process = sweep.processes[index];
        const auto parent = std::ranges::lower_bound(sweep.processes, process.parent, {}, &SweptProcess::pid);
        const bool within =
            parent != sweep.processes.end() && parent->pid == process.parent &&
            parent->namespaces[slotOf(NamespaceType::pid)] == process.namespaces[slotOf(NamespaceType::pid)];
        sessions += !within && &process != &main && process.innerPid != 1 ? 1 : 0;
    }
    return sessions;
}

SubjectSummary summarize(const Sweep& sweep, const Spaces& spaces, const Assembly& assembly) {
    const SweptProcess& main = sweep.processes[assembly.members.front()];
    SubjectSummary subject;
    subject.pid = main.pid;
    subject.startTime = main.startTime;
    subject.command = textFromBytes(main.command);
    subject.state = main.state == 'T' || main.state == 't' ? "stopped" : "running";
    subject.kind = kindOf(sweep, spaces, assembly);
    subject.inferred = main.inferred;
    subject.doubts.assign(assembly.doubts.begin(), assembly.doubts.end());
    nameSubject(sweep, assembly, subject);
    subject.processes = assembly.members.size();
    for (const std::size_t index : assembly.members) {
        subject.threads += sweep.processes[index].threads;
    }
    subject.execSessions = countSessions(sweep, spaces, assembly);
    return subject;
}

std::string count(std::size_t number, std::string_view one, std::string_view many) {
    return std::to_string(number) + " " + std::string(number == 1 ? one : many);
}

void tellGaps(const Sweep& sweep, const HostReference& host, model::SubjectList& list) {
    if (!host.known) {
        list.gaps.push_back(
            "the host's namespaces are not known (" + host.evidence +
            "): what differs from them cannot be told, only filters, roots and control groups count");
    }
    if (sweep.unreadable > 0) {
        std::string pids;
        for (const std::int64_t pid : sweep.refused) {
            pids += (pids.empty() ? "pid " : ", ") + std::to_string(pid);
        }
        pids += sweep.unreadable > sweep.refused.size() ? ", ..." : "";
        list.gaps.push_back(
            "the kernel refused the namespaces of " + count(sweep.unreadable, "process", "processes") + " (" +
            pids + "): " + count(sweep.unknown, "of them is", "of them are") +
            " not known to be confined or not; bulkhead doctor says why");
    }
    if (sweep.hidden) {
        list.gaps.emplace_back("/proc is mounted with hidepid: processes of others may be missing");
    }
}

} // namespace

SweptSubjects
buildSubjects(const Sweep& sweep, const HostReference& host, std::span<const KnownContainer> known) {
    const Spaces spaces(sweep, host);
    const auto assemblies = assignProcesses(sweep, spaces, known);
    SweptSubjects out;
    out.list.subjects.reserve(assemblies.size());
    for (const Assembly& assembly : assemblies) {
        out.list.subjects.push_back(summarize(sweep, spaces, assembly));
    }
    std::set<std::string> refs;
    for (SubjectSummary& subject : out.list.subjects) {
        if (!refs.insert(subject.ref).second) { // two state folders with one id: the pid is unmistakable
            subject.ref = "pid:" + std::to_string(subject.pid);
        }
    }
    relateSubjects(sweep, spaces, assemblies, out.list.subjects);
    const auto order = orderOf(sweep, assemblies, out.list.subjects);
    std::vector<SubjectSummary> sorted;
    sorted.reserve(order.size());
    for (const std::size_t index : order) {
        sorted.push_back(std::move(out.list.subjects[index]));
        out.members.push_back({assemblies[index].members});
    }
    out.list.subjects = std::move(sorted);
    out.list.processes = sweep.looked;
    out.list.onHost = sweep.onHost;
    out.list.kernelThreads = sweep.kernelThreads;
    out.list.unreadable = sweep.unreadable;
    out.list.unknown = sweep.unknown;
    out.list.vanished = sweep.vanished;
    tellGaps(sweep, host, out.list);
    return out;
}

} // namespace bulkhead::kernel
