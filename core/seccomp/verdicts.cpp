#include "core/seccomp/verdicts.h"

#include "core/seccomp/syscalls.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bulkhead::seccomp {

using model::ArgumentCondition;
using model::ArgumentOperator;
using model::SeccompAction;
using model::SeccompCase;
using model::SeccompVerdict;

namespace {

std::optional<std::uint32_t> digitsOf(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole ? std::optional(number) : std::nullopt;
}

std::optional<KeyedNumbers> numbersAfterHash(std::string_view key) {
    const std::size_t dots = key.find("..");
    const auto low = digitsOf(key.substr(1, dots == std::string_view::npos ? dots : dots - 1));
    const auto high = dots == std::string_view::npos ? low : digitsOf(key.substr(dots + 2));
    return low && high ? std::optional(KeyedNumbers{*low, *high}) : std::nullopt;
}

} // namespace

std::optional<KeyedNumbers> numbersOfKey(const Arch& arch, std::string_view key) {
    if (key.starts_with('#')) {
        return numbersAfterHash(key);
    }
    const auto number = numberOf(arch, key);
    return number ? std::optional(KeyedNumbers{*number, *number}) : std::nullopt;
}

const SeccompVerdict& verdictOf(const model::ArchVerdicts& verdicts, const Arch& arch, std::uint32_t number) {
    if (const auto found = verdicts.calls.find(std::string(nameOf(arch, number)));
        found != verdicts.calls.end()) {
        return found->second;
    }
    // Keys with a number sort before all names.
    for (auto key = verdicts.calls.lower_bound("#");
         key != verdicts.calls.end() && key->first.starts_with('#'); ++key) {
        const auto range = numbersAfterHash(key->first);
        if (range && number >= range->low && number <= range->high) {
            return key->second;
        }
    }
    return verdicts.others;
}

const SeccompVerdict&
verdictOf(const model::ArchVerdicts& verdicts, const Arch& arch, std::string_view call) {
    if (const auto found = verdicts.calls.find(std::string(call)); found != verdicts.calls.end()) {
        return found->second;
    }
    const auto number = numberOf(arch, call);
    return number ? verdictOf(verdicts, arch, *number) : verdicts.others;
}

namespace {

bool holdsFor(const ArgumentCondition& condition, const std::array<std::uint64_t, 6>& args) {
    const std::uint64_t word = args[condition.arg % args.size()] & condition.mask.value;
    const std::uint64_t value = condition.value.value;
    switch (condition.op) {
    case ArgumentOperator::equal:
        return word == value;
    case ArgumentOperator::notEqual:
        return word != value;
    case ArgumentOperator::less:
        return word < value;
    case ArgumentOperator::lessOrEqual:
        return word <= value;
    case ArgumentOperator::greater:
        return word > value;
    default:
        return word >= value;
    }
}

} // namespace

Answer answerTo(const SeccompVerdict& verdict, const std::array<std::uint64_t, 6>& args) {
    for (const SeccompCase& each : verdict.cases) {
        const auto applies = [&](const ArgumentCondition& condition) { return holdsFor(condition, args); };
        if (std::ranges::all_of(each.when, applies)) {
            return {each.action, each.data};
        }
    }
    return {verdict.action, verdict.data};
}

Answer predict(
    const Verdicts& verdicts, std::string_view arch, std::string_view call,
    const std::array<std::uint64_t, 6>& args) {
    const Arch* known = findArch(arch);
    const auto found = verdicts.find(std::string(arch));
    if (known == nullptr || found == verdicts.end()) {
        return {SeccompAction::undetermined, 0};
    }
    return answerTo(verdictOf(found->second, *known, call), args);
}

namespace {

std::string numberText(std::uint64_t value) {
    return value < 4096 ? fmt::format("{}", value) : fmt::format("{:#x}", value);
}

} // namespace

std::string toText(const ArgumentCondition& condition) {
    const std::string mask =
        condition.mask.value == ~0ULL ? "" : fmt::format(" & {:#x}", condition.mask.value);
    return fmt::format(
        "arg{}{} {} {}", condition.arg, mask, model::nameOf(condition.op), numberText(condition.value.value));
}

std::string toText(const std::vector<ArgumentCondition>& when) {
    if (when.empty()) {
        return "always";
    }
    std::vector<std::string> each;
    each.reserve(when.size());
    for (const ArgumentCondition& condition : when) {
        each.push_back(toText(condition));
    }
    return fmt::format("{}", fmt::join(each, " && "));
}

std::string toText(const SeccompVerdict& verdict) {
    if (verdict.action == SeccompAction::undetermined) {
        return verdict.doubt ? "undetermined: " + verdict.doubt->expression : "undetermined";
    }
    if (verdict.cases.empty()) {
        return toText(Answer{verdict.action, verdict.data});
    }
    std::map<Answer, std::vector<std::string>> whens;
    for (const SeccompCase& each : verdict.cases) {
        whens[{each.action, each.data}].push_back(toText(each.when));
    }
    // What takes the most words is left to "else".
    const auto words = [](const auto& each) {
        return fmt::formatted_size("{}", fmt::join(each.second, " || "));
    };
    const Answer rest = std::ranges::max_element(whens, {}, words)->first;
    std::string text;
    for (const auto& [answer, alternatives] : whens) {
        if (answer != rest) {
            text += fmt::format("{} if {}; ", toText(answer), fmt::join(alternatives, " || "));
        }
    }
    return text + "else " + toText(rest);
}

} // namespace bulkhead::seccomp
