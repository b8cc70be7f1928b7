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

void readPodEnvironment(Fields& container, Claim& claim) {
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
