#include "ui/models/finding_model.h"

#include "core/diagram/slot.h"
#include "ui/models/cell_text.h"

#include <algorithm>
#include <array>

namespace bulkhead::models {

using model::Truth;

namespace {

constexpr qsizetype kMostFacts = 6; ///< in a cell; the tooltip has them all
constexpr std::size_t kMostWays = 60;

QString factWords(const threat::FactUsed& fact) {
    return fact.value.empty() ? toQString(fact.path)
                              : QStringLiteral("%1: %2").arg(toQString(fact.path), toQString(fact.value));
}

QString evidenceWords(const threat::FactUsed& fact) {
    const model::Evidence& from = fact.evidence;
    QString where = toQString(from.source);
    if (!from.file.empty()) {
        where += (where.isEmpty() ? "" : ", ") + toQString(from.file);
        where += from.line > 0 ? QStringLiteral(":%1").arg(from.line) : QString();
    }
    return where.isEmpty() ? factWords(fact) : QStringLiteral("%1 (%2)").arg(factWords(fact), where);
}

/// Facts that speak for what the row says.
bool speaks(const threat::Finding& finding, const threat::FactUsed& fact) {
    return fact.truth == (finding.truth == Truth::no ? Truth::no : Truth::yes);
}

QString controlsOf(const std::vector<const threat::Finding*>& findings) {
    QStringList measures;
    for (const threat::Finding* finding : findings) {
        if (!finding->weakness->controls.empty()) {
            measures << toQString(finding->weakness->controls.front().measure);
        }
    }
    measures.removeDuplicates();
    return measures.join(QStringLiteral("; "));
}

} // namespace

FindingModel::FindingModel(QObject* parent) : QAbstractTableModel(parent) {}

void FindingModel::show(const std::vector<ThreatenedSubject>& subjects) {
    beginResetModel();
    m_lines.clear();
    for (const ThreatenedSubject& subject : subjects) {
        if (subject.threats != nullptr && subject.snapshot != nullptr) {
            addRoutes(subject);
            addOthers(subject);
            addStopped(subject);
        }
    }
    std::ranges::stable_sort(m_lines, {}, &Line::sure);
    endResetModel();
}

void FindingModel::addRoutes(const ThreatenedSubject& subject) {
    std::size_t shown = 0;
    for (const threat::Route& route : subject.threats->routes.routes) {
        if (shown++ == kMostWays) {
            break;
        }
        std::vector<const threat::Finding*> findings;
        findings.reserve(route.edges.size());
        for (const std::size_t edge : route.edges) {
            findings.push_back(&subject.threats->findingAt(edge));
        }
        add(subject, route.certainty == Truth::yes ? Sure::certain : Sure::possible,
            tr("to %1").arg(toQString(threat::rowOf(route.reaches).title)), findings, controlsOf(findings));
    }
}

void FindingModel::addStopped(const ThreatenedSubject& subject) {
    for (const threat::NearMiss& miss : subject.threats->stopped) {
        const threat::Finding& barred = subject.threats->findingAt(miss.barred);
        std::vector<const threat::Finding*> findings{&barred}; // what stops it is what there is to read
        for (const std::size_t edge : miss.route.edges) {
            if (edge != miss.barred) {
                findings.push_back(&subject.threats->findingAt(edge));
            }
        }
        add(subject, Sure::stopped, tr("to %1").arg(toQString(threat::rowOf(miss.route.reaches).title)),
            findings, tr("stopped by %1").arg(stoppedBy(barred, *subject.snapshot)));
    }
}

void FindingModel::addOthers(const ThreatenedSubject& subject) {
    for (const threat::Finding& finding : subject.threats->findings) {
        const bool way = finding.weakness->kind == catalog::WeaknessKind::path;
        if (!way && finding.truth != Truth::no && !finding.undecidable) {
            const std::vector<const threat::Finding*> one{&finding};
            const bool blind = finding.weakness->kind == catalog::WeaknessKind::blindness;
            add(subject, finding.truth == Truth::yes ? Sure::weakens : Sure::mayWeaken,
                blind ? tr("evidence") : tr("hygiene"), one, controlsOf(one));
        }
    }
}

void FindingModel::add(
    const ThreatenedSubject& subject, Sure sure, const QString& what,
    const std::vector<const threat::Finding*>& findings, const QString& remedy) {
    QStringList titles;
    QStringList facts;
    QStringList evidence;
    QStringList references;
    Line line;
    line.subject = subject.id;
    line.sure = sure;
    for (const threat::Finding* finding : findings) {
        const QString object = toQString(finding->object);
        const QString title = toQString(finding->weakness->title);
        titles << (object.isEmpty() ? title : QStringLiteral("%1 [%2]").arg(title, object));
        evidence << title;
        for (const threat::FactUsed& fact : finding->facts) {
            if (speaks(*finding, fact)) {
                facts << factWords(fact);
                evidence << QStringLiteral("   ") + evidenceWords(fact);
                const diagram::Slot* slot = slotOfFact(fact.path, *subject.snapshot);
                line.slot = line.slot.empty() && slot != nullptr ? std::string(slot->id) : line.slot;
            }
        }
        for (const model::Gap& gap : finding->deciding) {
            facts << tr("? %1").arg(toQString(gap.path));
            evidence << QStringLiteral("   ? %1: %2").arg(toQString(gap.path), gapText(gap.why));
        }
        for (const catalog::Reference& reference : finding->weakness->references) {
            references << toQString(reference.id);
            evidence << QStringLiteral("   %1 %2: %3")
                            .arg(
                                toQString(reference.catalogue), toQString(reference.id),
                                toQString(reference.title));
        }
    }
    facts.removeDuplicates();
    references.removeDuplicates();
    QString some = QStringList(facts.mid(0, kMostFacts)).join(QStringLiteral("; "));
    some += facts.size() > kMostFacts ? tr(" and %1 more").arg(facts.size() - kMostFacts) : QString();
    line.toolTip = evidence.mid(0, 40).join(QLatin1Char('\n'));
    line.cells = {subject.name, what,   titles.join(QStringLiteral(" → ")),   wordsOf(sure),
                  some,         remedy, references.join(QStringLiteral(", "))};
    m_lines.push_back(std::move(line));
}

QString FindingModel::wordsOf(Sure sure) {
    switch (sure) {
    case Sure::certain:
        return tr("certain");
    case Sure::possible:
        return tr("possible");
    case Sure::weakens:
        return tr("holds");
    case Sure::mayWeaken:
        return tr("may hold");
    default:
        return tr("stopped");
    }
}

int FindingModel::subjectAt(int row) const {
    return m_lines[static_cast<std::size_t>(row)].subject;
}

std::string FindingModel::slotAt(int row) const {
    return m_lines[static_cast<std::size_t>(row)].slot;
}

QString FindingModel::summary() const {
    const auto count = [this](Sure sure) { return std::ranges::count(m_lines, sure, &Line::sure); };
    const auto certain = count(Sure::certain);
    const auto possible = count(Sure::possible);
    return tr("Ways beyond the containers: %1 certain, %2 possible, %3 stopped by one thing alone.")
        .arg(certain)
        .arg(possible)
        .arg(count(Sure::stopped));
}

int FindingModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int FindingModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnsInAll;
}

QVariant FindingModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Line& line = m_lines[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return line.cells[index.column()];
    case Qt::ToolTipRole:
        return line.toolTip;
    case sortKeyRole:
        return index.column() == sureColumn ? QVariant(static_cast<int>(line.sure))
                                            : QVariant(line.cells[index.column()]);
    case markRole: {
        if (index.column() != sureColumn) {
            return {};
        }
        constexpr std::array kMarks{
            diagram::Mark::weaker, diagram::Mark::unknown, diagram::Mark::weaker, diagram::Mark::unknown,
            diagram::Mark::stronger};
        return static_cast<int>(kMarks.at(static_cast<std::size_t>(line.sure)));
    }
    case mutedRole:
        return line.sure == Sure::stopped && index.column() != sureColumn;
    default:
        return {};
    }
}

QVariant FindingModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnsInAll) {
        return {};
    }
    const std::array<QString, columnsInAll> titles{tr("Subject"),   tr("Way"),   tr("Steps"),
                                                   tr("Sure"),      tr("Facts"), tr("What stops it"),
                                                   tr("References")};
    return titles.at(static_cast<std::size_t>(section));
}

} // namespace bulkhead::models
