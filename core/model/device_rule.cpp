#include "core/model/device_rule.h"

#include <algorithm>
#include <charconv>

namespace bulkhead::model {

namespace {

bool numberCovered(const std::optional<std::uint32_t>& mine, const std::optional<std::uint32_t>& theirs) {
    return !theirs || (mine && *mine == *theirs);
}

bool nodesCovered(const DeviceRule& mine, const DeviceRule& theirs) {
    const bool type = theirs.type == 'a' || theirs.type == mine.type;
    return type && numberCovered(mine.major, theirs.major) && numberCovered(mine.minor, theirs.minor);
}

/// "*" or a decimal number, whole text.
bool parseNumber(std::string_view text, std::optional<std::uint32_t>& out) {
    if (text == "*") {
        out.reset();
        return true;
    }
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    out = number;
    return error == std::errc{} && end == text.data() + text.size();
}

/// One access of one rule: read, write or mknod of its nodes.
std::vector<DeviceRule> singleAccesses(const DeviceRule& rule) {
    std::vector<DeviceRule> out;
    for (const auto access : {&DeviceRule::read, &DeviceRule::write, &DeviceRule::mknod}) {
        if (rule.*access) {
            DeviceRule single{rule.type, rule.major, rule.minor, false, false, false};
            single.*access = true;
            out.push_back(single);
        }
    }
    return out;
}

bool permits(const DeviceRules& rules, const DeviceRule& single) {
    const auto coveredAlone = [&](const DeviceRule& wanted) {
        return std::ranges::any_of(
            rules.allowed, [&](const DeviceRule& rule) { return wanted.coveredBy(rule); });
    };
    if (single.type != 'a') {
        return coveredAlone(single);
    }
    DeviceRule block = single;
    block.type = 'b';
    DeviceRule character = single;
    character.type = 'c';
    return coveredAlone(single) || (coveredAlone(block) && coveredAlone(character));
}

} // namespace

bool DeviceRule::coveredBy(const DeviceRule& other) const {
    const bool access = (!read || other.read) && (!write || other.write) && (!mknod || other.mknod);
    return access && nodesCovered(*this, other);
}

std::string DeviceRule::toText() const {
    const auto number = [](const std::optional<std::uint32_t>& n) { return n ? std::to_string(*n) : "*"; };
    std::string access;
    access += read ? "r" : "";
    access += write ? "w" : "";
    access += mknod ? "m" : "";
    return std::string(1, type) + " " + number(major) + ":" + number(minor) + " " + access;
}

std::optional<DeviceRule> parseDeviceRule(std::string_view text) {
    const auto colon = text.find(':');
    const auto space = text.find(' ', 2);
    if (text.size() < 7 || text[1] != ' ' || colon == std::string_view::npos ||
        space == std::string_view::npos || colon > space ||
        std::string_view("abc").find(text[0]) == std::string_view::npos) {
        return std::nullopt;
    }
    DeviceRule rule;
    rule.type = text[0];
    const std::string_view access = text.substr(space + 1);
    if (!parseNumber(text.substr(2, colon - 2), rule.major) ||
        !parseNumber(text.substr(colon + 1, space - colon - 1), rule.minor) || access.empty() ||
        access.find_first_not_of("rwm") != std::string_view::npos) {
        return std::nullopt;
    }
    rule.read = access.contains('r');
    rule.write = access.contains('w');
    rule.mknod = access.contains('m');
    return rule;
}

bool DeviceRules::allowsAll() const {
    return everything().permitsNoMoreThan(*this);
}

bool DeviceRules::permitsNoMoreThan(const DeviceRules& other) const {
    return std::ranges::all_of(allowed, [&](const DeviceRule& rule) {
        return std::ranges::all_of(
            singleAccesses(rule), [&](const DeviceRule& single) { return permits(other, single); });
    });
}

DeviceRules DeviceRules::everything() {
    return {{DeviceRule{'a', std::nullopt, std::nullopt, true, true, true}}};
}

} // namespace bulkhead::model
