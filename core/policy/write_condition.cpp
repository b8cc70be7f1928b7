#include "core/policy/expect.h"
#include "core/policy/export.h"

#include <algorithm>
#include <optional>

namespace bulkhead::policy {

namespace {

using catalog::Condition;
using catalog::ConditionKind;
using model::Stage;

/// A scalar within flow style: plain where no character of it could mean anything.
std::string scalar(const std::string& text) {
    const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '.' || c == '/' || c == '(' || c == ')' || c == '-';
    });
    return plain && text.front() != '-' ? text : yamlQuoted(text);
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
           (parts.size() == 1 || (parts[1].derived && parts[1].fact == "from"));
}

/// Alternatives that are places with what is mounted there; of other alternatives nothing.
std::optional<std::string> places(const Condition& condition) {
    if (condition.parts.empty() || !std::ranges::all_of(condition.parts, isPlace)) {
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
        out += (out.empty() ? "" : ", ") + scalar(part.parts.front().values.front()) + ": " +
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

/// Breaks a line of flow style behind commas; the rest is indented deeper.
std::string broken(std::string line, std::size_t indent) {
    constexpr std::size_t kColumns = 110;
    std::string out;
    while (line.size() > kColumns) {
        // between entries rather than within one, where there is such a place
        const auto brace = line.rfind("}, ", kColumns);
        const auto comma =
            brace != std::string::npos && brace > indent ? brace + 1 : line.rfind(", ", kColumns);
        if (comma == std::string::npos || comma <= indent) {
            break;
        }
        out += line.substr(0, comma + 1) + "\n";
        line = std::string(indent, ' ') + line.substr(comma + 2);
    }
    return out + line + "\n";
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
