#include "core/policy/pss_checks.h"

#include <algorithm>
#include <array>

namespace bulkhead::policy {

namespace {

/// Since 1.25, what only Linux has is not asked of Pods for Windows.
bool isSpared(const Pod& pod, int minor) {
    return minor >= 25 && pod.isWindows();
}

/// Since 1.35, root of a user namespace of its own is nobody on the host.
bool isRelaxed(const Pod& pod, int minor) {
    return minor >= 35 && pod.hasOwnUsers();
}

constexpr std::array<std::string_view, 9> kCoreVolumes = {
    "configMap", "csi",   "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim",
    "projected", "secret"};

/// The other sources of volumes that Kubernetes had, by the names of their fields.
constexpr std::array<std::string_view, 22> kOtherVolumes = {
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
    "unknown"};

/// The Pod or the containers that have to set what neither did: `pod or container "a"`.
std::string podOr(const std::vector<std::string>& containers) {
    return "pod or " + containersNamed(containers);
}

} // namespace

PssResult checkEscalation(Pod& pod, int minor) {
    if (isSpared(pod, minor)) {
        return {};
    }
    std::vector<std::string> bad;
    for (const PodContainer& container : pod.containers()) {
        const Field field = pod.below(container.context, {"allowPrivilegeEscalation"});
        if (pod.truth(field).value_or(true)) {
            pod.forbid(field);
            bad.push_back(container.name);
        }
    }
    return bad.empty()
               ? PssResult{}
               : PssResult{
                     "allowPrivilegeEscalation != false",
                     containersNamed(bad) + " must set securityContext.allowPrivilegeEscalation=false"};
}

PssResult checkDroppedCapabilities(Pod& pod, int minor) {
    if (isSpared(pod, minor)) {
        return {};
    }
    std::vector<std::string> keeping;
    std::vector<std::string> adding;
    std::set<std::string> added;
    for (const PodContainer& container : pod.containers()) {
        const Field drop = pod.below(container.context, {"capabilities", "drop"});
        const std::vector<std::string> dropped = pod.texts(drop);
        if (std::ranges::find(dropped, "ALL") == dropped.end()) {
            pod.forbid(drop);
            keeping.push_back(container.name);
        }
        const Field add = pod.below(container.context, {"capabilities", "add"});
        bool forbidden = false;
        for (const std::string& name : pod.texts(add)) {
            if (name != "NET_BIND_SERVICE") {
                forbidden = true;
                added.insert(name);
            }
        }
        if (forbidden) {
            pod.forbid(add);
            adding.push_back(container.name);
        }
    }
    std::vector<std::string> details;
    if (!keeping.empty()) {
        details.push_back(containersNamed(keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]");
    }
    if (!adding.empty()) {
        details.push_back(
            containersNamed(adding) + " must not include " + joinQuoted(added) +
            " in securityContext.capabilities.add");
    }
    return details.empty() ? PssResult{} : PssResult{"unrestricted capabilities", joined(details, "; ")};
}

PssResult checkProcMountRestricted(Pod& pod, int /*minor*/) {
    return procMountResult(pod);
}

PssResult checkVolumes(Pod& pod, int /*minor*/) {
    std::vector<std::string> bad;
    std::set<std::string> types;
    for (const Field& volume : pod.itemsOf(pod.spec({"volumes"}))) {
        const auto has = [&](std::string_view key) { return pod.below(volume, {key}).there(); };
        if (std::ranges::any_of(kCoreVolumes, has)) {
            continue;
        }
        const auto other = std::ranges::find_if(kOtherVolumes, has);
        const std::string_view type = other == kOtherVolumes.end() ? "unknown" : *other;
        pod.forbid(type == "unknown" ? volume : pod.below(volume, {type}));
        types.emplace(type);
        bad.push_back(pod.text(pod.below(volume, {"name"})).value_or(""));
    }
    if (bad.empty()) {
        return {};
    }
    return {
        "restricted volume types",
        oneOrMany(bad.size(), "volume", "volumes") + " " + joinQuoted(bad) + " " +
            oneOrMany(bad.size(), "uses", "use") + " " +
            oneOrMany(types.size(), "restricted volume type", "restricted volume types") + " " +
            joinQuoted(types)};
}

PssResult checkNonRoot(Pod& pod, int minor) {
    if (isRelaxed(pod, minor)) {
        return {};
    }
    BadSetters bad;
    std::vector<std::string> unset;
    const Field ofPod = pod.spec({"securityContext", "runAsNonRoot"});
    const auto podSays = pod.truth(ofPod);
    if (podSays == std::optional(false)) {
        pod.forbid(ofPod);
        bad.pod = true;
    }
    std::vector<Field> missing;
    for (const PodContainer& container : pod.containers()) {
        const Field field = pod.below(container.context, {"runAsNonRoot"});
        const auto says = pod.truth(field);
        if (says == std::optional(false)) {
            pod.forbid(field);
            bad.containers.push_back(container.name);
        } else if (!says && !podSays.value_or(false)) {
            unset.push_back(container.name);
            missing.push_back(field);
        }
    }
    if (bad.any()) {
        return {
            "runAsNonRoot != true",
            joined(bad.words(), " and ") + " must not set securityContext.runAsNonRoot=false"};
    }
    std::ranges::for_each(missing, [&](const Field& field) { pod.forbid(field); });
    return unset.empty()
               ? PssResult{}
               : PssResult{
                     "runAsNonRoot != true", podOr(unset) + " must set securityContext.runAsNonRoot=true"};
}

PssResult checkUser(Pod& pod, int minor) {
    if (isRelaxed(pod, minor)) {
        return {};
    }
    BadSetters bad;
    const Field ofPod = pod.spec({"securityContext", "runAsUser"});
    if (pod.number(ofPod) == std::optional<std::int64_t>(0)) {
        pod.forbid(ofPod);
        bad.pod = true;
    }
    for (const PodContainer& container : pod.containers()) {
        const Field field = pod.below(container.context, {"runAsUser"});
        if (pod.number(field) == std::optional<std::int64_t>(0)) {
            pod.forbid(field);
            bad.containers.push_back(container.name);
        }
    }
    return bad.any() ? PssResult{"runAsUser=0", joined(bad.words(), " and ") + " must not set runAsUser=0"}
                     : PssResult{};
}

PssResult checkSeccompRestricted(Pod& pod, int minor) {
    if (isSpared(pod, minor)) {
        return {};
    }
    const BadSetters bad = badSeccomp(pod);
    if (bad.any()) {
        return badSeccompResult(bad);
    }
    if (pod.spec({"securityContext", "seccompProfile"}).there()) {
        return {};
    }
    std::vector<std::string> unset;
    for (const PodContainer& container : pod.containers()) {
        const Field profile = pod.below(container.context, {"seccompProfile"});
        if (!profile.there()) {
            pod.forbid(pod.below(profile, {"type"}));
            unset.push_back(container.name);
        }
    }
    return unset.empty()
               ? PssResult{}
               : PssResult{
                     "seccompProfile", podOr(unset) + " must set securityContext.seccompProfile.type to "
                                                      "\"RuntimeDefault\" or \"Localhost\""};
}

} // namespace bulkhead::policy
