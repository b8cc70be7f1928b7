#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::image {

/// What an image says of itself and is made of. Values of its environment are not kept.
struct ImageFacts {
    std::string name;   ///< as it is tagged, where the file says so
    std::string digest; ///< of its manifest, else of its configuration: "sha256:..."
    std::string architecture;
    std::string user;                     ///< "1000:100", "nginx"; empty: root
    std::vector<std::string> environment; ///< names, in the image's order
    std::vector<std::string> entrypoint;
    std::vector<std::string> labels; ///< names
    std::vector<std::string> layers; ///< digests of the unpacked layers, the lowest first

    bool operator==(const ImageFacts&) const = default;
};

/// The image of an OCI layout, folder or archive, or of an archive that `docker save` wrote; the one for the
/// architecture (as uname says it) where there are several. Each part is held against its digest. Malformed
/// names the file within the image, and the field.
[[nodiscard]] base::Result<ImageFacts>
readImage(const std::filesystem::path& path, std::string_view architecture);

/// The configuration of an image (config.md of the OCI image specification), without name and digest.
[[nodiscard]] base::Result<ImageFacts> parseImageConfig(std::string_view json, const std::string& name);

/// Those of the names that look as if a secret stood behind them.
[[nodiscard]] std::vector<std::string> secretNames(const std::vector<std::string>& names);

} // namespace bulkhead::image
