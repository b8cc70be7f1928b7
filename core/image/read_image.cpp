#include "core/image/read_image.h"

#include "core/base/bytes.h"
#include "core/base/sha256.h"
#include "core/image/image_files.h"
#include "core/image/read_contents.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace bulkhead::image {

using Json = nlohmann::json;

namespace {

constexpr int kMaxIndexes = 4; ///< an index may name another
constexpr std::string_view kSha = "sha256:";

/// As images name the machine.
std::string_view goArchitecture(std::string_view machine) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kNames = {{
        {"x86_64", "amd64"},
        {"aarch64", "arm64"},
        {"i686", "386"},
        {"armv7l", "arm"},
    }};
    for (const auto& [kernel, go] : kNames) {
        if (kernel == machine) {
            return go;
        }
    }
    return machine;
}

std::string textAt(const Json& map, const char* key) {
    const auto found = map.is_object() ? map.find(key) : map.end();
    return map.is_object() && found != map.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json& childAt(const Json& map, const char* key) {
    static const Json kNone;
    return map.is_object() && map.contains(key) ? map[key] : kNone;
}

/// Follows an image from its index to its configuration.
class Follower {
public:
    Follower(ImageFiles files, std::string name, std::string_view architecture)
        : m_files(std::move(files)), m_name(std::move(name)), m_wanted(goArchitecture(architecture)) {}

    base::Result<ImageFacts> read() {
        auto index = parse("index.json");
        if (index) {
            return fromIndex(*index, 0);
        }
        if (index.error().kind != base::ErrorKind::notFound) {
            return std::unexpected(index.error());
        }
        const auto saved = parse("manifest.json");
        if (!saved) {
            return base::fail(
                base::ErrorKind::malformed,
                m_name + ": no image: neither an OCI layout (index.json) nor what docker save writes "
                         "(manifest.json)");
        }
        return fromSaved(*saved);
    }

private:
    [[nodiscard]] std::unexpected<base::Error>
    refuse(const std::string& file, const std::string& what) const {
        return base::fail(
            base::ErrorKind::malformed, m_name + ": " + base::textFromBytes(file) + ": " + what);
    }

    base::Result<std::string> text(const std::string& file) const {
        auto found = m_files.text(file);
        return found ? std::move(found) : std::unexpected(found.error().in(m_name));
    }

    base::Result<Json> parse(const std::string& file) const {
        const auto found = text(file);
        if (!found) {
            return std::unexpected(found.error());
        }
        return parseText(*found, file);
    }

    base::Result<Json> parseText(const std::string& bytes, const std::string& file) const {
        // nlohmann's parser does not recurse, and its tree is bounded by the size of the text
        Json json = Json::parse(bytes, nullptr, false);
        if (json.is_discarded()) {
            return refuse(file, "not JSON");
        }
        return json;
    }

    /// What a digest names, held against it.
    base::Result<std::string> blob(const std::string& digest) const {
        const std::string hex = digest.starts_with(kSha) ? digest.substr(kSha.size()) : "";
        if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
            return refuse("index.json", "not a digest of sha256: " + base::textFromBytes(digest));
        }
        const std::string file = "blobs/sha256/" + hex;
        auto bytes = text(file);
        if (bytes && base::sha256(*bytes) != hex) {
            return refuse(file, "its content is another than its digest says");
        }
        return bytes;
    }

    /// The manifest for this architecture; the only one where none is for it. No tree is copied: that would
    /// recurse as deep as a stranger nests it.
    base::Result<const Json*> choose(const Json& index) const {
        const Json& manifests = childAt(index, "manifests");
        std::vector<const Json*> fit;
        std::vector<const Json*> others;
        std::string offered;
        if (manifests.is_array()) {
            for (const Json& entry : manifests) {
                const std::string architecture = textAt(childAt(entry, "platform"), "architecture");
                const std::string system = textAt(childAt(entry, "platform"), "os");
                if (architecture == "unknown") {
                    continue; // an attestation
                }
                offered += (offered.empty() ? "" : ", ") + base::textFromBytes(architecture);
                const bool here = architecture == m_wanted && (system.empty() || system == "linux");
                (here ? fit : others).push_back(&entry);
            }
        }
        if (fit.size() == 1 || (fit.empty() && others.size() == 1)) {
            return fit.empty() ? others.front() : fit.front();
        }
        return refuse(
            "index.json", fit.size() > 1   ? "several images; save the one that is meant by itself"
                          : others.empty() ? "names no image"
                                           : "no image for " + m_wanted + "; there are: " + offered);
    }

    base::Result<ImageFacts> fromIndex(const Json& index, int depth) {
        const auto chosen = choose(index);
        if (!chosen) {
            return std::unexpected(chosen.error());
        }
        const std::string digest = textAt(**chosen, "digest");
        const auto bytes = blob(digest);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        const auto manifest = parseText(*bytes, digest);
        if (!manifest) {
            return std::unexpected(manifest.error());
        }
        if (manifest->is_object() && manifest->contains("manifests")) {
            return depth < kMaxIndexes ? fromIndex(*manifest, depth + 1)
                                       : refuse(digest, "an index in an index, too deep");
        }
        const std::string config = textAt(childAt(*manifest, "config"), "digest");
        const auto configBytes = blob(config);
        if (!configBytes) {
            return std::unexpected(configBytes.error());
        }
        auto facts = parseImageConfig(*configBytes, m_name + ": " + base::textFromBytes(config));
        if (facts) {
            const Json& notes = childAt(**chosen, "annotations");
            const std::string full = textAt(notes, "io.containerd.image.name");
            facts->name =
                base::textFromBytes(full.empty() ? textAt(notes, "org.opencontainers.image.ref.name") : full);
            facts->digest = digest;
            takeLayers(childAt(*manifest, "layers"), *facts);
        }
        return facts;
    }

    /// Files of layers: descriptors of a manifest, or names in what docker save writes.
    void takeLayers(const Json& layers, ImageFacts& out) const {
        constexpr std::size_t kMostLayers = 1024;
        if (!layers.is_array() || layers.size() > kMostLayers) {
            return;
        }
        for (const Json& layer : layers) {
            const std::string digest = textAt(layer, "digest");
            const std::string hex = digest.starts_with(kSha) ? digest.substr(kSha.size()) : "";
            const std::string name = layer.is_string() ? layer.get<std::string>() : "blobs/sha256/" + hex;
            out.files.push_back({m_files.real(name), hex});
        }
    }

    /// [{"Config": "....json", "RepoTags": ["nginx:latest"]}] of docker save.
    base::Result<ImageFacts> fromSaved(const Json& saved) const {
        if (!saved.is_array() || saved.size() != 1) {
            return refuse("manifest.json", "expected one image; save the one that is meant by itself");
        }
        const std::string file = textAt(saved.front(), "Config");
        const auto bytes = text(file);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        auto facts = parseImageConfig(*bytes, m_name + ": " + base::textFromBytes(file));
        if (facts) {
            const Json& tags = childAt(saved.front(), "RepoTags");
            if (tags.is_array() && !tags.empty() && tags.front().is_string()) {
                facts->name = base::textFromBytes(tags.front().get<std::string>());
            }
            facts->digest = std::string(kSha) + base::sha256(*bytes);
            takeLayers(childAt(saved.front(), "Layers"), *facts);
        }
        return facts;
    }

    ImageFiles m_files;
    std::string m_name;
    std::string m_wanted;
};

} // namespace

base::Result<ImageFacts> readImage(const std::filesystem::path& path, std::string_view architecture) {
    auto files = openImage(path);
    if (!files) {
        return std::unexpected(files.error());
    }
    auto facts = Follower(*files, path.string(), architecture).read();
    if (facts) {
        facts->contents = readContents(*files, *facts, path.string());
    }
    return facts;
}

} // namespace bulkhead::image
