#include "core/policy/expect.h"
#include "core/policy/export.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

namespace bulkhead::policy {

namespace {

using catalog::Condition;
using catalog::ConditionKind;
using model::Stage;

/// Plain, these would be no text (YAML 1.2, 10.2.1.1).
bool isNull(const std::string& text) {
    return text == "null" || text == "Null" || text == "NULL";
}

/// A scalar within flow style: plain where no character of it could mean anything.
std::string scalar(const std::string& text) {
    const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '.' || c == '/' || c == '(' || c == ')' || c == '-';
    });
    return plain && text.front() != '-' && !isNull(text) ? text : yamlQuoted(text);
}

/// A scalar as the key of a map in flow style. One that nothing announces has at most 1024 characters (YAML
/// 1.2, 7.4.2).
std::string key(const std::string& text) {
    constexpr std::size_t kImplicit = 1000;
    const std::string written = scalar(text);
    return written.size() > kImplicit ? "? " + written + " " : written;
}

std::string listed(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items) {
        out += (out.size() == 1 ? "" : ", ") + item;
    }
    return out + "]";
}

std::string partsOf(const Condition& condition) {
    std::vector<std::string> parts;
    parts.reserve(condition.parts.size());
    for (const Condition& part : condition.parts) {
        parts.push_back(writeCondition(part));
    }
    return listed(parts);
}

/// The place and the origins of what `mountedAt` makes.
bool isPlace(const Condition& condition) {
    const auto& parts = condition.parts;
    return condition.kind == ConditionKind::all && !parts.empty() && parts.size() <= 2 &&
           parts.front().fact == "mount.target" && parts.front().test == catalog::FactTest::is &&
           parts.front().values.front().starts_with('/') &&
           (parts.size() == 1 || (parts[1].derived && parts[1].fact == "from"));
}

/// A map has each of its keys once.
bool eachOnce(const std::vector<Condition>& places) {
    std::set<std::string_view> seen;
    return std::ranges::all_of(places, [&seen](const Condition& place) {
        return seen.insert(place.parts.front().values.front()).second;
    });
}

/// Alternatives that are places with what is mounted there; of other alternatives nothing.
std::optional<std::string> places(const Condition& condition) {
    const auto& parts = condition.parts;
    if (parts.empty() || !std::ranges::all_of(parts, isPlace) || !eachOnce(parts)) {
        return std::nullopt;
    }
    std::string out;
    for (const Condition& part : condition.parts) {
        std::vector<std::string> origins;
        const bool any = part.parts.size() == 1;
        for (std::size_t i = 0; !any && i < part.parts[1].arguments.size(); ++i) {
            origins.push_back(scalar(part.parts[1].arguments[i]));
        }
        if (any) {
            origins.emplace_back("any");
        }
        out += (out.empty() ? "" : ", ") + key(part.parts.front().values.front()) + ": " +
               (origins.size() == 1 ? origins.front() : listed(origins));
    }
    return "{mounted: {" + out + "}}";
}

std::string matcher(const Condition& condition) {
    if (condition.derived) {
        std::string text = condition.fact + "(";
        for (std::size_t i = 0; i < condition.arguments.size(); ++i) {
            text += (i == 0 ? "" : ", ") + condition.arguments[i];
        }
        return scalar(text + ")");
    }
    if (condition.test == catalog::FactTest::holds) {
        return scalar(condition.fact);
    }
    std::vector<std::string> values;
    values.reserve(condition.values.size());
    for (const std::string& value : condition.values) {
        values.push_back(scalar(value));
    }
    return "{fact: " + scalar(condition.fact) + ", " + std::string(model::nameOf(condition.test)) + ": " +
           (values.size() == 1 ? values.front() : listed(values)) + "}";
}

/// The commas of a line in flow style that part its entries: those within quotes belong to a text. Plain
/// texts as `scalar` lets them be have no quotes.
std::vector<std::size_t> partingCommas(std::string_view line) {
    std::vector<std::size_t> out;
    char quote = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quote == '"' && c == '\\') {
            ++at; // of an escape
        } else if (quote != 0) {
            quote = c == quote ? '\0' : quote; // a doubled one ends a text and begins the next
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == ',') {
            out.push_back(at);
        }
    }
    return out;
}

/// Breaks a line of flow style behind commas; the rest is indented deeper.
std::string broken(std::string_view line, std::size_t indent) {
    constexpr std::size_t kColumns = 110;
    const std::vector<std::size_t> commas = partingCommas(line);
    std::string out;
    std::size_t from = 0; // of what is not written yet
    auto next = commas.begin();
    while (line.size() - from + (from == 0 ? 0 : indent) > kColumns && next != commas.end()) {
        const std::size_t room = from + kColumns - (from == 0 ? 0 : indent);
        auto best = next;
        bool betweenEntries = false; // rather than within one, where there is such a place
        for (auto comma = next; comma != commas.end() && *comma < room; ++comma) {
            const bool between = line[*comma - 1] == '}';
            best = between || !betweenEntries ? comma : best;
            betweenEntries = betweenEntries || between;
        }
        out += std::string(from == 0 ? 0 : indent, ' ');
        out += line.substr(from, *best + 1 - from);
        out += '\n';
        from = *best + 2; // and the blank
        next = best + 1;
    }
    out += std::string(from == 0 ? 0 : indent, ' ');
    out += line.substr(from);
    return out + "\n";
}

std::string_view stageWord(Stage stage) {
    switch (stage) {
    case Stage::image:
        return "image";
    case Stage::runtimeConfig:
        return "runtime-config";
    case Stage::checkpoint:
        return "namespaces-caps";
    case Stage::hostKernel:
        return "host-kernel";
    case Stage::hostResource:
        return "host-resource";
    default:
        return "evidence";
    }
}

} // namespace

std::string writeCondition(const Condition& condition) {
    switch (condition.kind) {
    case ConditionKind::all:
        return partsOf(condition);
    case ConditionKind::any:
        return places(condition).value_or("{any: " + partsOf(condition) + "}");
    case ConditionKind::negation:
        return "{not: " + writeCondition(condition.parts.front()) + "}";
    case ConditionKind::one:
        return "{one: " + std::string(model::nameOf(condition.object)) + ", all: " + partsOf(condition) + "}";
    default:
        return matcher(condition);
    }
}

std::string writeRule(const catalog::PolicyRule& rule) {
    constexpr std::size_t kIndent = 6;
    std::string out = "  - id: " + scalar(rule.id) + "\n    title: " + yamlQuoted(rule.title) +
                      "\n    stage: " + std::string(stageWord(rule.stage)) + "\n";
    if (rule.vantage) {
        out += "    vantage: " + std::string(model::nameOf(*rule.vantage)) + "\n";
    }
    out += broken(
        "    " + std::string(rule.refuses ? "refuse" : "require") + ": " + writeCondition(rule.when),
        kIndent);
    out += "    message: " + yamlQuoted(rule.message) + "\n";
    if (!rule.help.empty()) {
        out += "    help: " + yamlQuoted(rule.help) + "\n";
    }
    return out;
}

} // namespace bulkhead::policy
