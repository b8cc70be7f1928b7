#pragma once

#include "core/model/surroundings.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// Who a user of an image is, by the image's own files.
struct ImageUser {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;
};

/// An image that is at hand, for the name that documents give it.
struct KnownImage {
    std::string name;
    std::string path; ///< where it was read
    model::Image facts;
    std::vector<std::string> volumes;
    std::function<std::optional<ImageUser>(std::string_view user)> who;
};

/// The image that a document names: as written, or the same once registry, library and tag stand where they
/// may be left out ("nginx" is "docker.io/library/nginx:latest"). nullptr where it is not at hand.
[[nodiscard]] const KnownImage* findImage(const std::vector<KnownImage>& images, std::string_view named);

/// A name with all that may be left out: "docker.io/library/nginx:latest".
[[nodiscard]] std::string fullImageName(std::string_view name);

/// Whether what a name stands for may be another image tomorrow: it has no digest.
[[nodiscard]] bool isMutableName(std::string_view name);

} // namespace bulkhead::claims
