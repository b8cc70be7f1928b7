#include "core/claims/kubernetes_objects.h"

#include "core/base/bytes.h"
#include "core/claims/import.h"
#include "core/claims/kubernetes_pod.h"

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

std::string textAt(const Node& node, std::string_view key) {
    const Node* found = node.find(key);
    return found == nullptr ? "" : found->text;
}

std::string lowerKind(const Node& object) {
    std::string kind = textAt(object, "kind");
    std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return std::tolower(c); });
    return kind;
}

std::string nameOf(const Node& object) {
    const Node* meta = object.find("metadata");
    const std::string name = meta == nullptr ? "" : textAt(*meta, "name");
    return name.empty() && meta != nullptr ? textAt(*meta, "generateName") : name;
}

std::string spaceOf(const std::string& given) {
    return given.empty() ? "default" : given;
}

std::string spaceOf(const Node& object) {
    const Node* meta = object.find("metadata");
    return spaceOf(meta == nullptr ? "" : textAt(*meta, "namespace"));
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

const Node* at(const Node* node, std::initializer_list<std::string_view> way) {
    for (const std::string_view key : way) {
        node = node == nullptr ? nullptr : node->find(key);
    }
    return node;
}

std::string textAt(const Node* node, std::initializer_list<std::string_view> way) {
    const Node* found = at(node, way);
    return found == nullptr ? "" : found->text;
}

/// The folder of the host that a PersistentVolume is; empty where it is none.
std::string folderOf(const Node& volume) {
    const bool block = textAt(&volume, {"spec", "volumeMode"}) == "Block";
    const std::string host = textAt(&volume, {"spec", "hostPath", "path"});
    return block ? "" : host.empty() ? textAt(&volume, {"spec", "local", "path"}) : host;
}

/// A volume of the claim's storage class that is nobody's yet: the cluster may bind it to the claim.
const Node* mayBeBound(const StoredVolumes& stored, const Node& claim) {
    const Node* wanted = at(&claim, {"spec", "storageClassName"});
    for (const auto& [name, volume] : stored.volumes) {
        const Node* offered = at(volume, {"spec", "storageClassName"});
        const bool same = wanted != nullptr && offered != nullptr && wanted->text == offered->text;
        if (same && at(volume, {"spec", "claimRef"}) == nullptr && !folderOf(*volume).empty()) {
            return volume;
        }
    }
    return nullptr;
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

std::map<const Node*, std::string> namesOfWorkloads(const std::vector<const Node*>& objects) {
    std::map<std::string, std::set<std::string>> spaces;
    std::map<const Node*, std::string> names;
    for (const Node* object : objects) {
        if (isWorkload(kindOfObject(*object))) {
            names[object] = lowerKind(*object) + "/" + nameOf(*object);
            spaces[names[object]].insert(spaceOf(*object));
        }
    }
    for (auto& [object, name] : names) {
        if (spaces[name].size() > 1) {
            name = lowerKind(*object) + "/" + spaceOf(*object) + "/" + nameOf(*object);
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

StoredVolumes storedVolumes(const std::vector<const Node*>& objects) {
    StoredVolumes out;
    for (const Node* object : objects) {
        const std::string kind = textAt(object, {"kind"});
        const std::string name = textAt(object, {"metadata", "name"});
        if (kind == "PersistentVolume") {
            out.volumes[name] = object;
            const std::string claim = textAt(object, {"spec", "claimRef", "name"});
            if (!claim.empty()) {
                out.bound[{spaceOf(textAt(object, {"spec", "claimRef", "namespace"})), claim}] = object;
            }
        } else if (kind == "PersistentVolumeClaim") {
            out.claims[{spaceOf(textAt(object, {"metadata", "namespace"})), name}] = object;
        }
    }
    return out;
}

std::string spaceOfObject(const Node& object) {
    return spaceOf(object);
}

void settleClaimed(
    const StoredVolumes& stored, const ClaimedVolume& claimed, AskedMount& mount,
    std::vector<std::string>& asked) {
    const std::pair key{claimed.space, claimed.name};
    const auto found = stored.claims.find(key);
    const Node* claim = claimed.made != nullptr        ? claimed.made
                        : found == stored.claims.end() ? nullptr
                                                       : found->second;
    const auto bound = stored.bound.find(key);
    const auto named = stored.volumes.find(textAt(claim, {"spec", "volumeName"}));
    const Node* volume = bound != stored.bound.end()     ? bound->second
                         : named != stored.volumes.end() ? named->second
                                                         : nullptr;
    const std::string folder = volume == nullptr ? "" : folderOf(*volume);
    if (folder.starts_with('/')) {
        mount.source = folder;
        mount.volume = false;
        mount.sourceUnknown.reset();
        asked.push_back(
            "a folder of the host through the claim " + base::textFromBytes(claimed.name) +
            ": the PersistentVolume " + base::textFromBytes(textAt(volume, {"metadata", "name"})));
    } else if (
        const Node* other = volume != nullptr || claim == nullptr ? nullptr : mayBeBound(stored, *claim)) {
        const std::string name = base::textFromBytes(textAt(other, {"metadata", "name"}));
        mount.sourceUnknown = model::Unreadable{
            "the cluster may bind the claim " + base::textFromBytes(claimed.name) +
                " to the PersistentVolume " + name + ", which is " + base::textFromBytes(folderOf(*other)) +
                " of the host",
            "volumeName: " + name + " in the claim, where that is so"};
    }
}

} // namespace bulkhead::claims
