#include "core/report/column_changes.h"

#include <algorithm>
#include <set>

namespace bulkhead::report {

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

std::vector<PlacedChange> changesOf(const diagram::Diagram& diagram, const diagram::Column& column) {
    std::vector<PlacedChange> changes;
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
                    changes.push_back({&change, slot.stage});
                }
            }
        }
    }
    return changes;
}

} // namespace bulkhead::report
