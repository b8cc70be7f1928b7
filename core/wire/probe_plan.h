#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace bulkhead::wire {

// What the launcher of a twin and the twin tell each other: one shared mapping of plain numbers, made before
// any filter is on. The launcher writes the plan, the twin its progress and the answers. What stands in the
// mapping when the twin is gone is hostile input: a container's root may have had a hold on the twin.

inline constexpr std::uint64_t kPlanMagic = 0x6b6c75622d6e7774ULL; // "twn-bulk"
inline constexpr std::uint32_t kPlanVersion = 3;
inline constexpr int kPlanDescriptor = 3;    ///< where the mapping's file stands when the twin starts
inline constexpr int kTargetDescriptor = 4;  ///< a pidfd of the process to copy
inline constexpr int kRootDescriptor = 5;    ///< its root directory, O_PATH
inline constexpr int kCgroupDescriptors = 6; ///< the first of the cgroup.procs files, opened for writing

inline constexpr std::size_t kMaxHierarchies = 24;
inline constexpr std::size_t kMaxTries = 1024;
inline constexpr std::size_t kPathBytes = 256UL * 1024;
inline constexpr std::size_t kMaxPlanFilters = 64;
inline constexpr std::size_t kMaxPlanInstructions = 32768; // kernel/seccomp.c MAX_INSNS_PER_PATH
inline constexpr std::size_t kMaxPlanGroups = 1024;
inline constexpr std::size_t kPlanLimits = 16;   // RLIM_NLIMITS
inline constexpr std::size_t kLabelBytes = 4096; // fs/proc/base.c: one write to attr/ is at most a page

/// One harmless system call, or a few that belong together. What each one leaves behind is argued where it is
/// made (app/probe/tries.cpp).
enum class Try : std::uint32_t {
    look,       ///< statfs and stat of a path
    read,       ///< faccessat2, AT_EACCESS
    write,      ///< faccessat2, AT_EACCESS
    knob,       ///< opens a file of procfs, sysfs or cgroupfs for writing, and closes it
    device,     ///< opens one of the five harmless nodes for reading, and closes it
    connect,    ///< connects to a Unix socket
    askVersion, ///< connects, and asks a container engine for its version
    rawSocket,
    packetSocket,
    newMount,    ///< fsopen(2) of proc, without making anything of it
    bpf,         ///< asks for the program after the last
    keyring,     ///< asks for the session keyring's number
    ptrace,      ///< of a process that cannot exist
    ioUring,     ///< with no parameters
    kernelLog,   ///< size of the kernel's log
    loadModule,  ///< from no file
    unshareUser, ///< last: the process that tries it ends after it
};

/// What is to be tried. `path` is an offset into ProbePlan::paths.
struct PlannedTry {
    Try what = Try::look;
    std::uint32_t path = 0;
    std::uint32_t skip = 0; ///< 1: the predicted verdict does not allow it
};

/// What became of it. `values`: look: f_type, f_flags, st_mode, st_rdev; askVersion: 1 for an HTTP answer.
struct ProbeAnswer {
    std::uint32_t done = 0;
    std::int32_t error = 0; ///< errno(3)
    std::array<std::uint64_t, 4> values{};
};

/// One filter: its place in ProbePlan::instructions.
struct PlannedFilter {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t flags = 0; ///< SECCOMP_FILTER_FLAG_LOG
};

/// The file below /proc/self/attr that takes the label of a security module.
enum class LabelFile : std::uint32_t {
    none,            ///< there is nothing to take over
    current,         ///< of the one major module that is active
    apparmorCurrent, ///< AppArmor's own (Linux 5.8)
};

/// How far the twin has come. A twin that fails says at which step, and with which errno.
enum class TwinStep : std::uint32_t {
    started,
    hidden,
    keyring,
    waiting, ///< for the launcher to hold it
    descriptors,
    cgroup,
    groups,
    namespaces,
    root,
    limits,
    filters,
    bounding,
    gid,
    uid,
    capabilities,
    ambient,
    label,
    noNewPrivileges,
    hiddenAgain,
    born, ///< inside: stands still from its first moment to be read back
    trying,
    done,
};

/// Who the process is by its own system calls, before any filter is on.
struct TwinFacts {
    std::array<std::uint32_t, 4> uid{}; ///< real, effective, saved, file system
    std::array<std::uint32_t, 4> gid{};
    std::uint32_t groupCount = 0;
    std::array<std::uint32_t, kMaxPlanGroups> groups{};
    std::uint64_t effective = 0;
    std::uint64_t permitted = 0;
    std::uint64_t inheritable = 0;
    std::uint64_t bounding = 0;
    std::uint64_t ambient = 0;
    std::uint32_t noNewPrivileges = 0;
    std::uint32_t seccompMode = 0;
    std::uint32_t parentTold = 0;
    std::uint32_t parent = 0;   ///< getppid(2): 0 where the parent lives in no namespace of pids it sees
    std::uint32_t hostRoot = 0; ///< the owner of a file of the host's root, as it is seen in there
    std::uint32_t overflowUid = 65534;
};

/// The whole message.
struct ProbePlan {
    std::uint64_t magic = kPlanMagic;
    std::uint32_t version = kPlanVersion;
    std::uint32_t hierarchies = 0;

    std::int32_t namespaces = 0; ///< mask of CLONE_NEW* that differ
    std::uint32_t groupCount = 0;
    std::array<std::uint32_t, kMaxPlanGroups> hostGroups{};

    std::array<std::uint32_t, 4> uid{}; ///< in the numbering of its own user namespace
    std::array<std::uint32_t, 4> gid{};
    std::uint64_t effective = 0;
    std::uint64_t permitted = 0;
    std::uint64_t inheritable = 0;
    std::uint64_t bounding = 0;
    std::uint64_t ambient = 0;
    std::uint32_t lastCapability = 0;
    std::uint32_t noNewPrivileges = 0;
    std::array<std::array<std::uint64_t, 2>, kPlanLimits> limits{}; ///< soft, hard; RLIM_INFINITY: none

    std::uint32_t filterCount = 0;
    std::array<PlannedFilter, kMaxPlanFilters> filters{};           ///< oldest first
    std::array<std::uint64_t, kMaxPlanInstructions> instructions{}; ///< struct sock_filter, eight bytes
    LabelFile labelFile = LabelFile::none;
    std::uint32_t labelSize = 0;
    std::array<char, kLabelBytes> label{}; ///< as it is written, in one piece
    std::uint32_t mayExit = 1;             ///< 0: exit_group is not allowed, the launcher ends it
    std::uint32_t mayAskParent = 1;        ///< 0: getppid is not allowed

    std::uint32_t tryCount = 0;
    std::array<PlannedTry, kMaxTries> tries{};
    std::array<char, kPathBytes> paths{}; ///< each ends with a zero byte

    // What the twin writes.
    std::atomic<std::uint32_t> go{0}; ///< the launcher's: it holds the twin
    std::atomic<std::uint32_t> step{0};
    std::atomic<std::uint32_t> failed{0};    ///< 1: `step` did not succeed
    std::atomic<std::int32_t> error{0};      ///< its errno
    std::atomic<std::int32_t> labelError{0}; ///< errno of taking the label over: no reason to end
    TwinFacts facts;
    std::array<ProbeAnswer, kMaxTries> answers{};
};

} // namespace bulkhead::wire
