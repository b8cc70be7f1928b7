#include "core/wire/json_place.h"

#include <algorithm>

namespace bulkhead::wire {

namespace {

/// A cursor over JSON text that is known to be valid; it only finds places and never decodes.
class Cursor {
public:
    explicit Cursor(std::string_view text) : m_text(text) {}

    void skipSpace() { m_at = std::min(m_text.find_first_not_of(" \t\r\n", m_at), m_text.size()); }

    [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    void advance() { ++m_at; }

    /// Passes over a string and returns what stands between its quotes, escapes as written.
    std::string_view passString() {
        const std::size_t start = ++m_at;
        while (m_at < m_text.size() && m_text[m_at] != '"') {
            m_at += m_text[m_at] == '\\' ? 2 : 1;
        }
        return m_text.substr(start, m_at++ - start);
    }

    void passValue() {
        std::size_t depth = 0;
        do {
            skipSpace();
            const char c = peek();
            if (c == '"') {
                passString();
            } else if (c == '{' || c == '[') {
                ++depth;
                advance();
            } else if (c == '}' || c == ']') {
                --depth;
                advance();
            } else if (c == ',' || c == ':') {
                advance();
            } else {
                m_at = std::min(m_text.find_first_of(",]} \t\r\n", m_at + 1), m_text.size());
            }
        } while (depth > 0 && m_at < m_text.size());
    }

    /// Moves to the value of a key of the object here; false where there is no such key.
    bool enterKey(std::string_view key) {
        advance();
        for (;;) {
            skipSpace();
            if (peek() != '"') {
                return false;
            }
            const std::string_view found = passString();
            skipSpace();
            advance();
            skipSpace();
            if (found == key) {
                return true;
            }
            passValue();
            skipSpace();
            if (peek() != ',') {
                return false;
            }
            advance();
        }
    }

    bool enterIndex(std::size_t index) {
        advance();
        for (std::size_t i = 0; i < index; ++i) {
            passValue();
            skipSpace();
            if (peek() != ',') {
                return false;
            }
            advance();
        }
        skipSpace();
        return peek() != ']';
    }

    bool enter(const JsonStep& step) {
        skipSpace();
        if (const auto* key = std::get_if<std::string>(&step)) {
            return peek() == '{' && enterKey(*key);
        }
        return peek() == '[' && enterIndex(std::get<std::size_t>(step));
    }

    [[nodiscard]] int line() const {
        const std::string_view before = m_text.substr(0, m_at);
        return 1 + static_cast<int>(std::ranges::count(before, '\n'));
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

} // namespace

int lineOf(std::string_view json, const std::vector<JsonStep>& steps) {
    Cursor cursor(json);
    cursor.skipSpace();
    int line = cursor.line();
    for (const JsonStep& step : steps) {
        if (!cursor.enter(step)) {
            break;
        }
        line = cursor.line();
    }
    return line;
}

bool nestsDeeperThan(std::string_view json, std::size_t limit) {
    std::size_t depth = 0;
    bool inString = false;
    for (std::size_t at = 0; at < json.size(); ++at) {
        const char c = json[at];
        if (inString) {
            at += c == '\\' ? 1 : 0;
            inString = c != '"';
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            if (++depth > limit) {
                return true;
            }
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}

} // namespace bulkhead::wire
