#include "core/kernel/devices.h"

#include "core/base/bytes.h"
#include "core/kernel/device_class.h"
#include "core/kernel/mount_kind.h"
#include "core/kernel/rooted.h"
#include "core/kernel/text.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace bulkhead::kernel {

using base::ErrorKind;
using model::Device;

namespace {

constexpr std::size_t kMaxEntries = 4096;
constexpr int kMaxDepth = 3;
constexpr std::uint32_t kPseudoTerminals = 136; // to 143, Unix98 PTY slaves

/// The walk through /dev: what it has found, and how much it has seen.
struct Walk {
    const MountTree* mounts;
    std::vector<Device> nodes;
    std::size_t entries = 0;
};

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Device deviceOf(const std::string& path, const struct stat& facts) {
    Device device;
    device.path = base::textFromBytes(path);
    device.type = S_ISBLK(facts.st_mode) ? "block" : "char";
    device.major = gnu_dev_major(facts.st_rdev);
    device.minor = gnu_dev_minor(facts.st_rdev);
    device.mode = facts.st_mode & 07777U;
    device.uid = facts.st_uid;
    device.gid = facts.st_gid;
    return device;
}

/// pts, shm and mqueue hold terminals of their own instance, memory and queues.
bool isEntered(const std::string& path, const MountTree& mounts) {
    const MountEntry* mount = mounts.at(path);
    const bool furniture = path == "/dev/pts" || path == "/dev/shm" || path == "/dev/mqueue";
    return !furniture && mount != nullptr && !mayStall(mount->fsType);
}

Reading<void> walkDirectory(os::Fd fd, const std::string& path, int depth, Walk& walk);

Reading<void> visit(int directory, const char* name, const std::string& path, int depth, Walk& walk) {
    struct stat facts{};
    // A single node bound from elsewhere lies on a file system of its own.
    const MountEntry* mount = walk.mounts->at(path);
    if (mount == nullptr || mayStall(mount->fsType) ||
        ::fstatat(directory, name, &facts, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
        return {};
    }
    if (S_ISBLK(facts.st_mode) || S_ISCHR(facts.st_mode)) {
        walk.nodes.push_back(deviceOf(path, facts));
        return {};
    }
    if (!S_ISDIR(facts.st_mode) || depth >= kMaxDepth || !isEntered(path, *walk.mounts)) {
        return {};
    }
    auto fd = openSubdirectory(directory, name);
    if (!fd) {
        return std::unexpected(failureOf(fd.error(), base::textFromBytes(path)));
    }
    return walkDirectory(std::move(*fd), path, depth + 1, walk);
}

Reading<void> walkDirectory(os::Fd fd, const std::string& path, int depth, Walk& walk) {
    const Directory directory(::fdopendir(fd.get()));
    if (!directory) {
        return std::unexpected(failureOf(errno, base::textFromBytes(path)));
    }
    const int number = fd.release(); // closed by closedir
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..") {
            continue;
        }
        if (++walk.entries > kMaxEntries) {
            return std::unexpected(Failure{0, {"/dev holds more than 4096 entries", ""}});
        }
        std::string inside = path;
        inside.append("/").append(name);
        const auto visited = visit(number, name.c_str(), inside, depth, walk);
        if (!visited) {
            return visited;
        }
    }
    return {};
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

Reading<std::vector<Device>> readDevices(const Task& task, const MountTree& mounts) {
    if (!task.live()) {
        return parsed(task.read("root.devices"), parseCapturedDevices);
    }
    if (!isEntered("/dev", mounts)) {
        return std::unexpected(Failure{0, {"/dev lies on a file system that may keep a reader waiting", ""}});
    }
    const auto root = task.openFile("root", O_PATH | O_DIRECTORY);
    if (!root) {
        return std::unexpected(root.error());
    }
    auto dev = openRootedDirectory(root->get(), "dev");
    if (!dev && dev.error() == ENOENT) {
        return std::vector<Device>();
    }
    if (!dev) {
        return std::unexpected(failureOf(dev.error(), "root/dev", kNeedsPtrace));
    }
    Walk walk{&mounts, {}, 0};
    if (const auto walked = walkDirectory(std::move(*dev), "/dev", 1, walk); !walked) {
        return std::unexpected(walked.error());
    }
    return beyondStandard(std::move(walk.nodes));
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
