#include "core/claims/resolution.h"

#include <algorithm>
#include <optional>

namespace bulkhead::claims {

using model::Evidence;
using model::EvidenceKind;
using model::Fact;
using model::Unreadable;

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

} // namespace bulkhead::claims
