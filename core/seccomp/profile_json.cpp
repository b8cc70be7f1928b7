#include "core/seccomp/profile.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace bulkhead::seccomp {

using base::ErrorKind;
using model::SeccompAction;
using Json = nlohmann::json;

namespace {

constexpr std::uint32_t kMaxErrno = 4095; // seccomp(2): SECCOMP_RET_DATA of an errno is capped there
constexpr std::uint32_t kMaxData = 65535;

constexpr std::array kActions = {
    std::pair{"SCMP_ACT_KILL", SeccompAction::killThread},
    std::pair{"SCMP_ACT_KILL_THREAD", SeccompAction::killThread},
    std::pair{"SCMP_ACT_KILL_PROCESS", SeccompAction::killProcess},
    std::pair{"SCMP_ACT_TRAP", SeccompAction::trap},
    std::pair{"SCMP_ACT_ERRNO", SeccompAction::errorNumber},
    std::pair{"SCMP_ACT_NOTIFY", SeccompAction::userNotif},
    std::pair{"SCMP_ACT_TRACE", SeccompAction::trace},
    std::pair{"SCMP_ACT_LOG", SeccompAction::log},
    std::pair{"SCMP_ACT_ALLOW", SeccompAction::allow},
};

constexpr std::array kOperators = {
    std::pair{"SCMP_CMP_NE", ProfileOperator::notEqual},
    std::pair{"SCMP_CMP_LT", ProfileOperator::less},
    std::pair{"SCMP_CMP_LE", ProfileOperator::lessOrEqual},
    std::pair{"SCMP_CMP_EQ", ProfileOperator::equal},
    std::pair{"SCMP_CMP_GE", ProfileOperator::greaterOrEqual},
    std::pair{"SCMP_CMP_GT", ProfileOperator::greater},
    std::pair{"SCMP_CMP_MASKED_EQ", ProfileOperator::maskedEqual},
};

/// A value of the document and how it is named in messages; the first problem ends the reading.
struct Field {
    const Json& value;
    std::string name;

    [[nodiscard]] Field operator[](const std::string& key) const {
        static const Json absent;
        const auto found = value.is_object() ? value.find(key) : value.end();
        const bool there = value.is_object() && found != value.end();
        return {there ? *found : absent, name.empty() ? key : name + "." + key};
    }
    [[nodiscard]] Field at(std::size_t index) const {
        return {value[index], name + "[" + std::to_string(index) + "]"};
    }
    [[nodiscard]] bool absent() const { return value.is_null(); }
};

/// What parsing throws inside this file alone.
struct Refused {
    std::string message;
};

[[noreturn]] void refuse(const Field& field, const std::string& text) {
    throw Refused{field.name + ": " + text};
}

std::string textOf(const Field& field) {
    if (!field.value.is_string()) {
        refuse(field, "expected a text");
    }
    return field.value.get<std::string>();
}

std::uint64_t numberOf(const Field& field, std::uint64_t most) {
    if (field.absent()) {
        return 0;
    }
    if (!field.value.is_number_unsigned() || field.value.get<std::uint64_t>() > most) {
        refuse(field, "expected a number from 0 to " + std::to_string(most));
    }
    return field.value.get<std::uint64_t>();
}

std::size_t countOf(const Field& field) {
    if (!field.absent() && !field.value.is_array()) {
        refuse(field, "expected a list");
    }
    return field.value.size();
}

std::vector<std::string> textsOf(const Field& field) {
    std::vector<std::string> texts;
    texts.reserve(countOf(field));
    for (std::size_t i = 0; i < countOf(field); ++i) {
        texts.push_back(textOf(field.at(i)));
    }
    return texts;
}

template <class Table>
auto namedIn(const Table& table, const Field& field) {
    const std::string text = textOf(field);
    for (const auto& [name, value] : table) {
        if (text == name) {
            return value;
        }
    }
    refuse(field, "no such name: " + text);
}

std::optional<std::uint32_t> errnoNamed(const std::string& name) {
    constexpr int kLast = 133; // EHWPOISON
    for (int number = 1; number <= kLast; ++number) {
        if (base::errnoName(number) == name) {
            return static_cast<std::uint32_t>(number);
        }
    }
    return std::nullopt;
}

/// "errnoRet": 38, or Podman's "errno": "ENOSYS" beside or instead of it.
ProfileAction actionOf(const Field& action, const Field& number, const Field& name) {
    ProfileAction out{namedIn(kActions, action), std::nullopt};
    if (!number.absent()) {
        const bool isErrno = out.action == SeccompAction::errorNumber;
        out.data = static_cast<std::uint32_t>(numberOf(number, isErrno ? kMaxErrno : kMaxData));
    }
    if (!name.absent() && !textOf(name).empty()) {
        const auto named = errnoNamed(textOf(name));
        if (!named || (out.data && *out.data != *named)) {
            refuse(name, named ? "another error than " + number.name : "no such error: " + textOf(name));
        }
        out.data = named;
    }
    return out;
}

ProfileArgument argumentOf(const Field& field) {
    constexpr std::uint64_t kAny = ~0ULL;
    return {
        static_cast<std::uint32_t>(numberOf(field["index"], 5)), namedIn(kOperators, field["op"]),
        numberOf(field["value"], kAny), numberOf(field["valueTwo"], kAny)};
}

ProfileConditions conditionsOf(const Field& field) {
    ProfileConditions out;
    const Field capabilities = field["caps"];
    for (std::size_t i = 0; i < countOf(capabilities); ++i) {
        const auto capability = model::capabilityNamed(textOf(capabilities.at(i)));
        if (!capability) {
            refuse(capabilities.at(i), "no capability is named " + textOf(capabilities.at(i)));
        }
        out.capabilities.add(*capability);
    }
    out.architectures = textsOf(field["arches"]);
    const Field kernel = field["minKernel"];
    if (!kernel.absent() && !textOf(kernel).empty()) {
        out.kernel = parseKernelVersion(textOf(kernel));
        if (!out.kernel) {
            refuse(kernel, "expected a release such as \"4.8\"");
        }
    }
    return out;
}

ProfileRule ruleOf(const Field& field) {
    ProfileRule rule;
    rule.calls = textsOf(field["names"]);
    const Field name = field["name"];
    if (!name.absent() && !textOf(name).empty()) {
        if (!rule.calls.empty()) {
            refuse(name, "both name and names are given");
        }
        rule.calls.push_back(textOf(name));
    }
    if (rule.calls.empty()) {
        refuse(field, "expected names of system calls");
    }
    rule.action = actionOf(field["action"], field["errnoRet"], field["errno"]);
    for (std::size_t i = 0; i < countOf(field["args"]); ++i) {
        rule.arguments.push_back(argumentOf(field["args"].at(i)));
    }
    rule.includes = conditionsOf(field["includes"]);
    rule.excludes = conditionsOf(field["excludes"]);
    return rule;
}

Profile profileOf(const Field& field) {
    Profile profile;
    profile.otherwise = actionOf(field["defaultAction"], field["defaultErrnoRet"], field["defaultErrno"]);
    profile.architectures = textsOf(field["architectures"]);
    profile.flags = textsOf(field["flags"]);
    const Field map = field["archMap"];
    if (countOf(map) > 0 && !profile.architectures.empty()) {
        refuse(map, "given beside architectures; engines take one of the two");
    }
    for (std::size_t i = 0; i < countOf(map); ++i) {
        const Field entry = map.at(i);
        profile.byNative.push_back({textOf(entry["architecture"]), textsOf(entry["subArchitectures"])});
    }
    const Field rules = field["syscalls"];
    for (std::size_t i = 0; i < countOf(rules); ++i) {
        profile.rules.push_back(ruleOf(rules.at(i)));
    }
    return profile;
}

template <class Table, class Value>
std::string nameIn(const Table& table, Value value) {
    const auto* found = std::ranges::find(table, value, &Table::value_type::second);
    return found->first;
}

Json jsonOf(const ProfileRule& rule) {
    Json out = {{"names", rule.calls}, {"action", nameIn(kActions, rule.action.action)}};
    if (rule.action.data) {
        out["errnoRet"] = *rule.action.data;
    }
    for (const ProfileArgument& argument : rule.arguments) {
        out["args"].push_back(
            {{"index", argument.index},
             {"value", argument.value},
             {"valueTwo", argument.valueTwo},
             {"op", nameIn(kOperators, argument.op)}});
    }
    return out;
}

} // namespace

std::string writeProfile(const Profile& resolved) {
    Json out = {{"defaultAction", nameIn(kActions, resolved.otherwise.action)}};
    if (resolved.otherwise.data) {
        out["defaultErrnoRet"] = *resolved.otherwise.data;
    }
    if (!resolved.architectures.empty()) {
        out["architectures"] = resolved.architectures;
    }
    if (!resolved.flags.empty()) {
        out["flags"] = resolved.flags;
    }
    for (const ProfileRule& rule : resolved.rules) {
        out["syscalls"].push_back(jsonOf(rule));
    }
    return out.dump();
}

bool looksLikeProfile(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '{' &&
           (text.contains("\"defaultAction\"") || text.contains("\"ociVersion\""));
}

base::Result<Profile> parseProfile(std::string_view json, const std::string& fileName) {
    try {
        const Json document = Json::parse(json);
        Field field{document, ""};
        if (field["defaultAction"].absent()) {
            const Field seccomp = field["linux"]["seccomp"];
            if (!field["linux"].absent() && seccomp.absent()) {
                return base::fail(
                    ErrorKind::unsupported,
                    fileName + ": linux.seccomp: absent, the container has no filter");
            }
            return profileOf(seccomp);
        }
        return profileOf(field);
    } catch (const Refused& refused) {
        return base::fail(ErrorKind::malformed, fileName + ": " + refused.message);
    } catch (const Json::exception& error) {
        return base::fail(ErrorKind::malformed, fileName + ": " + error.what());
    }
}

} // namespace bulkhead::seccomp
