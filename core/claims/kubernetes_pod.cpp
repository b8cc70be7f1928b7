#include "core/claims/kubernetes_pod.h"

#include "core/base/bytes.h"

#include <algorithm>

namespace bulkhead::claims {

using model::NamespaceType;

namespace {

/// A volume whose folder the kubelet makes; which one, no document says.
AskedMount kubeletVolume(const std::string& name, const model::Evidence& from) {
    AskedMount mount;
    mount.type = "bind";
    mount.volume = true;
    mount.options = {"rbind"};
    mount.from = from;
    mount.sourceUnknown = model::Unreadable{"where the kubelet keeps the volume " + name, ""};
    return mount;
}

/// How many Pods a StatefulSet has.
std::size_t podsOf(const Node* set) {
    const Node* said = nodeAt(set, {"spec", "replicas"});
    const auto number = said == nullptr ? std::nullopt : numberOf(*said, false);
    return number && *number >= 0 ? static_cast<std::size_t>(*number) : 1;
}

/// A StatefulSet makes a claim of each template for each Pod, and a volume of its name, whatever the Pod has.
void readTemplates(const PodNeighbours& neighbours, Fields& spec, PodClaim& pod) {
    static const std::vector<Node> kNone;
    const Node* templates = nodeAt(neighbours.set, {"spec", "volumeClaimTemplates"});
    for (const Node& made : templates != nullptr ? templates->items : kNone) {
        if (const Node* name = nodeAt(&made, {"metadata", "name"})) {
            AskedMount mount = kubeletVolume(base::textFromBytes(name->text), spec.from(""));
            settleTemplate(
                neighbours.stored,
                {neighbours.space, textAt(neighbours.set, {"metadata", "name"}), &made,
                 podsOf(neighbours.set)},
                mount, pod.common.alsoAsked);
            pod.volumes.emplace_back(name->text, std::move(mount));
        }
    }
}

/// The kubelet mounts it read-only, whatever the container asks for: its plugin says so, of objects of the
/// API and images always, of others where the source does (kubernetes pkg/kubelet/kubelet_pods.go,
/// makeMounts, and GetAttributes of pkg/volume).
bool isKeptReadOnly(Fields& volume) {
    bool kept = false;
    for (const char* always : {"configMap", "secret", "projected", "downwardAPI", "image"}) {
        kept = volume.find(always) != nullptr || kept;
    }
    for (const char* source :
         {"csi", "nfs", "iscsi", "cephfs", "rbd", "glusterfs", "awsElasticBlockStore", "gcePersistentDisk",
          "azureDisk", "azureFile", "fc", "flexVolume", "portworxVolume"}) {
        if (auto fields = volume.map(source)) {
            kept = fields->truth("readOnly").value_or(false) || kept;
        }
    }
    return kept;
}

void readVolume(Fields& volume, const PodNeighbours& neighbours, PodClaim& pod) {
    const std::string name = volume.text("name").value_or("");
    AskedMount mount = kubeletVolume(base::textFromBytes(name), volume.from(""));
    if (auto host = volume.map("hostPath")) {
        mount.volume = false;
        mount.sourceUnknown.reset();
        mount.source = host->text("path").value_or("");
        if (!mount.source.starts_with('/')) {
            host->refuse(host->node(), "path", "expected a path from the root");
        }
        host->passOver({"type"});
        host->finish();
    }
    if (auto claimed = volume.map("persistentVolumeClaim")) {
        const std::string claim = claimed->text("claimName").value_or("");
        settleClaimed(neighbours.stored, {neighbours.space, claim}, mount, pod.common.alsoAsked);
        if (claimed->truth("readOnly").value_or(false)) {
            mount.options.emplace_back("ro");
        }
        claimed->finish();
    }
    if (isKeptReadOnly(volume)) {
        mount.options.emplace_back("ro");
    }
    // their content is not the boundary's; that they are there is
    volume.passOver({"emptyDir", "ephemeral", "gitRepo", "vsphereVolume"});
    volume.finish();
    pod.volumes.emplace_back(name, std::move(mount));
}

void readNamespaces(Fields& spec, PodClaim& pod) {
    auto& namespaces = pod.common.namespaces;
    for (const auto& [key, type] :
         {std::pair{"hostPID", NamespaceType::pid}, std::pair{"hostIPC", NamespaceType::ipc},
          std::pair{"hostNetwork", NamespaceType::net}}) {
        if (spec.truth(key).value_or(false)) {
            namespaces[type] = spec.stated(std::string("host"), key);
        }
    }
    if (namespaces.contains(NamespaceType::net)) {
        // the sandbox of a Pod on the host's network has the host's name as well (containerd sandbox_run)
        namespaces[NamespaceType::uts] = spec.stated(std::string("host"), "hostNetwork");
    }
    if (const auto users = spec.truth("hostUsers")) {
        namespaces[NamespaceType::user] = spec.stated(std::string(*users ? "host" : "new"), "hostUsers");
    }
    if (spec.truth("shareProcessNamespace").value_or(false)) {
        if (namespaces.contains(NamespaceType::pid)) {
            spec.refuse(
                *spec.find("shareProcessNamespace"), "shareProcessNamespace",
                "cannot be true where hostPID is");
        }
        namespaces[NamespaceType::pid] = spec.stated(std::string("new"), "shareProcessNamespace");
        pod.common.alsoAsked.emplace_back("pid namespace shared by the Pod's containers");
    }
}

/// Whose token it holds, which decides what the cluster lets it do; the older name means the same.
void readAccount(Fields& spec, PodClaim& pod) {
    const auto older = spec.text("serviceAccount");
    const auto name = spec.text("serviceAccountName");
    const std::string account = name.value_or(older.value_or(""));
    if (!account.empty()) {
        pod.common.alsoAsked.push_back("service account " + base::textFromBytes(account));
    }
}

/// Whose runtime a RuntimeClass names, its object in the cluster says (kubernetes.io, Runtime Class).
void readRuntimeClass(Fields& spec, PodClaim& pod) {
    if (const auto name = spec.text("runtimeClassName"); name && !name->empty()) {
        pod.common.sandbox = model::Unreadable{
            "the runtime class " + base::textFromBytes(*name) +
                " may be that of a sandbox (gVisor, Kata) with a kernel of its own",
            "kubectl get runtimeclass " + base::textFromBytes(*name)};
    }
}

void readPodContext(Fields& spec, PodClaim& pod) {
    auto context = spec.map("securityContext");
    if (!context) {
        return;
    }
    readSharedContext(*context, pod.common);
    std::vector<std::string> groups;
    for (const char* key : {"supplementalGroups", "fsGroup"}) {
        const Node* node = context->find(key);
        if (node != nullptr && node->isList()) {
            const auto some = context->texts(key).value_or(std::vector<std::string>());
            groups.insert(groups.end(), some.begin(), some.end());
        } else if (node != nullptr) {
            groups.push_back(node->text);
        }
    }
    if (!groups.empty()) {
        pod.common.groupAdd = context->stated(groups, "supplementalGroups");
    }
    for (Fields& sysctl : context->maps("sysctls")) {
        pod.common.sysctls[sysctl.text("name").value_or("")] = sysctl.text("value").value_or("");
        sysctl.finish();
    }
    context->passOver({"fsGroupChangePolicy", "supplementalGroupsPolicy", "windowsOptions"});
    context->finish();
}

/// Annotations that are configuration: AppArmor by container, of before Kubernetes 1.30.
void readAnnotations(Fields& root, PodClaim& pod) {
    auto meta = root.map("metadata");
    auto annotations = meta ? meta->map("annotations") : std::nullopt;
    if (!annotations) {
        return;
    }
    constexpr std::string_view kApparmor = "container.apparmor.security.beta.kubernetes.io/";
    for (const Node& key : annotations->node().keys) {
        if (key.text.starts_with(kApparmor)) {
            pod.apparmor[key.text.substr(kApparmor.size())] = {
                annotations->text(key.text).value_or(""), annotations->from(key.text)};
        } else if (key.text.contains("seccomp.security.alpha.kubernetes.io")) {
            root.reading().notUnderstood.push_back(
                "metadata.annotations." + base::textFromBytes(key.text) + " (line " +
                std::to_string(key.line) + "): Kubernetes reads it no more, since 1.27");
        }
    }
}

void passOverSpec(Fields& spec) {
    spec.passOver(
        {"restartPolicy",
         "terminationGracePeriodSeconds",
         "activeDeadlineSeconds",
         "dnsPolicy",
         "dnsConfig",
         "nodeSelector",
         "nodeName",
         "affinity",
         "tolerations",
         "schedulerName",
         "priorityClassName",
         "priority",
         "preemptionPolicy",
         "imagePullSecrets",
         "hostname",
         "subdomain",
         "hostAliases",
         "readinessGates",
         "enableServiceLinks",
         "topologySpreadConstraints",
         "setHostnameAsFQDN",
         "os",
         "schedulingGates",
         "overhead",
         "automountServiceAccountToken",
         "securityContext"});
    spec.finish();
}

/// A container for debugging is among the processes of the one that it names, unless the Pod's are shared
/// already or the host's (kubernetes pkg/kubelet/kuberuntime/kuberuntime_container_linux.go).
void readTarget(Fields& container, const Node& spec, const std::string& prefix, Claim& claim) {
    const std::string name = container.text("targetContainerName").value_or("");
    if (name.empty()) {
        return;
    }
    const auto hasIt = [&](const char* list) {
        const Node* some = spec.find(list);
        return some != nullptr && std::ranges::any_of(some->items, [&](const Node& other) {
                   const Node* called = other.find("name");
                   return called != nullptr && called->text == name;
               });
    };
    if (!hasIt("containers") && !hasIt("initContainers")) {
        container.report(
            "targetContainerName", "the Pod has no such container to join: the API server refuses it");
    } else if (!claim.namespaces.contains(NamespaceType::pid)) {
        claim.namespaces[NamespaceType::pid] =
            container.stated("join(container:" + prefix + "/" + name + ")", "targetContainerName");
    }
}

void addContainers(
    Fields& spec, const char* list, const char* role, const PodClaim& pod, const std::string& prefix,
    std::vector<Claim>& out) {
    for (Fields& container : spec.maps(list)) {
        auto& unknown = container.reading().notUnderstood;
        const std::size_t before = unknown.size();
        Claim claim = readPodContainer(container, pod);
        if (std::string_view(list) == "ephemeralContainers") {
            readTarget(container, spec.node(), prefix, claim);
        }
        claim.role = claim.role.empty() ? role : claim.role;
        claim.group = prefix;
        claim.groupKind = "pod";
        claim.name = prefix + "/" + claim.name;
        claim.notUnderstood.assign(unknown.begin() + static_cast<std::ptrdiff_t>(before), unknown.end());
        unknown.resize(before);
        out.push_back(std::move(claim));
    }
}

} // namespace

void readPod(
    const PodPlace& place, Reading& reading, const PodNeighbours& neighbours, std::vector<Claim>& out) {
    const Node& pod = *place.pod;
    const std::string& prefix = place.name;
    Fields root(pod, reading, place.path);
    PodClaim claim;
    readAnnotations(root, claim);
    root.passOver({"apiVersion", "kind", "metadata", "status"});
    auto spec = root.map("spec");
    root.finish();
    if (!spec) {
        reading.refuse(pod, root.pathOf("spec"), "absent: the Pod has no containers");
        return;
    }
    readNamespaces(*spec, claim);
    readPodContext(*spec, claim);
    readAccount(*spec, claim);
    readRuntimeClass(*spec, claim);
    claim.token = {
        spec->truth("automountServiceAccountToken").value_or(true),
        spec->from("automountServiceAccountToken")};
    readTemplates(neighbours, *spec, claim);
    for (Fields& volume : spec->maps("volumes")) {
        readVolume(volume, neighbours, claim);
    }
    readVolumeTypes(spec->node(), claim.common);
    addContainers(*spec, "containers", "app", claim, prefix, out);
    addContainers(*spec, "initContainers", "init", claim, prefix, out);
    addContainers(*spec, "ephemeralContainers", "ephemeral", claim, prefix, out);
    passOverSpec(*spec);
}

} // namespace bulkhead::claims
