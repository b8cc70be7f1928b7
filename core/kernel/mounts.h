#pragma once

#include "core/kernel/host_mounts.h"
#include "core/kernel/mount_tree.h"
#include "core/kernel/reading.h"
#include "core/model/mount.h"
#include "core/model/rootfs.h"

#include <string>
#include <vector>

namespace bulkhead::kernel {

/// The whole mount tree as facts, strings made safe, each mount set against the host's.
[[nodiscard]] std::vector<model::Mount>
buildMounts(const MountTree& tree, const Reading<HostMounts>& hostMounts, const std::string& source);

[[nodiscard]] model::Rootfs buildRootfs(const Reading<MountTree>& tree, const std::string& source);

/// The layers in the options of an overlay (Documentation/filesystems/overlayfs.rst), as its mounter typed
/// them: `:` between lower directories, `\` before a literal one.
[[nodiscard]] model::Overlay parseOverlay(const std::vector<std::string>& superOptions);

} // namespace bulkhead::kernel
