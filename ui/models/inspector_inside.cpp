#include "ui/models/inspector_inside.h"

#include "core/compare/compare.h"
#include "core/diagram/words.h"
#include "ui/models/inspector_changes.h"
#include "ui/models/inspector_html.h"
#include "ui/models/inspector_text.h"

#include <algorithm>

namespace bulkhead::models {

namespace {

/// A path that is not among what was found inside, and that nobody tried there: it says nothing. A look at a
/// path (statfs) tries nothing.
bool isUntried(const model::Snapshot& experienced, const compare::Change& change) {
    const std::string path = diagram::leafOf(change.path);
    const auto probes = experienced.probes.valueOr({});
    return path.starts_with('/') && change.after == compare::Value(compare::Absent{}) &&
           std::ranges::none_of(probes, [&](const model::Probe& probe) {
               return probe.target == path && probe.test != "look";
           });
}

} // namespace

std::vector<compare::Change>
insideDisagreements(const diagram::SubjectView& subject, const diagram::Slot* slot) {
    if (!subject.enforced || !subject.experienced) {
        return {};
    }
    std::vector<compare::Change> found = compare::compareSnapshots({*subject.enforced, *subject.experienced});
    std::erase_if(found, [&](const compare::Change& change) {
        const bool asked = slot == nullptr || std::ranges::any_of(slot->facts, [&](std::string_view prefix) {
                               return ownsPath(prefix, change.path);
                           });
        return !asked || change.direction == compare::Direction::unknown ||
               isUntried(*subject.experienced, change);
    });
    return found;
}

namespace {

QString disagreementHtml(const ChangeGroup& group, const diagram::Palette& palette) {
    const compare::Change& change = group.change;
    QString members;
    for (const std::string& member : group.members) {
        members += (members.isEmpty() ? QString() : QStringLiteral(", ")) + escaped(member);
    }
    const QString between = QStringLiteral("%1 <b>%2</b>, %3 <b>%4</b>")
                                .arg(
                                    inspectorTr("enforced"), escaped(compare::toText(change.before)),
                                    inspectorTr("experienced"), escaped(compare::toText(change.after)));
    const QString word = escaped(diagram::wordOf(diagram::markOf(change.direction)));
    const auto& colours = palette.of(diagram::markOf(change.direction));
    return pathHtml(group.path) + QStringLiteral("<br>") +
           (members.isEmpty() ? QString() : members + QStringLiteral("<br>")) + between +
           QStringLiteral("<br><b style='color:%1'>%2</b>")
               .arg(hex(colours.text), inspectorTr("%1 as seen from inside").arg(word));
}

} // namespace

QString
insideHtml(const diagram::SubjectView& subject, const diagram::Slot* slot, const diagram::Palette& palette) {
    const auto found = insideDisagreements(subject, slot);
    return found.empty() ? QString()
                         : heading(inspectorTr("Enforced and experienced disagree (%1)").arg(found.size())) +
                               listHtml(groupChanges(found), [&](const ChangeGroup& group) {
                                   return disagreementHtml(group, palette);
                               });
}

QString twinHtml(const diagram::SubjectView& subject) {
    if (!subject.experienced || !subject.experienced->twin) {
        return {};
    }
    std::vector<QString> lines;
    for (const auto& [attribute, same] : *subject.experienced->twin) {
        if (same.unreadable()) {
            lines.push_back(
                inspectorTr("%1: not known, %2").arg(escaped(attribute), escaped(same.gap().reason)));
        } else if (same.known() && !same.value()) {
            lines.push_back(inspectorTr("%1: not as the subject's").arg(escaped(attribute)));
        }
    }
    return lines.empty() ? QString()
                         : heading(inspectorTr("The process that tried differs in (%1)").arg(lines.size())) +
                               listHtml(lines, [](const QString& line) { return line; });
}

} // namespace bulkhead::models
