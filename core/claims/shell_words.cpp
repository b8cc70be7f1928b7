#include "core/claims/run_line.h"

#include <algorithm>
#include <utility>

namespace bulkhead::claims {

namespace {

/// Takes a text apart, letter by letter.
class Shell {
public:
    explicit Shell(std::string_view text) : m_text(text) {}

    void read() {
        while (m_at < m_text.size()) {
            step();
        }
        endCommand();
    }

    [[nodiscard]] std::vector<Words>& commands() { return m_commands; }
    /// What is not closed: a quote, $(; nothing where all is.
    [[nodiscard]] std::string_view unclosed() const { return m_quote != 0 ? "a quote" : m_unclosed; }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
    std::vector<Words> m_commands;
    Words m_words;
    std::string m_word;
    bool m_open = false;
    bool m_quoted = false;                 ///< a part of the word is
    enum class Next { word, target, end }; ///< what the next word is: the command's, of < or >, of <<
    Next m_next = Next::word;
    std::vector<std::string> m_documents; ///< ends of the here-documents whose text begins on the next line
    char m_quote = 0;
    std::string_view m_unclosed;

    void endWord() {
        if (!m_open) {
            return;
        }
        if (m_next == Next::word) {
            m_words.push_back(std::move(m_word));
        } else if (m_next == Next::end) {
            m_documents.push_back(std::move(m_word));
        }
        m_next = Next::word;
        m_word.clear();
        m_open = false;
        m_quoted = false;
    }

    void endCommand() {
        endWord();
        if (!m_words.empty()) {
            m_commands.push_back(std::move(m_words));
        }
        m_words.clear();
        m_next = Next::word;
    }

    /// A line of its own that says the end closes a here-document (POSIX XCU 2.7.4); its text is nobody's
    /// words.
    void passDocuments() {
        for (const std::string& end : std::exchange(m_documents, {})) {
            bool closed = false;
            while (!closed && m_at < m_text.size()) {
                const std::size_t last = std::min(m_text.find('\n', m_at), m_text.size());
                std::string_view line = m_text.substr(m_at, last - m_at);
                line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size())); // as <<- has it
                line = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
                closed = line == end;
                m_at = std::min(last + 1, m_text.size());
            }
        }
    }

    /// "2>&1", ">> file", "<<END", "<<< words": no part of the command, which goes on behind it (XCU 2.7).
    void redirect() {
        const bool number =
            m_open && !m_quoted && m_word.find_first_not_of("0123456789") == std::string::npos;
        if (number) {
            m_word.clear();
            m_open = false;
        }
        endWord();
        const auto starts = [&](std::string_view sign) { return m_text.substr(m_at).starts_with(sign); };
        m_next = starts("<<") && !starts("<<<") ? Next::end : Next::target;
        for (const std::string_view sign : {"<<<", "<<-", "<<", "<&", "<>", ">>", ">&", ">|", "<", ">"}) {
            if (starts(sign)) {
                m_at += sign.size();
                break;
            }
        }
    }

    void add(std::string_view text) {
        m_word += text;
        m_open = true;
    }

    /// "\x": a line that goes on behind \n or \r\n.
    void escaped() {
        const char next = m_text[m_at + 1];
        const bool carriage = next == '\r' && m_at + 2 < m_text.size() && m_text[m_at + 2] == '\n';
        if (next != '\n' && !carriage) {
            const bool kept = m_quote == '"' && !std::string_view("\\\"$`").contains(next);
            add(m_text.substr(kept ? m_at : m_at + 1, kept ? 2 : 1));
        }
        m_at += carriage ? 3 : 2;
    }

    /// The end of a $( or ` that begins here.
    [[nodiscard]] std::size_t endOfInner() const {
        if (m_text[m_at] == '`') {
            return m_text.find('`', m_at + 1);
        }
        int depth = 0;
        for (std::size_t i = m_at + 1; i < m_text.size(); ++i) {
            depth += m_text[i] == '(' ? 1 : m_text[i] == ')' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return std::string_view::npos;
    }

    /// Another command whose output stands here: what that is, nobody knows before.
    void inner() {
        const std::size_t end = endOfInner();
        if (end == std::string_view::npos) {
            m_unclosed = m_text[m_at] == '`' ? "a `" : "a $(";
        }
        const std::size_t next = end == std::string_view::npos ? m_text.size() : end + 1;
        add(m_text.substr(m_at, next - m_at));
        m_at = next;
    }

    void step() {
        const char c = m_text[m_at];
        const bool process = m_quote == 0 && (c == '<' || c == '>'); // a shell's name for a command's output
        const bool opensInner =
            c == '`' || ((c == '$' || process) && m_text.substr(m_at + 1).starts_with('('));
        if (c == '\\' && m_quote != '\'' && m_at + 1 < m_text.size()) {
            escaped();
        } else if (opensInner && m_quote != '\'') {
            inner();
        } else if (m_quote != 0 ? c == m_quote : c == '\'' || c == '"') {
            m_quote = m_quote != 0 ? '\0' : c;
            m_open = true;
            m_quoted = true;
            ++m_at;
        } else if (m_quote != 0) {
            add(m_text.substr(m_at++, 1));
        } else {
            plain(c);
        }
    }

    void plain(char c) {
        if (c == '#' && !m_open) {
            m_at = std::min(m_text.find('\n', m_at), m_text.size());
        } else if (std::string_view(" \t\r").contains(c) || m_text.substr(m_at).starts_with("&>")) {
            endWord(); // "&> file" is both outputs
            ++m_at;
        } else if (c == '<' || c == '>') {
            redirect();
        } else if (std::string_view("\n|;&").contains(c)) {
            endCommand();
            ++m_at;
            if (c == '\n') {
                passDocuments();
            }
        } else {
            add(m_text.substr(m_at++, 1));
        }
    }
};

} // namespace

ShellText readShell(std::string_view text) {
    Shell shell(text);
    shell.read();
    return {std::move(shell.commands()), shell.unclosed()};
}

} // namespace bulkhead::claims
