#include "core/base/bytes.h"
#include "core/claims/bounds.h"
#include "core/claims/kubernetes_objects.h"
#include "core/claims/kubernetes_pod.h"

#include <algorithm>
#include <array>

namespace bulkhead::claims {

namespace {

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

/// What the objects of a file say beside each other.
struct Together {
    std::map<std::string, std::string> levels; ///< that Namespaces enforce
    std::map<const Node*, std::string> names;
    StoredVolumes stored;
};

void importObject(const Node& object, const Together& file, Reading& reading, std::vector<Claim>& out) {
    const std::string kind = kindOfObject(object);
    if (!isWorkload(kind)) {
        if (!isKnownOtherwise(kind)) {
            reading.notUnderstood.push_back(
                "kind " + base::textFromBytes(kind) + " (line " + std::to_string(object.line) + ")");
        }
        return;
    }
    auto place = findPod(object, reading, passOverAround);
    const std::size_t first = out.size();
    if (place) {
        place->name = file.names.at(&object);
        const Node* set = kind == "StatefulSet" ? &object : nullptr;
        readPod(*place, reading, {file.stored, spaceOfObject(object), set}, out);
    }
    const auto loose = looseNamespace(object, file.levels);
    for (std::size_t i = first; loose && i < out.size(); ++i) {
        out[i].alsoAsked.push_back(*loose);
    }
}

/// Who joins another container's processes joins those of its own Pod, which are not the host's: else the
/// Pod's word had stood.
void tellJoined(model::Snapshot& snapshot) {
    const auto pid = snapshot.namespaces.find(model::NamespaceType::pid);
    if (pid != snapshot.namespaces.end() && pid->second.declared.valueOr("").starts_with("join")) {
        model::Evidence from = pid->second.declared.evidence();
        from.kind = model::EvidenceKind::inferred;
        pid->second.sharedWithHost = {false, from};
    }
}

} // namespace

base::Result<std::vector<model::Snapshot>>
importKubernetes(const std::vector<Node>& documents, Reading& reading, const ImportOptions& options) {
    const auto engine = chooseEngine(options.engine, "containerd");
    if (!engine) {
        return std::unexpected(engine.error());
    }
    reading.numbersAsText = true;
    const std::vector<const Node*> objects = kubernetesObjects(documents);
    const Together file{enforcedLevels(objects), namesOfWorkloads(objects), storedVolumes(objects)};
    std::vector<Claim> claims;
    std::vector<std::string> ofTheFile;
    for (const Node* object : objects) {
        const std::size_t first = claims.size();
        importObject(*object, file, reading, claims);
        checkCount(claims.size(), *object, reading);
        if (reading.problem) {
            return std::unexpected(*reading.problem);
        }
        if (claims.size() == first) {
            std::ranges::move(reading.notUnderstood, std::back_inserter(ofTheFile));
        }
        reading.notUnderstood = sharedNotes(std::move(reading.notUnderstood));
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
    ofTheFile = sharedNotes(std::move(ofTheFile));
    std::vector<model::Snapshot> out;
    out.reserve(claims.size());
    for (Claim& claim : claims) {
        std::ranges::copy(ofTheFile, std::back_inserter(claim.notUnderstood));
        out.push_back(resolveToSnapshot(claim, *engine, options.ground));
        tellJoined(out.back());
    }
    return out;
}

} // namespace bulkhead::claims
