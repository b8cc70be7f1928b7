#include "core/model/device_grid.h"

#include <algorithm>
#include <array>

namespace bulkhead::model {

namespace {

unsigned accessOf(const DeviceRule& rule) {
    return (rule.mknod ? kDeviceMknod : 0) | (rule.read ? kDeviceRead : 0) | (rule.write ? kDeviceWrite : 0);
}

DeviceRule ruleOf(const DeviceCell& cell, unsigned access) {
    return {
        cell.block ? 'b' : 'c',
        cell.major,
        cell.minor,
        (access & kDeviceRead) != 0,
        (access & kDeviceWrite) != 0,
        (access & kDeviceMknod) != 0};
}

void addRules(const std::vector<DeviceRule>& rules, std::map<DeviceCell, unsigned>& cells) {
    for (const DeviceRule& rule : rules) {
        for (const bool block : {true, false}) {
            if (rule.type == 'a' || (rule.type == 'b') == block) {
                cells[{block, rule.major, rule.minor}] |= accessOf(rule);
            }
        }
    }
}

/// A node matches a rule that names its number, and one that names every number.
unsigned sumOver(const std::map<DeviceCell, unsigned>& cells, const DeviceCell& at) {
    const std::set<DeviceCell> wider = {
        at,
        {at.block, std::nullopt, at.minor},
        {at.block, at.major, std::nullopt},
        {at.block, std::nullopt, std::nullopt}};
    unsigned access = 0;
    for (const DeviceCell& cell : wider) {
        const auto found = cells.find(cell);
        access |= found == cells.end() ? 0 : found->second;
    }
    return access;
}

/// Wide cells before the narrow ones that they hold.
std::vector<DeviceCell> widestFirst(const std::set<DeviceCell>& cells) {
    std::vector<DeviceCell> order(cells.begin(), cells.end());
    const auto named = [](const DeviceCell& cell) {
        return (cell.major.has_value() ? 1 : 0) + (cell.minor.has_value() ? 1 : 0);
    };
    std::ranges::stable_sort(order, {}, named);
    std::ranges::stable_sort(order, std::greater(), &DeviceCell::block);
    return order;
}

bool isOf(char type, const DeviceRule& rule) {
    return rule.type == type;
}

/// Block and character rules alike are said once, of all devices.
void sayOnce(std::vector<DeviceRule>& rules) {
    std::vector<DeviceRule> block;
    std::vector<DeviceRule> character;
    for (DeviceRule rule : rules) {
        auto& half = isOf('b', rule) ? block : character;
        rule.type = 'a';
        half.push_back(rule);
    }
    if (block == character) {
        rules = std::move(block);
    }
}

} // namespace

DeviceGrid::DeviceGrid(const DeviceRules& rules) {
    addRules(rules.allowed, m_allowed);
    addRules(rules.denied, m_denied);
}

unsigned DeviceGrid::accessAt(const DeviceCell& cell) const {
    return sumOver(m_allowed, cell) & ~sumOver(m_denied, cell);
}

std::set<DeviceCell> cellsOf(
    const std::set<std::uint32_t>& majors, const std::set<std::uint32_t>& everyMinors,
    const std::set<std::pair<std::uint32_t, std::uint32_t>>& pairs) {
    std::set<DeviceCell> cells;
    for (const bool block : {true, false}) {
        cells.insert({block, std::nullopt, std::nullopt});
        for (const std::uint32_t minor : everyMinors) {
            cells.insert({block, std::nullopt, minor});
        }
        for (const std::uint32_t major : majors) {
            cells.insert({block, major, std::nullopt});
            for (const std::uint32_t minor : everyMinors) {
                cells.insert({block, major, minor});
            }
        }
        for (const auto& [major, minor] : pairs) {
            cells.insert({block, major, std::nullopt});
            cells.insert({block, major, minor});
        }
    }
    return cells;
}

std::set<DeviceCell> cellsOf(const std::vector<const DeviceRules*>& rules) {
    std::set<std::uint32_t> majors;
    std::set<std::uint32_t> everyMinors;
    std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (const DeviceRules* one : rules) {
        for (const auto* list : {&one->allowed, &one->denied}) {
            for (const DeviceRule& rule : *list) {
                if (rule.major) {
                    majors.insert(*rule.major);
                }
                if (rule.minor && !rule.major) {
                    everyMinors.insert(*rule.minor);
                }
                if (rule.minor && rule.major) {
                    pairs.emplace(*rule.major, *rule.minor);
                }
            }
        }
    }
    return cellsOf(majors, everyMinors, pairs);
}

std::optional<DeviceRules>
rulesFor(const std::set<DeviceCell>& cells, const std::function<unsigned(const DeviceCell&)>& accessAt) {
    std::map<DeviceCell, unsigned> allowed;
    std::map<DeviceCell, unsigned> denied;
    DeviceRules rules;
    for (const DeviceCell& cell : widestFirst(cells)) {
        const unsigned wanted = accessAt(cell);
        const unsigned refused = sumOver(denied, cell);
        if ((wanted & refused) != 0) {
            return std::nullopt; // a wider exception refuses what this cell permits
        }
        const unsigned have = sumOver(allowed, cell) & ~refused;
        if (const unsigned more = wanted & ~have; more != 0) {
            allowed[cell] |= more;
            rules.allowed.push_back(ruleOf(cell, more));
        }
        if (const unsigned less = have & ~wanted; less != 0) {
            denied[cell] |= less;
            rules.denied.push_back(ruleOf(cell, less));
        }
    }
    sayOnce(rules.allowed);
    sayOnce(rules.denied);
    return rules;
}

std::optional<DeviceRules> bothOf(const DeviceRules& left, const DeviceRules& right) {
    if (left.allowsAll()) {
        return right;
    }
    if (right.allowsAll()) {
        return left;
    }
    const DeviceGrid one(left);
    const DeviceGrid other(right);
    return rulesFor(cellsOf({&left, &right}), [&](const DeviceCell& cell) {
        return one.accessAt(cell) & other.accessAt(cell);
    });
}

} // namespace bulkhead::model
