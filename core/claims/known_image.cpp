#include "core/claims/known_image.h"

#include <algorithm>

namespace bulkhead::claims {

namespace {

constexpr std::size_t kDigest = 64; // hexadecimal digits of a SHA-256

bool isHex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

std::string fullImageName(std::string_view name) {
    const auto slash = name.find('/');
    const std::string_view first = name.substr(0, slash);
    const bool registry =
        slash != std::string_view::npos && (first.find_first_of(".:") != first.npos || first == "localhost");
    std::string out(registry ? name : "docker.io/");
    if (!registry) {
        out += slash == std::string_view::npos ? "library/" : "";
        out += name;
    } else if (first == "index.docker.io") {
        out.erase(0, std::string_view("index.").size());
    }
    const auto at = out.find('@');
    const std::string digest = at == std::string::npos ? "" : out.substr(at);
    out.resize(std::min(at, out.size()));
    const auto colon = out.rfind(':');
    const bool tagged = colon != std::string::npos && out.find('/', colon) == std::string::npos;
    if (!digest.empty()) { // the digest decides, whatever the tag says
        return out.substr(0, tagged ? colon : out.size()) + digest;
    }
    return tagged ? out : out + ":latest";
}

const KnownImage* findImage(const std::vector<KnownImage>& images, std::string_view named) {
    const auto same = std::ranges::find(images, named, &KnownImage::name);
    if (same != images.end() || named.empty()) {
        return same == images.end() ? nullptr : &*same;
    }
    const std::string full = fullImageName(named);
    const auto found =
        std::ranges::find_if(images, [&](const KnownImage& one) { return fullImageName(one.name) == full; });
    return found == images.end() ? nullptr : &*found;
}

bool isMutableName(std::string_view name) {
    return !name.contains("@sha256:") && !name.starts_with("sha256:") &&
           !(name.size() == kDigest && isHex(name));
}

} // namespace bulkhead::claims
