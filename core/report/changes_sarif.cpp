#include "core/report/changes_sarif.h"

#include "core/compare/value.h"
#include "core/model/gaps.h"
#include "core/report/column_changes.h"
#include "core/report/sarif.h"
#include "core/report/subjects.h"

#include <algorithm>

namespace bulkhead::report {

namespace {

using compare::Direction;

/// "capabilities" of "capabilities.effective.CAP_KILL", `mounts` of `mounts["/x"].readOnly`.
std::string facetOf(std::string_view path) {
    return std::string(path.substr(0, path.find_first_of(".[")));
}

SarifLevel levelOf(Direction direction) {
    switch (direction) {
    case Direction::weaker:
        return SarifLevel::error;
    case Direction::incomparable:
        return SarifLevel::warning;
    case Direction::unknown:
        return SarifLevel::open;
    default:
        return SarifLevel::note;
    }
}

/// Where the document states the fact, or the nearest one around it.
model::Evidence
evidenceAt(const std::vector<std::pair<std::string, model::Evidence>>& evidence, std::string_view path) {
    const std::pair<std::string, model::Evidence>* best = nullptr;
    for (const auto& entry : evidence) {
        const bool around = path.starts_with(entry.first) &&
                            (path.size() == entry.first.size() || path[entry.first.size()] == '.' ||
                             path[entry.first.size()] == '[');
        if (around && !entry.second.file.empty() &&
            (best == nullptr || entry.first.size() > best->first.size())) {
            best = &entry;
        }
    }
    return best == nullptr ? model::Evidence{} : best->second;
}

SarifRule ruleOf(const std::string& facet, Direction direction, model::Stage stage) {
    const std::string word(model::nameOf(direction));
    return {
        word + "/" + facet,
        "The boundary is " + (direction == Direction::weaker ? "weaker: " : word + ": ") + facet,
        "Compare the two sides by bulkhead diff and look at the reason of the change; bulkhead paths names "
        "what it "
        "opens.",
        {"security", std::string(model::nameOf(stage))}};
}

} // namespace

std::string
writeChangesSarif(const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects) {
    std::vector<SarifRule> rules;
    std::vector<SarifResult> results;
    for (const diagram::Column& column : diagram.columns) {
        if (column.baseline) {
            continue;
        }
        const model::Snapshot* snapshot = snapshotOf(diagram, column, subjects);
        const auto evidence = snapshot == nullptr ? std::vector<std::pair<std::string, model::Evidence>>()
                                                  : model::evidenceOf(*snapshot);
        for (const PlacedChange& placed : changesOf(diagram, column)) {
            const compare::Change& change = *placed.change;
            SarifRule rule = ruleOf(facetOf(change.path), change.direction, placed.stage);
            const model::Evidence at = evidenceAt(evidence, change.path);
            for (const std::string& name : namesOf(diagram, column, subjects)) {
                results.push_back(
                    {rule.id, levelOf(change.direction),
                     name + ": " + change.path + ": " + compare::toText(change.before) + " -> " +
                         compare::toText(change.after) + ": " + change.reason,
                     name, at.file, at.line, change.path});
            }
            if (std::ranges::find(rules, rule.id, &SarifRule::id) == rules.end()) {
                rules.push_back(std::move(rule));
            }
        }
    }
    return writeSarif(rules, results);
}

} // namespace bulkhead::report
