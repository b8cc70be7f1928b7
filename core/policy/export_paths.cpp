#include "core/policy/export_paths.h"

#include <algorithm>
#include <cctype>

namespace bulkhead::policy {

namespace {

using catalog::Condition;
using catalog::ConditionKind;
using threat::HostPathPattern;

bool isShows(const Condition& condition) {
    return condition.kind == ConditionKind::matcher && condition.derived && condition.fact == "shows";
}

/// Whether what lies below the pattern may be a way back to the root, by /proc/PID/root, or /var/run, which
/// is /run: an expression takes it for what it looks like.
bool mayLeadElsewhere(const HostPathPattern& pattern) {
    const auto& names = pattern.names;
    const bool star = !names.empty() && names.front() == "*";
    const bool proc =
        !names.empty() && names.front() == "proc" &&
        (names.size() == 1
             ? pattern.below
             : names[1] == "*" || std::isdigit(static_cast<unsigned char>(names[1].front())) != 0 ||
                   names[1].ends_with("self"));
    const bool var = pattern.below && names.size() == 1 && names.front() == "var";
    return star || proc || var;
}

/// Why a pattern cannot be decided by yes and no where it stands.
std::string problemOf(const HostPathPattern& pattern, bool yesDenies) {
    if (yesDenies) {
        return "";
    }
    if (pattern.mayLack && pattern.names.size() > 1) {
        return "of a mount above " + pattern.text.substr(1) +
               " nobody knows whether it shows that, and here a yes allows";
    }
    return mayLeadElsewhere(pattern) ? "what " + pattern.text + " leads to is more than its text says" : "";
}

/// A name as RE2 takes it literally.
std::string literal(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ||
                           static_cast<unsigned char>(c) >= 0x80;
        out += plain                   ? std::string(1, c)
               : c == '^' || c == '\\' ? std::string("\\") + c
                                       : std::string("[") + c + "]";
    }
    return out;
}

std::string nameExpression(const std::string& name) {
    return name == "*" ? "[^/]+" : literal(name);
}

/// "/etc(/ssh(/.*)?)?" for /etc/ssh/: itself, from above and from below.
std::string patternExpression(const HostPathPattern& pattern, bool exact) {
    const auto& names = pattern.names;
    if (names.empty()) {
        return "/?";
    }
    std::string out = pattern.below && !exact ? "(/.*)?" : "";
    for (std::size_t i = names.size(); i-- > 0;) {
        const std::string one = "/" + nameExpression(names[i]) + out;
        out = i == 0 || exact ? one : "(" + one + ")?";
    }
    return names.front() == "run" ? "(/var)?" + out : out;
}

/// The sources of one pattern below `top`: itself, what is above it and, with a wildcard, below.
void addSources(const HostPathPattern& pattern, const std::string& top, std::vector<std::string>& out) {
    std::vector<std::string> chain;
    std::string path = top;
    for (const std::string& name : pattern.names) {
        path += "/" + name;
        chain.push_back(path);
    }
    if (chain.empty()) {
        chain.emplace_back("/");
    }
    std::ranges::reverse(chain);
    if (pattern.below) {
        chain.push_back(path + "/*");
    }
    for (std::string& source : chain) {
        if (std::ranges::find(out, source) == out.end()) {
            out.push_back(std::move(source));
        }
    }
}

} // namespace

Decidable countAsThere(const Condition& condition, bool yesDenies) {
    Condition out = condition;
    if (isShows(condition)) {
        for (std::string& argument : out.arguments) {
            const HostPathPattern pattern = threat::parseHostPathPattern(argument);
            if (const std::string problem = problemOf(pattern, yesDenies); !problem.empty()) {
                return {std::nullopt, problem};
            }
            argument = pattern.mayLack ? argument.substr(1) : argument;
        }
    }
    const auto isVolume = [](const std::string& origin) { return origin.starts_with("volume"); };
    if (yesDenies && condition.derived && condition.fact == "from" &&
        std::ranges::any_of(condition.arguments, isVolume)) {
        return {std::nullopt, "which paths of the host are an engine's volumes only the host says"};
    }
    const bool inside = condition.kind == ConditionKind::negation ? !yesDenies : yesDenies;
    for (Condition& part : out.parts) {
        Decidable decided = countAsThere(part, inside);
        if (!decided.condition) {
            return decided;
        }
        part = std::move(*decided.condition);
    }
    return {std::move(out), ""};
}

std::string hostPathExpression(const std::vector<std::string>& patterns, bool exact) {
    std::string out;
    for (const std::string& text : patterns) {
        out += (out.empty() ? "" : "|") + patternExpression(threat::parseHostPathPattern(text), exact);
    }
    return "^(/proc/([0-9]+|self|thread-self)/root)*(" + out + ")$";
}

std::optional<std::vector<std::string>>
mountSources(const std::vector<std::string>& patterns, std::string& why) {
    std::vector<std::string> out;
    for (const std::string& text : patterns) {
        const HostPathPattern pattern = threat::parseHostPathPattern(text);
        if (std::ranges::find(pattern.names, "*") != pattern.names.end()) {
            why = "a * of Falco is any number of names, and in " + text + " it is one";
            return std::nullopt;
        }
        if (text.find_first_of("*?[]\\\"' ,", text.starts_with('?') ? 1 : 0) != std::string::npos) {
            why = "Falco has no way to name the source " + text;
            return std::nullopt;
        }
        addSources(pattern, "", out);
        if (!pattern.names.empty() && pattern.names.front() == "run") {
            addSources(pattern, "/var", out);
        }
    }
    return out;
}

} // namespace bulkhead::policy
