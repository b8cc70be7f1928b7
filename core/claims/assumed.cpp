#include "core/claims/resolution.h"

#include <array>

namespace bulkhead::claims {

using model::EvidenceKind;
using model::Fact;
using model::NamespaceType;
using model::Unreadable;

namespace {

/// A default that holds only while a setting outside the document leaves it: the fact, of which engines, and
/// the setting.
struct Assumption {
    std::string_view path;
    std::string_view engine; ///< "cri": whatever the kubelet asks
    bool (*applies)(const Resolution& in);
    std::string_view setting;
    std::string_view needs;
};

const Fact<std::string>* usersAsked(const Claim& claim) {
    const auto asked = claim.namespaces.find(NamespaceType::user);
    return asked == claim.namespaces.end() || asked->second.unstated() ? nullptr : &asked->second;
}

bool usersUnsaid(const Resolution& in) {
    return usersAsked(in.claim) == nullptr;
}

/// "host" is the engine's own user namespace, which is the host's only where root runs the engine.
bool usersOfEngine(const Resolution& in) {
    const Fact<std::string>* asked = usersAsked(in.claim);
    return asked != nullptr && asked->known() && asked->value() == "host";
}

bool filterUnsaid(const Resolution& in) {
    return !in.privileged && in.claim.seccomp.unstated();
}

template <const char* Name>
bool limitUnsaid(const Resolution& in) {
    return !in.claim.limits.contains(Name);
}

constexpr std::string_view kUsers = "identity.userNamespaceIsHost";
constexpr char kPids[] = "pids";     // NOLINT(modernize-avoid-c-arrays): a template's argument
constexpr char kMemory[] = "memory"; // NOLINT(modernize-avoid-c-arrays)
constexpr char kCpu[] = "cpu";       // NOLINT(modernize-avoid-c-arrays)

/// moby dockerd userns-remap; podman-run(1) --userns, containers.conf(5) userns; Kubernetes: hostUsers,
/// mutating admission, LimitRange, KubeletConfiguration seccompDefault and podPidsLimit.
constexpr std::array kAssumptions = {
    Assumption{
        kUsers, "docker", usersUnsaid,
        "the daemon's userns-remap, or a daemon that an ordinary user runs, gives the container a user "
        "namespace of its own; the host's is assumed",
        "docker info, or --as docker,rootful (docker,userns-remap; docker,rootless)"},
    Assumption{
        kUsers, "docker", usersOfEngine,
        "host is the daemon's own user namespace, which is not the host's where an ordinary user runs it",
        "docker info, or --as docker,rootful (docker,rootless)"},
    Assumption{
        kUsers, "podman", usersUnsaid,
        "an ordinary user's podman, or userns in containers.conf, gives the container a user namespace of "
        "its own; the host's is assumed",
        "podman info, or --as podman,rootful (podman,rootless)"},
    Assumption{
        kUsers, "podman", usersOfEngine,
        "host is the user namespace that podman runs in, which is not the host's where an ordinary user "
        "runs it",
        "podman info, or --as podman,rootful (podman,rootless)"},
    Assumption{
        kUsers, "cri", usersUnsaid,
        "an admission webhook may set hostUsers: false; the host's user namespace is assumed",
        "hostUsers in the Pod"},
    Assumption{
        "seccomp.mode", "cri", filterUnsaid,
        "the kubelet's seccompDefault and admission webhooks decide for a container that names no profile; "
        "none is assumed",
        "seccompProfile in the Pod"},
    Assumption{
        "cgroup.limits.pids", "cri", limitUnsaid<kPids>,
        "the kubelet's podPidsLimit decides; none is assumed", "the node's kubelet configuration"},
    Assumption{
        "cgroup.limits.memory", "cri", limitUnsaid<kMemory>,
        "a LimitRange of the namespace may set one; none is assumed", "resources.limits in the Pod"},
    Assumption{
        "cgroup.limits.cpu", "cri", limitUnsaid<kCpu>,
        "a LimitRange of the namespace may set one; none is assumed", "resources.limits in the Pod"},
};

} // namespace

std::map<std::string, Fact<bool>> assumptionsOf(const Resolution& in) {
    std::map<std::string, Fact<bool>> out;
    const bool cri = in.engine.algebra == CapabilityAlgebra::dropWins;
    for (const Assumption& assumption : kAssumptions) {
        if (assumption.engine != (cri ? std::string_view("cri") : in.engine.name) ||
            !assumption.applies(in)) {
            continue;
        }
        const std::string path(assumption.path);
        if (assumption.path == kUsers && in.choice.users == UserMapping::rootful) {
            out[path] = {
                true, {EvidenceKind::declared, in.choice.name + ": run by root, maps no users", "", 0}};
        } else if (assumption.path != kUsers || in.choice.users == UserMapping::unsaid) {
            out[path] = Unreadable{std::string(assumption.setting), std::string(assumption.needs)};
        }
    }
    for (const auto& [path, gap] : in.claim.notSeen) {
        out[path] = gap;
    }
    return out;
}

} // namespace bulkhead::claims
