#include "ui/models/inspector_text.h"

#include "core/base/escaped.h"
#include "ui/models/cell_text.h"

#include <QCoreApplication>
#include <algorithm>

namespace bulkhead::models {

namespace {

constexpr std::size_t kMostLines = 40; ///< entries of one list; the tables show the rest

QString tr(const char* text) {
    return QCoreApplication::translate("inspector", text);
}

QString html(std::string_view raw) {
    return toQString(base::htmlText(raw).str());
}

QString hex(const diagram::Colour& colour) {
    return toQString(colour.hex());
}

QString heading(const QString& text) {
    return QStringLiteral("<h3>%1</h3>").arg(text.toHtmlEscaped());
}

QString styleSheet(const diagram::Palette& palette) {
    return QStringLiteral(
               "<style>h2{font-size:17px;font-weight:700;margin:0 0 2px 0}"
               "h3{font-size:12px;font-weight:700;color:%1;margin:16px 0 4px 0}"
               "p{margin:0 0 6px 0}.muted{color:%1}.path{font-family:'Noto Sans Mono';font-size:12px}"
               "td{padding:2px 12px 2px 0}</style>")
        .arg(hex(palette.muted));
}

/// A list with a bound, since a hostile document may hold thousands of entries.
template <class Entries, class Show>
QString list(const Entries& entries, Show&& show) {
    QString out;
    std::size_t shown = 0;
    for (const auto& entry : entries) {
        if (shown++ == kMostLines) {
            break;
        }
        out += QStringLiteral("<p>%1</p>").arg(show(entry));
    }
    if (entries.size() > kMostLines) {
        out +=
            QStringLiteral("<p class=muted>%1</p>").arg(tr("and %1 more").arg(entries.size() - kMostLines));
    }
    return out;
}

QString path(std::string_view text) {
    return QStringLiteral("<span class=path>%1</span>").arg(html(text));
}

QString muted(const QString& escaped) {
    return QStringLiteral("<span class=muted>%1</span>").arg(escaped);
}

diagram::Mark markOf(compare::Direction direction) {
    switch (direction) {
    case compare::Direction::weaker:
        return diagram::Mark::weaker;
    case compare::Direction::stronger:
        return diagram::Mark::stronger;
    case compare::Direction::neutral:
        return diagram::Mark::neutral;
    case compare::Direction::incomparable:
        return diagram::Mark::incomparable;
    case compare::Direction::unknown:
        break;
    }
    return diagram::Mark::unknown;
}

QString directionWord(compare::Direction direction, const diagram::Palette& palette) {
    return QStringLiteral("<b style='color:%1'>%2</b>")
        .arg(hex(palette.of(markOf(direction)).text), html(model::nameOf(direction)));
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

QString vantageRows(const diagram::SubjectView& subject, const diagram::Slot& slot) {
    QString rows;
    for (const auto& [vantage, name] : model::Names<model::Vantage>::names) {
        const auto& snapshot = snapshotAt(subject, vantage);
        const QString says = snapshot ? html(slot.describe(*snapshot).sentence) : muted(tr("no snapshot"));
        rows += QStringLiteral("<tr><td class=muted>%1</td><td>%2</td></tr>").arg(html(name), says);
    }
    return heading(tr("What each vantage says")) + QStringLiteral("<table>%1</table>").arg(rows);
}

QString changesHtml(const std::vector<compare::Change>& changes, const diagram::Palette& palette) {
    if (changes.empty()) {
        return {};
    }
    return heading(tr("Changes (%1)").arg(changes.size())) +
           list(changes, [&](const compare::Change& change) {
               return QStringLiteral("%1<br>%2 → %3<br>%4 %5")
                   .arg(
                       path(change.path), html(compare::toText(change.before)),
                       html(compare::toText(change.after)), directionWord(change.direction, palette),
                       muted(html(change.reason)));
           });
}

QString contradictionHtml(const compare::Contradiction& found, const diagram::Palette& palette) {
    QString verdict = tr("another than asked");
    diagram::Colour colour = palette.ink;
    if (found.direction == compare::Direction::weaker) {
        verdict = tr("got more than asked");
        colour = palette.weaker.text;
    } else if (found.direction == compare::Direction::stronger) {
        verdict = tr("got less than asked");
    }
    const QString cause = found.cause.empty() ? QString() : QStringLiteral("<br>") + muted(html(found.cause));
    return QStringLiteral("%1<br>%2 <b>%3</b>, %4 <b>%5</b><br><b style='color:%6'>%7</b>%8")
        .arg(
            path(found.path), tr("declared"), html(compare::toText(found.declared)), tr("enforced"),
            html(compare::toText(found.enforced)), hex(colour), verdict, cause);
}

QString
contradictionsHtml(const std::vector<compare::Contradiction>& found, const diagram::Palette& palette) {
    return found.empty() ? QString()
                         : heading(tr("Contradictions (%1)").arg(found.size())) +
                               list(found, [&](const auto& one) { return contradictionHtml(one, palette); });
}

QString gapsHtml(const std::vector<model::Gap>& gaps) {
    return gaps.empty()
               ? QString()
               : heading(tr("Not readable (%1)").arg(gaps.size())) + list(gaps, [](const model::Gap& gap) {
                     const QString needs =
                         gap.why.needs.empty()
                             ? QString()
                             : QStringLiteral("<br>") + tr("needs %1").arg(html(gap.why.needs));
                     return path(gap.path) + QStringLiteral("<br>") + muted(html(gap.why.reason)) + needs;
                 });
}

QString evidenceHtml(const std::vector<std::pair<std::string, model::Evidence>>& all) {
    return all.empty()
               ? QString()
               : heading(tr("Evidence (%1)").arg(all.size())) + list(all, [](const auto& one) {
                     const model::Evidence& evidence = one.second;
                     QString where = html(evidence.source);
                     if (!evidence.file.empty()) {
                         where += QStringLiteral(" %1:%2").arg(html(evidence.file)).arg(evidence.line);
                     }
                     return path(one.first) + QStringLiteral("<br>") + muted(where);
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

QString subjectRows(const model::Snapshot& of) {
    const auto words = [](const model::Fact<std::string>& fact) {
        return fact.known() ? html(fact.value()) : QString();
    };
    const std::string engine = of.subject.engine.name + " " + of.subject.engine.version;
    const std::string runtime = of.subject.runtime.name + " " + of.subject.runtime.version;
    QString rows =
        factRow(tr("reference"), html(of.subject.ref)) + factRow(tr("image"), html(of.subject.image.ref)) +
        factRow(tr("engine"), html(engine == " " ? "" : engine)) +
        factRow(tr("runtime"), html(runtime == " " ? "" : runtime)) +
        factRow(tr("pid"), of.subject.pid ? QString::number(*of.subject.pid) : QString()) +
        factRow(tr("kernel"), words(of.host.kernel)) + factRow(tr("machine"), words(of.host.distro)) +
        factRow(tr("taken"), html(of.takenAt)) + factRow(tr("read as"), html(of.producer.privilege));
    if (of.recorded) {
        rows += factRow(
            tr("recorded"), QStringLiteral("%1, %2 %3, %4")
                                .arg(
                                    html(of.recorded->engine), tr("kernel"), html(of.recorded->kernel),
                                    html(of.recorded->date)));
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
    const diagram::Palette& palette) {
    const diagram::Slot& slot = *row.slot;
    QString out = styleSheet(palette) + QStringLiteral("<h2>%1</h2>").arg(html(slot.label)) +
                  QStringLiteral("<p class=muted>%1</p>").arg(html(slot.question)) +
                  QStringLiteral("<p><b>%1</b></p>").arg(html(subject.name));
    if (!cell.detail.empty()) {
        out += QStringLiteral("<p>%1</p>").arg(html(cell.detail));
    }
    return out + vantageRows(subject, slot) + contradictionsHtml(cell.contradictions, palette) +
           changesHtml(cell.changes, palette) + sourcesHtml(subject, slot);
}

QString headInspectorHtml(
    const diagram::SubjectView& subject, const diagram::Column& column, const diagram::Palette& palette) {
    QString out = styleSheet(palette) + QStringLiteral("<h2>%1</h2>").arg(html(subject.name)) +
                  QStringLiteral("<p class=muted>%1</p>").arg(html(column.headText()));
    if (!subject.error.empty()) {
        return out + heading(tr("What happened")) + QStringLiteral("<p>%1</p>").arg(html(subject.error));
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
    return out + QStringLiteral("<table>%1</table>").arg(rows) + gapsHtml(gaps);
}

} // namespace bulkhead::models
