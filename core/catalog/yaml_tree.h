#pragma once

#include "core/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog {

/// One node of a YAML document with the line where it stands.
struct YamlNode {
    enum class Kind { null, scalar, list, map };

    Kind kind = Kind::null;
    std::string text;            ///< of a scalar
    bool quoted = false;         ///< a scalar that cannot be a number or a truth value
    int line = 0;                ///< one-based
    std::vector<YamlNode> keys;  ///< of a map, in file order
    std::vector<YamlNode> items; ///< of a list; of a map the values, in the order of its keys

    [[nodiscard]] bool isText() const { return kind == Kind::scalar; }
};

/// Bounds of a catalogue file; a larger one is refused.
inline constexpr std::size_t kMaxYamlSize = 256UL * 1024;
inline constexpr std::size_t kMaxYamlNodes = 20000;
inline constexpr std::size_t kMaxYamlDepth = 16;

/// One document. Anchors, aliases, custom tags, keys that repeat or are not plain text, and several documents
/// are refused: "FILE:LINE: what is wrong".
[[nodiscard]] base::Result<YamlNode> parseYamlTree(std::string_view yaml, std::string_view fileName);

/// "FILE:LINE: FIELD: PROBLEM", kind Malformed.
[[nodiscard]] std::unexpected<base::Error>
failAt(std::string_view fileName, int line, std::string_view field, std::string_view problem);

} // namespace bulkhead::catalog
