#include "core/claims/kubernetes_objects.h"

#include "core/claims/import.h"

#include <algorithm>
#include <cctype>
#include <set>

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

std::string lowerKind(const Node& object) {
    std::string kind = textAt(&object, {"kind"});
    std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return std::tolower(c); });
    return kind;
}

std::string nameOf(const Node& object) {
    const std::string name = textAt(&object, {"metadata", "name"});
    return name.empty() ? textAt(&object, {"metadata", "generateName"}) : name;
}

bool isObject(const Node& node) {
    return node.isMap() && node.find("kind") != nullptr && node.find("apiVersion") != nullptr;
}

/// The objects of all documents, those of Lists among them.
void collect(const Node& node, std::vector<const Node*>& out, int depth) {
    constexpr int kMaxLists = 4;
    const Node* items = node.find("items");
    const bool list = textAt(&node, {"kind"}).ends_with("List") && items != nullptr && items->isList();
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
    return textAt(&object, {"kind"});
}

bool isWorkload(std::string_view kind) {
    return std::ranges::find(workloads(), kind, &Workload::kind) != workloads().end();
}

std::map<const Node*, std::string> namesOfWorkloads(const std::vector<const Node*>& objects) {
    std::map<std::string, std::set<std::string>> spaces;
    std::map<const Node*, std::string> names;
    for (const Node* object : objects) {
        if (isWorkload(kindOfObject(*object))) {
            names[object] = lowerKind(*object) + "/" + nameOf(*object);
            spaces[names[object]].insert(spaceOfObject(*object));
        }
    }
    for (auto& [object, name] : names) {
        if (spaces[name].size() > 1) {
            name = lowerKind(*object) + "/" + spaceOfObject(*object) + "/" + nameOf(*object);
        }
    }
    return names;
}

std::optional<PodPlace> findPod(const Node& object, Reading& reading, void (*around)(Fields& fields)) {
    const std::string kind = kindOfObject(object);
    const auto workload = std::ranges::find(workloads(), std::string_view(kind), &Workload::kind);
    if (workload == workloads().end()) {
        return std::nullopt;
    }
    const std::string lower = lowerKind(object);
    PodPlace place{lower + "/" + nameOf(object), "", &object};
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

const Node* nodeAt(const Node* node, std::initializer_list<std::string_view> way) {
    for (const std::string_view key : way) {
        node = node == nullptr ? nullptr : node->find(key);
    }
    return node;
}

std::string textAt(const Node* node, std::initializer_list<std::string_view> way) {
    const Node* found = nodeAt(node, way);
    return found == nullptr ? "" : found->text;
}

std::string spaceNamed(const std::string& given) {
    return given.empty() ? "default" : given;
}

std::string spaceOfObject(const Node& object) {
    return spaceNamed(textAt(&object, {"metadata", "namespace"}));
}

} // namespace bulkhead::claims
