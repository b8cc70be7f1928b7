#include "core/report/subjects.h"

namespace bulkhead::report {

const model::Snapshot* snapshotOf(
    const diagram::Diagram& diagram, const diagram::Column& column,
    const std::vector<diagram::SubjectView>& subjects) {
    if (diagram.oneSubject) {
        const auto vantage = model::valueNamed<model::Vantage>(column.name);
        return vantage && !subjects.empty() ? subjects.front().at(*vantage) : nullptr;
    }
    return column.subject < subjects.size() ? subjects[column.subject].at(diagram.vantage) : nullptr;
}

std::vector<const model::Snapshot*>
snapshotsOf(const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects) {
    std::vector<const model::Snapshot*> out;
    out.reserve(diagram.columns.size());
    for (const diagram::Column& column : diagram.columns) {
        out.push_back(snapshotOf(diagram, column, subjects));
    }
    return out;
}

} // namespace bulkhead::report
