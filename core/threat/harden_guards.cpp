#include "core/threat/hardening_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace bulkhead::threat {

using model::CapabilitySet;
using model::Snapshot;

namespace {

/// The calls that the filter leaves to whoever holds capabilities beyond an ordinary container's.
std::vector<std::string> callsLeftTo(const CapabilitySet& held, const Ordinary& ordinary) {
    std::vector<std::string> out;
    if (ordinary.filter == nullptr || ordinary.container == nullptr) {
        return out;
    }
    const CapabilitySet usual = ordinary.container->capabilities.bounding.valueOr(CapabilitySet());
    for (const seccomp::ProfileRule& rule : ordinary.filter->rules) {
        const CapabilitySet& needed = rule.includes.capabilities;
        if (!needed.empty() && needed.isSubsetOf(held) && !needed.isSubsetOf(usual)) {
            out.insert(out.end(), rule.calls.begin(), rule.calls.end());
        }
    }
    return out;
}

/// What an ordinary container may open, and the nodes that this one is given: engines add a rule for each.
std::optional<model::DeviceRules> usualRules(const Snapshot& snapshot, const Ordinary& ordinary) {
    if (ordinary.container == nullptr || !ordinary.container->cgroup.devicePolicy.effective.known()) {
        return std::nullopt;
    }
    model::DeviceRules rules = ordinary.container->cgroup.devicePolicy.effective.value();
    if (!nodesBringRules(ordinary)) {
        return rules;
    }
    for (const model::Device& device : listIn(snapshot.devices)) {
        const char type = device.type == "block" ? 'b' : 'c';
        std::erase_if(rules.denied, [&](const model::DeviceRule& rule) {
            return rule.type == type && rule.major == device.major && rule.minor == device.minor;
        });
        rules.allowed.push_back({type, device.major, device.minor, true, true, true});
    }
    return rules;
}

} // namespace

Objects whenDevicePolicyIsOpen(const Snapshot& snapshot, const Ordinary& ordinary) {
    const auto* own = snapshot.cgroup.devicePolicy.effective.get();
    const auto usual = usualRules(snapshot, ordinary);
    return own != nullptr && usual && !own->permitsNoMoreThan(*usual) ? Objects{""} : Objects{};
}

void setDevicePolicy(Snapshot& snapshot, const std::string& /*object*/, const Ordinary& ordinary) {
    if (auto usual = usualRules(snapshot, ordinary);
        usual && snapshot.cgroup.devicePolicy.effective.known()) {
        assume(snapshot.cgroup.devicePolicy.effective, std::move(*usual));
    }
}

Objects whenNotConfinedByAppArmor(const Snapshot& snapshot, const Ordinary& ordinary) {
    const auto* usual = ordinary.container == nullptr ? nullptr : ordinary.container->lsm.apparmor.get();
    const auto* own = snapshot.lsm.apparmor.get();
    return usual != nullptr && usual->enforcing && own != nullptr && !own->enforcing ? Objects{""}
                                                                                     : Objects{};
}

void enforceAppArmor(Snapshot& snapshot, const std::string& /*object*/, const Ordinary& ordinary) {
    assume(snapshot.lsm.apparmor, model::LsmLabel(ordinary.container->lsm.apparmor.value()));
}

Objects whenNotFiltered(const Snapshot& snapshot, const Ordinary& ordinary) {
    const auto* mode = snapshot.seccomp.mode.get();
    const bool unfiltered = mode != nullptr && *mode == model::SeccompMode::disabled;
    const bool known = ordinary.container != nullptr && ordinary.container->seccomp.verdicts.known();
    return unfiltered && known ? Objects{""} : Objects{};
}

void setDefaultFilter(Snapshot& snapshot, const std::string& /*object*/, const Ordinary& ordinary) {
    snapshot.seccomp = ordinary.container->seccomp;
    const CapabilitySet held = snapshot.capabilities.bounding.valueOr(CapabilitySet(~0ULL));
    const std::vector<std::string> left = callsLeftTo(held, ordinary);
    adjust(snapshot.seccomp.verdicts, [&](std::map<std::string, model::ArchVerdicts>& verdicts) {
        for (auto& [arch, calls] : verdicts) {
            for (const std::string& call : left) {
                calls.calls[call] = model::SeccompVerdict{};
            }
        }
    });
}

Objects missingLimits(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    Objects out;
    for (const char* resource : {"pids", "memory", "cpu"}) {
        const auto found = snapshot.cgroup.limits.find(resource);
        const bool stated = found != snapshot.cgroup.limits.end() && !found->second.unstated();
        const bool unlimited = stated && found->second.known() && !found->second.value().value;
        if (unlimited || (!stated && snapshot.vantage == model::Vantage::declared)) {
            out.emplace_back(resource);
        }
    }
    return out;
}

void setLimit(Snapshot& snapshot, const std::string& object, const Ordinary& /*ordinary*/) {
    const std::string_view text = claims::defaultLimit(object);
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    assume(snapshot.cgroup.limits[object], model::Limit{value, "the change"});
}

} // namespace bulkhead::threat
