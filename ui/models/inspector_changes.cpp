#include "ui/models/inspector_changes.h"

#include "core/diagram/words.h"
#include "ui/models/cell_text.h"
#include "ui/models/inspector_html.h"

#include <QStringList>
#include <algorithm>

namespace bulkhead::models {

namespace {

QString directionWord(compare::Direction direction, const diagram::Palette& palette) {
    return QStringLiteral("<b style='color:%1'>%2</b>")
        .arg(hex(palette.of(diagram::markOf(direction)).text), escaped(model::nameOf(direction)));
}

/// A path in two: the fact, and its member behind the last dot that is not inside of a quoted key.
std::pair<std::string, std::string> splitPath(const std::string& path) {
    const std::size_t dot = path.find_last_of(".]");
    if (dot == std::string::npos || path[dot] == ']') {
        return {path, ""};
    }
    return {path.substr(0, dot), path.substr(dot + 1)};
}

bool saysTheSame(const compare::Change& one, const compare::Change& other) {
    return one.before == other.before && one.after == other.after && one.direction == other.direction &&
           one.reason == other.reason;
}

QString groupHtml(const ChangeGroup& group, const diagram::Palette& palette) {
    QStringList members;
    for (const std::string& member : group.members) {
        members << escaped(member);
    }
    const QString which =
        members.isEmpty() ? QString() : QStringLiteral("<br>") + members.join(QStringLiteral(", "));
    return QStringLiteral("%1<br>%2 → %3: %4<br>%5%6")
        .arg(
            pathHtml(group.path), escaped(compare::toText(group.change.before)),
            escaped(compare::toText(group.change.after)), directionWord(group.change.direction, palette),
            mutedHtml(escaped(group.change.reason)), which);
}

QString contradictionHtml(const compare::Contradiction& found, const diagram::Palette& palette) {
    const bool more = found.direction == compare::Direction::weaker;
    const diagram::Colour colour = more ? palette.weaker.text : palette.ink;
    const QString cause =
        found.cause.empty() ? QString() : QStringLiteral("<br>") + mutedHtml(escaped(found.cause));
    const QString inside =
        found.experienced == compare::Value(compare::Absent{})
            ? QString()
            : QStringLiteral(", %1 <b>%2</b>")
                  .arg(inspectorTr("experienced"), escaped(compare::toText(found.experienced)));
    return QStringLiteral("%1<br>%2 <b>%3</b>, %4 <b>%5</b>%6<br><b style='color:%7'>%8</b>%9")
        .arg(
            pathHtml(found.path), inspectorTr("declared"), escaped(compare::toText(found.declared)),
            inspectorTr("enforced"), escaped(compare::toText(found.enforced)), inside, hex(colour),
            escaped(diagram::contradictionWord(found.direction)), cause);
}

} // namespace

std::vector<ChangeGroup> groupChanges(const std::vector<compare::Change>& changes) {
    std::vector<ChangeGroup> groups;
    for (const compare::Change& change : changes) {
        const auto [fact, member] = splitPath(change.path);
        const bool joins = !groups.empty() && !member.empty() && !groups.back().members.empty() &&
                           groups.back().path == fact && saysTheSame(groups.back().change, change);
        if (joins) {
            groups.back().members.push_back(member);
        } else {
            groups.push_back({fact, {}, change});
            if (!member.empty()) {
                groups.back().members.push_back(member);
            }
        }
    }
    for (ChangeGroup& group : groups) {
        if (group.members.size() == 1) {
            group.path = group.change.path;
            group.members.clear();
        }
    }
    return groups;
}

QString changesHtml(const std::vector<compare::Change>& changes, const diagram::Palette& palette) {
    if (changes.empty()) {
        return {};
    }
    return heading(inspectorTr("Changes (%1)").arg(changes.size())) +
           listHtml(
               groupChanges(changes), [&](const ChangeGroup& group) { return groupHtml(group, palette); });
}

QString
contradictionsHtml(const std::vector<compare::Contradiction>& found, const diagram::Palette& palette) {
    return found.empty()
               ? QString()
               : heading(inspectorTr("Contradictions (%1)").arg(found.size())) +
                     listHtml(found, [&](const auto& one) { return contradictionHtml(one, palette); });
}

} // namespace bulkhead::models
