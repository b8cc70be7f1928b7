#include "core/claims/kubernetes_objects.h"

#include "core/claims/import.h"

#include <algorithm>
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

} // namespace

bool looksLikeKubernetes(const std::vector<Node>& documents) {
    return std::ranges::any_of(documents, isObject) &&
           std::ranges::all_of(documents, [](const Node& node) { return node.isNull() || isObject(node); });
}

std::vector<const Node*> kubernetesObjects(const std::vector<Node>& documents) {
    std::vector<const Node*> objects;
    for (const Node& document : documents) {
        collect(document, objects, 0);
    }
    return objects;
}

std::string kindOfObject(const Node& object) {
    return textAt(object, "kind");
}

bool isWorkload(std::string_view kind) {
    return std::ranges::find(workloads(), kind, &Workload::kind) != workloads().end();
}

std::optional<PodPlace> findPod(const Node& object, Reading& reading, void (*around)(Fields& fields)) {
    const std::string kind = kindOfObject(object);
    const auto workload = std::ranges::find(workloads(), std::string_view(kind), &Workload::kind);
    if (workload == workloads().end()) {
        return std::nullopt;
    }
    const Node* meta = object.find("metadata");
    std::string name = meta == nullptr ? "" : textAt(*meta, "name");
    if (name.empty() && meta != nullptr) {
        name = textAt(*meta, "generateName");
    }
    std::string lower = kind;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    PodPlace place{lower + "/" + name, "", &object};
    for (const std::string_view step : workload->way) {
        Fields fields(*place.pod, reading, place.path);
        const Node* next = fields.find(step);
        if (around != nullptr) {
            around(fields);
        }
        if (next == nullptr) {
            reading.refuse(*place.pod, fields.pathOf(step), "absent: the " + lower + " describes no Pod");
            return std::nullopt;
        }
        place.path = fields.pathOf(step);
        place.pod = next;
    }
    return place;
}

} // namespace bulkhead::claims
