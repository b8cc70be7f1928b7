#include "core/claims/boundary.h"
#include "core/model/device_grid.h"

#include <algorithm>
#include <array>

namespace bulkhead::claims {

using model::DeviceRule;
using model::DeviceRules;

std::vector<DeviceRule> devicesOfRuntime(const model::Runtime& runtime) {
    std::vector<DeviceRule> rules;
    for (const std::string_view line :
         {"b *:* m", "c *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm",
          "c 5:2 rwm", "c 136:* rwm"}) {
        rules.push_back(*model::parseDeviceRule(line));
    }
    constexpr std::array<std::string_view, 4> kWithoutTun = {"1.2.0", "1.2.1", "1.2.2", "1.2.3"};
    const std::string release = runtime.version.substr(0, 5);
    if (runtime.name != "runc" || std::ranges::find(kWithoutTun, release) == kWithoutTun.end()) {
        rules.push_back(*model::parseDeviceRule("c 10:200 rwm"));
    }
    if (runtime.name == "crun") {
        rules.push_back(*model::parseDeviceRule("c 5:1 rwm"));
    }
    return rules;
}

bool isStandardNode(const std::string& path) {
    constexpr std::array<std::string_view, 8> kStandard = {"/dev/console", "/dev/full",   "/dev/null",
                                                           "/dev/ptmx",    "/dev/random", "/dev/tty",
                                                           "/dev/urandom", "/dev/zero"};
    return std::ranges::find(kStandard, path) != kStandard.end() || path.starts_with("/dev/pts/");
}

std::optional<DeviceRules>
followRules(const std::vector<AskedDeviceRule>& rules, const std::vector<DeviceRule>& added) {
    std::vector<AskedDeviceRule> all = rules;
    for (const DeviceRule& rule : added) {
        all.push_back({true, rule});
    }
    std::vector<model::DeviceGrid> grids;
    std::vector<DeviceRules> lists;
    lists.reserve(all.size());
    std::vector<const DeviceRules*> pointers;
    for (const AskedDeviceRule& entry : all) {
        lists.push_back({{entry.rule}});
    }
    for (const DeviceRules& list : lists) {
        pointers.push_back(&list);
        grids.emplace_back(list);
    }
    return model::rulesFor(model::cellsOf(pointers), [&](const model::DeviceCell& cell) {
        unsigned access = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const unsigned named = grids[i].accessAt(cell);
            access = all[i].allow ? access | named : access & ~named;
        }
        return access;
    });
}

} // namespace bulkhead::claims
