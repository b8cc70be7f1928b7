#pragma once

#include "core/claims/fields.h"

#include <cstdint>
#include <string>

namespace bulkhead::claims {

/// A Compose document over another, as several -f merge them (merge.md of the Compose Specification, and the
/// sources of compose-go where it is silent): maps key by key, lists one after the other with what stands for
/// the same thing replaced, all else replaced; `!reset` forgets a value, `!override` takes its place. Kinds
/// that cannot be merged are refused at their place.
void mergeDocument(Node& base, Node over, Reading& reading);

/// The same for one service, over the one that it extends.
void mergeService(Node& base, Node over, const std::string& path, Reading& reading);

/// What a document that nothing is merged with makes of its marks.
void settleMarks(Node& tree);

/// Whether two trees say the same, wherever they stand.
[[nodiscard]] bool sameContent(const Node& left, const Node& right);

/// Writes into a tree of which file it is.
void stampSource(Node& tree, std::uint16_t source);

} // namespace bulkhead::claims
