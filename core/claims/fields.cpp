#include "core/claims/fields.h"

#include "core/base/bytes.h"

#include <array>
#include <charconv>
#include <utility>

namespace bulkhead::claims {

using Kind = Node::Kind;

void Reading::refuse(const Node& at, std::string_view field, std::string_view what) {
    if (!problem) {
        problem = errorAt(fileOf(at), at, field, what);
    }
}

const std::string& Reading::fileOf(const Node& at) const {
    return at.source == 0 || at.source > otherFiles.size() ? file : otherFiles[at.source - 1U];
}

void Reading::note(const Node& at, const std::string& what, const std::string& why) {
    const std::string of = at.source == 0 ? "" : fileOf(at) + ": ";
    notUnderstood.push_back(
        of + what + " (line " + std::to_string(at.line) + ")" + (why.empty() ? "" : ": " + why));
}

model::Evidence Reading::from(const Node& at, std::string_view field) const {
    return {model::EvidenceKind::declared, std::string(field), fileOf(at), at.line};
}

std::optional<bool> truthOf(const Node& node) {
    constexpr std::array<std::string_view, 8> kTrue = {"true", "True", "TRUE", "yes",
                                                       "Yes",  "YES",  "on",   "On"};
    constexpr std::array<std::string_view, 8> kFalse = {"false", "False", "FALSE", "no",
                                                        "No",    "NO",    "off",   "Off"};
    if (node.kind != Kind::scalar || node.quoted) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < kTrue.size(); ++i) {
        if (node.text == kTrue[i] || node.text == kFalse[i]) {
            return node.text == kTrue[i];
        }
    }
    return std::nullopt;
}

namespace {

std::optional<std::int64_t> wholeNumber(const std::string& digits, int base) {
    std::int64_t number = 0;
    const char* end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, number, base);
    return error == std::errc{} && rest == end ? std::optional(number) : std::nullopt;
}

/// A bare number as Go's readers of YAML take it, and with them Kubernetes and Compose: 80 is also 0x50,
/// 0o120, 0120, 0b1010000 and 8_0.
std::optional<std::int64_t> bareNumber(std::string text) {
    if (text.empty() || text.front() == '_') {
        return std::nullopt;
    }
    std::erase(text, '_');
    const bool negative = text.starts_with('-');
    std::string digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
    if (digits.empty() || digits.front() < '0' || digits.front() > '9') {
        return std::nullopt;
    }
    const std::string sign = negative ? "-" : "";
    constexpr std::array kPrefixes = {std::pair{'x', 16}, std::pair{'o', 8}, std::pair{'b', 2}};
    for (const auto& [letter, base] : kPrefixes) {
        if (digits.size() > 2 && digits.front() == '0' && (digits[1] | 0x20) == letter) {
            return digits[2] == '-' ? std::nullopt : wholeNumber(sign + digits.substr(2), base);
        }
    }
    // 08 is no octal number, but a decimal one
    const auto octal = digits.front() == '0' ? wholeNumber(sign + digits, 8) : std::nullopt;
    return octal ? octal : wholeNumber(sign + digits, 10);
}

} // namespace

std::optional<std::int64_t> numberOf(const Node& node, bool quotedToo) {
    if (node.kind != Kind::scalar || (node.quoted && !quotedToo)) {
        return std::nullopt;
    }
    // a limit may be the largest unsigned number, which stands for none
    if (node.text == "18446744073709551615") {
        return -1;
    }
    return node.quoted ? wholeNumber(node.text, 10) : bareNumber(node.text);
}

std::string kindOf(const Node& node) {
    switch (node.kind) {
    case Kind::null:
        return "nothing";
    case Kind::list:
        return "a list";
    case Kind::map:
        return "a map";
    default:
        break;
    }
    constexpr std::size_t kShown = 40;
    return (node.quoted ? "the text " : "") + base::shortenMiddle(base::textFromBytes(node.text), kShown);
}

namespace {

/// Go's zero values, and the -1 by which engines say "not set".
bool saysNothing(const Node& node) {
    if (node.kind != Kind::scalar) {
        return node.isNull() || node.items.empty();
    }
    return node.text.empty() || (!node.quoted && (node.text == "0" || node.text == "-1")) ||
           truthOf(node) == std::optional(false);
}

} // namespace

Fields::Fields(const Node& map, Reading& reading, std::string path)
    : m_map(&map), m_reading(&reading), m_path(std::move(path)) {
    if (!map.isMap() && !map.isNull()) {
        reading.refuse(map, m_path, "expected a map, found " + kindOf(map));
    }
}

std::string Fields::pathOf(std::string_view key) const {
    const std::string name = base::textFromBytes(key);
    return m_path.empty() ? name : key.empty() ? m_path : m_path + "." + name;
}

void Fields::refuse(const Node& at, std::string_view key, std::string_view what) {
    m_reading->refuse(at, pathOf(key), what);
}

model::Evidence Fields::from(std::string_view key) const {
    const Node* found = m_map->find(key);
    return m_reading->from(found != nullptr ? *found : *m_map, pathOf(key));
}

const Node* Fields::find(std::string_view key) {
    m_read.emplace(key);
    const Node* found = m_map->find(key);
    return found == nullptr || found->isNull() ? nullptr : found;
}

std::optional<std::string> Fields::text(std::string_view key) {
    const Node* found = find(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    const bool looksOtherwise =
        !found->quoted && !m_reading->numbersAsText && (truthOf(*found) || numberOf(*found, false));
    if (found->kind != Kind::scalar || looksOtherwise) {
        refuse(*found, key, "expected a text, found " + kindOf(*found));
        return std::nullopt;
    }
    return found->text;
}

std::optional<bool> Fields::truth(std::string_view key) {
    const Node* found = find(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    const auto truth = truthOf(*found);
    if (!truth) {
        refuse(*found, key, "expected true or false, found " + kindOf(*found));
    }
    return truth;
}

std::optional<std::int64_t> Fields::number(std::string_view key) {
    const Node* found = find(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    const auto number = numberOf(*found, m_reading->quotedNumbers);
    if (!number) {
        refuse(*found, key, "expected a whole number, found " + kindOf(*found));
    }
    return number;
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view key) {
    const Node* found = find(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    if (!found->isList()) {
        refuse(*found, key, "expected a list, found " + kindOf(*found));
        return std::nullopt;
    }
    std::vector<std::string> out;
    for (const Node& item : found->items) {
        if (item.kind != Kind::scalar ||
            (!item.quoted && !m_reading->numbersAsText && numberOf(item, false))) {
            refuse(item, key, "expected texts, found " + kindOf(item));
            return std::nullopt;
        }
        out.push_back(item.text);
    }
    return out;
}

std::optional<Fields> Fields::map(std::string_view key) {
    const Node* found = find(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    return Fields(*found, *m_reading, pathOf(key));
}

std::vector<Fields> Fields::maps(std::string_view key) {
    std::vector<Fields> out;
    const Node* found = find(key);
    if (found == nullptr) {
        return out;
    }
    if (!found->isList()) {
        refuse(*found, key, "expected a list, found " + kindOf(*found));
        return out;
    }
    for (std::size_t i = 0; i < found->items.size(); ++i) {
        out.emplace_back(found->items[i], *m_reading, pathOf(key) + "[" + std::to_string(i) + "]");
    }
    return out;
}

void Fields::passOver(std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        m_read.emplace(key);
    }
}

void Fields::passOverUnset(std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        const Node* found = m_map->find(key);
        if (found == nullptr || saysNothing(*found)) {
            m_read.emplace(key);
        }
    }
}

void Fields::report(std::string_view key, std::string_view why) {
    const Node* found = find(key);
    m_reading->note(found == nullptr ? *m_map : *found, pathOf(key), std::string(why));
}

void Fields::finish() {
    for (const Node& key : m_map->keys) {
        if (!m_read.contains(key.text)) {
            m_reading->note(key, pathOf(key.text));
        }
    }
}

} // namespace bulkhead::claims
