#include "core/catalog/catalogue_fields.h"

#include <map>
#include <string>

namespace bulkhead::catalog {

using model::Stage;

namespace {

std::string noAuthority(const std::string& word) {
    std::string text = "no authority is named " + word + "; there are ";
    bool first = true;
    for (const auto& [value, name] : model::Names<model::AttackAuthority>::names) {
        text += first ? "" : ", ";
        text += name;
        first = false;
    }
    return text;
}

} // namespace

model::AttackAuthorities readAuthorities(YamlReader& in, std::string_view key) {
    model::AttackAuthorities out;
    for (const std::string& word : in.texts(key)) {
        const auto authority = model::valueNamed<model::AttackAuthority>(word);
        if (!authority) {
            in.refuse(*in.find(key), key, noAuthority(word));
            break;
        }
        out.insert(*authority);
    }
    return out;
}

model::Stage readStage(YamlReader& in) {
    static const std::map<std::string, Stage> kStages = {
        {"image", Stage::image},
        {"runtime-config", Stage::runtimeConfig},
        {"namespaces-caps", Stage::checkpoint},
        {"host-kernel", Stage::hostKernel},
        {"host-resource", Stage::hostResource},
        {"evidence", Stage::evidence},
    };
    const auto found = kStages.find(in.requiredText("stage"));
    if (found != kStages.end()) {
        return found->second;
    }
    if (const YamlNode* node = in.find("stage")) {
        in.refuse(
            *node, "stage",
            "one of image, runtime-config, namespaces-caps, host-kernel, host-resource, evidence is "
            "expected");
    }
    return Stage::image;
}

std::vector<Reference> readReferences(YamlReader& in) {
    std::vector<Reference> out;
    for (YamlReader& entry : in.maps("references")) {
        entry.allowOnly({"in", "id", "title"});
        const std::string catalogue =
            entry.word("in", {"mitre-attack", "cis-docker", "pss", "nist-800-190", "cve"});
        out.push_back({catalogue, entry.requiredText("id"), entry.text("title", "")});
        in.take(entry);
    }
    return out;
}

} // namespace bulkhead::catalog
