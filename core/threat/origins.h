#pragma once

#include "core/model/mount.h"

#include <set>
#include <string>

namespace bulkhead::threat {

/// Whether an engine or a kubelet chose what is mounted: it is a volume, and all that is known of its place
/// is where such lie.
[[nodiscard]] bool isOfVolume(const model::Mount& mount);

/// What is mounted, in the words of `{mounted: {PLACE: ORIGIN}}` that hold of it the next time too: paths of
/// the host that somebody chose; `volume NAME`, with `/FOLDER` where it is a folder of it; `volume`. Nothing
/// where it is not known or has another name each time.
[[nodiscard]] std::set<std::string> originsOf(const model::Mount& mount);

} // namespace bulkhead::threat
