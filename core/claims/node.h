#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// One value of a user's document, JSON or YAML, with the place where it stands.
struct Node {
    enum class Kind { null, scalar, list, map };
    /// What the tags of Compose ask for where documents are merged: to forget the value, or to take its
    /// place.
    enum class Mark : std::uint8_t { none, reset, override };

    Kind kind = Kind::null;
    std::string text;    ///< of a scalar
    bool quoted = false; ///< a text, whatever it looks like
    Mark mark = Mark::none;
    std::uint16_t source = 0; ///< the file it is of, of those that make one project; 0: the document itself
    int line = 1;             ///< one-based, as is the column
    int column = 1;
    std::vector<Node> keys;  ///< of a map, in file order
    std::vector<Node> items; ///< of a list; of a map the values, in the order of its keys

    [[nodiscard]] const Node* find(std::string_view key) const;
    [[nodiscard]] bool isMap() const { return kind == Kind::map; }
    [[nodiscard]] bool isList() const { return kind == Kind::list; }
    [[nodiscard]] bool isNull() const { return kind == Kind::null; }
};

/// Bounds of a document; what is larger is refused, in time and memory that they bound.
inline constexpr std::size_t kMaxDocumentSize = 32UL * 1024 * 1024;
inline constexpr std::size_t kMaxYamlDocumentSize = 16UL * 1024 * 1024;
inline constexpr std::size_t kMaxNodes = 1'000'000; ///< aliases count as what they stand for
inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxContainers = 10'000; ///< each becomes a snapshot of its own

/// "FILE:LINE:COLUMN: FIELD: PROBLEM", kind Malformed.
[[nodiscard]] base::Error
errorAt(std::string_view file, const Node& at, std::string_view field, std::string_view problem);

/// A JSON document. Keys that stand twice, text after it and what exceeds the bounds are refused.
[[nodiscard]] base::Result<Node> parseJsonNode(std::string_view json, std::string_view file);

/// The documents of a YAML stream; aliases and merge keys are written out. Tags of one's own, other than the
/// marks of Compose, and keys that stand twice or are not plain text are refused.
[[nodiscard]] base::Result<std::vector<Node>> parseYamlNodes(std::string_view yaml, std::string_view file);

/// The documents of a text: JSON where it begins as JSON does, else YAML. Refuses what is not UTF-8.
[[nodiscard]] base::Result<std::vector<Node>> parseNodes(std::string_view text, std::string_view file);

/// How many values a tree holds, its keys among them.
[[nodiscard]] std::size_t sizeOf(const Node& tree);

/// The first value that bears a mark of Compose; nullptr where none does.
[[nodiscard]] const Node* findMarked(const Node& tree);

/// Refuses a map in which a key stands twice.
[[nodiscard]] base::Status refuseTwins(const Node& map, std::string_view file);

} // namespace bulkhead::claims
