#include "core/base/bytes.h"
#include "core/claims/node.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

namespace bulkhead::claims {

namespace {

using Json = nlohmann::json;
using Kind = Node::Kind;

/// Reads the text and says how far: the parser's events come without their places.
class Cursor {
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Cursor(const char* at, const char** reached) : m_at(at), m_reached(reached) {}
    reference operator*() const { return *m_at; }
    Cursor& operator++() {
        *m_reached = ++m_at;
        return *this;
    }
    Cursor operator++(int) {
        Cursor before = *this;
        ++*this;
        return before;
    }
    bool operator==(const Cursor& other) const { return m_at == other.m_at; }

private:
    const char* m_at;
    const char** m_reached;
};

/// Builds the tree from the parser's events, within the bounds; the first problem ends the parse.
class Builder {
public:
    Builder(std::string_view text, std::string_view file) : m_text(text), m_file(file) {}

    const char* reached = nullptr;

    [[nodiscard]] const std::optional<base::Error>& problem() const { return m_problem; }
    [[nodiscard]] Node take() { return std::move(m_root); }

    // the names below are nlohmann's
    // NOLINTBEGIN(readability-identifier-naming)
    bool null() { return scalar(Kind::null, "null", false); }
    bool boolean(bool value) { return scalar(Kind::scalar, value ? "true" : "false", false); }
    bool number_integer(std::int64_t value) { return scalar(Kind::scalar, std::to_string(value), false); }
    bool number_unsigned(std::uint64_t value) { return scalar(Kind::scalar, std::to_string(value), false); }
    bool number_float(double /*value*/, const std::string& text) { return scalar(Kind::scalar, text, false); }
    bool string(std::string& value) { return scalar(Kind::scalar, std::move(value), true); }
    bool binary(std::vector<std::uint8_t>& /*value*/) { return false; }
    bool start_object(std::size_t /*count*/) { return open(Kind::map); }
    bool start_array(std::size_t /*count*/) { return open(Kind::list); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& name) {
        Node node = placed(Kind::scalar, true);
        node.text = std::move(name);
        m_open.back().keys.push_back(std::move(node));
        return count();
    }
    bool parse_error(std::size_t byte, const std::string& /*token*/, const Json::exception& error) {
        const Node at = placeOf(std::min(byte > 0 ? byte - 1 : 0, m_text.size()));
        std::string what = error.what();
        if (const auto colon = what.find(": "); colon != std::string::npos) {
            what.erase(0, colon + 2);
        }
        return refuse(at, "not JSON: " + base::textFromBytes(what));
    }
    // NOLINTEND(readability-identifier-naming)

private:
    bool refuse(const Node& at, const std::string& problem) {
        m_problem = errorAt(m_file, at, "", problem);
        return false;
    }

    /// Lines are counted on from the last place asked for: places only move forward, but for short steps
    /// back within a line.
    Node placeOf(std::size_t offset) {
        if (offset < m_counted) {
            m_counted = 0;
            m_line = 1;
            m_lineBegin = 0;
        }
        for (; m_counted < offset; ++m_counted) {
            if (m_text[m_counted] == '\n') {
                ++m_line;
                m_lineBegin = m_counted + 1;
            }
        }
        Node node;
        node.line = m_line;
        node.column = static_cast<int>(offset - m_lineBegin) + 1;
        return node;
    }

    /// Where the token begins that the parser has just read.
    Node placed(Kind kind, bool quoted) {
        const auto end = static_cast<std::size_t>(reached - m_text.data());
        std::size_t at = end > 0 ? end - 1 : 0;
        if (quoted) {
            while (at > m_counted && (m_text[at - 1] != '"' || isEscaped(at - 1))) {
                --at;
            }
            at -= at > m_counted ? 1 : 0;
        } else if (kind != Kind::map && kind != Kind::list) {
            constexpr std::string_view kBetween = " \t\r\n,:[]{}";
            while (at > m_counted && kBetween.contains(m_text[at])) {
                --at;
            }
            while (at > m_counted && !kBetween.contains(m_text[at - 1])) {
                --at;
            }
        }
        Node node = placeOf(at);
        node.kind = kind;
        node.quoted = quoted;
        return node;
    }

    [[nodiscard]] bool isEscaped(std::size_t at) const {
        std::size_t slashes = 0;
        while (at > slashes && m_text[at - slashes - 1] == '\\') {
            ++slashes;
        }
        return slashes % 2 == 1;
    }

    bool count() {
        return ++m_count <= kMaxNodes ||
               refuse(placeOf(m_counted), "more than " + std::to_string(kMaxNodes) + " values");
    }

    bool scalar(Kind kind, std::string text, bool quoted) {
        Node node = placed(kind, quoted);
        node.text = kind == Kind::null ? "" : std::move(text);
        add(std::move(node));
        return count();
    }

    bool open(Kind kind) {
        Node node = placed(kind, false);
        if (m_open.size() >= kMaxDepth) {
            return refuse(node, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
        }
        m_open.push_back(std::move(node));
        return count();
    }

    bool close() {
        Node node = std::move(m_open.back());
        m_open.pop_back();
        if (const auto unique = refuseTwins(node, m_file); !unique) {
            m_problem = unique.error();
            return false;
        }
        add(std::move(node));
        return true;
    }

    void add(Node node) {
        if (m_open.empty()) {
            m_root = std::move(node);
        } else {
            m_open.back().items.push_back(std::move(node));
        }
    }

    std::string_view m_text;
    std::string_view m_file;
    std::optional<base::Error> m_problem;
    std::vector<Node> m_open;
    Node m_root;
    std::size_t m_count = 0;
    std::size_t m_counted = 0;
    std::size_t m_lineBegin = 0;
    int m_line = 1;
};

} // namespace

base::Result<Node> parseJsonNode(std::string_view json, std::string_view file) {
    Builder builder(json, file);
    builder.reached = json.data();
    const Cursor begin(builder.reached, &builder.reached);
    const Cursor end(json.data() + json.size(), &builder.reached);
    const bool whole = Json::sax_parse(begin, end, &builder);
    if (builder.problem()) {
        return std::unexpected(*builder.problem());
    }
    if (!whole) {
        return std::unexpected(errorAt(file, {}, "", "not JSON"));
    }
    return builder.take();
}

} // namespace bulkhead::claims
