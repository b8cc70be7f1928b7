#include "ui/models/finding_model.h"

#include "core/diagram/slot.h"
#include "core/report/paths.h"
#include "ui/models/cell_text.h"

#include <algorithm>
#include <array>

namespace bulkhead::models {

using model::Truth;

namespace {

constexpr qsizetype kMostFacts = 6;  ///< in a cell; the whole has them all
constexpr qsizetype kMostLines = 40; ///< of a whole

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

QStringList factsOf(const threat::Finding& finding) {
    QStringList facts;
    for (const threat::FactUsed& fact : finding.facts) {
        if (speaks(finding, fact)) {
            facts << factWords(fact);
        }
    }
    for (const model::Gap& gap : finding.deciding) {
        facts << FindingModel::tr("? %1").arg(toQString(gap.path));
    }
    return facts;
}

QStringList referencesOf(const threat::Finding& finding) {
    QStringList references;
    for (const catalog::Reference& reference : finding.weakness->references) {
        references << toQString(reference.id);
    }
    return references;
}

/// Everything there is to say of one step, a line for each thing.
QStringList linesOf(const threat::Finding& finding) {
    QStringList lines{stepTitle(finding)};
    for (const threat::FactUsed& fact : finding.facts) {
        if (speaks(finding, fact)) {
            lines << QStringLiteral("   ") + evidenceWords(fact);
        }
    }
    for (const model::Gap& gap : finding.deciding) {
        lines << QStringLiteral("   ? %1: %2").arg(toQString(gap.path), gapText(gap.why));
    }
    for (const catalog::Reference& reference : finding.weakness->references) {
        lines << QStringLiteral("   %1 %2: %3")
                     .arg(
                         toQString(reference.catalogue), toQString(reference.id), toQString(reference.title));
    }
    return lines;
}

/// The cell that the first fact of a step stands in.
std::string firstSlotOf(const threat::Finding& finding, const model::Snapshot& snapshot) {
    for (const threat::FactUsed& fact : finding.facts) {
        const diagram::Slot* slot = speaks(finding, fact) ? slotOfFact(fact.path, snapshot) : nullptr;
        if (slot != nullptr) {
            return std::string(slot->id);
        }
    }
    return {};
}

std::vector<const threat::Finding*>
findingsOf(const threat::Attack& attack, const std::vector<std::size_t>& steps) {
    std::vector<const threat::Finding*> findings;
    findings.reserve(steps.size());
    for (const std::size_t step : steps) {
        findings.push_back(&attack.findings[step]);
    }
    return findings;
}

QString reachOf(const threat::Path& path) {
    return FindingModel::tr("to %1").arg(toQString(threat::rowOf(path.reaches).title));
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
    m_more = 0;
    for (const ThreatenedSubject& subject : subjects) {
        if (subject.threats != nullptr && subject.snapshot != nullptr) {
            addWays(subject);
            addOthers(subject);
            addStopped(subject);
        }
    }
    std::ranges::stable_sort(m_lines, {}, &Line::sure);
    endResetModel();
}

void FindingModel::addWays(const ThreatenedSubject& subject) {
    const threat::Attack& attack = subject.threats->attack;
    for (const threat::Path& path : attack.paths) {
        const std::vector<const threat::Finding*> findings = findingsOf(attack, path.steps);
        add(subject, path.certainty == Truth::yes ? Sure::certain : Sure::possible, reachOf(path), findings,
            controlsOf(findings));
    }
    m_more += attack.more;
}

void FindingModel::addStopped(const ThreatenedSubject& subject) {
    const threat::Attack& attack = subject.threats->attack;
    for (const threat::BlockedPath& blocked : attack.blocked) {
        std::vector<const threat::Finding*> findings = findingsOf(attack, blocked.path.steps);
        // what stops it is what there is to read
        std::ranges::stable_partition(findings, [&](const threat::Finding* finding) {
            return finding == &attack.findings[blocked.barred];
        });
        add(subject, Sure::stopped, reachOf(blocked.path), findings,
            toQString(report::stopOf(attack, blocked)));
    }
}

void FindingModel::addOthers(const ThreatenedSubject& subject) {
    for (const threat::Finding& finding : subject.threats->attack.findings) {
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
    QStringList references;
    QStringList all{tr("%1, %2: %3").arg(subject.name, wordsOf(sure), what)};
    Line line;
    line.subject = subject.id;
    line.sure = sure;
    for (const threat::Finding* finding : findings) {
        titles << stepTitle(*finding);
        facts += factsOf(*finding);
        references += referencesOf(*finding);
        all += linesOf(*finding);
        if (line.slot.empty()) {
            line.slot = firstSlotOf(*finding, *subject.snapshot);
        }
    }
    facts.removeDuplicates();
    references.removeDuplicates();
    if (!remedy.isEmpty()) {
        all.insert(1, sure == Sure::stopped ? remedy : tr("What stops it: %1").arg(remedy));
    }
    QString some = QStringList(facts.mid(0, kMostFacts)).join(QStringLiteral("; "));
    some += facts.size() > kMostFacts ? tr(" and %1 more").arg(facts.size() - kMostFacts) : QString();
    line.whole = all.mid(0, kMostLines).join(QLatin1Char('\n'));
    line.cells = {
        subject.name,
        wordsOf(sure),
        what,
        titles.join(QStringLiteral(" → ")),
        remedy,
        some,
        references.join(QStringLiteral(", "))};
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
    const QString ways =
        tr("Ways beyond the containers: %1 certain, %2 possible, %3 stopped by one thing alone.")
            .arg(certain)
            .arg(possible)
            .arg(count(Sure::stopped));
    return m_more == 0 ? ways : tr("%1 %2 longer or less certain ways are not listed.").arg(ways).arg(m_more);
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
    case Qt::AccessibleDescriptionRole:
    case wholeRole:
        return line.whole;
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
    const std::array<QString, columnsInAll> titles{tr("Subject"),   tr("Sure"),          tr("Way"),
                                                   tr("Steps"),     tr("What stops it"), tr("Facts"),
                                                   tr("References")};
    return titles.at(static_cast<std::size_t>(section));
}

} // namespace bulkhead::models
