#include "core/report/changes_json.h"

#include "core/report/column_changes.h"
#include "core/report/contradictions.h"

#include <nlohmann/json.hpp>

namespace bulkhead::report {

namespace {

using Json = nlohmann::ordered_json;

struct ValueJson {
    Json operator()(const compare::Absent& /*absent*/) const { return "absent"; }
    Json operator()(const model::Unreadable& /*why*/) const { return nullptr; }
    template <class T>
    Json operator()(const T& value) const {
        return value;
    }
};

Json jsonOf(const compare::Value& value) {
    return std::visit(ValueJson{}, value);
}

Json changeJson(const std::string& subject, const compare::Change& change, model::Stage stage) {
    return {
        {"subject", subject},
        {"path", change.path},
        {"before", jsonOf(change.before)},
        {"after", jsonOf(change.after)},
        {"direction", model::nameOf(change.direction)},
        {"reason", change.reason},
        {"stage", model::nameOf(stage)}};
}

Json columnChanges(
    const diagram::Diagram& diagram, const diagram::Column& column, const std::string& subject) {
    Json changes = Json::array();
    for (const PlacedChange& placed : changesOf(diagram, column)) {
        changes.push_back(changeJson(subject, *placed.change, placed.stage));
    }
    return changes;
}

} // namespace

std::string valueJson(const compare::Value& value) {
    return jsonOf(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string writeChangesJson(
    const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects,
    std::string_view vantage, const std::vector<SubjectPathChanges>& paths) {
    Json document = {
        {"baseline", nullptr},
        {"vantage", vantage},
        {"changes", Json::array()},
        {"paths", Json::parse(pathChangesJson(paths))}};
    for (const diagram::Column& column : diagram.columns) {
        for (const std::string& name : namesOf(diagram, column, subjects)) {
            if (column.baseline && document["baseline"].is_null()) {
                document["baseline"] = name;
            }
            for (Json& change : columnChanges(diagram, column, name)) {
                document["changes"].push_back(std::move(change));
            }
        }
    }
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string writeContradictionsJson(const diagram::Diagram& diagram, const diagram::SubjectView& subject) {
    Json document = {{"subject", subject.name}, {"contradictions", Json::array()}};
    const bool looked = subject.experienced.has_value();
    for (const SlotContradictions& slot : contradictionsBySlot(diagram)) {
        for (const compare::Contradiction& one : slot.facts) {
            document["contradictions"].push_back(
                {{"path", one.path},
                 {"declared", jsonOf(one.declared)},
                 {"enforced", jsonOf(one.enforced)},
                 {"experienced", looked ? jsonOf(one.experienced) : Json()},
                 {"direction", model::nameOf(one.direction)},
                 {"stage", model::nameOf(slot.slot->stage)},
                 {"cause", one.cause}});
        }
    }
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace bulkhead::report
