#include "core/claims/run_line.h"

#include <algorithm>
#include <array>

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
    bool m_left = false; ///< behind < or >, where no more words of the command are looked for
    char m_quote = 0;
    std::string_view m_unclosed;

    void endWord() {
        if (m_open && !m_left) {
            m_words.push_back(std::move(m_word));
        }
        m_word.clear();
        m_open = false;
    }

    void endCommand() {
        endWord();
        if (!m_words.empty()) {
            m_commands.push_back(std::move(m_words));
        }
        m_words.clear();
        m_left = false;
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
        const bool opensInner = c == '`' || (c == '$' && m_text.substr(m_at).starts_with("$("));
        if (c == '\\' && m_quote != '\'' && m_at + 1 < m_text.size()) {
            escaped();
        } else if (opensInner && m_quote != '\'') {
            inner();
        } else if (m_quote != 0 ? c == m_quote : c == '\'' || c == '"') {
            m_quote = m_quote != 0 ? '\0' : c;
            m_open = true;
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
        } else if (std::string_view(" \t\r").contains(c)) {
            endWord();
            ++m_at;
        } else if (c == '<' || c == '>') {
            endWord();
            m_left = true;
            m_at += m_text.substr(m_at + 1).starts_with('&') ? 2 : 1;
        } else if (std::string_view("\n|;&").contains(c)) {
            endCommand();
            ++m_at;
        } else {
            add(m_text.substr(m_at++, 1));
        }
    }
};

/// Global options of docker(1) and podman(1) that have a value.
bool hasValue(std::string_view option) {
    constexpr auto kWith = std::to_array<std::string_view>(
        {"-H",
         "--host",
         "-c",
         "--context",
         "--config",
         "-l",
         "--log-level",
         "--tlscacert",
         "--tlscert",
         "--tlskey",
         "--root",
         "--runroot",
         "--cgroup-manager",
         "--runtime",
         "--runtime-flag",
         "--storage-driver",
         "--storage-opt",
         "--connection",
         "--url",
         "--identity",
         "--events-backend",
         "--conmon",
         "--tmpdir",
         "--hooks-dir",
         "--imagestore",
         "--module",
         "--network-cmd-path",
         "--network-config-dir",
         "--volumepath",
         "--ssh",
         "--cdi-spec-dir"});
    return std::ranges::find(kWith, option) != kWith.end();
}

/// Flags of one letter that say nothing may stay together.
constexpr std::string_view kQuiet = "ditq";

const RunOption* optionOf(char letter) {
    const std::string name = {'-', letter};
    const auto known = std::ranges::find(runOptions(), std::string_view(name), &RunOption::name);
    return known == runOptions().end() ? nullptr : &*known;
}

/// "-itv/:/x" is -it -v/:/x (pflag's parseShortArg); a letter that is no option stays with what follows it.
Words splitShort(const std::string& word) {
    const std::size_t quiet = std::min(word.find_first_not_of(kQuiet, 1), word.size());
    Words out;
    if (quiet == word.size() || word[quiet] == '=') {
        return {word};
    }
    if (quiet > 1) {
        out.push_back(word.substr(0, quiet));
    }
    for (std::size_t at = quiet; at < word.size(); ++at) {
        const RunOption* option = optionOf(word[at]);
        const bool ends = option == nullptr || !option->isFlag || word.substr(at + 1).starts_with('=');
        out.push_back("-" + (ends ? word.substr(at) : word.substr(at, 1)));
        if (ends) {
            break;
        }
    }
    return out;
}

bool takesNext(const std::string& word) {
    const auto known = std::ranges::find(runOptions(), std::string_view(word), &RunOption::name);
    return known != runOptions().end() && !known->isFlag;
}

void splitOptions(Words& words, std::size_t first) {
    for (std::size_t at = first; at < words.size() && words[at].starts_with('-') && words[at] != "--"; ++at) {
        if (!words[at].starts_with("--") && words[at].size() > 2) {
            const Words parts = splitShort(words[at]);
            const auto place = words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
            words.insert(place, parts.begin(), parts.end());
            at += parts.size() - 1;
        }
        at += takesNext(words[at]) ? 1 : 0;
    }
}

} // namespace

std::optional<bool> goTruth(std::string_view text) {
    constexpr auto kTrue = std::to_array<std::string_view>({"1", "t", "T", "true", "TRUE", "True"});
    constexpr auto kFalse = std::to_array<std::string_view>({"0", "f", "F", "false", "FALSE", "False"});
    const bool yes = std::ranges::find(kTrue, text) != kTrue.end();
    const bool no = std::ranges::find(kFalse, text) != kFalse.end();
    return yes || no ? std::optional(yes) : std::nullopt;
}

base::Result<std::vector<Words>> shellCommands(std::string_view text, const std::string& name) {
    Shell shell(text);
    shell.read();
    if (!shell.unclosed().empty()) {
        return base::fail(
            base::ErrorKind::malformed, name + ": " + std::string(shell.unclosed()) + " is not closed");
    }
    return std::move(shell.commands());
}

std::optional<RunPlace> findRun(const Words& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string program = words[i].substr(words[i].rfind('/') + 1);
        if (program != "docker" && program != "podman") {
            continue;
        }
        std::size_t at = i + 1;
        while (at < words.size() && (words[at].starts_with('-') || words[at] == "container")) {
            at += hasValue(words[at]) ? 2 : 1;
        }
        if (at < words.size() && (words[at] == "run" || words[at] == "create")) {
            return RunPlace{program, at + 1};
        }
    }
    return std::nullopt;
}

base::Result<std::vector<Words>> runCommands(std::string_view text, const std::string& name) {
    auto commands = shellCommands(text, name);
    if (!commands) {
        return commands;
    }
    std::vector<Words> out;
    for (Words& words : *commands) {
        if (const auto place = findRun(words)) {
            splitOptions(words, place->options);
            out.push_back(std::move(words));
        }
    }
    if (out.empty()) {
        return base::fail(base::ErrorKind::malformed, name + ": expected docker run or podman run");
    }
    return out;
}

bool looksLikeRunLine(std::string_view text) {
    constexpr std::size_t kBeginning = 4096;
    Shell shell(text.substr(0, kBeginning)); // what it cuts may stay unclosed
    shell.read();
    const auto isBefore = [](const std::string& word) {
        return word == "$" || word == "%" || word == "sudo" || (word.contains('=') && !word.contains(':'));
    };
    const std::vector<Words>& commands = shell.commands();
    if (commands.empty()) {
        return false;
    }
    const auto first = std::ranges::find_if_not(commands.front(), isBefore);
    const std::string program = first == commands.front().end() ? "" : first->substr(first->rfind('/') + 1);
    return (program == "docker" || program == "podman") &&
           std::ranges::any_of(commands, [](const Words& words) { return findRun(words).has_value(); });
}

} // namespace bulkhead::claims
