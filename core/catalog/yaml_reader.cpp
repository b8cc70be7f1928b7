#include "core/catalog/yaml_reader.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <charconv>

namespace bulkhead::catalog {

namespace {

std::string listed(const std::vector<std::string_view>& words) {
    std::string out;
    for (const std::string_view word : words) {
        out += out.empty() ? "" : ", ";
        out += word;
    }
    return out;
}

} // namespace

YamlReader::YamlReader(const YamlNode& map, std::string_view fileName, std::string field)
    : m_map(&map), m_file(fileName), m_field(std::move(field)) {
    if (map.kind != YamlNode::Kind::map) {
        refuse(map, "", "a map of keys and values is expected");
    }
}

std::string YamlReader::pathOf(std::string_view key) const {
    return m_field.empty() || key.empty() ? m_field + std::string(key) : m_field + "." + std::string(key);
}

void YamlReader::refuse(const YamlNode& at, std::string_view key, std::string_view problem) {
    if (!m_problem) {
        m_problem = failAt(m_file, at.line, pathOf(key), problem).error();
    }
}

void YamlReader::take(const YamlReader& nested) {
    if (!m_problem) {
        m_problem = nested.m_problem;
    }
}

void YamlReader::allowOnly(std::initializer_list<std::string_view> keys) {
    for (const YamlNode& key : m_map->keys) {
        if (std::ranges::find(keys, key.text) == keys.end()) {
            refuse(
                key, base::textFromBytes(key.text),
                "no such key; there are " + listed(std::vector<std::string_view>(keys)));
        }
    }
}

const YamlNode* YamlReader::find(std::string_view key) const {
    const auto found = std::ranges::find(m_map->keys, key, &YamlNode::text);
    return found == m_map->keys.end() ? nullptr
                                      : &m_map->items[static_cast<std::size_t>(found - m_map->keys.begin())];
}

std::string YamlReader::text(std::string_view key, std::string otherwise) {
    const YamlNode* node = find(key);
    if (node == nullptr) {
        return otherwise;
    }
    if (!node->isText()) {
        refuse(*node, key, "a text is expected");
        return otherwise;
    }
    return node->text;
}

std::string YamlReader::requiredText(std::string_view key) {
    std::string value = text(key, "");
    if (value.empty()) {
        const YamlNode* node = find(key);
        refuse(node != nullptr ? *node : *m_map, key, "is missing");
    }
    return value;
}

bool YamlReader::truth(std::string_view key, bool otherwise) {
    const YamlNode* node = find(key);
    if (node == nullptr) {
        return otherwise;
    }
    if (!node->isText() || node->quoted || (node->text != "true" && node->text != "false")) {
        refuse(*node, key, "true or false is expected");
        return otherwise;
    }
    return node->text == "true";
}

std::uint64_t YamlReader::number(std::string_view key, std::uint64_t otherwise, std::uint64_t most) {
    const YamlNode* node = find(key);
    if (node == nullptr) {
        return otherwise;
    }
    std::uint64_t value = 0;
    const char* end = node->text.data() + node->text.size();
    const auto [rest, error] = std::from_chars(node->text.data(), end, value);
    const bool whole = node->isText() && !node->quoted && error == std::errc{} && rest == end;
    if (!whole || value > most) {
        refuse(*node, key, "a whole number from 0 to " + std::to_string(most) + " is expected");
        return otherwise;
    }
    return value;
}

std::uint64_t YamlReader::requiredNumber(std::string_view key, std::uint64_t most) {
    if (find(key) == nullptr) {
        refuse(*m_map, key, "is missing");
    }
    return number(key, 0, most);
}

std::string YamlReader::word(std::string_view key, std::initializer_list<std::string_view> words) {
    std::string value = text(key, std::string(*words.begin()));
    if (std::ranges::find(words, value) == words.end()) {
        refuse(*find(key), key, "one of " + listed(std::vector<std::string_view>(words)) + " is expected");
        return std::string(*words.begin());
    }
    return value;
}

std::vector<std::string> YamlReader::texts(std::string_view key) {
    std::vector<std::string> out;
    const YamlNode* node = find(key);
    if (node == nullptr) {
        return out;
    }
    const bool allText = std::ranges::all_of(node->items, &YamlNode::isText);
    if (node->kind != YamlNode::Kind::list || !allText) {
        refuse(*node, key, "a list of texts is expected");
        return out;
    }
    for (const YamlNode& item : node->items) {
        out.push_back(item.text);
    }
    return out;
}

std::optional<YamlReader> YamlReader::map(std::string_view key) {
    const YamlNode* node = find(key);
    return node == nullptr ? std::nullopt : std::optional(YamlReader(*node, m_file, pathOf(key)));
}

std::vector<YamlReader> YamlReader::maps(std::string_view key) {
    std::vector<YamlReader> out;
    const YamlNode* node = find(key);
    if (node != nullptr && node->kind != YamlNode::Kind::list) {
        refuse(*node, key, "a list of maps is expected");
        return out;
    }
    for (std::size_t i = 0; node != nullptr && i < node->items.size(); ++i) {
        out.emplace_back(node->items[i], m_file, pathOf(key) + "[" + std::to_string(i) + "]");
    }
    return out;
}

} // namespace bulkhead::catalog
