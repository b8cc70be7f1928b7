#pragma once

#include "core/base/error.h"
#include "core/model/capability.h"
#include "core/model/identity.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// What /proc/PID/status says (proc(5), fs/proc/array.c) of the boundary, ids in the reader's numbering.
/// Lines come and go with kernel versions; nullopt where the kernel has no such line.
struct TaskStatus {
    std::string name;
    char state = '?';
    std::int64_t tgid = 0;
    std::int64_t parent = 0;                 ///< PPid; 0 where the parent is out of our pid namespace
    std::int64_t threads = 0;                ///< 0 where the kernel does not say
    std::vector<std::int64_t> namespacePids; ///< NSpid: from our pid namespace inwards, one for each nesting
    std::int64_t tracer = 0;                 ///< "TracerPid"; 0 where nobody traces it
    model::Ids uid;
    model::Ids gid;
    std::vector<std::uint32_t> groups;
    std::optional<model::CapabilitySet> inheritable;
    std::optional<model::CapabilitySet> permitted;
    std::optional<model::CapabilitySet> effective;
    std::optional<model::CapabilitySet> bounding;
    std::optional<model::CapabilitySet> ambient;
    std::optional<bool> noNewPrivileges;
    std::optional<int> seccomp;
    std::optional<std::int64_t> seccompFilters;
    bool kernelThread = false; ///< "Kthread: 1", Linux 6.9 and later

    bool operator==(const TaskStatus&) const = default;
};

/// Malformed names the line and the field: "status line 9: Uid: expected four numbers".
[[nodiscard]] base::Result<TaskStatus> parseStatus(std::string_view text);

/// From /proc/PID/stat, whose second field may hold anything: what stands after the last ')'.
struct TaskStat {
    char state = '?';
    std::uint64_t flags = 0; ///< PF_ flags of include/linux/sched.h
    std::uint64_t startTime = 0;
    std::string image; ///< where code, stack and arguments lie: an execve of the same program moves them

    [[nodiscard]] bool kernelThread() const { return (flags & 0x00200000U) != 0; } ///< PF_KTHREAD
};

[[nodiscard]] base::Result<TaskStat> parseStat(std::string_view text);

} // namespace bulkhead::kernel
