#pragma once

#include "core/base/error.h"
#include "core/image/image_files.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::image {

/// What an entry does to the tree that its layer is laid over (layer.md of the OCI image specification).
enum class EntryKind : std::uint8_t {
    file,
    folder,
    symlink,
    hardlink,
    other,
    whiteout, ///< what the path names is gone from here on
    opaque    ///< what lower layers have in the folder is gone
};

/// What is kept of an entry beside its path, where it matters.
struct EntryDetail {
    std::string link; ///< of links
    std::uint32_t mode = 0;
    std::int64_t uid = 0;
    std::int64_t gid = 0;
    std::optional<std::uint64_t> capabilities; ///< permitted or inheritable by its file capabilities
    std::string_view secret;                   ///< what a secret it is
    std::string text;                          ///< of /etc/passwd and /etc/group
};

/// An entry of a layer, in the layer's order.
struct LayerEntry {
    EntryKind kind = EntryKind::file;
    std::int32_t detail = -1; ///< into the layer's details
    std::string path;         ///< no slash in front, no ".", no ".."
};

/// A layer without the content of its files.
struct Layer {
    std::vector<LayerEntry> entries;
    std::vector<EntryDetail> details;
    std::vector<std::string> climbing; ///< names that lead out of the layer; no engine unpacks them
    std::string sha256;                ///< of its bytes as they are stored
    bool packed = false;
};

/// What the layers of one image may still take.
struct LayerBudget {
    std::size_t entries = 1'000'000;
    std::size_t nameBytes = 128UL << 20U;
};

/// Reads a layer to its end; `name` stands in messages. Nothing is written anywhere.
[[nodiscard]] base::Result<Layer>
readLayer(const Pieces& pieces, const std::string& name, LayerBudget& budget);

} // namespace bulkhead::image
