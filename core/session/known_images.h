#pragma once

#include "core/base/error.h"
#include "core/claims/known_image.h"
#include "core/diagram/diagram.h"

#include <string>
#include <vector>

namespace bulkhead::session {

/// The image of a file or folder, for the name that documents give it. Its layers are read; what cannot be
/// read of them is a gap of its facts.
[[nodiscard]] base::Result<claims::KnownImage>
readKnownImage(const std::string& name, const std::string& path);

/// Those of `--image NAME=PATH`. Malformed where an option is none, or a name stands twice.
[[nodiscard]] base::Result<std::vector<claims::KnownImage>>
readImages(const std::vector<std::string>& options);

/// For each image that no subject names: which names they have. Empty where all are named.
[[nodiscard]] std::vector<std::string> unusedImages(
    const std::vector<claims::KnownImage>& images, const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::session
