#include "core/kernel/host_mounts.h"

#include "core/kernel/namespace_files.h"

#include <algorithm>

namespace bulkhead::kernel {

using model::NamespaceType;

namespace {

constexpr std::size_t kMaxHostPaths = 8;

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
        if (visible) {
            mounts.byDevice[entry.device].push_back(i);
        }
    }
    return mounts;
}

std::vector<std::string> HostMounts::pathsOf(const MountEntry& mount) const {
    std::vector<std::string> paths;
    const auto found = byDevice.find(mount.device);
    if (found == byDevice.end() || mount.deleted) {
        return paths;
    }
    for (const std::size_t i : found->second) {
        const MountEntry& host = tree.mounts[i].entry;
        if (!isWithin(mount.root, host.root)) {
            continue;
        }
        const std::string_view below =
            std::string_view(mount.root).substr(host.root == "/" ? 0 : host.root.size());
        std::string path = host.target == "/" ? "" : host.target;
        path += below == "/" ? "" : below;
        path = path.empty() ? "/" : path;
        // What is mounted over it on the host hides that way to it.
        if (tree.at(path) == &host) {
            paths.push_back(std::move(path));
        }
    }
    std::ranges::sort(paths, [](const std::string& a, const std::string& b) {
        return std::pair(a.size(), std::string_view(a)) < std::pair(b.size(), std::string_view(b));
    });
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
