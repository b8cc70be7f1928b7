#include "core/base/bytes.h"
#include "core/claims/kubernetes_pod.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace bulkhead::claims {

namespace {

/// Where the Pod stands in an object of a kind, step by step.
struct Workload {
    std::string_view kind;
    std::vector<std::string_view> way;
};

const std::vector<Workload>& workloads() {
    static const std::vector<Workload> kWorkloads = {
        {"Pod", {}},
        {"Deployment", {"spec", "template"}},
        {"StatefulSet", {"spec", "template"}},
        {"DaemonSet", {"spec", "template"}},
        {"ReplicaSet", {"spec", "template"}},
        {"ReplicationController", {"spec", "template"}},
        {"Job", {"spec", "template"}},
        {"CronJob", {"spec", "jobTemplate", "spec", "template"}},
        {"PodTemplate", {"template"}},
    };
    return kWorkloads;
}

/// Kinds that run nothing themselves.
bool isKnownOtherwise(std::string_view kind) {
    constexpr std::array<std::string_view, 20> kKinds = {
        "Service",
        "ConfigMap",
        "Secret",
        "ServiceAccount",
        "Namespace",
        "Role",
        "RoleBinding",
        "ClusterRole",
        "ClusterRoleBinding",
        "Ingress",
        "NetworkPolicy",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "StorageClass",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
        "LimitRange",
        "ResourceQuota",
        "Endpoints",
        "PriorityClass"};
    return std::ranges::find(kKinds, kind) != kKinds.end();
}

std::string textAt(const Node& node, std::string_view key) {
    const Node* found = node.find(key);
    return found == nullptr ? "" : found->text;
}

bool isObject(const Node& node) {
    return node.isMap() && node.find("kind") != nullptr && node.find("apiVersion") != nullptr;
}

/// The objects of all documents, those of Lists among them.
void collect(const Node& node, std::vector<const Node*>& out, int depth) {
    constexpr int kMaxLists = 4;
    const Node* items = node.find("items");
    const bool list = textAt(node, "kind").ends_with("List") && items != nullptr && items->isList();
    if (list && depth < kMaxLists) {
        for (const Node& item : items->items) {
            collect(item, out, depth + 1);
        }
        return;
    }
    if (!node.isNull()) {
        out.push_back(&node);
    }
}

/// The fields of a workload around its template say how many Pods there are and when, not what they are.
void passOverAround(Fields& fields) {
    fields.passOver(
        {"apiVersion",
         "kind",
         "metadata",
         "status",
         "replicas",
         "selector",
         "strategy",
         "updateStrategy",
         "minReadySeconds",
         "revisionHistoryLimit",
         "paused",
         "progressDeadlineSeconds",
         "serviceName",
         "volumeClaimTemplates",
         "podManagementPolicy",
         "ordinals",
         "persistentVolumeClaimRetentionPolicy",
         "completions",
         "parallelism",
         "backoffLimit",
         "backoffLimitPerIndex",
         "maxFailedIndexes",
         "activeDeadlineSeconds",
         "ttlSecondsAfterFinished",
         "completionMode",
         "suspend",
         "manualSelector",
         "podFailurePolicy",
         "podReplacementPolicy",
         "successPolicy",
         "managedBy",
         "schedule",
         "timeZone",
         "concurrencyPolicy",
         "startingDeadlineSeconds",
         "successfulJobsHistoryLimit",
         "failedJobsHistoryLimit"});
    fields.finish();
}

void importObject(const Node& object, Reading& reading, std::vector<Claim>& out) {
    const std::string kind = textAt(object, "kind");
    const auto workload = std::ranges::find(workloads(), std::string_view(kind), &Workload::kind);
    if (workload == workloads().end()) {
        if (!isKnownOtherwise(kind)) {
            reading.notUnderstood.push_back(
                "kind " + base::textFromBytes(kind) + " (line " + std::to_string(object.line) + ")");
        }
        return;
    }
    const Node* meta = object.find("metadata");
    std::string name = meta == nullptr ? "" : textAt(*meta, "name");
    if (name.empty() && meta != nullptr) {
        name = textAt(*meta, "generateName");
    }
    std::string lower = kind;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const Node* at = &object;
    std::string path;
    for (const std::string_view step : workload->way) {
        Fields around(*at, reading, path);
        const Node* next = around.find(step);
        passOverAround(around);
        if (next == nullptr) {
            reading.refuse(*at, around.pathOf(step), "absent: the " + lower + " describes no Pod");
            return;
        }
        path = around.pathOf(step);
        at = next;
    }
    readPod(*at, reading, path, lower + "/" + name, out);
}

} // namespace

bool looksLikeKubernetes(const std::vector<Node>& documents) {
    return std::ranges::any_of(documents, isObject) &&
           std::ranges::all_of(documents, [](const Node& node) { return node.isNull() || isObject(node); });
}

base::Result<std::vector<model::Snapshot>>
importKubernetes(const std::vector<Node>& documents, Reading& reading, const ImportOptions& options) {
    const auto engine = chooseEngine(options.engine, "containerd");
    if (!engine) {
        return std::unexpected(engine.error());
    }
    reading.numbersAsText = true;
    std::vector<const Node*> objects;
    for (const Node& document : documents) {
        collect(document, objects, 0);
    }
    std::vector<Claim> claims;
    std::vector<std::string> ofTheFile;
    for (const Node* object : objects) {
        const std::size_t first = claims.size();
        importObject(*object, reading, claims);
        if (reading.problem) {
            return std::unexpected(*reading.problem);
        }
        if (claims.size() == first) {
            std::ranges::move(reading.notUnderstood, std::back_inserter(ofTheFile));
        }
        for (std::size_t i = first; i < claims.size(); ++i) {
            // what its Pod says is everybody's, and each container has its own
            auto& own = claims[i].notUnderstood;
            own.insert(own.begin(), reading.notUnderstood.begin(), reading.notUnderstood.end());
        }
        reading.notUnderstood.clear();
    }
    if (claims.empty()) {
        return base::fail(
            base::ErrorKind::malformed,
            reading.file +
                ": describes no container; of its objects none is a Pod, a workload, or a List of them");
    }
    std::vector<model::Snapshot> out;
    out.reserve(claims.size());
    for (Claim& claim : claims) {
        std::ranges::copy(ofTheFile, std::back_inserter(claim.notUnderstood));
        out.push_back(resolveToSnapshot(claim, *engine, options.ground));
    }
    return out;
}

} // namespace bulkhead::claims
