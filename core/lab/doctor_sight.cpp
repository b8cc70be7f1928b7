#include "core/lab/doctor_sight.h"

#include "core/engines/container_states.h"
#include "core/kernel/namespace_files.h"
#include "core/kernel/status.h"
#include "core/kernel/sweep.h"
#include "core/kernel/task.h"

#include <algorithm>

namespace bulkhead::lab {

namespace {

bool holds(const Machine& machine, std::string_view name) {
    return machine.ground.launcher.has(*model::capabilityNamed(name));
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string pidsOf(const kernel::Sweep& sweep) {
    std::string pids;
    for (const std::int64_t pid : sweep.refused) {
        pids += (pids.empty() ? "pid " : ", ") + std::to_string(pid);
    }
    return pids + (sweep.unreadable > sweep.refused.size() ? ", ..." : "");
}

Finding findProcesses(const Machine& machine, const base::Result<kernel::Sweep>& sweep) {
    Finding finding{"processes", "facts of processes of other users", Ability::full, "", ""};
    if (!sweep) {
        return {finding.id, finding.subject, Ability::none, sweep.error().message, "mount procfs at /proc"};
    }
    const std::string looked = counted(sweep->looked, "process was", "processes were");
    if (sweep->unreadable == 0) {
        finding.why = looked + " looked at, and the namespaces of each could be read";
        return finding;
    }
    finding.ability = Ability::partial;
    finding.why = looked + " looked at; the kernel refuses the namespaces of " +
                  std::to_string(sweep->unreadable) + " of them (" + pidsOf(*sweep) + ")";
    if (holds(machine, "CAP_SYS_PTRACE")) {
        finding.why += " although CAP_SYS_PTRACE is held: a security module forbids it, or they hold "
                       "capabilities that we lack or live in a user namespace above ours";
        finding.remedy = "give bulkhead every capability they hold, or let the security module's policy "
                         "allow ptrace reads";
        return finding;
    }
    finding.why += ": they are other users' and CAP_SYS_PTRACE is not held; status, mounts, control groups "
                   "and id maps can be read, and what is concluded from those is marked inferred";
    finding.remedy = "run bulkhead as root";
    return finding;
}

Finding findHidden(const base::Result<kernel::Sweep>& sweep) {
    Finding finding{"hidden", "processes of other users in /proc", Ability::full, "", ""};
    finding.why = "/proc is mounted without hidepid: every process of this pid namespace is listed";
    if (sweep && sweep->hidden) {
        finding.ability = Ability::partial;
        finding.why = "/proc is mounted with hidepid: processes of others may be missing, and not counted";
        finding.remedy = "run bulkhead as root, or as a member of the group that the mount option gid= names";
    }
    return finding;
}

Finding findPlace(const os::ProcRoot& root, const kernel::HostReference& reference) {
    Finding finding{"place", "bulkhead itself runs on the host", Ability::full, "", ""};
    const auto self = kernel::Task::openSelf(root);
    std::string differs;
    for (const auto& [type, identity] : reference.namespaces) {
        const auto own = self ? kernel::readNamespaceFile(*self, model::nameOf(type))
                              : kernel::Reading<kernel::NamespaceFile>(std::unexpected(kernel::Failure{}));
        if (own && own->self != identity) {
            differs += (differs.empty() ? "" : ", ") + std::string(model::nameOf(type));
        }
    }
    if (!reference.known) {
        finding.ability = Ability::none;
        finding.why = "in a container, as far as can be told: only what that container can see is listed";
        finding.remedy = "run bulkhead on the host, or in a container with --pid host --privileged";
    } else if (!differs.empty()) {
        finding.ability = Ability::partial;
        finding.why = "it differs from the host in these namespaces: " + differs;
        finding.remedy = "run bulkhead on the host and not inside a sandbox";
    } else {
        finding.why = "it shares every namespace with the host";
    }
    return finding;
}

/// PTRACE_SECCOMP_GET_FILTER (kernel/seccomp.c): CAP_SYS_ADMIN in the first user namespace, and no filter of
/// our own.
Finding findFilters(const os::ProcRoot& root, const Machine& machine) {
    Finding finding{"filters", "system-call filters of other processes", Ability::full, "", ""};
    const auto self = kernel::Task::openSelf(root);
    const auto status = self ? kernel::parsed(self->read("status"), kernel::parseStatus)
                             : kernel::Reading<kernel::TaskStatus>(std::unexpected(kernel::Failure{}));
    const bool filtered = status && status->seccomp.value_or(0) != 0;
    const bool admin = holds(machine, "CAP_SYS_ADMIN");
    const bool ptrace = holds(machine, "CAP_SYS_PTRACE");
    if (admin && ptrace && !filtered) {
        finding.why = "CAP_SYS_ADMIN and CAP_SYS_PTRACE are held, and bulkhead itself is under no filter";
        return finding;
    }
    finding.ability = Ability::none;
    if (filtered) {
        finding.why = "bulkhead itself runs under a system-call filter, and to such processes the kernel "
                      "tells no filters";
        finding.remedy = "start it outside of a container and of units with SystemCallFilter=";
    } else {
        finding.why = std::string("the kernel tells filters to CAP_SYS_ADMIN of the first user namespace, "
                                  "and attaching needs CAP_SYS_PTRACE; not held: ") +
                      (admin ? "" : "CAP_SYS_ADMIN") + (admin || ptrace ? "" : ", ") +
                      (ptrace ? "" : "CAP_SYS_PTRACE");
        finding.remedy = "run bulkhead as root";
    }
    return finding;
}

Finding findFreezer(const Machine& machine) {
    Finding finding{"freezer", "filters of paused containers", Ability::full, "", ""};
    const bool versionOne =
        std::ranges::find(machine.ground.hierarchies, "freezer") != machine.ground.hierarchies.end();
    finding.why = "control groups of version 2 freeze in a way that lets a frozen process be read whole";
    if (versionOne) {
        finding.ability = Ability::partial;
        finding.why = "the freezer of version 1 is mounted: attaching to a process that it froze would hang "
                      "until it is thawed, so its filters stay unread";
        finding.remedy = "unpause the container, or use control groups of version 2 alone";
    }
    return finding;
}

Finding findNames() {
    Finding finding{"names", "names of containers from state files", Ability::full, "", ""};
    const auto states = engines::readContainerStates();
    finding.why = counted(states.containers.size(), "container is", "containers are") +
                  " named by state files of runc, crun and youki";
    if (!states.gaps.empty()) {
        finding.ability = Ability::partial;
        finding.why += "; not readable: " + states.gaps.front();
        finding.why +=
            states.gaps.size() > 1 ? " and " + std::to_string(states.gaps.size() - 1) + " more" : "";
        finding.remedy = "run bulkhead as root; without, names are those that control group paths claim";
    }
    return finding;
}

} // namespace

std::vector<Finding>
examineSight(const os::ProcRoot& root, const Machine& machine, const kernel::HostReference& reference) {
    const auto sweep = kernel::sweepProcesses(root, reference);
    return {findProcesses(machine, sweep), findHidden(sweep),    findPlace(root, reference),
            findFilters(root, machine),    findFreezer(machine), findNames()};
}

} // namespace bulkhead::lab
