#include "core/base/bytes.h"
#include "core/base/secret_names.h"
#include "core/claims/compose_parts.h"
#include "core/claims/kubernetes_pod.h"

#include <algorithm>

namespace bulkhead::claims {

void takeVariable(Claim& claim, std::string_view assignment, const model::Evidence& from) {
    const std::string name = base::textFromBytes(assignment.substr(0, assignment.find('=')));
    const auto equals = assignment.find('=');
    const bool empty = equals != std::string_view::npos && equals + 1 == assignment.size();
    auto names = claim.secretEnv.valueOr({});
    if (!empty && !base::secretNames({name}).empty() && std::ranges::find(names, name) == names.end()) {
        names.push_back(name);
        std::ranges::sort(names);
    }
    claim.secretEnv = {std::move(names), claim.secretEnv.known() ? claim.secretEnv.evidence() : from};
}

void readComposeEnvironment(Fields& service, Claim& claim) {
    if (const Node* files = service.find("env_file");
        files != nullptr && !(files->isList() && files->items.empty())) {
        claim.notSeen["image.secretEnv"] = {
            "the variables of the files of env_file are not looked at", "environment in the service"};
    }
    const Node* all = service.find("environment");
    if (all == nullptr) {
        return;
    }
    const model::Evidence from = service.from("environment");
    if (!all->isMap()) {
        for (const Node& item : all->items) {
            takeVariable(claim, item.text, from);
        }
        return;
    }
    for (std::size_t i = 0; i < all->keys.size(); ++i) { // null: the value comes from who starts it
        const bool given = !all->items[i].isNull();
        takeVariable(claim, all->keys[i].text + (given ? "=" + all->items[i].text : ""), from);
    }
}

namespace {

/// Variables that a Secret or a ConfigMap holds, whose keys the container does not name.
void readEnvironmentFrom(Fields& container, Claim& claim) {
    std::string sources;
    for (Fields& entry : container.maps("envFrom")) {
        for (const auto& [key, word] :
             {std::pair{"secretRef", "secret "}, std::pair{"configMapRef", "config map "}}) {
            if (auto source = entry.map(key)) {
                sources += (sources.empty() ? "" : ", ") + std::string(word) +
                           base::textFromBytes(source->text("name").value_or(""));
                source->passOver({"optional"});
                source->finish();
            }
        }
        entry.passOver({"prefix"});
        entry.finish();
    }
    if (!sources.empty()) {
        claim.notSeen["image.secretEnv"] = {
            "envFrom brings the variables of: " + sources + "; they are not looked at",
            "their keys, each with valueFrom in env"};
    }
}

} // namespace

void readPodEnvironment(Fields& container, Claim& claim) {
    readEnvironmentFrom(container, claim);
    const Node* all = container.find("env");
    static const std::vector<Node> kNone;
    for (const Node& entry : all != nullptr ? all->items : kNone) {
        const Node* name = entry.find("name");
        const Node* source = entry.find("valueFrom");
        const Node* value = entry.find("value");
        const bool secret = source != nullptr && source->find("secretKeyRef") != nullptr;
        if (name != nullptr && (secret || (source == nullptr && value != nullptr))) {
            takeVariable(claim, name->text + (secret ? "" : "=" + value->text), container.from("env"));
        }
    }
}

} // namespace bulkhead::claims
