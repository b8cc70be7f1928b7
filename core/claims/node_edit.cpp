#include "core/claims/node_edit.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace bulkhead::claims {

namespace {

using Kind = Node::Kind;

/// What readers of YAML 1.1 take for the end of a line, or refuse (its 5.1 and 5.4), though JSON does not
/// mind: DEL, the controls behind it with NEL, the separators of lines and paragraphs, the byte order mark,
/// and what is no character.
bool mustBeEscaped(char32_t point) {
    constexpr char32_t kSpace = 0x20;
    constexpr std::array kRanges = {
        std::pair<char32_t, char32_t>{0x7f, 0x9f}, std::pair<char32_t, char32_t>{0x2028, 0x2029},
        std::pair<char32_t, char32_t>{0xfeff, 0xfeff}, std::pair<char32_t, char32_t>{0xfffe, 0xffff}};
    return point < kSpace ||
           std::ranges::any_of(
               kRanges, [point](const auto& range) { return point >= range.first && point <= range.second; });
}

std::string escaped(char32_t point) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out = "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) {
        out += kHex[(point >> shift) & 15U];
    }
    return out;
}

std::string quotedText(const std::string& text) {
    const std::string json =
        nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::string out;
    for (std::size_t i = 0; i < json.size();) {
        const base::CodePoint point = base::decodeUtf8(json, i);
        const std::size_t length = std::max<std::size_t>(point.length, 1);
        out += point.valid && mustBeEscaped(point.value) ? escaped(point.value) : json.substr(i, length);
        i += length;
    }
    return out;
}

/// Bare text that no line could hold was folded from several, or holds what readers take for a line's end.
bool fitsALine(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
        const base::CodePoint point = base::decodeUtf8(text, i);
        if (point.valid && mustBeEscaped(point.value)) {
            return false;
        }
        i += std::max<std::size_t>(point.length, 1);
    }
    return true;
}

std::string scalarText(const Node& node) {
    if (node.isNull()) {
        return "null";
    }
    return node.quoted || !fitsALine(node.text) ? quotedText(node.text) : node.text;
}

void writeJson(const Node& node, std::size_t depth, std::string& out) {
    const std::string indent((depth + 1) * 2, ' ');
    if (node.isMap() || node.isList()) {
        const char* brackets = node.isMap() ? "{}" : "[]";
        out += brackets[0];
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            out += (i == 0 ? "\n" : ",\n") + indent;
            out += node.isMap() ? quotedText(node.keys[i].text) + ": " : "";
            writeJson(node.items[i], depth + 1, out);
        }
        out += node.items.empty() ? "" : "\n" + std::string(depth * 2, ' ');
        out += brackets[1];
    } else {
        out += scalarText(node);
    }
}

bool isBlock(const Node& node) {
    return (node.isMap() || node.isList()) && !node.items.empty();
}

/// What stands behind a key or a dash, from there to the end of its last line.
void writeYaml(const Node& node, std::size_t depth, bool afterDash, std::string& out) {
    if (!isBlock(node)) {
        out += node.isMap() ? " {}\n" : node.isList() ? " []\n" : " " + scalarText(node) + "\n";
        return;
    }
    const std::string indent(depth * 2, ' ');
    if (!afterDash) {
        out += "\n";
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const bool sameLine = afterDash && i == 0;
        out += sameLine ? " " : indent;
        if (node.isMap()) {
            out += scalarText(node.keys[i]) + ":";
            writeYaml(node.items[i], depth + 1, false, out);
        } else {
            out += "-";
            writeYaml(node.items[i], depth + 1, true, out);
        }
    }
}

} // namespace

Node textNode(std::string_view text) {
    Node node;
    node.kind = Kind::scalar;
    node.text = text;
    node.quoted = true;
    return node;
}

Node plainNode(std::string_view text) {
    Node node = textNode(text);
    node.quoted = false;
    return node;
}

Node listNode(std::vector<Node> items) {
    Node node;
    node.kind = Kind::list;
    node.items = std::move(items);
    return node;
}

Node mapNode() {
    Node node;
    node.kind = Kind::map;
    return node;
}

Node* valueAt(Node& map, std::string_view key) {
    const auto found = std::ranges::find(map.keys, key, &Node::text);
    return !map.isMap() || found == map.keys.end()
               ? nullptr
               : &map.items[static_cast<std::size_t>(found - map.keys.begin())];
}

Node& valueFor(Node& map, std::string_view key) {
    if (!map.isMap()) {
        map = mapNode();
    }
    if (Node* found = valueAt(map, key)) {
        return *found;
    }
    map.keys.push_back(plainNode(key));
    return map.items.emplace_back();
}

Node& mapFor(Node& map, std::string_view key) {
    Node& value = valueFor(map, key);
    if (!value.isMap()) {
        value = mapNode();
    }
    return value;
}

Node& listFor(Node& map, std::string_view key) {
    Node& value = valueFor(map, key);
    if (!value.isList()) {
        value = listNode({});
    }
    return value;
}

Node* mapAt(Node& root, std::initializer_list<std::string_view> keys) {
    Node* at = &root;
    for (const std::string_view key : keys) {
        at = at == nullptr ? nullptr : valueAt(*at, key);
    }
    return at != nullptr && at->isMap() ? at : nullptr;
}

void eraseKey(Node& map, std::string_view key) {
    const auto found = std::ranges::find(map.keys, key, &Node::text);
    if (map.isMap() && found != map.keys.end()) {
        map.items.erase(map.items.begin() + (found - map.keys.begin()));
        map.keys.erase(found);
    }
}

void eraseItems(Node& map, std::string_view key, const std::function<bool(const Node&)>& wanted) {
    Node* list = valueAt(map, key);
    if (list == nullptr || !list->isList()) {
        return;
    }
    std::erase_if(list->items, wanted);
    if (list->items.empty()) {
        eraseKey(map, key);
    }
}

void addText(Node& map, std::string_view key, std::string_view text) {
    Node& list = listFor(map, key);
    if (std::ranges::find(list.items, text, &Node::text) == list.items.end()) {
        list.items.push_back(textNode(text));
    }
}

std::string writeJsonNode(const Node& node) {
    std::string out;
    writeJson(node, 0, out);
    return out + "\n";
}

std::string writeYamlNodes(const std::vector<Node>& documents) {
    std::string out;
    for (const Node& document : documents) {
        std::string text;
        writeYaml(document, 0, false, text);
        out += documents.size() > 1 ? "---\n" : "";
        out += text.substr(text.find_first_not_of(" \n"));
    }
    return out;
}

} // namespace bulkhead::claims
