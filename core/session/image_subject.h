#pragma once

#include "core/base/error.h"
#include "core/model/snapshot.h"

#include <string>
#include <vector>

namespace bulkhead::session {

/// The declared snapshot of an image: what an engine builds for it where nobody asks for anything else, with
/// the user that the image names, and what it brings along. `path` is an OCI layout, folder or archive, or an
/// archive of `docker save`.
[[nodiscard]] base::Result<std::vector<model::Snapshot>>
openImageSubject(const std::string& path, const std::string& engine);

} // namespace bulkhead::session
