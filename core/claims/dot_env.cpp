#include "core/base/bytes.h"
#include "core/claims/compose_variables.h"

#include <algorithm>

namespace bulkhead::claims {

namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Line after line; a quoted value may go on over several.
class DotEnv {
public:
    DotEnv(std::string_view text, std::string_view file, VariableMap environment)
        : m_rest(text), m_file(file), m_environment(std::move(environment)), m_known(m_environment) {}

    base::Result<VariableMap> parse() {
        while (!m_rest.empty()) {
            const std::string_view line = trimmed(m_rest.substr(0, m_rest.find('\n')));
            if (line.empty() || line.starts_with('#')) {
                endLine();
            } else if (const auto taken = takeAssignment(); !taken) {
                return std::unexpected(taken.error());
            }
        }
        return std::move(m_known);
    }

private:
    base::Status refuse(std::string_view what) const {
        Node at;
        at.line = m_line;
        return std::unexpected(errorAt(m_file, at, "", what));
    }

    void endLine() {
        const auto end = m_rest.find('\n');
        m_rest.remove_prefix(end == std::string_view::npos ? m_rest.size() : end + 1);
        ++m_line;
    }

    base::Status takeAssignment() {
        const auto equals = m_rest.substr(0, m_rest.find('\n')).find('=');
        if (equals == std::string_view::npos) {
            return refuse("expected NAME=VALUE");
        }
        std::string_view name = trimmed(m_rest.substr(0, equals));
        name = trimmed(name.starts_with("export ") ? name.substr(7) : name);
        if (name.empty() || name.find_first_of(" \t'\"$") != std::string_view::npos) {
            return refuse("not the name of a variable: " + base::textFromBytes(name));
        }
        m_rest.remove_prefix(equals + 1);
        const auto begin = m_rest.find_first_not_of(" \t");
        m_rest.remove_prefix(begin == std::string_view::npos ? m_rest.size() : begin);
        const char quote = m_rest.empty() ? '\0' : m_rest.front();
        return quote == '\'' || quote == '"' ? takeQuoted(name, quote) : takePlain(name);
    }

    base::Status keep(std::string_view name, std::string_view text, bool literal) {
        if (m_environment.contains(name)) {
            return {};
        }
        if (literal) {
            m_known.insert_or_assign(std::string(name), soundText(text));
            return {};
        }
        auto written = substitute(soundText(text), m_known);
        if (!written) {
            return refuse(std::string(name) + ": " + written.error());
        }
        m_known.insert_or_assign(std::string(name), std::move(written->text));
        return {};
    }

    base::Status takePlain(std::string_view name) {
        std::string_view value = m_rest.substr(0, m_rest.find('\n'));
        const auto comment = value.starts_with('#') ? 0 : value.find(" #");
        const auto kept = keep(name, trimmed(value.substr(0, comment)), false);
        endLine();
        return kept;
    }

    base::Status takeQuoted(std::string_view name, char quote) {
        m_rest.remove_prefix(1);
        std::string value;
        for (std::size_t i = 0; i < m_rest.size(); ++i) {
            const char c = m_rest[i];
            if (c == quote) {
                const auto kept = keep(name, value, quote == '\'');
                m_line += static_cast<int>(std::ranges::count(m_rest.substr(0, i), '\n'));
                m_rest.remove_prefix(i + 1);
                endLine();
                return kept;
            }
            if (c == '\\' && quote == '"' && i + 1 < m_rest.size()) {
                value += escaped(m_rest[++i]);
            } else {
                value += c;
            }
        }
        return refuse(std::string(name) + ": the quote is not closed");
    }

    static std::string escaped(char c) {
        switch (c) {
        case 'n':
            return "\n";
        case 't':
            return "\t";
        case 'r':
            return "\r";
        case '$':
            return "$$";
        case '"':
        case '\\':
            return {c};
        default:
            return {'\\', c};
        }
    }

    std::string_view m_rest;
    std::string_view m_file;
    VariableMap m_environment;
    VariableMap m_known;
    int m_line = 1;
};

} // namespace

base::Result<VariableMap> parseDotEnv(std::string_view text, std::string_view file, VariableMap environment) {
    return DotEnv(text, file, std::move(environment)).parse();
}

} // namespace bulkhead::claims
