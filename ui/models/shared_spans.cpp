#include "ui/models/shared_spans.h"

#include "ui/models/namespace_sharing.h"

#include <algorithm>

namespace bulkhead::models {

namespace {

std::string joinedTypes(const std::vector<std::string>& types) {
    std::string text;
    for (const std::string& type : types) {
        text += (text.empty() ? "" : ", ") + type;
    }
    return text;
}

/// Whether a column stands for a member, alone or folded with others that look the same.
bool standsFor(const diagram::Column& column, const std::vector<std::size_t>& members) {
    return std::ranges::find(members, column.subject) != members.end();
}

} // namespace

std::vector<diagram::SharedSpan>
sharedSpans(const diagram::Diagram& diagram, const std::vector<diagram::SubjectView>& subjects) {
    std::vector<diagram::SharedSpan> spans;
    if (diagram.oneSubject) {
        return spans;
    }
    for (const SharingGroup& group : namespaceSharing(subjects, diagram.vantage).groups) {
        // One mount namespace is one container, read twice or by numbers that the kernel gave again to the
        // next: no pod shares it.
        const bool one = std::ranges::find(group.types, "mnt") != group.types.end();
        if (one || group.letter == QLatin1String("H")) {
            continue;
        }
        const std::string types = joinedTypes(group.types);
        for (std::size_t first = 0; first < diagram.columns.size(); ++first) {
            std::size_t end = first;
            while (end < diagram.columns.size() && standsFor(diagram.columns[end], group.members)) {
                ++end;
            }
            if (end > first + 1) {
                spans.push_back(
                    {first, end - 1, "shared: " + types, sharingText(group, subjects).toStdString()});
            }
            first = std::max(first, end);
        }
    }
    std::ranges::sort(spans, {}, [](const diagram::SharedSpan& span) {
        return std::pair(span.first, -static_cast<std::ptrdiff_t>(span.last));
    });
    return spans;
}

} // namespace bulkhead::models
