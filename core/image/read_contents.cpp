#include "core/image/read_contents.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <map>

namespace bulkhead::image {

namespace {

constexpr std::string_view kSha = "sha256:";

/// Whether the bytes are those that the manifest names; docker save names the unpacked layer alone.
bool isAsNamed(const Layer& layer, const LayerFile& file, const std::string& unpacked) {
    if (!file.sha256.empty()) {
        return layer.sha256 == file.sha256;
    }
    return layer.packed || std::string(kSha) + layer.sha256 == unpacked;
}

} // namespace

base::Result<Contents>
readContents(const ImageFiles& files, const ImageFacts& facts, const std::string& name) {
    const auto refuse = [&](const std::string& what) {
        return base::fail(base::ErrorKind::malformed, name + ": " + what);
    };
    if (facts.files.size() != facts.layers.size()) {
        return refuse(
            "its configuration counts " + std::to_string(facts.layers.size()) + " layers, and it holds " +
            std::to_string(facts.files.size()));
    }
    std::set<std::string> names;
    for (const LayerFile& file : facts.files) {
        names.insert(file.name);
    }
    LayerBudget budget;
    std::map<std::string, Layer> layers;
    const auto read = files.stream(names, [&](const std::string& file, const Pieces& pieces) -> base::Status {
        auto layer = readLayer(pieces, name + ": " + base::textFromBytes(file), budget);
        if (!layer) {
            return std::unexpected(layer.error());
        }
        layers.emplace(file, std::move(*layer));
        return {};
    });
    if (!read) {
        return std::unexpected(read.error());
    }
    LayerTree tree;
    for (std::size_t i = 0; i < facts.files.size(); ++i) {
        const LayerFile& file = facts.files[i];
        const auto layer = layers.find(file.name);
        if (layer == layers.end()) {
            return refuse(base::textFromBytes(file.name) + ": this layer is not in it");
        }
        if (!isAsNamed(layer->second, file, facts.layers[i])) {
            return refuse(base::textFromBytes(file.name) + ": its content is another than its digest says");
        }
        tree.lay(layer->second);
    }
    return tree.contents(facts.programFolders);
}

} // namespace bulkhead::image
