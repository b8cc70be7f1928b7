#pragma once

#include "core/model/mount.h"

#include <QString>
#include <span>

namespace bulkhead::models {

/// One column of the mount table: its title and what it says of a mount.
struct MountColumn {
    const char* title;
    QString (*text)(const model::Mount& mount);
};

[[nodiscard]] std::span<const MountColumn> mountColumns();
[[nodiscard]] QString mountTr(const char* text);

/// "masked", "shadowed, source deleted"; empty for a mount of which there is nothing of the kind to say.
[[nodiscard]] QString mountState(const model::Mount& mount);
/// All there is to know about a mount, a line for each thing.
[[nodiscard]] QString mountToolTip(const model::Mount& mount);

} // namespace bulkhead::models
