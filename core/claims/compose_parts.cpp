#include "core/claims/compose_parts.h"

#include "core/base/bytes.h"
#include "core/claims/run_line.h"

#include <algorithm>

namespace bulkhead::claims {

namespace fs = std::filesystem;

bool takeAsOption(
    std::string_view option, const std::string& value, const model::Evidence& from, Claim& claim) {
    const auto known = std::ranges::find(runOptions(), option, &RunOption::name);
    return known != runOptions().end() && known->take(claim, value, from);
}

void takeValue(
    Fields& fields, std::string_view key, const Node& at, std::string_view option, const std::string& value,
    Claim& claim) {
    const model::Evidence from = fields.reading().from(at, fields.pathOf(key));
    if (!takeAsOption(option, value, from, claim)) {
        fields.refuse(at, key, "not understood: " + base::textFromBytes(value));
    }
}

void tellUndefined(
    Fields& service, const Node& at, const std::string& field, std::string_view section,
    const std::string& name) {
    const std::string what =
        base::textFromBytes(name) + " is not among the project's " + std::string(section);
    if (const Node* profiles = service.node().find("profiles"); profiles != nullptr && !profiles->isNull()) {
        service.reading().note(at, field, what);
    } else {
        service.reading().refuse(at, field, what);
    }
}

void finishCompose(Fields& fields) {
    for (const Node& key : fields.node().keys) {
        if (key.text.starts_with("x-")) {
            fields.passOver({key.text});
        }
    }
    fields.finish();
}

std::vector<const Node*> oneOrMany(Fields& fields, std::string_view key) {
    std::vector<const Node*> out;
    const Node* found = fields.find(key);
    if (found != nullptr && found->isList() && fields.texts(key)) {
        for (const Node& item : found->items) {
            out.push_back(&item);
        }
    } else if (found != nullptr && fields.text(key)) {
        out.push_back(found);
    }
    return out;
}

std::string pathFrom(const ComposeScope& scope, const Node& at, const std::string& text) {
    if (text == "~" || text.starts_with("~/")) {
        const auto& variables = scope.project.files.variables();
        const auto home = variables.find("HOME");
        return (home == variables.end() ? "" : home->second) + text.substr(1);
    }
    fs::path path = (scope.project.files.sourceOf(at).folder / text).lexically_normal();
    const bool slash = !path.has_filename() && path.has_parent_path() && path != path.root_path();
    return (slash && !text.starts_with('/') ? path.parent_path() : path).string();
}

const Node* findDefined(const ComposeProject& project, std::string_view section, std::string_view name) {
    const Node* all = project.root.find(section);
    return all == nullptr || !all->isMap() ? nullptr : all->find(name);
}

} // namespace bulkhead::claims
