#include "core/base/bytes.h"
#include "core/claims/kubernetes_objects.h"
#include "core/claims/kubernetes_pod.h"

#include <algorithm>
#include <array>

namespace bulkhead::claims {

namespace {

constexpr std::string_view kEnforce = "pod-security.kubernetes.io/enforce";

std::string textAt(const Node* node, std::string_view key) {
    const Node* found = node == nullptr ? nullptr : node->find(key);
    return found == nullptr ? "" : found->text;
}

/// The host that a probe or handler names; the kubelet asks it from the node.
void addHost(const Node* action, std::vector<std::string>& hosts) {
    for (const char* key : {"httpGet", "tcpSocket"}) {
        const Node* call = action == nullptr ? nullptr : action->find(key);
        const std::string host = textAt(call, "host");
        if (!host.empty()) {
            hosts.push_back(base::textFromBytes(host));
        }
    }
}

} // namespace

void readProbes(Fields& container, Claim& claim) {
    std::vector<std::string> hosts;
    for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
        addHost(container.find(probe), hosts);
    }
    const Node* lifecycle = container.find("lifecycle");
    for (const char* handler : {"postStart", "preStop"}) {
        addHost(lifecycle == nullptr ? nullptr : lifecycle->find(handler), hosts);
    }
    std::ranges::sort(hosts);
    hosts.erase(std::ranges::unique(hosts).begin(), hosts.end());
    for (const std::string& host : hosts) {
        claim.alsoAsked.push_back("a probe of the host " + host);
    }
}

void readVolumeTypes(const Node& spec, Claim& claim) {
    constexpr std::array<std::string_view, 10> kPermitted = {
        "name",      "configMap", "csi",   "downwardAPI",
        "emptyDir",  "ephemeral", "image", "persistentVolumeClaim",
        "projected", "secret"};
    std::vector<std::string> types;
    static const std::vector<Node> kNone;
    const Node* volumes = spec.find("volumes");
    for (const Node& volume : volumes != nullptr ? volumes->items : kNone) {
        for (const Node& key : volume.keys) {
            if (std::ranges::find(kPermitted, key.text) == kPermitted.end()) {
                types.push_back(base::textFromBytes(key.text));
            }
        }
    }
    std::ranges::sort(types);
    types.erase(std::ranges::unique(types).begin(), types.end());
    for (const std::string& type : types) {
        claim.alsoAsked.push_back("a volume of type " + type);
    }
}

std::map<std::string, std::string> enforcedLevels(const std::vector<const Node*>& objects) {
    std::map<std::string, std::string> levels;
    for (const Node* one : objects) {
        const Node* kind = one->find("kind");
        if (kind != nullptr && kind->text == "Namespace") {
            const Node* meta = one->find("metadata");
            levels[textAt(meta, "name")] = textAt(meta == nullptr ? nullptr : meta->find("labels"), kEnforce);
        }
    }
    return levels;
}

std::optional<std::string>
looseNamespace(const Node& object, const std::map<std::string, std::string>& levels) {
    const std::string name = levels.empty() ? "" : textAt(object.find("metadata"), "namespace");
    const auto level = name.empty() ? levels.end() : levels.find(name);
    if (level == levels.end() || (!level->second.empty() && level->second != "privileged")) {
        return std::nullopt;
    }
    return "a namespace that enforces " +
           std::string(level->second.empty() ? "no Pod Security level" : "the Pod Security level privileged");
}

} // namespace bulkhead::claims
