#pragma once

#include "core/base/error.h"
#include "core/kernel/cgroup_origin.h"
#include "core/kernel/host_reference.h"
#include "core/model/namespaces.h"
#include "core/os/proc_root.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::kernel {

/// Inode numbers by model::NamespaceType; 0 where a link was not read or the kernel has no such namespace.
using NamespaceInodes = std::array<std::uint64_t, model::Names<model::NamespaceType>::names.size()>;

[[nodiscard]] constexpr std::size_t slotOf(model::NamespaceType type) {
    return static_cast<std::size_t>(type);
}

/// One confined process, small enough to keep thousands of. What several share stands once in the Sweep and
/// is named here by its index.
struct SweptProcess {
    std::int64_t pid = 0;
    std::int64_t parent = 0;
    std::uint64_t startTime = 0;
    std::string command; ///< at most 15 bytes, raw
    char state = '?';
    std::int64_t thread = 0; ///< one that runs on, where the main thread has ended
    std::uint32_t threads = 0;
    std::uint32_t uid = 0;     ///< effective, host numbering
    std::uint32_t depth = 1;   ///< columns of NSpid: 1 in our own pid namespace
    std::int64_t innerPid = 0; ///< last column of NSpid
    NamespaceInodes namespaces{};
    std::uint64_t capabilities = 0; ///< CapEff
    int seccomp = 0;
    bool noNewPrivileges = false;
    bool inferred = false; ///< namespace links were refused
    std::size_t cgroup = 0;
    std::optional<std::size_t> mounts;
    std::optional<std::size_t> user;
};

/// What /proc/PID/cgroup says, parsed once for all processes of one group.
struct SweptCgroup {
    std::string text; ///< raw
    std::string path; ///< the one to show
    std::vector<CgroupOrigin> origins;
    std::string unit;
    bool contradictory = false; ///< hierarchies name different containers
};

/// The mounts below one root of one mount namespace, read once for all processes that share them, and only
/// where they tell a container from a sandbox: in pid namespaces that are not the host's.
struct SweptMounts {
    bool read = false; ///< false: nobody in there can be a container without a name, so nobody asked
    std::uint64_t mountNamespace = 0; ///< 0 where the link was refused
    std::string root;                 ///< the root directory of its processes, raw
    std::size_t count = 0;
    std::string rootDevice; ///< "8:1" of what is mounted at /; empty: / is no mount point (chroot)
    std::string rootWithin; ///< the directory of that file system
    std::string rootType;
    bool ownRoot = false; ///< not the file system the host has at /
    bool partial = false; ///< larger than the bound, counted as far as it was read
};

/// One user namespace, asked once.
struct SweptUserNamespace {
    std::uint64_t inode = 0; ///< 0 where the link was refused
    std::string uidMap;      ///< raw text
    std::optional<std::uint32_t> ownerUid;
    bool initialMap = false;
};

/// One pass over /proc.
struct Sweep {
    std::vector<SweptProcess> processes; ///< the confined ones, by pid
    std::vector<SweptCgroup> cgroups;
    std::vector<SweptMounts> mounts;
    std::vector<SweptUserNamespace> users;
    std::map<std::uint64_t, std::uint64_t> pidParents; ///< pid namespace: its parent (NS_GET_PARENT)
    std::size_t looked = 0;                            ///< processes that could be read
    std::size_t onHost = 0;
    std::size_t kernelThreads = 0;
    std::size_t unreadable = 0;
    std::vector<std::int64_t> refused; ///< the first few of these
    std::size_t unknown = 0;
    std::size_t vanished = 0;
    bool hidden = false; ///< /proc is mounted with hidepid
};

/// Reads every process once through one directory descriptor, and keeps those that are confined: in any
/// namespace other than the host's, with a system-call filter, or with a root directory of its own. Where
/// namespace links are refused (other users' processes without CAP_SYS_PTRACE), id maps, NSpid, mounts and
/// control groups stand in, and the process is marked inferred. Denied where /proc cannot be listed.
[[nodiscard]] base::Result<Sweep>
sweepProcesses(const os::ProcRoot& root, const HostReference& host, const std::stop_token& stop = {});

} // namespace bulkhead::kernel
