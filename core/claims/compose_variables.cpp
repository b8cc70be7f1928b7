#include "core/claims/compose_variables.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <unistd.h>

namespace bulkhead::claims {

namespace {

constexpr std::size_t kMaxText = 1UL << 20U;
constexpr int kMaxNested = 16;

bool beginsName(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// The name at the beginning of a text; empty where there is none.
std::string_view nameAt(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() &&
           (beginsName(text[end]) || (end > 0 && text[end] >= '0' && text[end] <= '9'))) {
        ++end;
    }
    return text.substr(0, end);
}

/// The place of the brace that closes the one before `text`; npos where none does.
std::size_t closingBrace(std::string_view text) {
    std::size_t open = 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == "${") {
            ++open;
            ++i;
        } else if (text[i] == '}' && --open == 0) {
            return i;
        }
    }
    return std::string_view::npos;
}

std::string shown(std::string_view text) {
    constexpr std::size_t kShown = 60;
    return base::shortenMiddle(base::textFromBytes(text), kShown);
}

/// One text being written out, and those within it.
class Writer {
public:
    explicit Writer(const VariableMap& variables) : m_variables(&variables) {}

    /// False where a problem was met.
    bool write(std::string_view text, std::string& out, int depth) {
        if (depth > kMaxNested) {
            return refuse("variables stand deeper in one another than " + std::to_string(kMaxNested));
        }
        for (std::size_t i = 0; i < text.size() && m_problem.empty();) {
            if (text[i] != '$') {
                out += text[i++];
                continue;
            }
            i += writeOne(text.substr(i), out, depth);
            if (out.size() > kMaxText) {
                return refuse("larger than " + std::to_string(kMaxText) + " bytes with its variables");
            }
        }
        return m_problem.empty();
    }

    [[nodiscard]] const std::string& problem() const { return m_problem; }
    [[nodiscard]] std::vector<std::string> takeUnset() { return std::move(m_unset); }

private:
    bool refuse(std::string what) {
        m_problem = m_problem.empty() ? std::move(what) : m_problem;
        return false;
    }

    /// Of a text that begins with a dollar sign, what it stands for; the bytes that were read.
    std::size_t writeOne(std::string_view text, std::string& out, int depth) {
        const std::string_view rest = text.substr(1);
        if (rest.starts_with('$')) {
            out += '$';
            return 2;
        }
        if (rest.starts_with('{')) {
            const std::size_t end = closingBrace(rest.substr(1));
            if (end == std::string_view::npos) {
                refuse("no } closes " + shown(text));
                return text.size();
            }
            writeBraced(rest.substr(1, end), out, depth);
            return end + 3;
        }
        const std::string_view name = nameAt(rest);
        if (name.empty()) {
            refuse("a $ that names no variable: " + shown(text) + "; $$ stands for one");
            return text.size();
        }
        writeValue(name, out);
        return name.size() + 1;
    }

    void writeValue(std::string_view name, std::string& out) {
        const auto found = m_variables->find(name);
        if (found == m_variables->end()) {
            m_unset.emplace_back(name);
        } else {
            out += found->second;
        }
    }

    void writeBraced(std::string_view inside, std::string& out, int depth) {
        const std::string_view name = nameAt(inside);
        std::string_view rest = inside.substr(name.size());
        const bool emptyCounts = !rest.starts_with(':');
        rest.remove_prefix(emptyCounts ? 0 : 1);
        const char act = rest.empty() ? '\0' : rest.front();
        if (name.empty() || (!inside.substr(name.size()).empty() && act != '-' && act != '?' && act != '+')) {
            refuse("not a variable: ${" + shown(inside) + "}");
            return;
        }
        if (act == '\0') {
            writeValue(name, out);
            return;
        }
        rest.remove_prefix(1);
        const auto found = m_variables->find(name);
        const bool set = found != m_variables->end() && (emptyCounts || !found->second.empty());
        if (act == '+') {
            if (set) {
                write(rest, out, depth + 1);
            }
        } else if (set) {
            out += found->second;
        } else if (act == '-') {
            write(rest, out, depth + 1);
        } else {
            refuse(
                "the variable " + std::string(name) + " is required" +
                (rest.empty() ? "" : ": " + shown(rest)));
        }
    }

    const VariableMap* m_variables;
    std::string m_problem;
    std::vector<std::string> m_unset;
};

/// One tree being written out; the way to a problem is told from the inside.
struct TreeWriter {
    const VariableMap& variables;
    std::vector<std::string>& notes;
    std::size_t& room;
    std::string path;
    std::string problem;
    const Node* place = nullptr;

    bool refuse(const Node& at, std::string what) {
        place = &at;
        problem = std::move(what);
        return false;
    }

    bool writeText(Node& node) {
        node.quoted = false; // Compose takes "true" and "8" for what they say
        if (!node.text.contains('$')) {
            return true;
        }
        auto written = substitute(node.text, variables);
        if (!written) {
            return refuse(node, written.error());
        }
        if (written->text.size() > room) {
            return refuse(node, "the document grows beyond its bounds with its variables");
        }
        room -= written->text.size();
        for (const std::string& name : written->unset) {
            notes.push_back(
                "the variable " + name + " is not set (line " + std::to_string(node.line) +
                "): read as empty");
        }
        node.text = std::move(written->text);
        return true;
    }

    bool write(Node& node) {
        if (node.kind == Node::Kind::scalar) {
            return writeText(node);
        }
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            if (!write(node.items[i])) {
                const std::string step =
                    node.isMap() ? base::textFromBytes(node.keys[i].text) : "[" + std::to_string(i) + "]";
                path = path.empty() || path.starts_with('[') ? step + path : step + "." + path;
                return false;
            }
        }
        return true;
    }
};

} // namespace

std::string soundText(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const base::CodePoint point = base::decodeUtf8(text, at);
        if (!point.valid) {
            return base::textFromBytes(text);
        }
        at += point.length;
    }
    return std::string(text);
}

VariableMap readEnvironment() {
    VariableMap out;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) {
            out.emplace(text.substr(0, equals), soundText(text.substr(equals + 1)));
        }
    }
    return out;
}

std::expected<Substituted, std::string> substitute(std::string_view text, const VariableMap& variables) {
    Writer writer(variables);
    Substituted out;
    if (!writer.write(text, out.text, 0)) {
        return std::unexpected(writer.problem());
    }
    out.unset = writer.takeUnset();
    return out;
}

base::Status substituteIn(
    Node& tree, const std::string& path, std::string_view file, const VariableMap& variables,
    std::vector<std::string>& notes, std::size_t& room) {
    TreeWriter writer{variables, notes, room, "", "", nullptr};
    if (writer.write(tree)) {
        return {};
    }
    const std::string joint = writer.path.empty() || writer.path.starts_with('[') ? "" : ".";
    return std::unexpected(errorAt(file, *writer.place, path + joint + writer.path, writer.problem));
}

} // namespace bulkhead::claims
