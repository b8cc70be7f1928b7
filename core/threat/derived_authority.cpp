#include "core/claims/engine_ids.h"
#include "core/threat/authority_facts.h"
#include "core/threat/derived_facts.h"

#include <algorithm>
#include <array>

namespace bulkhead::threat {

using model::Capability;
using model::Snapshot;
using model::Truth;

namespace {

base::Result<Evaluator> wrongArguments(std::string_view expected) {
    return base::fail(base::ErrorKind::malformed, "other arguments are expected: " + std::string(expected));
}

std::string capabilityPath(std::string_view set, Capability capability) {
    return std::string(set) + "." + model::capabilityName(capability);
}

/// What is missing where one execve would raise privileges: the program, or what it lets its caller do.
model::Unreadable whyOneExecveMay(const model::Fact<std::vector<std::string>>& inImage) {
    const std::string way = "an execve of a set-user-ID program would bring it; ";
    if (!inImage.known()) {
        return {way + "whether the image has one is not known", "--image NAME=PATH of the image"};
    }
    const auto raises = [](const std::string& finding) {
        return finding.starts_with("setuid, owner 0") || finding.starts_with("file capabilities");
    };
    return std::ranges::any_of(inImage.value(), raises)
               ? model::
                     Unreadable{way + "the image has such programs, and what they let others do is not known", ""}
               : model::Unreadable{way + "the image has none, but what is mounted may", ""};
}

/// Not effective: the way to it is an execve, if anything.
Truth obtainable(const Snapshot& snapshot, Capability capability, Explanation* why) {
    const auto& sets = snapshot.capabilities;
    const bool ours = snapshot.identity.userNamespaceIsHost.valueOr(true);
    const bool later = ours && sets.obtainable.known() && sets.obtainable.value().has(capability) &&
                       sets.effective.known() && !sets.effective.value().has(capability);
    if (!later || snapshot.rootfs.nosuid.valueOr(false)) {
        return Truth::no;
    }
    if (why != nullptr) {
        why->miss(
            capabilityPath("capabilities.obtainable", capability), whyOneExecveMay(snapshot.image.findings));
    }
    return Truth::unknown;
}

/// Where nobody says which sets count over the host: effective, in the host's own user namespace.
Truth effectiveOnHost(const Snapshot& snapshot, Capability capability, Explanation* why) {
    const auto& effective = snapshot.capabilities.effective;
    const auto& ours = snapshot.identity.userNamespaceIsHost;
    const Truth held = truthOf(effective, [&](const auto& set) { return set.has(capability); });
    const Truth counts = truthOf(ours, [](bool value) { return value; });
    const Truth both = model::both(held, counts);
    if (why == nullptr) {
        return both;
    }
    if (both == held || both == Truth::unknown) {
        account(
            why, snapshot, capabilityPath("capabilities.effective", capability), effective,
            held == Truth::yes ? "true" : "false", held);
    }
    if (both == counts || both == Truth::unknown) {
        account(
            why, snapshot, "identity.userNamespaceIsHost", ours, counts == Truth::yes ? "true" : "false",
            counts);
    }
    return both;
}

/// No task can come to hold it: what an execve gives is cut by the bounding set, but for the inheritable set
/// (capabilities(7), "Transformation of capabilities during execve").
bool beyondReach(const model::Capabilities& sets, Capability capability) {
    const auto lacks = [capability](const model::Fact<model::CapabilitySet>& set) {
        return set.known() && !set.value().has(capability);
    };
    const bool held = sets.effective.known() && sets.effective.value().has(capability);
    return !held && lacks(sets.bounding) && lacks(sets.inheritable);
}

} // namespace

Truth capabilityOverHost(const Snapshot& snapshot, Capability capability, Explanation* why) {
    const auto over = snapshot.capabilities.over.find(model::NamespaceType::user);
    const bool stated = over != snapshot.capabilities.over.end() && !over->second.unstated();
    if (!stated) {
        return effectiveOnHost(snapshot, capability, why);
    }
    const auto& set = over->second;
    const Truth held = truthOf(set, [&](const auto& value) { return value.has(capability); });
    if (held == Truth::unknown && beyondReach(snapshot.capabilities, capability)) {
        account(
            why, snapshot, capabilityPath("capabilities.bounding", capability),
            snapshot.capabilities.bounding, "false", Truth::no);
        return Truth::no;
    }
    if (held == Truth::no) {
        if (obtainable(snapshot, capability, why) == Truth::unknown) {
            return Truth::unknown;
        }
        if (why == nullptr) {
            return Truth::no;
        }
        const bool elsewhere = snapshot.capabilities.effective.valueOr({}).has(capability);
        account(
            why, snapshot,
            elsewhere ? capabilityPath("capabilities.over.user", capability)
                      : capabilityPath("capabilities.effective", capability),
            set, elsewhere ? "false: held in a child user namespace only" : "false", Truth::no);
        return Truth::no;
    }
    if (why != nullptr) {
        account(why, snapshot, capabilityPath("capabilities.over.user", capability), set, "true", held);
    }
    return held;
}

std::optional<std::uint32_t> hostUid(const Snapshot& snapshot) {
    const model::Identity& identity = snapshot.identity;
    if (!identity.uid.known()) {
        return std::nullopt;
    }
    const std::uint32_t uid = identity.uid.value().effective;
    if (identity.userNamespaceIsHost.valueOr(false)) {
        return uid;
    }
    constexpr std::uint32_t kNobody = 65534; // an unmapped id has no rights over anything
    return identity.uidMap.known() ? std::optional(identity.uidMap.value().toHost(uid).value_or(kNobody))
                                   : std::nullopt;
}

namespace {

/// Another id of the host's own numbering becomes 0 by an execve of root's set-user-ID program, unless that
/// is ruled out for the process or for all of its file systems (execve(2)).
bool mayBecomeRoot(const Snapshot& snapshot) {
    const model::Identity& identity = snapshot.identity;
    return identity.userNamespaceIsHost.valueOr(false) && !identity.noNewPrivileges.valueOr(false) &&
           !snapshot.rootfs.nosuid.valueOr(false);
}

} // namespace

Truth rootOnHost(const Snapshot& snapshot, Explanation* why) {
    const model::Identity& identity = snapshot.identity;
    const auto uid = hostUid(snapshot);
    if (!uid && claims::areOfEngine(identity.uidMap)) {
        account(
            why, snapshot, "identity.userNamespaceIsHost", identity.userNamespaceIsHost,
            "false: an engine that chooses the ids maps nobody to the host's root", Truth::no);
        return Truth::no;
    }
    const bool other = identity.uid.known() && identity.uid.value().effective != 0;
    if (other && mayBecomeRoot(snapshot)) {
        if (why != nullptr) {
            why->miss("identity.uid.effective", whyOneExecveMay(snapshot.image.findings));
        }
        return Truth::unknown;
    }
    // Whoever is not uid 0 in its own numbering is not the host's root by any map that engines write.
    const Truth truth = uid ? (*uid == 0 ? Truth::yes : Truth::no) : other ? Truth::no : Truth::unknown;
    if (why == nullptr) {
        return truth;
    }
    if (!identity.uid.known()) {
        account(why, snapshot, "identity.uid", identity.uid, "", truth);
        return truth;
    }
    const std::string effective = std::to_string(identity.uid.value().effective);
    if (uid || other) {
        account(
            why, snapshot, "identity.uid.effective", identity.uid,
            uid ? effective + ", on the host " + std::to_string(*uid) : effective, truth);
    } else {
        account(why, snapshot, "identity.uidMap", identity.uidMap, "", truth);
    }
    if (other && truth == Truth::no && identity.userNamespaceIsHost.valueOr(false)) {
        account(why, snapshot, "identity.noNewPrivileges", identity.noNewPrivileges, "true", truth);
    }
    return truth;
}

base::Result<Evaluator> compileCapability(const DerivedRequest& request) {
    const auto capability = request.arguments.size() == 1 ? model::capabilityNamed(request.arguments.front())
                                                          : std::optional<Capability>();
    if (!capability) {
        return wrongArguments("one name of capabilities(7), CAP_SYS_ADMIN");
    }
    return [capability](const Scope& scope, Explanation* why) {
        return capabilityOverHost(*scope.snapshot, *capability, why);
    };
}

base::Result<Evaluator> compileRootOnHost(const DerivedRequest& request) {
    if (!request.arguments.empty()) {
        return wrongArguments("none");
    }
    return [](const Scope& scope, Explanation* why) { return rootOnHost(*scope.snapshot, why); };
}

namespace {

Truth heldByStructure(const Snapshot& snapshot, Explanation* why) {
    constexpr std::array kWide = {"CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO"};
    const auto& mode = snapshot.seccomp.mode;
    const auto& devices = snapshot.cgroup.devicePolicy.effective;
    std::array<Truth, 5> parts{};
    const auto decide = [&](Truth wanted, bool explain) {
        Explanation* to = explain ? why : nullptr;
        for (std::size_t i = 0; i < kWide.size(); ++i) {
            const auto capability = *model::capabilityNamed(kWide[i]);
            Explanation* one = !explain || parts[i] == wanted ? to : nullptr;
            parts[i] = capabilityOverHost(snapshot, capability, one);
        }
        parts[3] =
            truthOf(mode, [](model::SeccompMode value) { return value == model::SeccompMode::disabled; });
        parts[4] = truthOf(devices, [](const model::DeviceRules& rules) { return rules.allowsAll(); });
        if (explain && parts[3] == wanted) {
            account(
                why, snapshot, "seccomp.mode", mode,
                mode.known() ? std::string(model::nameOf(mode.value())) : "", parts[3]);
        }
        if (explain && parts[4] == wanted) {
            account(
                why, snapshot, "cgroup.devicePolicy.effective", devices,
                parts[4] == Truth::yes ? "every device" : "some devices", parts[4]);
        }
    };
    decide(Truth::yes, false);
    const Truth all = *std::ranges::min_element(parts);
    if (why != nullptr) {
        decide(all, true);
    }
    return all;
}

} // namespace

base::Result<Evaluator> compilePrivileged(const DerivedRequest& request) {
    if (!request.arguments.empty()) {
        return wrongArguments("none");
    }
    return [](const Scope& scope, Explanation* why) {
        const Snapshot& snapshot = *scope.snapshot;
        const auto& asked = snapshot.config.privileged;
        if (!asked.known()) {
            return heldByStructure(snapshot, why);
        }
        const Truth host = truthOf(snapshot.identity.userNamespaceIsHost, [](bool value) { return value; });
        const Truth truth = model::both(asked.value() ? Truth::yes : Truth::no, host);
        account(
            why, snapshot, "config.privileged", asked, asked.value() ? "true" : "false",
            asked.value() ? Truth::yes : Truth::no);
        if (asked.value()) {
            account(
                why, snapshot, "identity.userNamespaceIsHost", snapshot.identity.userNamespaceIsHost,
                host == Truth::yes ? "true" : "false", host);
        }
        return truth;
    };
}

base::Result<Evaluator> compileUserNamespaces(const DerivedRequest& request) {
    if (!request.arguments.empty()) {
        return wrongArguments("none");
    }
    return [](const Scope& scope, Explanation* why) {
        const Snapshot& snapshot = *scope.snapshot;
        const auto& policy = snapshot.host.userns;
        const Truth some = truthOf(policy.max, [](std::int64_t most) { return most > 0; });
        const Truth open = truthOf(policy.unprivileged, [](bool value) { return value; });
        const Truth truth = model::both(some, open);
        if (some == truth) {
            account(
                why, snapshot, "host.userns.max", policy.max,
                policy.max.known() ? std::to_string(policy.max.value()) : "", some);
        }
        if (open == truth) {
            account(
                why, snapshot, "host.userns.unprivileged", policy.unprivileged,
                open == Truth::yes ? "true" : "false", open);
        }
        return truth;
    };
}

namespace {

bool isOneOf(std::string_view label, std::initializer_list<std::string_view> starts) {
    return std::ranges::any_of(starts, [&](std::string_view start) { return label.starts_with(start); });
}

/// An enforced AppArmor profile.
bool confines(const model::LsmLabel& apparmor) {
    return apparmor.enforcing && !apparmor.label.empty() && apparmor.label != "unconfined";
}

/// The type of a SELinux context: user:role:type:level.
std::string_view typeOf(std::string_view context) {
    for (int i = 0; i < 2; ++i) {
        const auto colon = context.find(':');
        context.remove_prefix(colon == std::string_view::npos ? context.size() : colon + 1);
    }
    return context.substr(0, context.find(':'));
}

/// An enforced SELinux type that confines: not those for what may do everything.
bool confinesType(const model::LsmLabel& selinux) {
    const auto type = typeOf(selinux.label);
    return selinux.enforcing && !type.empty() && !isOneOf(type, {"spc_t", "unconfined_t", "kernel_t"});
}

std::string labelText(const model::LsmLabel& label) {
    return label.label.empty()  ? "none"
           : label.mode.empty() ? label.label
                                : label.label + " (" + label.mode + ")";
}

void accountFor(const Snapshot& snapshot, Truth apparmor, Truth selinux, Truth all, Explanation* why) {
    const auto text = [](const auto& fact) { return fact.known() ? labelText(fact.value()) : ""; };
    if (apparmor == all) {
        account(why, snapshot, "lsm.apparmor", snapshot.lsm.apparmor, text(snapshot.lsm.apparmor), apparmor);
    }
    if (selinux == all) {
        account(why, snapshot, "lsm.selinux", snapshot.lsm.selinux, text(snapshot.lsm.selinux), selinux);
    }
}

/// What engines' own profiles deny: mounting, writing kernel files, tracing what has another profile.
Truth appArmorDenies(const model::LsmLabel& label) {
    if (!confines(label)) {
        return Truth::no;
    }
    const bool shipped = isOneOf(
        label.label, {"docker-default", "containers-default", "cri-containerd.apparmor.d", "crio-default"});
    return shipped ? Truth::yes : Truth::unknown;
}

Truth selinuxDenies(const model::LsmLabel& label) {
    if (!confinesType(label)) {
        return Truth::no;
    }
    return typeOf(label.label) == "container_t" ? Truth::yes : Truth::unknown;
}

} // namespace

base::Result<Evaluator> compileConfined(const DerivedRequest& request) {
    if (!request.arguments.empty()) {
        return wrongArguments("none");
    }
    return [](const Scope& scope, Explanation* why) {
        const model::Lsm& lsm = scope.snapshot->lsm;
        const Truth apparmor = truthOf(lsm.apparmor, confines);
        const Truth selinux = truthOf(lsm.selinux, confinesType);
        const Truth truth = model::either(apparmor, selinux);
        accountFor(*scope.snapshot, apparmor, selinux, truth, why);
        return truth;
    };
}

base::Result<Evaluator> compileLsmDenies(const DerivedRequest& request) {
    constexpr std::array<std::string_view, 3> kOperations = {"mount", "ptrace", "kernel-files"};
    if (request.arguments.size() != 1 ||
        std::ranges::find(kOperations, request.arguments.front()) == kOperations.end()) {
        return wrongArguments("one of mount, ptrace, kernel-files");
    }
    return [](const Scope& scope, Explanation* why) {
        const model::Lsm& lsm = scope.snapshot->lsm;
        const Truth apparmor = lsm.apparmor.known() ? appArmorDenies(lsm.apparmor.value()) : Truth::unknown;
        const Truth selinux = lsm.selinux.known() ? selinuxDenies(lsm.selinux.value()) : Truth::unknown;
        const Truth truth = model::either(apparmor, selinux);
        if (truth == Truth::unknown && why != nullptr && (lsm.apparmor.known() || lsm.selinux.known())) {
            why->miss("lsm", {"the rules of the enforced profile are not collected", "the profile"});
            return truth;
        }
        accountFor(*scope.snapshot, apparmor, selinux, truth, why);
        return truth;
    };
}

} // namespace bulkhead::threat
