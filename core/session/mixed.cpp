#include "core/session/mixed.h"

#include <algorithm>
#include <string>

namespace bulkhead::session {

using diagram::SubjectView;

namespace {

std::string vantageOf(const SubjectView& subject) {
    return subject.enforced ? std::string(model::nameOf(subject.enforced->vantage)) : std::string();
}

} // namespace

std::vector<SubjectView> mixVantages(std::vector<SubjectView> subjects) {
    for (SubjectView& subject : subjects) {
        if (!subject.enforced) {
            subject.enforced = subject.declared;
        }
        if (subject.enforced) {
            subject.name += " (" + vantageOf(subject) + ")";
        }
    }
    return subjects;
}

void markMixed(diagram::Diagram& diagram, const std::vector<SubjectView>& subjects) {
    const auto baseline = std::ranges::find(diagram.columns, true, &diagram::Column::baseline);
    if (baseline == diagram.columns.end()) {
        return;
    }
    const std::string asked = vantageOf(subjects[baseline->subject]);
    for (diagram::Column& column : diagram.columns) {
        const std::string got = vantageOf(subjects[column.subject]);
        if (got == asked) {
            continue;
        }
        std::string kinds = asked;
        kinds.append(" against ").append(got);
        for (diagram::Cell& cell : column.cells) {
            for (compare::Change& change : cell.changes) {
                change.reason.append(change.reason.empty() ? "" : "; ").append(kinds);
            }
        }
    }
}

} // namespace bulkhead::session
