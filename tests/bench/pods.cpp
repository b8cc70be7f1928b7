#include "tests/bench/pods.h"

#include "core/claims/import.h"

#include <yaml-cpp/yaml.h>

namespace bulkhead::bench {

std::string podsDocument(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string nth = std::to_string(i);
        text += "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p" + nth +
                ", namespace: shop}\nspec:\n"
                "  securityContext: {runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}\n"
                "  containers:\n  - name: app\n    image: nginx:" +
                nth +
                "\n    securityContext:\n      allowPrivilegeEscalation: false\n"
                "      capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}\n"
                "    resources: {limits: {memory: 64Mi, cpu: 500m}}\n"
                "    volumeMounts:\n    - {name: data, mountPath: /data, readOnly: true}\n"
                "  volumes:\n  - {name: data, hostPath: {path: /srv/" +
                nth + "}}\n";
    }
    return text;
}

std::size_t importPods(const std::string& document) {
    claims::ImportOptions options;
    options.ground.architecture = "x86_64";
    const auto all = claims::importDocument(document, "pods.yaml", options);
    return all ? all->size() : 0;
}

std::size_t parsePods(const std::string& document) {
    return YAML::LoadAll(document).size();
}

} // namespace bulkhead::bench
