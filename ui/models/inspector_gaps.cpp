#include "ui/models/inspector_gaps.h"

#include "ui/models/inspector_html.h"

#include <QStringList>
#include <algorithm>
#include <map>

namespace bulkhead::models {

namespace {

constexpr std::size_t kMostPaths = 8; ///< of one reason; how many more there are is said

QString groupHtml(const GapGroup& group) {
    QStringList paths;
    for (std::size_t i = 0; i < std::min(group.paths.size(), kMostPaths); ++i) {
        paths << pathHtml(group.paths[i]);
    }
    if (group.paths.size() > kMostPaths) {
        paths << inspectorTr("and %1 more").arg(group.paths.size() - kMostPaths);
    }
    const QString close = group.why.needs.empty()
                              ? QString() // what would close it is not known, and not everything can be
                              : QStringLiteral("<br><b>%1</b>")
                                    .arg(inspectorTr("to close it: %1").arg(escaped(group.why.needs)));
    return QStringLiteral("<table><tr>%1<td>%2%3<br>%4</td></tr></table>")
        .arg(hatchedCell(), escaped(group.why.reason), close, mutedHtml(paths.join(QStringLiteral("<br>"))));
}

} // namespace

std::vector<GapGroup> groupGaps(const std::vector<model::Gap>& gaps) {
    std::vector<GapGroup> groups;
    std::map<model::Unreadable, std::size_t> known;
    for (const model::Gap& gap : gaps) {
        const auto [place, fresh] = known.try_emplace(gap.why, groups.size());
        if (fresh) {
            groups.push_back({gap.why, {}});
        }
        auto& paths = groups[place->second].paths; // two vantages may lack the same fact
        if (std::ranges::find(paths, gap.path) == paths.end()) {
            paths.push_back(gap.path);
        }
    }
    std::ranges::stable_sort(
        groups, [](const GapGroup& a, const GapGroup& b) { return a.paths.size() > b.paths.size(); });
    return groups;
}

QString gapsHtml(const std::vector<model::Gap>& gaps) {
    const std::vector<GapGroup> groups = groupGaps(gaps);
    std::size_t facts = 0;
    for (const GapGroup& group : groups) {
        facts += group.paths.size();
    }
    return groups.empty()
               ? QString()
               : heading(inspectorTr("Not readable (%1)").arg(facts)) + listHtml(groups, groupHtml);
}

} // namespace bulkhead::models
