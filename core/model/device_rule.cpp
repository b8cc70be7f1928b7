#include "core/model/device_rule.h"

#include "core/model/device_grid.h"

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

/// What rules for every number permit, as bits: read, write and mknod of block devices, then of character
/// devices.
unsigned permittedUnnamed(const DeviceRules& rules) {
    unsigned bits = 0;
    for (const DeviceRule& rule : rules.allowed) {
        const unsigned access = (rule.read ? 1U : 0U) | (rule.write ? 2U : 0U) | (rule.mknod ? 4U : 0U);
        bits |= !rule.major && rule.type != 'c' ? access : 0U;
        bits |= !rule.major && rule.type != 'b' ? access << 3U : 0U;
    }
    return bits;
}

/// What is permitted for certain of a device with numbers that no rule names.
unsigned permitsUnnamed(const DeviceRules& rules) {
    const bool whole =
        rules.denied.empty() && std::ranges::none_of(rules.allowed, [](const DeviceRule& rule) {
            return !rule.major && rule.minor.has_value();
        });
    return whole ? permittedUnnamed(rules) : 0U;
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
    if ((permitsUnnamed(*this) & ~permittedUnnamed(other)) != 0) {
        return false; // the usual case, and the dearest below
    }
    if (*this == other) {
        return true;
    }
    const DeviceGrid mine(*this);
    const DeviceGrid theirs(other);
    const auto cells = cellsOf({&*this, &other});
    return std::ranges::all_of(
        cells, [&](const DeviceCell& cell) { return (mine.accessAt(cell) & ~theirs.accessAt(cell)) == 0; });
}

bool DeviceRules::permitsAny() const {
    const DeviceGrid grid(*this);
    const auto cells = cellsOf({&*this});
    return std::ranges::any_of(cells, [&](const DeviceCell& cell) { return grid.accessAt(cell) != 0; });
}

DeviceRules DeviceRules::everything() {
    return {{DeviceRule{'a', std::nullopt, std::nullopt, true, true, true}}};
}

std::vector<std::string> DeviceRules::lines() const {
    std::vector<std::string> out;
    out.reserve(allowed.size() + denied.size());
    for (const DeviceRule& rule : allowed) {
        out.push_back(rule.toText());
    }
    for (const DeviceRule& rule : denied) {
        out.push_back("deny " + rule.toText());
    }
    return out;
}

} // namespace bulkhead::model
