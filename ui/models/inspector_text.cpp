#include "ui/models/inspector_text.h"

#include "core/model/gaps.h"
#include "ui/models/cell_text.h"
#include "ui/models/inspector_changes.h"
#include "ui/models/inspector_gaps.h"
#include "ui/models/inspector_html.h"
#include "ui/models/inspector_inside.h"
#include "ui/models/inspector_probes.h"

#include <QCoreApplication>
#include <algorithm>

namespace bulkhead::models {

namespace {

QString styleSheet(const diagram::Palette& palette) {
    return QStringLiteral(
               "<style>.title{font-size:17px;font-weight:700;margin:0 0 2px 0}"
               ".head{font-size:13px;font-weight:700;color:%1;margin:16px 0 4px 0}"
               "p{margin:0 0 7px 0}.muted{color:%1}.path{font-family:'Noto Sans Mono';font-size:11px}"
               "td{padding:2px 10px 2px 0}</style>")
        .arg(hex(palette.muted));
}

const std::optional<model::Snapshot>&
snapshotAt(const diagram::SubjectView& subject, model::Vantage vantage) {
    switch (vantage) {
    case model::Vantage::declared:
        return subject.declared;
    case model::Vantage::enforced:
        return subject.enforced;
    case model::Vantage::experienced:
        break;
    }
    return subject.experienced;
}

QString missingHtml(model::Vantage vantage, const InsideRefusal& refusal) {
    if (vantage != model::Vantage::experienced) {
        return mutedHtml(inspectorTr("no snapshot"));
    }
    return refusal.isEmpty() ? mutedHtml(inspectorTr("not tried from inside"))
                             : inspectorTr("refused: %1").arg(escaped(refusal.toStdString()));
}

/// The three accounts below one another: what could not be read is hatched, and a look from inside that
/// departs from the kernel's account is marked.
QString vantageRows(
    const diagram::SubjectView& subject, const diagram::Slot& slot, const diagram::Palette& palette,
    const InsideRefusal& refusal) {
    QString rows;
    for (const auto& [vantage, name] : model::Names<model::Vantage>::names) {
        const auto& snapshot = snapshotAt(subject, vantage);
        const diagram::SlotText words = snapshot ? slot.describe(*snapshot) : diagram::SlotText();
        QString says = snapshot ? escaped(words.sentence) : missingHtml(vantage, refusal);
        if (vantage == model::Vantage::experienced && !insideDisagreements(subject, &slot).empty()) {
            says += QStringLiteral("<br><b style='color:%1'>%2</b>")
                        .arg(hex(palette.weaker.text), inspectorTr("disagrees with enforced"));
        }
        rows += QStringLiteral("<tr><td class=muted>%1</td>%2<td>%3</td></tr>")
                    .arg(escaped(name), words.gap ? hatchedCell() : QStringLiteral("<td></td>"), says);
    }
    return heading(inspectorTr("What each vantage says")) + QStringLiteral("<table>%1</table>").arg(rows);
}

/// What the canvas says of a cell, where no account below says the same.
QString
detailHtml(const diagram::SubjectView& subject, const diagram::Slot& slot, const std::string& detail) {
    const bool said = std::ranges::any_of(model::Names<model::Vantage>::names, [&](const auto& vantage) {
        const auto& snapshot = snapshotAt(subject, vantage.first);
        return snapshot && slot.describe(*snapshot).sentence == detail;
    });
    return said || detail.empty() ? QString() : QStringLiteral("<p>%1</p>").arg(escaped(detail));
}

QString evidenceHtml(const std::vector<std::pair<std::string, model::Evidence>>& all) {
    return all.empty()
               ? QString()
               : heading(inspectorTr("Evidence (%1)").arg(all.size())) + listHtml(all, [](const auto& one) {
                     const model::Evidence& evidence = one.second;
                     QString where = escaped(evidence.source);
                     if (!evidence.file.empty()) {
                         where += QStringLiteral(" %1:%2").arg(
                             escaped(evidence.file), QString::number(evidence.line));
                     }
                     return pathHtml(one.first) + QStringLiteral("<br>") + mutedHtml(where);
                 });
}

bool ownedBy(const diagram::Slot& slot, std::string_view factPath) {
    return std::ranges::any_of(
        slot.facts, [&](std::string_view prefix) { return ownsPath(prefix, factPath); });
}

/// Gaps and evidence of every vantage of the subject, within one slot.
QString sourcesHtml(const diagram::SubjectView& subject, const diagram::Slot& slot) {
    std::vector<model::Gap> gaps;
    std::vector<std::pair<std::string, model::Evidence>> evidence;
    for (const auto* snapshot : {&subject.declared, &subject.enforced, &subject.experienced}) {
        if (!*snapshot) {
            continue;
        }
        for (model::Gap& gap : model::gapsOf(**snapshot)) {
            if (ownedBy(slot, gap.path)) {
                gaps.push_back(std::move(gap));
            }
        }
        for (auto& one : model::evidenceOf(**snapshot)) {
            if (ownedBy(slot, one.first)) {
                evidence.push_back(std::move(one));
            }
        }
    }
    return gapsHtml(gaps) + evidenceHtml(evidence);
}

QString factRow(const QString& name, const QString& escaped) {
    return escaped.isEmpty()
               ? QString()
               : QStringLiteral("<tr><td class=muted>%1</td><td>%2</td></tr>").arg(name, escaped);
}

/// "2026-11-26 19:14:39 UTC" of RFC 3339: it breaks between words.
QString timeHtml(std::string time) {
    const bool plain = time.size() == 20 && time[10] == 'T' && time.back() == 'Z';
    return escaped(plain ? time.substr(0, 10) + " " + time.substr(11, 8) + " UTC" : time);
}

QString subjectRows(const model::Snapshot& of) {
    const auto words = [](const model::Fact<std::string>& fact) {
        return fact.known() ? escaped(fact.value()) : QString();
    };
    const std::string engine = of.subject.engine.name + " " + of.subject.engine.version;
    const std::string runtime = of.subject.runtime.name + " " + of.subject.runtime.version;
    QString rows =
        factRow(inspectorTr("reference"), escaped(of.subject.ref)) +
        factRow(inspectorTr("image"), escaped(of.subject.image.ref)) +
        factRow(inspectorTr("engine"), escaped(engine == " " ? "" : engine)) +
        factRow(inspectorTr("runtime"), escaped(runtime == " " ? "" : runtime)) +
        factRow(inspectorTr("pid"), of.subject.pid ? QString::number(*of.subject.pid) : QString()) +
        factRow(inspectorTr("kernel"), words(of.host.kernel)) +
        factRow(inspectorTr("machine"), words(of.host.distro)) +
        factRow(inspectorTr("taken"), timeHtml(of.takenAt)) +
        factRow(inspectorTr("read as"), escaped(of.producer.privilege));
    if (of.recorded) {
        rows += factRow(
            inspectorTr("recorded"), QStringLiteral("%1, %2 %3, %4")
                                         .arg(
                                             escaped(of.recorded->engine), inspectorTr("kernel"),
                                             escaped(of.recorded->kernel), timeHtml(of.recorded->date)));
    }
    return rows;
}

} // namespace

bool ownsPath(std::string_view prefix, std::string_view path) {
    if (!path.starts_with(prefix)) {
        return false;
    }
    return path.size() == prefix.size() || path[prefix.size()] == '.' || path[prefix.size()] == '[';
}

QString cellInspectorHtml(
    const diagram::SubjectView& subject, const diagram::Row& row, const diagram::Cell& cell,
    const diagram::Palette& palette, const InsideRefusal& refusal) {
    const diagram::Slot& slot = *row.slot;
    const QString out = styleSheet(palette) +
                        QStringLiteral("<p class=title>%1</p>").arg(escaped(slot.label)) +
                        QStringLiteral("<p class=muted>%1</p>").arg(escaped(slot.question)) +
                        QStringLiteral("<p><b>%1</b></p>").arg(escaped(subject.name)) +
                        detailHtml(subject, slot, cell.detail);
    return out + vantageRows(subject, slot, palette, refusal) +
           contradictionsHtml(cell.contradictions, palette) + insideHtml(subject, &slot, palette) +
           changesHtml(cell.changes, palette) + probesHtml(subject, slot.id, palette) +
           sourcesHtml(subject, slot);
}

QString headInspectorHtml(
    const diagram::SubjectView& subject, const diagram::Column& column, const diagram::Palette& palette,
    const InsideRefusal& refusal) {
    QString out = styleSheet(palette) + QStringLiteral("<p class=title>%1</p>").arg(escaped(subject.name)) +
                  QStringLiteral("<p class=muted>%1</p>").arg(escaped(column.headText()));
    if (!subject.error.empty()) {
        return out + heading(inspectorTr("What happened")) +
               QStringLiteral("<p>%1</p>").arg(escaped(subject.error));
    }
    std::vector<model::Gap> gaps;
    QString rows;
    for (const auto* snapshot : {&subject.enforced, &subject.declared, &subject.experienced}) {
        if (!*snapshot) {
            continue;
        }
        rows = rows.isEmpty() ? subjectRows(**snapshot) : rows;
        for (model::Gap& gap : model::gapsOf(**snapshot)) {
            gaps.push_back(std::move(gap));
        }
    }
    out += QStringLiteral("<table>%1</table>").arg(rows);
    if (!refusal.isEmpty()) {
        out += heading(inspectorTr("Not tried from inside")) +
               QStringLiteral("<p>%1</p>").arg(escaped(refusal.toStdString()));
    }
    return out + insideHtml(subject, nullptr, palette) + probesHtml(subject, "", palette) +
           twinHtml(subject) + gapsHtml(gaps);
}

} // namespace bulkhead::models
