#pragma once

#include "app/cli/verb.h"
#include "core/session/known_images.h"

#include <optional>
#include <string>
#include <vector>

namespace bulkhead::cli {

/// Reads the images of `--image NAME=PATH`; what to exit with where one is not what it should be.
[[nodiscard]] std::optional<Exit>
takeImages(const std::vector<std::string>& options, std::vector<claims::KnownImage>& images);

/// Says which images of `--image` no document names: a name that is spelt otherwise changes nothing silently.
void sayUnused(
    const std::vector<claims::KnownImage>& images, const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::cli
