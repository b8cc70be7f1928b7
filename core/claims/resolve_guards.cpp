#include "core/claims/known_devices.h"
#include "core/claims/resolution.h"

#include <algorithm>
#include <optional>

namespace bulkhead::claims {

using model::Evidence;
using model::EvidenceKind;
using model::Fact;
using model::Unreadable;

namespace {

model::DeviceRule ruleFor(const AskedDevice& device, const std::string& access) {
    return {device.type,          device.major,         device.minor,
            access.contains('r'), access.contains('w'), access.contains('m')};
}

} // namespace

void resolveFilter(const Resolution& in, Boundary& out) {
    const Fact<std::string>& asked = in.claim.seccomp;
    const bool named = asked.known() && asked.value() != "default";
    AskedFilter filter{"unconfined", false, false, {}, {}};
    if (in.privileged && (!named || in.engine.privilegedIgnoresProfiles)) {
        out.filter = {filter, in.byPrivileged()};
        return;
    }
    if (asked.unreadable()) {
        out.filter = asked.gap();
        return;
    }
    if (named && asked.value() == "unconfined") {
        out.filter = {filter, asked.evidence()};
        return;
    }
    if (named) {
        filter = {"a profile of the user's", true, false, {}, {}};
        if (auto profile = seccomp::parseProfile(asked.value(), "the profile");
            profile && asked.value().starts_with('{')) {
            filter.profile = std::move(*profile);
        } else {
            filter.notKnown =
                Unreadable{"the profile " + asked.value().substr(0, 80) + " is not part of the document", ""};
        }
        out.filter = {std::move(filter), asked.evidence()};
        return;
    }
    std::string name(in.engine.filter);
    if (asked.known() && name.empty()) {
        name = in.choice.name == "crio" ? "podman-default" : "containerd-default"; // RuntimeDefault
    }
    if (name.empty()) {
        out.filter = {filter, in.byDefault("no seccomp filter unless it is asked for")};
        return;
    }
    filter = {name, true, true, {}, {}};
    const auto known = in.ground.profiles.find(name);
    const bool older = in.choice.name == "docker" && in.choice.major() < 29;
    if (known == in.ground.profiles.end() || older) {
        filter.notKnown = Unreadable{
            "the profile of " + in.choice.name + (older ? " " + in.choice.version : "") +
                " is not known here",
            ""};
    } else {
        filter.profile = known->second;
    }
    out.filter = {std::move(filter), asked.known() ? asked.evidence() : in.byDefault("seccomp profile")};
}

void resolveLabels(const Resolution& in, Boundary& out) {
    if (in.ground.selinux) {
        out.selinux = Unreadable{"the policy of the machine chooses the SELinux label", ""};
    } else {
        out.selinux = {{}, {EvidenceKind::inferred, "the machine it is resolved for has no SELinux", "", 0}};
    }
    const Evidence machine{EvidenceKind::inferred, "the machine it is resolved for has no AppArmor", "", 0};
    if (!in.ground.apparmor) {
        out.apparmor = {{}, machine};
        return;
    }
    const bool asked = in.claim.apparmor.known() && in.claim.apparmor.value() != "default";
    std::string name = asked ? in.claim.apparmor.value() : std::string(in.engine.apparmor);
    const Evidence from =
        in.claim.apparmor.known() ? in.claim.apparmor.evidence() : in.byDefault("AppArmor profile");
    if (in.privileged && !asked) {
        name = "unconfined";
    }
    const bool free = name.empty() || name == "unconfined";
    out.apparmor = {{free ? "unconfined" : name, free ? "unconfined" : "enforce", !free}, from};
}

/// As the machine has it, and else by its name.
std::optional<AskedDevice> deviceOf(const Resolution& in, const std::string& path) {
    const auto found = std::ranges::find(in.ground.devices, path, &AskedDevice::path);
    return found != in.ground.devices.end() ? std::optional(*found) : deviceNamed(path);
}

void resolveDevices(const Resolution& in, Boundary& out) {
    std::vector<AskedDeviceRule> rules = {{in.privileged, model::DeviceRules::everything().allowed.front()}};
    if (!in.privileged && in.choice.name == "docker") { // the others leave it to the runtime
        for (const char* node :
             {"c 1:5 rwm", "c 1:3 rwm", "c 1:9 rwm", "c 1:8 rwm", "c 5:0 rwm", "c 5:1 rwm"}) {
            rules.push_back({true, *model::parseDeviceRule(node)});
        }
        rules.push_back({false, *model::parseDeviceRule("c 10:229 rwm")});
    }
    std::vector<AskedDevice> nodes = in.privileged ? in.ground.devices : std::vector<AskedDevice>();
    Evidence from = in.privileged ? in.byPrivileged() : in.byDefault("devices");
    for (const DeviceAsk& ask : in.claim.devices) {
        from = ask.from;
        const std::optional<AskedDevice> known = deviceOf(in, ask.onHost);
        if (!known) {
            const Unreadable why{"which device " + ask.onHost + " is, the machine of the container says", ""};
            out.devices = why;
            out.deviceRules = why;
            if (in.privileged) { // every node may be opened, whichever it is
                out.deviceRules = {std::move(rules), in.byPrivileged()};
            }
            return;
        }
        AskedDevice node = *known;
        node.path = ask.inside;
        rules.push_back({true, ruleFor(node, ask.access)});
        nodes.push_back(std::move(node));
    }
    for (const auto& [text, where] : in.claim.deviceRules) {
        from = where;
        const auto rule = model::parseDeviceRule(text);
        if (!rule) {
            out.deviceRules = Unreadable{"the device rule " + text + " is not understood", ""};
            out.devices = {std::move(nodes), from};
            return;
        }
        rules.push_back({true, *rule});
    }
    out.devices = {std::move(nodes), from};
    out.deviceRules = {std::move(rules), from};
}

} // namespace bulkhead::claims
