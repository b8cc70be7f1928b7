#include "core/base/bytes.h"
#include "core/claims/clean_path.h"
#include "core/claims/edit_forms.h"
#include "core/claims/kubernetes_objects.h"
#include "core/claims/node_edit.h"

#include <algorithm>
#include <array>

namespace bulkhead::claims {

namespace {

std::string textAt(const Node& map, std::string_view key) {
    const Node* value = map.find(key);
    return value == nullptr ? "" : value->text;
}

/// The Pod in an object of whatever kind: whose specification lists containers.
Node* podOf(Node& object) {
    Node* ofController = mapAt(object, {"spec", "template"});
    Node* ofCronJob = mapAt(object, {"spec", "jobTemplate", "spec", "template"});
    Node* ofTemplate = mapAt(object, {"template"});
    for (Node* pod : {&object, ofController, ofCronJob, ofTemplate}) {
        Node* spec = pod == nullptr ? nullptr : valueAt(*pod, "spec");
        if (spec != nullptr && valueAt(*spec, "containers") != nullptr) {
            return pod;
        }
    }
    return nullptr;
}

void collect(Node& object, std::vector<Node*>& out, int depth) {
    constexpr int kMaxLists = 4;
    Node* items = valueAt(object, "items");
    if (textAt(object, "kind").ends_with("List") && items != nullptr && depth < kMaxLists) {
        for (Node& item : items->items) {
            collect(item, out, depth + 1);
        }
        return;
    }
    out.push_back(&object);
}

Node* containerIn(Node& spec, std::string_view name) {
    for (const char* list : {"containers", "initContainers", "ephemeralContainers"}) {
        Node* containers = valueAt(spec, list);
        if (containers == nullptr) {
            continue;
        }
        for (Node& container : containers->items) {
            if (textAt(container, "name") == name) {
                return &container;
            }
        }
    }
    return nullptr;
}

Node& contextOf(const ContainerPlace& place) {
    return mapFor(*place.container, "securityContext");
}

void runtimeDefault(const ContainerPlace& place, std::string_view key) {
    Node profile = mapNode();
    valueFor(profile, "type") = plainNode("RuntimeDefault");
    valueFor(contextOf(place), key) = std::move(profile);
}

/// The API server refuses a field that says otherwise than the annotation of before Kubernetes 1.30.
void enforceAppArmor(const ContainerPlace& place) {
    if (Node* annotations = mapAt(*place.pod, {"metadata", "annotations"})) {
        eraseKey(
            *annotations,
            "container.apparmor.security.beta.kubernetes.io/" + textAt(*place.container, "name"));
    }
    runtimeDefault(place, "appArmorProfile");
}

void dropCapability(const ContainerPlace& place, const std::string& capability) {
    Node& capabilities = mapFor(contextOf(place), "capabilities");
    eraseItems(
        capabilities, "add", [&](const Node& entry) { return sameCapability(entry.text, capability); });
    addText(capabilities, "drop", shortCapability(capability));
}

bool isBelow(const std::string& path, const std::string& folder) {
    return path == folder || path.starts_with(folder + "/");
}

base::Status editVolume(const ContainerPlace& place, const ChangeAsk& change) {
    constexpr std::string_view kToken = "/var/run/secrets/kubernetes.io/serviceaccount";
    const auto isIt = [&](const Node& entry) {
        return isBelow(cleanPath(pathFromRoot(textAt(entry, "mountPath"))), change.object);
    };
    if (change.kind == ChangeKind::removeMount) {
        if (change.object == kToken) {
            valueFor(*place.spec, "automountServiceAccountToken") = plainNode("false");
        }
        eraseItems(*place.container, "volumeMounts", isIt);
        return {};
    }
    Node* mounts = valueAt(*place.container, "volumeMounts");
    if (mounts == nullptr) {
        return {}; // taken away by an earlier change
    }
    for (Node& entry : mounts->items) {
        if (!isIt(entry)) {
            continue;
        }
        if (change.kind == ChangeKind::readOnlyMount) {
            valueFor(entry, "readOnly") = plainNode("true");
        } else {
            eraseKey(entry, "mountPropagation");
        }
    }
    return {};
}

/// hostUsers: false, which the API server refuses beside namespaces of the host and beside block volumes
/// (validateHostUsers).
base::Status ownUsers(Node& spec) {
    const auto refused = [](const std::string& beside) {
        return base::fail(
            base::ErrorKind::unsupported,
            "spec.hostUsers: the API server refuses false beside " + beside + "; that must go first");
    };
    for (const char* key : {"hostPID", "hostIPC", "hostNetwork"}) {
        if (textAt(spec, key) == "true") {
            return refused(std::string(key) + ": true");
        }
    }
    for (const char* list : {"containers", "initContainers"}) {
        const Node* containers = spec.find(list);
        if (containers == nullptr) {
            continue;
        }
        for (const Node& container : containers->items) {
            if (container.find("volumeDevices") != nullptr) {
                return refused("volumeDevices of " + base::textFromBytes(textAt(container, "name")));
            }
        }
    }
    valueFor(spec, "hostUsers") = plainNode("false");
    return {};
}

base::Status ownNamespace(const ContainerPlace& place, const std::string& type) {
    constexpr auto kKeys = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"pid", "hostPID"}, {"ipc", "hostIPC"}, {"net", "hostNetwork"}, {"uts", "hostNetwork"}});
    if (type == "user") {
        return ownUsers(*place.spec);
    }
    const auto* key = std::ranges::find(
        kKeys, std::string_view(type), &std::pair<std::string_view, std::string_view>::first);
    if (key == kKeys.end()) {
        return std::unexpected(cannotSay("Kubernetes", "a " + type + " namespace of its own"));
    }
    eraseKey(*place.spec, key->second);
    return {};
}

void leavePrivileged(const ContainerPlace& place) {
    Node& context = contextOf(place);
    valueFor(context, "privileged") = plainNode("false");
    eraseKey(context, "procMount");
    if (Node* capabilities = valueAt(context, "capabilities")) {
        eraseKey(*capabilities, "add");
    }
    runtimeDefault(place, "seccompProfile");
}

void setLimit(const ContainerPlace& place, const std::string& resource) {
    Node& limits = mapFor(mapFor(*place.container, "resources"), "limits");
    valueFor(limits, resource) = textNode(resource == "memory" ? "1Gi" : "1");
}

} // namespace

std::optional<ContainerPlace> findContainer(std::vector<Node>& documents, std::string_view subject) {
    const auto slash = subject.rfind('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    std::vector<Node*> objects;
    for (Node& document : documents) {
        collect(document, objects, 0);
    }
    const auto names = namesOfWorkloads({objects.begin(), objects.end()});
    for (Node* object : objects) {
        const auto name = names.find(object);
        Node* pod = podOf(*object);
        Node* spec = pod == nullptr ? nullptr : valueAt(*pod, "spec");
        if (spec == nullptr || name == names.end() || name->second != subject.substr(0, slash)) {
            continue;
        }
        if (Node* container = containerIn(*spec, subject.substr(slash + 1))) {
            return ContainerPlace{pod, spec, container};
        }
    }
    return std::nullopt;
}

base::Status editKubernetes(ContainerPlace place, const ChangeAsk& change) {
    switch (change.kind) {
    case ChangeKind::notPrivileged:
        leavePrivileged(place);
        return {};
    case ChangeKind::defaultCapabilities:
        eraseKey(mapFor(contextOf(place), "capabilities"), "add");
        return {};
    case ChangeKind::dropCapability:
        dropCapability(place, change.object);
        return {};
    case ChangeKind::noNewPrivileges:
        valueFor(contextOf(place), "allowPrivilegeEscalation") = plainNode("false");
        return {};
    case ChangeKind::runAsUser:
        valueFor(contextOf(place), "runAsUser") = plainNode(change.object);
        valueFor(contextOf(place), "runAsGroup") = plainNode(change.object);
        valueFor(contextOf(place), "runAsNonRoot") = plainNode("true");
        return {};
    case ChangeKind::dropGroups:
        eraseKey(mapFor(*place.spec, "securityContext"), "supplementalGroups");
        eraseKey(mapFor(*place.spec, "securityContext"), "fsGroup");
        return {};
    case ChangeKind::ownNamespace:
        return ownNamespace(place, change.object);
    case ChangeKind::removeMount:
    case ChangeKind::readOnlyMount:
    case ChangeKind::privateMount:
        return editVolume(place, change);
    case ChangeKind::readOnlyRoot:
        valueFor(contextOf(place), "readOnlyRootFilesystem") = plainNode("true");
        return {};
    case ChangeKind::protectPaths:
        eraseKey(contextOf(place), "procMount");
        return {};
    case ChangeKind::enforceAppArmor:
        enforceAppArmor(place);
        return {};
    case ChangeKind::defaultSeccomp:
        runtimeDefault(place, "seccompProfile");
        return {};
    case ChangeKind::limit:
        if (change.object == "pids") {
            return std::unexpected(
                cannotSay("Kubernetes", "a limit of processes; the kubelet's podPidsLimit does"));
        }
        setLimit(place, change.object);
        return {};
    default:
        return std::unexpected(cannotSay("Kubernetes", "which devices a container has"));
    }
}

} // namespace bulkhead::claims
