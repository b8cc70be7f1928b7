#include "core/kernel/task_mounts.h"

#include "core/kernel/namespace_files.h"

#include <algorithm>

namespace bulkhead::kernel {

std::optional<MountEntry> rootEntryAt(const MountTree& hostTree, std::string_view directory) {
    const MountEntry* under = directory.starts_with('/') ? hostTree.at(directory) : nullptr;
    if (under == nullptr) {
        return std::nullopt;
    }
    MountEntry entry = *under;
    const std::string_view below = directory.substr(under->target == "/" ? 0 : under->target.size());
    if (!below.empty() && below != "/") {
        entry.root = (entry.root == "/" ? "" : entry.root) + std::string(below);
    }
    entry.target = "/";
    entry.parent = entry.id;
    return entry;
}

Reading<MountTree>
readMountTree(const Task& task, const HostReference& host, const Reading<HostMounts>& hostMounts) {
    auto entries = parsed(task.read("mountinfo"), parseMountinfo);
    if (!entries) {
        return std::unexpected(entries.error());
    }
    if (std::ranges::find(*entries, "/", &MountEntry::target) != entries->end()) {
        return buildMountTree(std::move(*entries));
    }
    // proc(5): mountinfo shows what is below the root of the process, and not what the root lies on
    const auto own = readNamespaceFile(task, "mnt");
    const auto root = task.readLink("root");
    if (own && root && hostMounts && host.of(model::NamespaceType::mnt) == own->self) {
        if (auto entry = rootEntryAt(hostMounts->tree, *root)) {
            entries->insert(entries->begin(), std::move(*entry));
            return buildMountTree(std::move(*entries));
        }
    }
    return std::unexpected(
        Failure{0, {"the root of the process is no mount point (chroot): what it lies on is not shown", ""}});
}

} // namespace bulkhead::kernel
