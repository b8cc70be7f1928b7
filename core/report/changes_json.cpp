#include "core/report/changes_json.h"

#include "core/report/contradictions.h"

#include <nlohmann/json.hpp>
#include <set>

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

Json changeJson(const std::string& subject, const compare::Change& change, model::Stage stage) {
    return {
        {"subject", subject},
        {"path", change.path},
        {"before", std::visit(ValueJson{}, change.before)},
        {"after", std::visit(ValueJson{}, change.after)},
        {"direction", model::nameOf(change.direction)},
        {"reason", change.reason},
        {"stage", model::nameOf(stage)}};
}

/// The names of the subjects a column stands for.
std::vector<std::string> namesOf(
    const diagram::Diagram& diagram, const diagram::Column& column,
    const std::vector<diagram::SubjectView>& subjects) {
    if (diagram.oneSubject || column.subject >= subjects.size()) {
        return {column.name};
    }
    std::vector<std::string> names = {subjects[column.subject].name};
    for (const std::size_t folded : column.folded) {
        if (folded < subjects.size()) {
            names.push_back(subjects[folded].name);
        }
    }
    return names;
}

/// The changes of a column in the shown vantage, each once: what was asked for is a change of its own vantage
/// only, and stands at the stage that shows it best.
Json columnChanges(
    const diagram::Diagram& diagram, const diagram::Column& column, const std::string& subject) {
    Json changes = Json::array();
    std::set<std::string> listed;
    const bool asked = diagram.vantage == model::Vantage::declared;
    for (const bool declared : {false, true}) {
        for (std::size_t row = 0; row < std::min(diagram.rows.size(), column.cells.size()); ++row) {
            const diagram::Slot& slot = *diagram.rows[row].slot;
            if (slot.declared != declared || (declared && !asked)) {
                continue;
            }
            for (const compare::Change& change : column.cells[row].changes) {
                if (listed.insert(change.path).second) {
                    changes.push_back(changeJson(subject, change, slot.stage));
                }
            }
        }
    }
    return changes;
}

} // namespace

std::string writeChangesJson(
    const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects,
    std::string_view vantage) {
    Json document = {
        {"baseline", nullptr},
        {"vantage", vantage},
        {"changes", Json::array()},
        {"paths", {{"opened", Json::array()}, {"closed", Json::array()}}}};
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
                 {"declared", std::visit(ValueJson{}, one.declared)},
                 {"enforced", std::visit(ValueJson{}, one.enforced)},
                 {"experienced", looked ? std::visit(ValueJson{}, one.experienced) : Json()},
                 {"direction", model::nameOf(one.direction)},
                 {"stage", model::nameOf(slot.slot->stage)},
                 {"cause", one.cause}});
        }
    }
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace bulkhead::report
