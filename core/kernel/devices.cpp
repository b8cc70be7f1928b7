#include "core/kernel/devices.h"

#include "core/base/bytes.h"
#include "core/kernel/device_class.h"
#include "core/kernel/judged_path.h"
#include "core/kernel/machine.h"
#include "core/kernel/mount_kind.h"
#include "core/kernel/text.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <map>
#include <memory>
#include <optional>
#include <sys/stat.h>

namespace bulkhead::kernel {

using base::ErrorKind;
using model::Device;

namespace {

constexpr std::size_t kMaxEntries = 16384;
constexpr std::size_t kMaxMountsLookedAt = 4096;
constexpr std::uint32_t kPseudoTerminals = 136; // to 143, Unix98 PTY slaves

/// A directory still to be listed.
struct Folder {
    os::Fd fd;
    std::string path;
};

/// The walk through directories of nodes: what it has found, and how much it has seen.
struct Walk {
    std::map<std::string, Device> nodes; ///< by path
    std::vector<Folder> open;
    std::size_t entries = 0;
};

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

/// Type, numbers and owner of what a descriptor names, as the file system last told the kernel.
std::optional<struct statx> lookAt(int fd) {
    struct statx facts{};
    constexpr int kQuiet = AT_EMPTY_PATH | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;
    const int failed = ::statx(fd, "", kQuiet, STATX_BASIC_STATS, &facts);
    return failed == 0 ? std::optional(facts) : std::nullopt;
}

Device deviceOf(const std::string& path, const struct statx& facts) {
    Device device;
    device.path = base::textFromBytes(path);
    device.type = S_ISBLK(facts.stx_mode) ? "block" : "char";
    device.major = facts.stx_rdev_major;
    device.minor = facts.stx_rdev_minor;
    device.mode = facts.stx_mode & 07777U;
    device.uid = facts.stx_uid;
    device.gid = facts.stx_gid;
    return device;
}

/// A node is kept, a directory is listed later.
void meet(os::Fd fd, const std::string& path, Walk& walk) {
    const auto facts = lookAt(fd.get());
    if (facts && (S_ISBLK(facts->stx_mode) || S_ISCHR(facts->stx_mode))) {
        walk.nodes.emplace(path, deviceOf(path, *facts));
    } else if (facts && S_ISDIR(facts->stx_mode)) {
        walk.open.push_back({std::move(fd), path});
    }
}

/// Only what may be a node or a folder is looked at; a mount on it is a place of its own.
Reading<void> visit(int directory, const dirent& entry, const std::string& path, Walk& walk) {
    const std::string name = entry.d_name;
    const bool worthIt = entry.d_type == DT_CHR || entry.d_type == DT_BLK || entry.d_type == DT_DIR ||
                         entry.d_type == DT_UNKNOWN;
    if (name == "." || name == "..") {
        return {};
    }
    if (++walk.entries > kMaxEntries) {
        return std::unexpected(
            Failure{0, {"the directories of device nodes hold more than 16384 entries", ""}});
    }
    auto fd = worthIt ? openBeside(directory, name, O_PATH | O_NOFOLLOW)
                      : std::expected<os::Fd, int>(std::unexpected(ENOENT));
    if (fd) {
        meet(std::move(*fd), path + "/" + name, walk);
    }
    return {};
}

Reading<void> listFolder(const Folder& folder, Walk& walk) {
    // "." of a descriptor is the directory it was pinned to, whatever was mounted over it since.
    auto fd = openBeside(folder.fd.get(), ".", O_RDONLY | O_DIRECTORY | O_NOATIME);
    if (!fd && fd.error() == EPERM) {
        fd = openBeside(folder.fd.get(), ".", O_RDONLY | O_DIRECTORY);
    }
    const std::string name = "root" + base::textFromBytes(folder.path);
    if (!fd) {
        return std::unexpected(failureOf(fd.error(), name, kNeedsPtrace));
    }
    const Directory directory(::fdopendir(fd->get()));
    if (!directory) {
        return std::unexpected(failureOf(errno, name));
    }
    const int number = fd->release(); // closed by closedir
    while (const dirent* entry = ::readdir(directory.get())) {
        if (auto visited = visit(number, *entry, folder.path, walk); !visited) {
            return visited;
        }
    }
    return {};
}

/// pts, shm and mqueue of the container hold terminals of their own instance, memory and queues.
bool isFurniture(const MountEntry& mount) {
    const bool own =
        mount.target == "/dev/pts" || mount.target == "/dev/shm" || mount.target == "/dev/mqueue";
    return own || mount.fsType == "mqueue";
}

/// The host shows the directory as its /dev, or as a part of it.
bool isOfHostsDev(const MountEntry& mount, const Reading<HostMounts>& hostMounts) {
    const auto paths = hostMounts ? hostMounts->pathsOf(mount) : std::vector<std::string>();
    return std::ranges::any_of(paths, [](const std::string& path) { return isWithin(path, "/dev"); });
}

/// Where nodes may be beside /dev itself: what is mounted in it, every devtmpfs, every bind of the host's
/// /dev, and every single file that is bound (a node, perhaps).
bool mayHoldNodes(const MountEntry& mount, const Reading<HostMounts>& hostMounts) {
    if (mount.target == "/dev" || mayStall(mount.fsType) || isFurniture(mount) ||
        isProcFileSystem(mount.fsType) || isSysFileSystem(mount.fsType) || isCgroupFileSystem(mount.fsType)) {
        return false;
    }
    return isWithin(mount.target, "/dev") || mount.fsType == "devtmpfs" || mount.fsType == "devpts" ||
           isOfHostsDev(mount, hostMounts);
}

/// A node on a mount without devices is of no use (mount(2), MS_NODEV). A mask is a standard node, and by far
/// the most frequent bind of a single file.
bool mayBeNode(const MountEntry& mount) {
    return mount.root != "/" && !mount.has("nodev") && !mayStall(mount.fsType) &&
           !isWithin(mount.target, "/proc") && !isWithin(mount.target, "/sys");
}

Reading<void>
lookAtMount(int root, const MountEntry& mount, bool whole, const MountTree& mounts, Walk& walk) {
    auto fd = openJudged(root, mount.target, mounts);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    const auto facts = lookAt(fd->get());
    if (whole || (facts && !S_ISDIR(facts->stx_mode))) {
        meet(std::move(*fd), mount.target, walk);
    }
    return {};
}

Reading<void>
lookAtMounts(int root, const MountTree& mounts, const Reading<HostMounts>& hostMounts, Walk& walk) {
    std::size_t lookedAt = 0;
    for (const auto& [mount, visible] : mounts.mounts) {
        const bool whole = visible && mayHoldNodes(mount, hostMounts);
        if (!whole && !(visible && mayBeNode(mount))) {
            continue;
        }
        if (++lookedAt > kMaxMountsLookedAt) {
            return std::unexpected(Failure{0, {"more than 4096 mounts may hold device nodes", ""}});
        }
        if (auto looked = lookAtMount(root, mount, whole, mounts, walk); !looked) {
            return looked;
        }
    }
    return {};
}

/// A /dev that is no mount point is a directory of the root file system.
Reading<void> lookAtPlainDev(int root, const MountTree& mounts, Walk& walk) {
    auto dev = openJudged(root, "/dev", mounts);
    if (dev) {
        meet(std::move(*dev), "/dev", walk);
        return {};
    }
    return dev.error().number == ENOENT ? Reading<void>() : std::unexpected(dev.error());
}

} // namespace

std::vector<Device> beyondStandard(std::vector<Device> nodes) {
    std::erase_if(nodes, [](const Device& node) {
        const bool block = node.type == "block";
        // A runtime puts a pseudo terminal (5:1 in a plain tree) where the container's console is.
        const bool console = !block && node.path == "/dev/console" &&
                             ((node.major == 5 && node.minor == 1) ||
                              (node.major >= kPseudoTerminals && node.major < kPseudoTerminals + 8));
        return console || isStandardDevice(block, node.major, node.minor);
    });
    for (Device& node : nodes) {
        node.hostDisk = node.type == "block";
        node.deviceClass = deviceClassOf(node.hostDisk, node.major, node.minor);
    }
    std::ranges::sort(nodes, {}, &Device::path);
    return nodes;
}

Reading<std::vector<Device>>
readDevices(const Task& task, const MountTree& mounts, const Reading<HostMounts>& hostMounts) {
    if (!task.live()) {
        return parsed(task.read("root.devices"), parseCapturedDevices);
    }
    const auto root = task.openFile("root", O_PATH | O_DIRECTORY);
    if (!root) {
        return std::unexpected(root.error());
    }
    Walk walk;
    auto found = lookAtPlainDev(root->get(), mounts, walk);
    found = found ? lookAtMounts(root->get(), mounts, hostMounts, walk) : found;
    while (found && !walk.open.empty()) {
        const Folder folder = std::move(walk.open.back());
        walk.open.pop_back();
        found = listFolder(folder, walk);
    }
    if (!found) {
        return std::unexpected(found.error());
    }
    std::vector<Device> nodes;
    nodes.reserve(walk.nodes.size());
    for (auto& [path, node] : walk.nodes) {
        nodes.push_back(std::move(node));
    }
    return beyondStandard(std::move(nodes));
}

void judgeByMachine(const os::ProcRoot& root, std::vector<Device>& devices) {
    constexpr std::uint32_t kMisc = 10;
    const bool listed = machineHas(root, "/sys/dev/block");
    const auto drivers = parseCharacterDrivers(readMachineFile(root, "/proc/devices").value_or(""));
    const auto misc = parseMiscDrivers(readMachineFile(root, "/proc/misc").value_or(""));
    for (Device& device : devices) {
        const std::string numbers = std::to_string(device.major) + ":" + std::to_string(device.minor);
        const bool block = device.type == "block";
        if (block && listed) {
            device.hostDisk = machineHas(root, "/sys/dev/block/" + numbers);
        }
        const auto& names = device.major == kMisc ? misc : drivers;
        const auto driver = names.find(device.major == kMisc ? device.minor : device.major);
        if (!block && device.deviceClass == model::DeviceClass::other && driver != names.end()) {
            device.deviceClass = deviceClassNamed(driver->second);
        }
    }
}

base::Result<std::vector<Device>> parseCapturedDevices(std::string_view text) {
    std::vector<Device> nodes;
    const auto lines = linesOf(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto words = wordsOf(lines[i]);
        const auto number = [&](std::size_t word, int base = 10) {
            return word < words.size() ? numberOf<std::uint32_t>(words[word], base) : std::nullopt;
        };
        const bool typed = words.size() == 7 && (words[1] == "b" || words[1] == "c");
        const auto major = number(2);
        const auto minor = number(3);
        const auto mode = number(4, 8);
        const auto uid = number(5);
        const auto gid = number(6);
        if (!typed || !major || !minor || !mode || !uid || !gid) {
            return base::fail(
                ErrorKind::malformed, "root.devices line " + std::to_string(i + 1) +
                                          ": expected PATH b|c MAJOR MINOR MODE UID GID");
        }
        Device device;
        device.path = base::textFromBytes(words[0]);
        device.type = words[1] == "b" ? "block" : "char";
        device.major = *major;
        device.minor = *minor;
        device.mode = *mode;
        device.uid = *uid;
        device.gid = *gid;
        nodes.push_back(std::move(device));
    }
    return beyondStandard(std::move(nodes));
}

} // namespace bulkhead::kernel
