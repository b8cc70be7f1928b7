#include "core/kernel/mount_kind.h"

#include "core/model/engine_files.h"

#include <algorithm>
#include <array>

namespace bulkhead::kernel {

using model::MountKind;

namespace {

template <std::size_t N>
bool isOneOf(std::string_view text, const std::array<std::string_view, N>& words) {
    return std::ranges::find(words, text) != words.end();
}

bool isMemory(std::string_view fsType) {
    return fsType == "tmpfs" || fsType == "ramfs";
}

bool isKernelFileSystem(std::string_view fsType) {
    return isProcFileSystem(fsType) || isSysFileSystem(fsType) || isCgroupFileSystem(fsType);
}

/// Another directory of the host may hold a file of the same name as a node.
bool isNodeOfTheHostOrNone(std::string_view node, const std::optional<std::vector<std::string>>& hostPaths) {
    return !hostPaths || hostPaths->empty() || std::ranges::find(*hostPaths, node) != hostPaths->end();
}

/// Directories that runtimes and service managers keep empty and bind over many paths: crun's
/// STATE/.empty-directory, systemd's inaccessible nodes (systemd.exec(5), InaccessiblePaths=).
bool isKeptEmpty(std::string_view path) {
    const std::string_view leaf = path.substr(path.rfind('/') + 1);
    return leaf == "empty" || leaf == ".empty-directory" || path.contains("/systemd/inaccessible/");
}

bool isMask(
    const MountEntry& mount, const std::optional<std::vector<std::string>>& hostPaths, bool heldByHost) {
    const bool inKernelTree = isWithin(mount.target, "/proc") || isWithin(mount.target, "/sys");
    const bool itsOwnPlace =
        mount.target == "/proc" || mount.target == "/sys" || isWithin(mount.target, "/sys/fs/cgroup");
    if (!inKernelTree || itsOwnPlace || isKernelFileSystem(mount.fsType)) {
        return false;
    }
    // Memory that anyone may write into hides what lies there, but is no mask.
    const bool writableMemory = isMemory(mount.fsType) && mount.root == "/" && !mount.readOnly();
    return !writableMemory && showsNothing(mount, hostPaths, heldByHost);
}

/// The nodes every container has, bound one by one where mknod(2) is refused (rootless), and /dev itself; the
/// host's own /dev or /dev/shm is no furniture.
bool isDeviceTree(const MountEntry& mount, const std::optional<std::vector<std::string>>& hostPaths) {
    const bool whole = mount.root == "/";
    if (whole && hostPaths && !hostPaths->empty()) {
        return false;
    }
    if (mount.fsType == "devpts" || mount.fsType == "mqueue") {
        return isWithin(mount.target, "/dev");
    }
    if (mount.target == "/dev" || mount.target == "/dev/shm") {
        return isMemory(mount.fsType) && whole;
    }
    const bool singleNode = (mount.fsType == "devtmpfs" || isMemory(mount.fsType)) && !whole;
    constexpr std::array<std::string_view, 8> kNodes = {"/null",    "/zero", "/full",    "/random",
                                                        "/urandom", "/tty",  "/console", "/ptmx"};
    return singleNode && isOneOf(mount.root, kNodes) && mount.target == "/dev" + mount.root &&
           isNodeOfTheHostOrNone(mount.target, hostPaths);
}

MountKind kindOfKernelTree(const MountEntry& mount) {
    if (isCgroupFileSystem(mount.fsType)) {
        return MountKind::cgroup;
    }
    const bool inItsPlace = isWithin(mount.target, "/proc") || isWithin(mount.target, "/sys");
    if (inItsPlace && mount.root != "/" && mount.readOnly()) {
        return MountKind::readonlyPath;
    }
    return isProcFileSystem(mount.fsType) ? MountKind::proc : MountKind::sys;
}

/// Everything that is neither the kernel's nor the runtime's furniture.
MountKind kindOfStorage(
    const MountEntry& mount, const std::optional<std::vector<std::string>>& hostPaths, bool heldByHost) {
    const bool fromHost =
        hostPaths ? heldByHost || !hostPaths->empty() : (mount.root != "/" || mount.deleted);
    if (!fromHost && !mount.deleted) {
        return isMemory(mount.fsType) ? MountKind::tmpfs : MountKind::other;
    }
    const auto namesSocket = [](std::string_view path) {
        return path.ends_with(".sock") || path.ends_with(".socket");
    };
    if (namesSocket(mount.target) || namesSocket(mount.root) ||
        (hostPaths && std::ranges::any_of(*hostPaths, namesSocket))) {
        return MountKind::socket;
    }
    const auto madeByEngine = [&](const std::string& path) {
        return model::isMadeByEngine(path, mount.target);
    };
    if (hostPaths && std::ranges::any_of(*hostPaths, madeByEngine)) {
        return MountKind::engineFile;
    }
    const bool volume = hostPaths && std::ranges::any_of(*hostPaths, model::isVolumeOfEngine);
    return volume ? MountKind::volume : MountKind::bind;
}

} // namespace

bool isProcFileSystem(std::string_view fsType) {
    return fsType == "proc" || fsType == "binfmt_misc";
}

bool isSysFileSystem(std::string_view fsType) {
    constexpr std::array<std::string_view, 10> kTypes = {"sysfs",    "securityfs", "debugfs",  "tracefs",
                                                         "configfs", "pstore",     "efivarfs", "bpf",
                                                         "fusectl",  "selinuxfs"};
    return isOneOf(fsType, kTypes);
}

bool isCgroupFileSystem(std::string_view fsType) {
    return fsType == "cgroup" || fsType == "cgroup2";
}

bool mayStall(std::string_view fsType) {
    constexpr std::array<std::string_view, 9> kTypes = {"autofs", "nfs",  "nfs4", "cifs",    "smb3",
                                                        "9p",     "ceph", "afs",  "virtiofs"};
    return fsType == "fuse" || fsType == "fuseblk" || fsType.starts_with("fuse.") || isOneOf(fsType, kTypes);
}

bool wayIsSafe(std::string_view target, const MountTree& tree) {
    for (std::string_view up = target;; up = parentOf(up)) {
        const MountEntry* mount = tree.at(up);
        if (mount == nullptr || mayStall(mount->fsType)) {
            return false;
        }
        if (up == "/") {
            return true;
        }
    }
}

bool showsNothing(
    const MountEntry& mount, const std::optional<std::vector<std::string>>& hostPaths, bool heldByHost) {
    const bool onHost = hostPaths && !hostPaths->empty();
    if (isMemory(mount.fsType) && mount.root == "/") {
        return !onHost && !heldByHost;
    }
    if (isMemory(mount.fsType) || mount.fsType == "devtmpfs") {
        if (mount.root == "/null") {
            return isNodeOfTheHostOrNone("/dev/null", hostPaths);
        }
    }
    if (!mount.readOnly() || mount.deleted) {
        return false;
    }
    return onHost ? std::ranges::any_of(*hostPaths, isKeptEmpty) : isKeptEmpty(mount.root);
}

MountKind
kindOf(const MountEntry& mount, const std::optional<std::vector<std::string>>& hostPaths, bool heldByHost) {
    if (mount.target == "/") {
        return MountKind::rootfs;
    }
    if (isMask(mount, hostPaths, heldByHost)) {
        return MountKind::masked;
    }
    if (isKernelFileSystem(mount.fsType)) {
        return kindOfKernelTree(mount);
    }
    if (mount.target == "/sys/fs/cgroup" && isMemory(mount.fsType)) {
        return MountKind::cgroup;
    }
    return isDeviceTree(mount, hostPaths) ? MountKind::dev : kindOfStorage(mount, hostPaths, heldByHost);
}

} // namespace bulkhead::kernel
