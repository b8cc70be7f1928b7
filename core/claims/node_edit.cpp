#include "core/claims/node_edit.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bulkhead::claims {

namespace {

using Kind = Node::Kind;

std::string quotedText(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string scalarText(const Node& node) {
    return node.isNull() ? "null" : node.quoted ? quotedText(node.text) : node.text;
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
