#pragma once

#include "core/kernel/mountinfo.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// A mount and whether a path walk from the root still reaches it.
struct PlacedMount {
    MountEntry entry;
    bool visible = true;
};

/// The mounts of one process as path_resolution(7) walks them.
struct MountTree {
    std::vector<PlacedMount> mounts; ///< parents before children, siblings in file order

    /// The visible mount that a path inside lies on: mounted at it, or at its nearest ancestor. nullptr only
    /// where not even "/" is mounted. Symbolic links are not followed.
    [[nodiscard]] const MountEntry* at(std::string_view path) const;

    std::map<std::string, std::size_t, std::less<>> topmost; ///< visible mounts by target: index in `mounts`
};

/// A mount is shadowed when another one is mounted over its root, or when a sibling of the same parent is
/// mounted over a directory on its way (fs/namei.c follows the topmost mount at every step).
[[nodiscard]] MountTree buildMountTree(std::vector<MountEntry> entries);

/// `path` is `top` or below it; both absolute.
[[nodiscard]] bool isWithin(std::string_view path, std::string_view top);

/// The directory that holds the last name of an absolute path; "/" for "/".
[[nodiscard]] std::string_view parentOf(std::string_view path);

} // namespace bulkhead::kernel
