#pragma once

#include "core/claims/ground.h"
#include "core/model/cgroup.h"
#include "core/model/fact.h"
#include "core/model/identity.h"
#include "core/model/lsm.h"
#include "core/model/namespaces.h"
#include "core/model/snapshot.h"
#include "core/seccomp/profile.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::claims {

/// A mount that a runtime is asked for, with where that is said.
struct AskedMount {
    std::string target;
    std::string type; ///< "bind" for a directory or file of the host
    std::string source;
    std::vector<std::string> options;
    model::Evidence from;
    bool volume = false;                            ///< a folder that the engine keeps
    std::optional<model::Unreadable> sourceUnknown; ///< the file does not say which folder of the host
    bool ofEngine = false;                          ///< a file that the engine makes for the container
    bool superReadOnly = false;                     ///< its file system is, whatever the mount itself allows
};

/// A line of linux.resources.devices; a later one overrides an earlier.
struct AskedDeviceRule {
    bool allow = false;
    model::DeviceRule rule;
};

/// The seccomp filter asked for: a profile, or none.
struct AskedFilter {
    std::string name; ///< "docker-default", "unconfined"
    bool filtered = false;
    bool ofEngine = false;                     ///< an engine's own, by that name
    std::optional<seccomp::Profile> profile;   ///< conditions may still stand in it
    std::optional<model::Unreadable> notKnown; ///< filtered, by a profile that is not at hand
};

/// What a runtime is asked for, whoever asks: the OCI configuration in facts, each from the file, from an
/// engine's default, or a gap that names what the file cannot say.
struct Boundary {
    std::string name;
    std::string role; ///< in a pod: app, init, sidecar, ephemeral
    std::string group;
    std::string groupKind = "none";
    std::string id;
    model::ImageRef image;
    std::optional<model::Unreadable> sandbox;

    model::Fact<std::uint32_t> uid;
    model::Fact<std::uint32_t> gid;
    model::Fact<std::vector<std::uint32_t>> groups;
    model::Fact<model::CapabilitySet> bounding;
    model::Fact<model::CapabilitySet> permitted;
    model::Fact<model::CapabilitySet> effective;
    model::Fact<model::CapabilitySet> inheritable;
    model::Fact<model::CapabilitySet> ambient;
    model::Fact<bool> noNewPrivileges;
    model::Fact<bool> readOnlyRoot;
    std::map<std::string, model::Fact<model::ResourceLimit>> rlimits;
    model::Fact<std::int64_t> oomScoreAdj;
    std::map<model::NamespaceType, model::Fact<std::string>> namespaces; ///< "new", "host", "join(PATH)"
    model::Fact<model::IdMap> uidMap;                                    ///< of a user namespace of its own
    model::Fact<model::IdMap> gidMap;
    model::Evidence mountsFrom;
    std::vector<AskedMount> mounts;
    model::Fact<std::vector<std::string>> maskedPaths;
    model::Fact<std::vector<std::string>> readonlyPaths;
    model::Fact<AskedFilter> filter;
    model::Fact<model::LsmLabel> apparmor;
    model::Fact<model::LsmLabel> selinux;
    std::map<std::string, model::Fact<model::Limit>> limits; ///< pids, memory, cpu
    model::Fact<std::vector<AskedDeviceRule>> deviceRules;
    model::Fact<std::vector<AskedDevice>> devices;
    model::Fact<std::map<std::string, std::string>> sysctls;
    model::Fact<std::vector<std::string>> publishedPorts;
    model::Fact<std::vector<std::string>> hooks;
    model::Fact<bool> privileged;
    model::Fact<std::vector<std::string>> asks;
    model::Fact<std::vector<std::string>> notUnderstood;
    model::Fact<std::string> imageUser;
    std::map<std::string, model::Fact<bool>> assumed; ///< as model::Config has it
    model::Image imageFacts;                          ///< of an image that is at hand, and of its name
    std::filesystem::path rootfs; ///< where it is known: its mount flags hold for the container's root
};

/// Who builds it: an OCI runtime adds facts of its own.
struct Builder {
    model::Engine engine;
    model::Runtime runtime;
};

/// The declared snapshot of a boundary on this ground: what it states, and what follows from it (capabilities
/// after the execve, device rules that the runtime adds, one mount a cgroup hierarchy, the filter's
/// verdicts), so that a container that got what was asked contradicts nothing.
[[nodiscard]] model::Snapshot
declareSnapshot(const Boundary& boundary, const Builder& builder, const Ground& ground);

/// The mounts of the declaration, the root file system first.
[[nodiscard]] std::vector<model::Mount> declareMounts(const Boundary& boundary, const Ground& ground);

/// What a folder of the host is where it is one of the kernel's own file systems; nullopt where it is none.
[[nodiscard]] std::optional<model::MountKind>
kindOfKernelTree(const std::string& source, const Ground& ground);

/// The verdicts of the filter asked for, and what follows from them.
void declareFilter(
    const Boundary& boundary, const Builder& builder, const Ground& ground, model::Seccomp& out);

/// What the runtime permits whatever is asked (runc libcontainer/specconv AllowedDevices, crun
/// default_devices): any node may be made, the standard ones opened. runc 1.2.0 to 1.2.3 leave out
/// /dev/net/tun (10:200), crun adds the console.
[[nodiscard]] std::vector<model::DeviceRule> devicesOfRuntime(const model::Runtime& runtime);

/// The nodes that a container always has; whatever else is in /dev is beyond them.
[[nodiscard]] bool isStandardNode(const std::string& path);

/// Rules one after another from "nothing", with what the runtime adds.
[[nodiscard]] std::optional<model::DeviceRules>
followRules(const std::vector<AskedDeviceRule>& rules, const std::vector<model::DeviceRule>& added);

/// Where engines listen by default, below /run. A socket elsewhere is one of theirs by its last name.
[[nodiscard]] std::vector<std::string> engineSocketPaths();

/// Control sockets of engines that a mount brings in, said by the first mount that brings one; where there is
/// none, by what says all mounts.
[[nodiscard]] model::Fact<std::vector<model::RuntimeSocket>>
declareSockets(const std::vector<model::Mount>& mounts, const model::Evidence& mountsFrom);

} // namespace bulkhead::claims
