#include "core/claims/boundary.h"
#include "core/model/engine_files.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <ranges>
#include <set>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace bulkhead::claims {

namespace {

using model::Mount;
using model::MountKind;

bool has(const std::vector<std::string>& options, std::string_view option) {
    return std::ranges::find(options, option) != options.end();
}

bool isBind(const AskedMount& mount) {
    return mount.type == "bind" || has(mount.options, "bind") || has(mount.options, "rbind");
}

bool isSocket(const std::string& path) {
    struct stat info{};
    return path.ends_with(".sock") || (::lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode));
}

bool isWithin(const std::string& path, const std::string& folder) {
    return folder == "/" || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

MountKind kindOf(const AskedMount& mount, const Ground& ground) {
    if (mount.sourceUnknown ? mount.ofEngine : model::isMadeByEngine(mount.source, mount.target)) {
        return MountKind::engineFile;
    }
    if (isBind(mount)) {
        if (const auto kind = kindOfKernelTree(mount.source, ground)) {
            return *kind;
        }
    }
    if (isBind(mount)) {
        return isSocket(mount.source)                                  ? MountKind::socket
               : mount.volume || model::isVolumeOfEngine(mount.source) ? MountKind::volume
                                                                       : MountKind::bind;
    }
    if (mount.volume) {
        return MountKind::volume;
    }
    if (mount.type == "proc") {
        return MountKind::proc;
    }
    if (mount.type == "sysfs") {
        return MountKind::sys;
    }
    if (mount.type == "cgroup" || mount.type == "cgroup2") {
        return MountKind::cgroup;
    }
    const bool furniture = mount.target == "/dev" || mount.target == "/dev/shm" || mount.type == "devpts" ||
                           mount.type == "mqueue";
    if (furniture && mount.target.starts_with("/dev")) {
        return MountKind::dev;
    }
    return mount.type == "tmpfs" ? MountKind::tmpfs : MountKind::other;
}

/// "ro", or "rro", which holds for the mounts below it as well (runtime-spec config.md, mount options).
bool hasFlag(const AskedMount& mount, const std::string& flag) {
    return has(mount.options, flag) || has(mount.options, "r" + flag);
}

/// The flags that restrict; the other options of a configuration (sizes, modes) are none.
std::vector<std::string> flagsOf(const AskedMount& mount) {
    std::vector<std::string> flags = {hasFlag(mount, "ro") ? "ro" : "rw"};
    for (const char* flag : {"nosuid", "nodev", "noexec"}) {
        if (hasFlag(mount, flag)) {
            flags.emplace_back(flag);
        }
    }
    return flags;
}

bool isMappedToOthers(const Boundary& boundary) {
    const auto users = boundary.namespaces.find(model::NamespaceType::user);
    return users != boundary.namespaces.end() && !(users->second.known() && users->second.value() == "host");
}

/// A bind has the flags of the mount that it shows as well. Where flags are asked for, the runtime mounts it
/// once more with exactly those (mount(2), MS_REMOUNT), and the others are gone, but in a user namespace,
/// where they are locked (mount_namespaces(7)).
std::vector<std::string>
flagsOfBind(const std::string& source, const AskedMount& mount, const Boundary& boundary) {
    struct statvfs info{};
    const unsigned long set = !source.empty() && ::statvfs(source.c_str(), &info) == 0 ? info.f_flag : 0;
    std::vector<std::string> flags = flagsOf(mount);
    const bool onceMore = (flags.size() > 1 || flags.front() == "ro") && !isMappedToOthers(boundary);
    if ((set & ST_RDONLY) != 0) {
        flags.front() = "ro";
    }
    if (onceMore) {
        return flags;
    }
    for (const auto& [flag, bit] :
         {std::pair{"nosuid", 0UL + ST_NOSUID}, std::pair{"nodev", 0UL + ST_NODEV},
          std::pair{"noexec", 0UL + ST_NOEXEC}}) {
        if ((set & bit) != 0 && !has(flags, flag)) {
            flags.emplace_back(flag);
        }
    }
    return flags;
}

std::string propagationOf(const AskedMount& mount) {
    for (const char* word : {"shared", "slave", "unbindable"}) {
        if (has(mount.options, word) || has(mount.options, std::string("r") + word)) {
            return word;
        }
    }
    return "private";
}

Mount declareRoot(const Boundary& boundary) {
    Mount root;
    root.target = "/";
    root.kind = MountKind::rootfs;
    AskedMount asked;
    if (boundary.readOnlyRoot.valueOr(false)) {
        asked.options = {"ro"};
    }
    root.options = flagsOfBind(boundary.rootfs.string(), asked, boundary);
    root.readOnly = root.options.front() == "ro";
    root.source = boundary.rootfs.string();
    return root;
}

Mount declareOne(const AskedMount& asked, const Boundary& boundary, const Ground& ground) {
    Mount mount;
    mount.target = asked.target;
    mount.kind = kindOf(asked, ground);
    mount.source = asked.source;
    const bool bind = isBind(asked) || asked.volume;
    mount.fsType = bind ? "" : asked.type;
    mount.options = bind ? flagsOfBind(asked.source, asked, boundary) : flagsOf(asked);
    mount.readOnly = mount.options.front() == "ro" || asked.superReadOnly;
    if (asked.superReadOnly) {
        mount.superOptions = {"ro"};
    }
    mount.propagation = propagationOf(asked);
    if (asked.sourceUnknown) {
        mount.hostPaths = *asked.sourceUnknown;
    } else if (bind) {
        mount.hostPaths = {{asked.source}, asked.from};
    }
    if (bind) {
        model::Evidence from = asked.from;
        from.kind = model::EvidenceKind::inferred;
        mount.sharedWithHostPeer = {mount.propagation == "shared", from};
    }
    if (hasFlag(asked, "idmap")) { // as the user namespace maps (runtime-spec config.md, mount options)
        mount.idmap = true;
        mount.idmapUids = boundary.uidMap;
        mount.idmapGids = boundary.gidMap;
    }
    return mount;
}

/// Where cgroups are v1, "a cgroup mount" becomes a tmpfs with one mount for each hierarchy (runc
/// rootfs_linux.go, mountCgroupV1); only those are read-only where the configuration says so.
void declareCgroups(
    const AskedMount& asked, const Boundary& boundary, const Ground& ground, std::vector<Mount>& mounts) {
    Mount mount = declareOne(asked, boundary, ground);
    if (ground.cgroupUnified) {
        mount.fsType = "cgroup2";
        mounts.push_back(std::move(mount));
        return;
    }
    Mount folder = mount;
    folder.fsType = "tmpfs";
    folder.readOnly = false;
    folder.options.front() = "rw";
    mounts.push_back(std::move(folder));
    for (const std::string& hierarchy : ground.hierarchies) {
        mounts.push_back(mount);
        mounts.back().target = asked.target + "/" + hierarchy;
    }
}

/// A later mount over a place, or over a folder above it, hides what was there.
void hideShadowed(std::vector<Mount>& mounts) {
    std::set<std::string, std::less<>> later;
    for (Mount& mount : std::ranges::reverse_view(mounts)) {
        std::string_view place = mount.target;
        for (; mount.visible && place.size() > 1; place = place.substr(0, place.rfind('/'))) {
            mount.visible = !later.contains(place);
        }
        later.emplace(mount.target);
    }
}

struct KnownSocket {
    std::string_view kind;
    std::string_view path;
};

constexpr std::array kSockets = {
    KnownSocket{"docker", "/run/docker.sock"},
    KnownSocket{"cri-dockerd", "/run/cri-dockerd.sock"}, // the CRI, not Docker's API
    KnownSocket{"containerd", "/run/containerd/containerd.sock"},
    KnownSocket{"containerd", "/run/docker/containerd/containerd.sock"},
    KnownSocket{"containerd", "/run/k3s/containerd/containerd.sock"},
    KnownSocket{"crio", "/run/crio/crio.sock"},
    KnownSocket{"podman", "/run/podman/podman.sock"},
};

/// /var/run is a link to /run on every current distribution.
std::string withoutVar(const std::string& path) {
    return path.starts_with("/var/run/") || path == "/var/run" ? path.substr(4) : path;
}

model::RuntimeSocket socketAt(std::string_view kind, const std::string& path, const Mount& mount) {
    constexpr std::uint32_t kUsual = 0660;
    struct stat info{};
    const bool there =
        !mount.source.empty() && ::stat(mount.source.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
    return {std::string(kind),
            path,
            mount.target,
            there ? info.st_uid : 0,
            there ? info.st_mode & 07777U : kUsual,
            true};
}

std::vector<model::RuntimeSocket> socketsIn(const std::vector<Mount>& mounts) {
    std::vector<model::RuntimeSocket> sockets;
    for (const Mount& mount : mounts) {
        if (mount.hostPaths.valueOr({}).empty() || !mount.visible) {
            continue;
        }
        const std::string source = withoutVar(mount.hostPaths.value().front());
        const std::string leaf = source.substr(source.rfind('/') + 1);
        for (const KnownSocket& known : kSockets) {
            const std::string path(known.path);
            const std::string name = path.substr(path.rfind('/') + 1);
            if (source == path || (leaf == name && mount.kind == MountKind::socket)) {
                sockets.push_back(socketAt(known.kind, mount.target, mount));
                break;
            }
            if (isWithin(path, source)) {
                const std::string top = mount.target == "/" ? "" : mount.target;
                const std::string rest = path.substr(source == "/" ? 0 : source.size());
                sockets.push_back(socketAt(known.kind, top + rest, {}));
                sockets.back().viaMount = mount.target;
            }
        }
    }
    std::ranges::sort(sockets);
    return sockets;
}

} // namespace

std::optional<MountKind> kindOfKernelTree(const std::string& source, const Ground& ground) {
    constexpr const char* kGroups = "/sys/fs/cgroup";
    if (source == kGroups && !ground.cgroupUnified) { // a tmpfs with a mount for each hierarchy
        return std::nullopt;
    }
    return isWithin(source, kGroups)   ? std::optional(MountKind::cgroup)
           : isWithin(source, "/proc") ? std::optional(MountKind::proc)
           : isWithin(source, "/sys")  ? std::optional(MountKind::sys)
                                       : std::nullopt;
}

std::vector<std::string> engineSocketPaths() {
    std::vector<std::string> out;
    std::ranges::transform(
        kSockets, std::back_inserter(out), [](const KnownSocket& known) { return std::string(known.path); });
    return out;
}

model::Fact<std::vector<model::RuntimeSocket>>
declareSockets(const std::vector<Mount>& mounts, const model::Evidence& mountsFrom) {
    model::Fact<std::vector<model::RuntimeSocket>> out = {socketsIn(mounts), mountsFrom};
    const auto bringsOne = [&out](const Mount& mount) {
        return std::ranges::find(out.value(), mount.target, &model::RuntimeSocket::viaMount) !=
               out.value().end();
    };
    if (const auto first = std::ranges::find_if(mounts, bringsOne); first != mounts.end()) {
        out = {out.value(), first->hostPaths.evidence()};
    }
    return out;
}

std::vector<Mount> declareMounts(const Boundary& boundary, const Ground& ground) {
    std::vector<Mount> mounts;
    mounts.reserve(1 + boundary.mounts.size() + ground.hierarchies.size()); // a mount is large
    mounts.push_back(declareRoot(boundary));
    for (const AskedMount& asked : boundary.mounts) {
        if (asked.type == "cgroup" && !isBind(asked)) {
            declareCgroups(asked, boundary, ground, mounts);
        } else {
            mounts.push_back(declareOne(asked, boundary, ground));
        }
    }
    std::int64_t id = 0;
    for (Mount& mount : mounts) {
        mount.id = ++id;
        mount.parent = id == 1 ? 0 : 1;
    }
    hideShadowed(mounts);
    model::tellVolumesOfOtherPods(mounts);
    return mounts;
}

} // namespace bulkhead::claims
