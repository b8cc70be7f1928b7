#pragma once

#include "core/image/image_files.h"
#include "core/image/read_image.h"

#include <string>

namespace bulkhead::image {

/// Reads the layers that the facts name and lays them over each other; `name` stands in messages. Each layer
/// is held against its digest.
[[nodiscard]] base::Result<Contents>
readContents(const ImageFiles& files, const ImageFacts& facts, const std::string& name);

} // namespace bulkhead::image
