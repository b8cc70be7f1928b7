#pragma once

#include "core/base/error.h"
#include "core/image/layer_tree.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::image {

/// Where a layer stands among the files of an image.
struct LayerFile {
    std::string name;   ///< "blobs/sha256/..."
    std::string sha256; ///< of its bytes as they are stored; empty: only known of the unpacked layer

    bool operator==(const LayerFile&) const = default;
};

/// What an image says of itself and is made of. Values of its environment are not kept.
struct ImageFacts {
    std::string name;   ///< as it is tagged, where the file says so
    std::string digest; ///< of its manifest, else of its configuration: "sha256:..."
    std::string architecture;
    std::string user;                        ///< "1000:100", "nginx"; empty: root
    std::vector<std::string> environment;    ///< names, in the image's order
    std::vector<std::string> programFolders; ///< of PATH
    std::vector<std::string> entrypoint;
    std::vector<std::string> volumes;
    std::vector<std::string> labels;          ///< names
    std::vector<std::string> layers;          ///< digests of the unpacked layers, the lowest first
    std::vector<std::string> secretArguments; ///< names of build arguments in the history
    std::vector<LayerFile> files;             ///< of the layers, in the same order
    base::Result<Contents> contents = base::fail(base::ErrorKind::unsupported, "the layers were not read");

    bool operator==(const ImageFacts&) const = default;
};

/// The image of an OCI layout, folder or archive, or of an archive that `docker save` wrote; the one for the
/// architecture (as uname says it) where there are several. Each part is held against its digest. Malformed
/// names the file within the image, and the field; what is wrong with a layer stands in the contents.
[[nodiscard]] base::Result<ImageFacts>
readImage(const std::filesystem::path& path, std::string_view architecture);

/// The configuration of an image (config.md of the OCI image specification), without name and digest.
[[nodiscard]] base::Result<ImageFacts> parseImageConfig(std::string_view json, const std::string& name);

/// Who a USER is by the image's own /etc/passwd and /etc/group, as engines look it up; nullopt where they do
/// not say.
struct UserIds {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups; ///< further ones, sorted

    bool operator==(const UserIds&) const = default;
};
[[nodiscard]] std::optional<UserIds> idsOf(std::string_view user, const Contents& contents);

} // namespace bulkhead::image
