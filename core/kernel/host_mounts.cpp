#include "core/kernel/host_mounts.h"

#include "core/kernel/namespace_files.h"

#include <algorithm>

namespace bulkhead::kernel {

using model::NamespaceType;

namespace {

constexpr std::size_t kMaxHostPaths = 8;
constexpr std::size_t kMaxTries = 256; // of mounts of one directory, all but a few of them covered

bool isInHostMounts(const Task& task, const HostReference& host) {
    const auto mine = readNamespaceFile(task, "mnt");
    return mine && host.of(NamespaceType::mnt) == mine->self;
}

Reading<HostMounts> mountsOf(const Task& task) {
    auto entries = parsed(task.read("mountinfo"), parseMountinfo);
    if (!entries) {
        return std::unexpected(entries.error());
    }
    return hostMountsOf(std::move(*entries));
}

} // namespace

HostMounts hostMountsOf(std::vector<MountEntry> entries) {
    HostMounts mounts;
    mounts.tree = buildMountTree(std::move(entries));
    for (std::size_t i = 0; i < mounts.tree.mounts.size(); ++i) {
        const auto& [entry, visible] = mounts.tree.mounts[i];
        if (entry.shared) {
            mounts.peerGroups.insert(*entry.shared);
        }
        mounts.devices.insert(entry.device);
        if (visible) {
            mounts.byRoot[entry.device][entry.root].push_back(i);
        }
    }
    for (auto& [device, roots] : mounts.byRoot) {
        for (auto& [root, places] : roots) {
            std::ranges::stable_sort(
                places, {}, [&](std::size_t i) { return mounts.tree.mounts[i].entry.target.size(); });
        }
    }
    return mounts;
}

namespace {

bool isShorter(const std::string& a, const std::string& b) {
    return std::pair(a.size(), std::string_view(a)) < std::pair(b.size(), std::string_view(b));
}

/// The way to `root` of the file system through one mount of it.
std::string pathThrough(const MountEntry& host, std::string_view root) {
    const std::string_view below = root.substr(host.root == "/" ? 0 : host.root.size());
    std::string path = host.target == "/" ? "" : host.target;
    path += below == "/" ? "" : below;
    return path.empty() ? "/" : path;
}

} // namespace

std::vector<std::string> HostMounts::pathsOf(const MountEntry& mount) const {
    std::vector<std::string> paths;
    const auto found = byRoot.find(mount.device);
    if (found == byRoot.end() || mount.deleted) {
        return paths;
    }
    for (std::string_view up = mount.root;; up = parentOf(up)) {
        const auto places = found->second.find(up);
        std::size_t tries = places == found->second.end() ? 0 : std::min(places->second.size(), kMaxTries);
        for (std::size_t i = 0, taken = 0; i < tries && taken < kMaxHostPaths; ++i) {
            const MountEntry& host = tree.mounts[places->second[i]].entry;
            std::string path = pathThrough(host, mount.root);
            // What is mounted over it on the host hides that way to it.
            if (tree.at(path) == &host) {
                paths.push_back(std::move(path));
                ++taken;
            }
        }
        if (up == "/" || up.empty() || up.front() != '/') {
            break;
        }
    }
    std::ranges::sort(paths, isShorter);
    paths.resize(std::min(paths.size(), kMaxHostPaths));
    return paths;
}

Reading<HostMounts> readHostMounts(const os::ProcRoot& root, const HostReference& host) {
    if (const auto self = Task::openSelf(root); self && isInHostMounts(*self, host)) {
        return mountsOf(*self);
    }
    // Pid 1 of the first pid namespace is the machine's init; its links may be closed while this is not.
    if (const auto init = Task::open(root, 1); init && host.known) {
        return mountsOf(*init);
    }
    return std::unexpected(Failure{
        0,
        {"the host's mounts are not known: Bulkhead may run inside a container",
         "running Bulkhead on the host itself"}});
}

} // namespace bulkhead::kernel
