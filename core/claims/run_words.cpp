#include "core/claims/run_line.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace bulkhead::claims {

namespace {

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
void addShort(std::string&& word, Words& out) {
    const std::size_t quiet = std::min(word.find_first_not_of(kQuiet, 1), word.size());
    if (quiet == word.size() || word[quiet] == '=') {
        out.push_back(std::move(word));
        return;
    }
    if (quiet > 1) {
        out.push_back(word.substr(0, quiet));
    }
    for (std::size_t at = quiet; at < word.size(); ++at) {
        const RunOption* option = optionOf(word[at]);
        const bool ends =
            option == nullptr || !option->isFlag || (at + 1 < word.size() && word[at + 1] == '=');
        out.push_back("-" + (ends ? word.substr(at) : word.substr(at, 1)));
        if (ends) {
            break;
        }
    }
}

bool takesNext(const std::string& word) {
    const auto known = std::ranges::find(runOptions(), std::string_view(word), &RunOption::name);
    return known != runOptions().end() && !known->isFlag;
}

/// What names of variables are made of (POSIX XBD 3.216).
constexpr std::string_view kOfNames = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

/// "-u bob" of sudo(8): the options with a value.
bool sudoTakesNext(std::string_view option) {
    return option.size() == 2 && std::string_view("CDghprRtTuU").contains(option[1]);
}

/// What may stand before a command: a prompt, assignments, and programs that run what follows.
std::size_t placeOfProgram(const Words& words) {
    constexpr auto kBefore =
        std::to_array<std::string_view>({"$", "%", "sudo", "env", "exec", "time", "nohup"});
    std::size_t at = 0;
    for (; at < words.size(); ++at) {
        const std::size_t name = words[at].find_first_not_of(kOfNames);
        const bool assignment = name != 0 && name != std::string::npos && words[at][name] == '=';
        const bool option = at > 0 && words[at].starts_with('-');
        if (!assignment && !option && std::ranges::find(kBefore, words[at]) == kBefore.end()) {
            break;
        }
        at += option && sudoTakesNext(words[at]) ? 1 : 0;
    }
    return at;
}

} // namespace

bool isOfShell(std::string_view word) {
    const bool brace = word.starts_with("${") && word.find('}') == word.size() - 1;
    const bool inner =
        (word.starts_with("$(") && word.ends_with(')')) || (word.starts_with('`') && word.ends_with('`'));
    const bool parameters = word == "$@" || word == "$*";
    const bool name = word.starts_with('$') && word.size() > 1 &&
                      word.find_first_not_of(kOfNames, 1) == std::string_view::npos;
    return parameters || brace || inner || name;
}

void splitOptions(Words& words, std::size_t first) {
    Words out(
        std::make_move_iterator(words.begin()),
        std::make_move_iterator(words.begin() + static_cast<std::ptrdiff_t>(first)));
    std::size_t at = first;
    for (; at < words.size() && words[at].starts_with('-') && words[at] != "--"; ++at) {
        if (!words[at].starts_with("--") && words[at].size() > 2) {
            addShort(std::move(words[at]), out);
        } else {
            out.push_back(std::move(words[at]));
        }
        if (takesNext(out.back()) && at + 1 < words.size()) {
            out.push_back(std::move(words[++at]));
        }
    }
    for (; at < words.size(); ++at) {
        out.push_back(std::move(words[at]));
    }
    words = std::move(out);
}

std::optional<bool> goTruth(std::string_view text) {
    constexpr auto kTrue = std::to_array<std::string_view>({"1", "t", "T", "true", "TRUE", "True"});
    constexpr auto kFalse = std::to_array<std::string_view>({"0", "f", "F", "false", "FALSE", "False"});
    const bool yes = std::ranges::find(kTrue, text) != kTrue.end();
    const bool no = std::ranges::find(kFalse, text) != kFalse.end();
    return yes || no ? std::optional(yes) : std::nullopt;
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
            return RunPlace{program, i + 1, at + 1};
        }
    }
    return std::nullopt;
}

base::Result<std::vector<Words>> runCommands(std::string_view text, const std::string& name) {
    constexpr std::size_t kMostWords = 20000;
    ShellText shell = readShell(text);
    if (!shell.unclosed.empty()) {
        return base::fail(
            base::ErrorKind::malformed, name + ": " + std::string(shell.unclosed) + " is not closed");
    }
    std::vector<Words> out;
    for (Words& words : shell.commands) {
        const auto place = findRun(words);
        if (!place) {
            continue;
        }
        splitOptions(words, place->options);
        if (words.size() > kMostWords) {
            return base::fail(
                base::ErrorKind::malformed,
                name + ": a command of more than " + std::to_string(kMostWords) + " words");
        }
        out.push_back(std::move(words));
    }
    if (out.empty()) {
        return base::fail(base::ErrorKind::malformed, name + ": expected docker run or podman run");
    }
    return out;
}

bool looksLikeRunLine(std::string_view text) {
    constexpr std::size_t kBeginning = 4096;
    const ShellText shell = readShell(text.substr(0, kBeginning)); // what it cuts may stay unclosed
    if (shell.commands.empty()) {
        return false;
    }
    // YAML begins with a key or a mark of its own, JSON with a bracket
    const std::string& first = shell.commands.front().front();
    if (first.ends_with(':') || first.find_first_of("{[-\"?") == 0 || first.starts_with("%YAML")) {
        return false;
    }
    return std::ranges::any_of(shell.commands, [](const Words& words) {
        const auto place = findRun(words);
        return place && place->client == placeOfProgram(words) + 1;
    });
}

} // namespace bulkhead::claims
