#include "core/policy/pss.h"

#include "core/base/bytes.h"
#include "core/policy/pss_checks.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace bulkhead::policy {

namespace {

using enum PssLevel;

constexpr std::array kChecks = {
    PssCheck{
        "appArmorProfile", baseline, 0, "", "AppArmor is not switched off",
        "Leave the AppArmor profile unset, or set RuntimeDefault or Localhost.", checkAppArmor},
    PssCheck{
        "capabilities_baseline", baseline, 0, "", "No capability beyond the runtime's default is added",
        "Take the named capabilities out of securityContext.capabilities.add.", checkAddedCapabilities},
    PssCheck{
        "hostNamespaces", baseline, 0, "", "No namespace of the host is shared",
        "Remove hostNetwork, hostPID and hostIPC.", checkHostNamespaces},
    PssCheck{
        "hostPathVolumes", baseline, 0, "", "No directory of the host is mounted",
        "Use another volume type; a read-only hostPath is one too.", checkHostPaths},
    PssCheck{
        "hostPorts", baseline, 0, "", "No port of the host is taken",
        "Remove hostPort; a Service reaches the container.", checkHostPorts},
    PssCheck{
        "hostProbesAndHostLifecycle", baseline, 34, "", "Probes and handlers ask the Pod itself",
        "Remove host from the probe or handler: the kubelet would send the request to any machine.",
        checkProbeHosts},
    PssCheck{
        "privileged", baseline, 0, "", "No container is privileged",
        "Remove privileged; add the one capability or device that is needed.", checkPrivileged},
    PssCheck{
        "procMount", baseline, 0, "", "The masked paths of /proc stay masked",
        "Remove procMount, or set hostUsers to false where the policy's version allows it.", checkProcMount},
    PssCheck{
        "seLinuxOptions", baseline, 0, "", "SELinux confines as a container",
        "Leave user and role unset and the type one of the container types.", checkSelinux},
    PssCheck{
        "seccompProfile_baseline", baseline, 0, "", "Seccomp is not switched off",
        "Leave the profile unset, or set RuntimeDefault or Localhost.", checkSeccompBaseline},
    PssCheck{
        "sysctls", baseline, 0, "", "Only sysctls that are taken for safe are set",
        "Remove the named sysctls; they act beyond the Pod.", checkSysctls},
    PssCheck{
        "windowsHostProcess", baseline, 0, "", "No Windows host process",
        "Remove windowsOptions.hostProcess.", checkHostProcess},
    PssCheck{
        "allowPrivilegeEscalation", restricted, 8, "", "No program gains privileges",
        "Set securityContext.allowPrivilegeEscalation to false in every container.", checkEscalation},
    PssCheck{
        "capabilities_restricted", restricted, 22, "capabilities_baseline", "Every capability is dropped",
        "Set securityContext.capabilities.drop to [\"ALL\"] and add NET_BIND_SERVICE at most.",
        checkDroppedCapabilities},
    PssCheck{
        "procMount_restricted", restricted, 35, "procMount", "The masked paths of /proc stay masked",
        "Remove procMount.", checkProcMountRestricted},
    PssCheck{
        "restrictedVolumes", restricted, 0, "hostPathVolumes", "Only core volume types",
        "Use a configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or "
        "secret volume.",
        checkVolumes},
    PssCheck{
        "runAsNonRoot", restricted, 0, "", "Root is refused",
        "Set securityContext.runAsNonRoot to true, of the Pod or of every container.", checkNonRoot},
    PssCheck{
        "runAsUser", restricted, 23, "", "User 0 is not asked for", "Set runAsUser to another id, or not.",
        checkUser},
    PssCheck{
        "seccompProfile_restricted", restricted, 19, "seccompProfile_baseline", "Seccomp is switched on",
        "Set securityContext.seccompProfile.type to RuntimeDefault or Localhost, of the Pod or of every "
        "container.",
        checkSeccompRestricted},
};

/// Whether a check is asked at a level and version: a stricter one that replaces it takes its place.
bool isInForce(const PssCheck& check, const PssPolicy& policy) {
    if (check.since > policy.minor || policy.level == privileged || check.level > policy.level) {
        return false;
    }
    return policy.level == baseline || std::ranges::none_of(kChecks, [&](const PssCheck& other) {
               return other.replaces == check.id && other.since <= policy.minor;
           });
}

RuleAbout aboutOf(const PssCheck& check) {
    const std::string_view level = check.level == baseline ? "baseline" : "restricted";
    return {
        std::string(check.id),
        std::string(check.title),
        std::string(check.help),
        model::Stage::runtimeConfig,
        {{"pss", std::string(check.id), "Pod Security Standards, " + std::string(level)}}};
}

void judgePod(
    const claims::PodPlace& place, claims::Reading& reading, const PssPolicy& policy,
    std::vector<Decision>& out) {
    Pod pod(place, reading);
    for (const PssCheck* each : checksOf(policy)) {
        if (reading.problem) {
            return;
        }
        const PssCheck& check = *each;
        const PssResult result = check.judge(pod, policy.minor);
        Decision decision;
        decision.subject = base::textFromBytes(place.name);
        decision.policy = policy.name;
        decision.rule = aboutOf(check);
        decision.boundary = "document";
        decision.verdict = result.reason.empty() ? Verdict::allow : Verdict::deny;
        decision.inputs = pod.takeInputs();
        decision.reason =
            result.reason.empty()
                ? (decision.inputs.empty() ? "none of its fields is set" : "what is set is allowed")
                : base::textFromBytes(
                      result.reason + (result.detail.empty() ? "" : " (" + result.detail + ")"));
        out.push_back(std::move(decision));
    }
}

/// A level that asks for nothing is a decision too.
Decision allowAnything(const claims::PodPlace& place, const PssPolicy& policy) {
    Decision decision;
    decision.subject = base::textFromBytes(place.name);
    decision.policy = policy.name;
    decision.rule = {"privileged-level", "Anything is allowed", "", model::Stage::runtimeConfig, {}};
    decision.boundary = "document";
    decision.verdict = Verdict::allow;
    decision.reason = "the level has no checks";
    return decision;
}

} // namespace

std::span<const PssCheck> pssChecks() {
    return kChecks;
}

std::vector<const PssCheck*> checksOf(const PssPolicy& policy) {
    std::vector<const PssCheck*> out;
    for (const PssCheck& check : kChecks) {
        if (isInForce(check, policy)) {
            out.push_back(&check);
        }
    }
    return out;
}

bool isPssName(std::string_view name) {
    return name.starts_with("pss:");
}

base::Result<PssPolicy> parsePssPolicy(const std::string& name) {
    const auto refuse = [&] {
        return base::fail(
            base::ErrorKind::malformed,
            name + ": expected pss:privileged, pss:baseline or pss:restricted, with @latest or a version as "
                   "@v1.29 behind it");
    };
    const auto at = name.find('@');
    const std::string level = name.substr(4, at == std::string::npos ? at : at - 4);
    PssPolicy policy{name, privileged, kNewestPss};
    if (level == "baseline" || level == "restricted") {
        policy.level = level == "baseline" ? baseline : restricted;
    } else if (level != "privileged") {
        return refuse();
    }
    const std::string version = at == std::string::npos ? "latest" : name.substr(at + 1);
    if (version == "latest") {
        return policy;
    }
    constexpr std::string_view kMajor = "v1.";
    const std::string_view digits = std::string_view(version).substr(std::min(version.size(), kMajor.size()));
    int minor = 0;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), minor);
    const bool plain = !digits.empty() && digits.front() >= '0' && digits.front() <= '9' &&
                       (digits.front() != '0' || digits.size() == 1);
    if (!version.starts_with(kMajor) || !plain || error != std::errc{} ||
        rest != digits.data() + digits.size()) {
        return refuse();
    }
    policy.minor = std::min(minor, kNewestPss);
    return policy;
}

base::Result<std::vector<Decision>> checkPods(
    const std::vector<claims::Node>& documents, const std::string& file, const PssPolicy& policy,
    const std::string& only) {
    claims::Reading reading;
    reading.file = file;
    std::vector<Decision> out;
    const std::vector<const claims::Node*> objects = claims::kubernetesObjects(documents);
    const auto names = claims::namesOfWorkloads(objects);
    for (const claims::Node* object : objects) {
        auto place = claims::findPod(*object, reading);
        if (place) {
            place->name = names.at(object);
        }
        if (place && (only.empty() || place->name == only)) {
            if (policy.level == privileged) {
                out.push_back(allowAnything(*place, policy));
            } else {
                judgePod(*place, reading, policy, out);
            }
        }
        if (reading.problem) {
            return std::unexpected(*reading.problem);
        }
    }
    return out;
}

// The words of the standard's messages.

std::string joined(const std::vector<std::string>& items, std::string_view between) {
    std::string out;
    for (std::size_t i = 0; i < items.size(); ++i) {
        out += i == 0 ? "" : between;
        out += items[i];
    }
    return out;
}

std::string joinQuoted(const std::vector<std::string>& items) {
    return "\"" + joined(items, "\", \"") + "\"";
}

std::string joinQuoted(const std::set<std::string>& items) {
    return joinQuoted(std::vector<std::string>(items.begin(), items.end()));
}

std::string oneOrMany(std::size_t count, std::string_view one, std::string_view many) {
    return std::string(count == 1 ? one : many);
}

std::string containersNamed(const std::vector<std::string>& names) {
    return oneOrMany(names.size(), "container", "containers") + " " + joinQuoted(names);
}

std::vector<std::string> BadSetters::words() const {
    std::vector<std::string> out;
    if (pod) {
        out.emplace_back("pod");
    }
    if (!containers.empty()) {
        out.push_back(containersNamed(containers));
    }
    return out;
}

} // namespace bulkhead::policy
