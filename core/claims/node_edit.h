#pragma once

#include "core/claims/node.h"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

// A document is edited as the tree it was parsed into, and written again.

/// A text, written in quotes; a number or truth, written bare.
[[nodiscard]] Node textNode(std::string_view text);
[[nodiscard]] Node plainNode(std::string_view text);
[[nodiscard]] Node listNode(std::vector<Node> items);
[[nodiscard]] Node mapNode();

/// The value of a key, to be changed; nullptr where there is none.
[[nodiscard]] Node* valueAt(Node& map, std::string_view key);
/// The value of a key; null where there was none, or where it was no map, before.
Node& valueFor(Node& map, std::string_view key);
/// The map below a key, made where there is none.
Node& mapFor(Node& map, std::string_view key);
/// The list below a key, made where there is none.
Node& listFor(Node& map, std::string_view key);
/// A map some keys deep; nullptr where one of them is absent.
[[nodiscard]] Node* mapAt(Node& root, std::initializer_list<std::string_view> keys);

void eraseKey(Node& map, std::string_view key);
/// Takes items out of a list below a key, and the key with the last of them.
void eraseItems(Node& map, std::string_view key, const std::function<bool(const Node&)>& wanted);
/// Adds a text to a list below a key unless it has it.
void addText(Node& map, std::string_view key, std::string_view text);

/// JSON, indented by two.
[[nodiscard]] std::string writeJsonNode(const Node& node);
/// YAML in block style; what was quoted is quoted.
[[nodiscard]] std::string writeYamlNodes(const std::vector<Node>& documents);

} // namespace bulkhead::claims
