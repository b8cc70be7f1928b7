#include "core/twin/target.h"

#include "core/kernel/id_maps.h"
#include "core/kernel/resource_limits.h"
#include "core/os/file.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sched.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace bulkhead::twin {

using base::ErrorKind;
using base::Result;

namespace {

constexpr std::array kNamespaces = {
    std::pair{std::string_view("user"), CLONE_NEWUSER},
    std::pair{std::string_view("mnt"), CLONE_NEWNS},
    std::pair{std::string_view("uts"), CLONE_NEWUTS},
    std::pair{std::string_view("ipc"), CLONE_NEWIPC},
    std::pair{std::string_view("net"), CLONE_NEWNET},
    std::pair{std::string_view("pid"), CLONE_NEWPID},
    std::pair{std::string_view("cgroup"), CLONE_NEWCGROUP},
    std::pair{std::string_view("time"), 0x80 /* CLONE_NEWTIME */},
};

base::Error errorOf(const kernel::Failure& failure, const std::string& what) {
    const std::string needs = failure.why.needs.empty() ? "" : "; needs " + failure.why.needs;
    const bool refused = failure.number == EACCES || failure.number == EPERM;
    return {
        refused                   ? ErrorKind::denied
        : failure.number == ESRCH ? ErrorKind::notFound
                                  : ErrorKind::io,
        what + ": " + failure.why.reason + needs};
}

/// Device and inode of a namespace, or both 0 where this kernel has no such type.
Result<std::pair<std::uint64_t, std::uint64_t>> namespaceOf(const kernel::Task& task, std::string_view type) {
    const auto fd = task.openFile("ns/" + std::string(type), O_RDONLY);
    if (!fd) {
        if (fd.error().number == ENOENT) {
            return std::pair<std::uint64_t, std::uint64_t>{0, 0};
        }
        return std::unexpected(errorOf(fd.error(), "namespace " + std::string(type)));
    }
    struct stat facts{};
    if (::fstat(fd->get(), &facts) != 0) {
        return base::failErrno(errno, "namespace " + std::string(type));
    }
    return std::pair<std::uint64_t, std::uint64_t>{facts.st_dev, facts.st_ino};
}

/// setns(2) gives EINVAL for a user namespace we are in already, so the mask names what differs.
Result<int> differingNamespaces(const kernel::Task& self, const kernel::Task& task) {
    int mask = 0;
    for (const auto& [name, flag] : kNamespaces) {
        const auto ours = namespaceOf(self, name);
        const auto theirs = namespaceOf(task, name);
        for (const auto* one : {&ours, &theirs}) {
            if (!*one) {
                return std::unexpected(one->error());
            }
        }
        mask |= *ours == *theirs ? 0 : flag;
    }
    return mask;
}

template <class T, class Parse>
base::Status fill(T& out, const kernel::Task& task, const std::string& file, const Parse& parse) {
    auto value = kernel::parsed(task.read(file), parse);
    if (!value) {
        return std::unexpected(errorOf(value.error(), "pid " + file));
    }
    out = std::move(*value);
    return {};
}

base::Status fillFacts(Target& target) {
    const auto map = [](const std::string& name) {
        return [name](std::string_view text) { return kernel::parseIdMap(name, text); };
    };
    for (const base::Status& one : {
             fill(target.status, target.task, "status", kernel::parseStatus),
             fill(target.uidMap, target.task, "uid_map", map("uid_map")),
             fill(target.gidMap, target.task, "gid_map", map("gid_map")),
             fill(target.limits, target.task, "limits", kernel::parseResourceLimits),
             fill(target.places, target.task, "cgroup", kernel::parseCgroupFile),
         }) {
        if (!one) {
            return one;
        }
    }
    return {};
}

/// A thread that leads no process has one of its own kind since Linux 6.9 (pidfd_open(2), PIDFD_THREAD).
Result<os::Fd> handleOf(std::int64_t pid) {
    constexpr unsigned kThread = O_EXCL;
    os::Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
    const bool thread = !handle.valid() && (errno == EINVAL || errno == ENOENT);
    if (thread) {
        handle = os::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, kThread)));
    }
    if (!handle.valid()) {
        const std::string who = "pid " + std::to_string(pid);
        return thread && errno == EINVAL
                   ? base::fail(
                         ErrorKind::unsupported,
                         who + ": a thread that leads no process can be copied since Linux 6.9")
                   : base::failErrno(errno, who);
    }
    return handle;
}

/// What makes a copy impossible, whatever our rights.
base::Status checkKind(const Target& target) {
    const std::string who = "pid " + std::to_string(target.pid);
    if (target.status.kernelThread) {
        return base::fail(
            ErrorKind::unsupported, who + ": a kernel thread has nothing to look at from inside");
    }
    if (target.status.state == 'Z' || target.status.state == 'X') {
        return base::fail(ErrorKind::notFound, who + ": has ended");
    }
    if (target.status.seccomp.value_or(0) == 1) {
        return base::fail(
            ErrorKind::unsupported,
            who + ": in strict seccomp mode four system calls are left, none to try with");
    }
    if (target.status.groups.size() > wire::kMaxPlanGroups) {
        return base::fail(ErrorKind::unsupported, who + ": more than 1024 supplementary groups");
    }
    return {};
}

} // namespace

const std::array<std::string_view, wire::kPlanLimits>& limitNames() {
    static constexpr std::array<std::string_view, wire::kPlanLimits> kNames = {
        "RLIMIT_CPU",      "RLIMIT_FSIZE", "RLIMIT_DATA",   "RLIMIT_STACK",
        "RLIMIT_CORE",     "RLIMIT_RSS",   "RLIMIT_NPROC",  "RLIMIT_NOFILE",
        "RLIMIT_MEMLOCK",  "RLIMIT_AS",    "RLIMIT_LOCKS",  "RLIMIT_SIGPENDING",
        "RLIMIT_MSGQUEUE", "RLIMIT_NICE",  "RLIMIT_RTPRIO", "RLIMIT_RTTIME"};
    return kNames;
}

Result<Target> readTarget(const os::ProcRoot& machine, std::int64_t pid) {
    auto task = kernel::Task::open(machine, pid);
    if (!task) {
        return std::unexpected(task.error());
    }
    Target target{std::move(*task), pid, {}, {}, {}, {}, {}, {}, {}, {}, 0, {}};
    auto handle = handleOf(pid);
    if (!handle) {
        return std::unexpected(handle.error());
    }
    target.handle = std::move(*handle);
    if (auto filled = fillFacts(target); !filled) {
        return std::unexpected(filled.error());
    }
    if (auto fit = checkKind(target); !fit) {
        return std::unexpected(fit.error());
    }
    auto root = target.task.openFile("root", O_PATH | O_DIRECTORY);
    if (!root) {
        return std::unexpected(errorOf(root.error(), "pid " + std::to_string(pid)));
    }
    target.root = std::move(*root);
    const auto self = kernel::Task::openSelf(machine);
    if (!self) {
        return std::unexpected(self.error());
    }
    target.label = planLabel(machine, target.task, *self);
    const auto mask = differingNamespaces(*self, target.task);
    if (!mask) {
        return std::unexpected(mask.error());
    }
    target.namespaces = *mask;
    return target;
}

} // namespace bulkhead::twin
