#include "core/kernel/proc_instances.h"

#include "core/base/bytes.h"
#include "core/kernel/mount_kind.h"
#include "core/kernel/namespace_files.h"
#include "core/kernel/rooted.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <unistd.h>

namespace bulkhead::kernel {

using model::Fact;
using model::NamespaceType;

namespace {

bool isInstance(const PlacedMount& mount) {
    return mount.visible && mount.entry.fsType == "proc" && mount.entry.root == "/";
}

bool isAnInstanceOfTheHost(const MountEntry& entry, const Reading<HostMounts>& hostMounts) {
    return hostMounts && std::ranges::any_of(hostMounts->tree.mounts, [&](const PlacedMount& mount) {
               return mount.entry.fsType == "proc" && mount.entry.device == entry.device;
           });
}

bool weAreInTheHostsPidNamespace(const os::ProcRoot& root, const HostReference& host) {
    const auto self =
        root.live ? Task::openSelf(root) : base::Result<Task>(base::fail(base::ErrorKind::notFound, ""));
    const auto pid =
        self ? readNamespaceFile(*self, "pid") : Reading<NamespaceFile>(std::unexpected(Failure{}));
    return pid && host.of(NamespaceType::pid) == pid->self;
}

/// Its "self" leads to us; nullopt where it could not be looked at.
std::optional<bool> showsOurselves(const Task& task, const MountTree& tree, const std::string& target) {
    if (!wayIsSafe(target, tree)) {
        return std::nullopt;
    }
    const auto top = task.openFile("root", O_PATH | O_DIRECTORY);
    const auto directory =
        top ? findRootedDirectory(top->get(), target) : std::expected<os::Fd, int>(std::unexpected(0));
    if (!directory) {
        return std::nullopt;
    }
    std::array<char, 32> text{};
    return ::readlinkat(directory->get(), "self", text.data(), text.size()) > 0;
}

} // namespace

Fact<bool> showsHostProcesses(
    const os::ProcRoot& root, const Task& task, const MountTree& tree, const Reading<HostMounts>& hostMounts,
    const HostReference& host) {
    const bool canLook = weAreInTheHostsPidNamespace(root, host);
    std::optional<model::Unreadable> unknown;
    for (const PlacedMount& mount : tree.mounts) {
        if (!isInstance(mount)) {
            continue;
        }
        const std::string target = base::textFromBytes(mount.entry.target);
        if (isAnInstanceOfTheHost(mount.entry, hostMounts)) {
            return {true, observed(task.source("mountinfo") + ": " + target + " is a procfs of the host")};
        }
        const auto sees = canLook ? showsOurselves(task, tree, mount.entry.target) : std::nullopt;
        if (sees.value_or(false)) {
            return {true, observed(task.source("root") + target + "/self: leads to Bulkhead itself")};
        }
        // On a captured tree, and from within a container, the host's instances are all that can be told.
        if (!sees && (root.live || !hostMounts)) {
            unknown = model::Unreadable{
                target + ": whose processes this procfs shows could not be asked",
                "running Bulkhead in the host's pid namespace, with " + std::string(kNeedsPtrace)};
        }
    }
    if (unknown) {
        return *unknown;
    }
    return {false, observed(task.source("mountinfo") + ": no procfs of the host")};
}

} // namespace bulkhead::kernel
