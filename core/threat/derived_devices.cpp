#include "core/threat/authority_facts.h"
#include "core/threat/derived_facts.h"

#include <algorithm>

namespace bulkhead::threat {

using model::Device;
using model::DeviceRule;
using model::DeviceRules;
using model::Snapshot;
using model::Truth;

namespace {

/// Two rules have a device and an access in common.
bool meet(const DeviceRule& a, const DeviceRule& b) {
    const bool types = a.type == 'a' || b.type == 'a' || a.type == b.type;
    const bool majors = !a.major || !b.major || a.major == b.major;
    const bool minors = !a.minor || !b.minor || a.minor == b.minor;
    return types && majors && minors && ((a.read && b.read) || (a.write && b.write) || (a.mknod && b.mknod));
}

/// Each access of the rule is permitted by some entry and refused by none.
bool permits(const DeviceRules& rules, const DeviceRule& wanted) {
    const auto permitted = [&](bool DeviceRule::* access) {
        if (!(wanted.*access)) {
            return true;
        }
        DeviceRule one = wanted;
        one.read = one.write = one.mknod = false;
        one.*access = true;
        return std::ranges::any_of(rules.allowed, [&](const auto& rule) { return one.coveredBy(rule); }) &&
               std::ranges::none_of(rules.denied, [&](const auto& rule) { return meet(one, rule); });
    };
    return permitted(&DeviceRule::read) && permitted(&DeviceRule::write) && permitted(&DeviceRule::mknod);
}

DeviceRule ruleFor(const Device& device, bool read, bool write) {
    DeviceRule rule;
    rule.type = device.type == "block" ? 'b' : 'c';
    rule.major = device.major;
    rule.minor = device.minor;
    rule.read = read;
    rule.write = write;
    return rule;
}

/// Whether owner and mode of the node let the process in (capabilities(7), CAP_DAC_OVERRIDE).
Truth permissionsLet(const Scope& scope, unsigned wanted, Explanation* why) {
    const Device& device = *scope.device;
    const Snapshot& snapshot = *scope.snapshot;
    const auto override = *model::capabilityNamed("CAP_DAC_OVERRIDE");
    const auto bitsOf = [&](unsigned shift) { return (device.mode >> shift & wanted) == wanted; };
    const auto say = [&](bool open, std::string_view whose) {
        if (why != nullptr) {
            why->use(
                objectPath(scope) + ".mode", std::string(whose), open ? Truth::yes : Truth::no,
                &snapshot.devices.evidence());
        }
        return open ? Truth::yes : Truth::no;
    };
    if (bitsOf(0) && bitsOf(3) && bitsOf(6)) {
        return say(true, "open to everybody");
    }
    if (capabilityOverHost(snapshot, override, nullptr) == Truth::yes) {
        return capabilityOverHost(snapshot, override, why);
    }
    const auto uid = hostUid(snapshot);
    if (!uid) {
        return model::both(rootOnHost(snapshot, why), Truth::unknown);
    }
    if (*uid == device.uid) {
        return say(bitsOf(6), "as its owner");
    }
    const auto& groups = snapshot.identity.groupsOnHost;
    if (!groups.known() && bitsOf(3) != bitsOf(0)) {
        account(why, snapshot, "identity.groupsOnHost", groups, "", Truth::unknown);
        return Truth::unknown;
    }
    const bool member =
        groups.known() && std::ranges::find(groups.value(), device.gid) != groups.value().end();
    return say(bitsOf(member ? 3 : 0), member ? "by its group" : "not open to this id");
}

Truth policyLets(const Scope& scope, const DeviceRule& rule, Explanation* why) {
    const auto& policy = scope.snapshot->cgroup.devicePolicy.effective;
    const Truth truth = truthOf(policy, [&](const DeviceRules& rules) { return permits(rules, rule); });
    if (why != nullptr) {
        account(
            why, *scope.snapshot, "cgroup.devicePolicy.effective", policy,
            rule.toText() + (truth == Truth::yes ? " permitted" : " refused"), truth);
    }
    return truth;
}

Truth opens(bool read, bool write, const Scope& scope, Explanation* why) {
    const DeviceRule rule = ruleFor(*scope.device, read, write);
    const unsigned wanted = (read ? 4U : 0U) | (write ? 2U : 0U);
    const Truth policy = policyLets(scope, rule, nullptr);
    if (policy == Truth::no) {
        return policyLets(scope, rule, why);
    }
    const Truth owner = permissionsLet(scope, wanted, nullptr);
    const model::Mount* mount = mountAbove(*scope.snapshot, scope.device->path);
    const bool useless =
        mount != nullptr && std::ranges::find(mount->options, "nodev") != mount->options.end();
    const Truth truth = useless ? Truth::no : model::both(policy, owner);
    if (useless && why != nullptr) {
        why->use(
            "mounts[\"" + mount->target + "\"].options", "nodev", Truth::no,
            &scope.snapshot->mounts.evidence());
    }
    if (!useless && policy == truth) {
        (void)policyLets(scope, rule, why);
    }
    if (!useless && owner == truth) {
        (void)permissionsLet(scope, wanted, why);
    }
    return truth;
}

} // namespace

base::Result<Evaluator> compileDeviceOpens(const DerivedRequest& request) {
    const std::string how = request.arguments.size() == 1 ? request.arguments.front() : "";
    if (how != "r" && how != "w" && how != "rw") {
        return base::fail(base::ErrorKind::malformed, "one of r, w, rw is expected");
    }
    const bool read = how.contains('r');
    const bool write = how.contains('w');
    return [read, write](const Scope& scope, Explanation* why) { return opens(read, write, scope, why); };
}

base::Result<Evaluator> compileDevicePolicy(const DerivedRequest& request) {
    const auto rule = request.arguments.size() == 1 ? model::parseDeviceRule(request.arguments.front())
                                                    : std::optional<DeviceRule>();
    if (!rule) {
        return base::fail(base::ErrorKind::malformed, "one rule is expected, as in b *:* rw");
    }
    return [rule](const Scope& scope, Explanation* why) { return policyLets(scope, *rule, why); };
}

} // namespace bulkhead::threat
