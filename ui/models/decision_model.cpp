#include "ui/models/decision_model.h"

#include "core/diagram/diagram.h"
#include "ui/models/cell_text.h"

#include <QStringList>
#include <algorithm>
#include <array>

namespace bulkhead::models {

using policy::Decision;
using policy::Verdict;

namespace {

int rankOf(const Decision& decision) {
    return decision.verdict == Verdict::deny ? 0 : decision.verdict == Verdict::unknown ? 1 : 2;
}

QString wordsOf(Verdict verdict) {
    return verdict == Verdict::deny      ? DecisionModel::tr("deny")
           : verdict == Verdict::unknown ? DecisionModel::tr("cannot tell")
                                         : DecisionModel::tr("allow");
}

/// "compose.yaml:7", else who said it.
QString placeOf(const policy::Input& input) {
    const model::Evidence& from = input.evidence;
    if (from.file.empty()) {
        return toQString(from.source);
    }
    return from.line > 0 ? QStringLiteral("%1:%2").arg(toQString(from.file)).arg(from.line)
                         : toQString(from.file);
}

QString placeOf(const Decision& decision) {
    for (const policy::Input& input : decision.inputs) {
        if (!input.evidence.file.empty()) {
            return placeOf(input);
        }
    }
    return decision.inputs.empty() ? QString() : placeOf(decision.inputs.front());
}

/// The row in full: why, what to do, and each input with where it was found.
QString wholeOf(const Decision& decision) {
    QStringList lines{
        QStringLiteral("%1, %2: %3")
            .arg(toQString(decision.subject), wordsOf(decision.verdict), toQString(decision.rule.title)),
        toQString(decision.reason)};
    if (!decision.rule.help.empty()) {
        lines << toQString(decision.rule.help);
    }
    for (const policy::Input& input : decision.inputs) {
        const QString place = placeOf(input);
        const QString words = QStringLiteral("%1: %2").arg(toQString(input.path), toQString(input.value));
        lines << (place.isEmpty() ? words : QStringLiteral("%1 (%2)").arg(words, place));
    }
    for (const policy::RuleReference& reference : decision.rule.references) {
        lines << QStringLiteral("%1 %2").arg(toQString(reference.catalogue), toQString(reference.id));
    }
    lines.removeAll(QString());
    return lines.join(QLatin1Char('\n'));
}

QString cellOf(const Decision& decision, int column) {
    QStringList parts;
    switch (column) {
    case DecisionModel::subjectColumn:
        return toQString(decision.subject);
    case DecisionModel::verdictColumn:
        return wordsOf(decision.verdict);
    case DecisionModel::ruleColumn:
        return toQString(decision.rule.title);
    case DecisionModel::reasonColumn:
        return toQString(decision.reason);
    case DecisionModel::inputsColumn:
        for (const policy::Input& input : decision.inputs) {
            parts << QStringLiteral("%1: %2").arg(toQString(input.path), toQString(input.value));
        }
        return parts.join(QStringLiteral("; "));
    case DecisionModel::placeColumn:
        return placeOf(decision);
    default:
        for (const policy::RuleReference& reference : decision.rule.references) {
            parts << QStringLiteral("%1 %2").arg(toQString(reference.catalogue), toQString(reference.id));
        }
        return parts.join(QStringLiteral(", "));
    }
}

} // namespace

DecisionModel::DecisionModel(QObject* parent) : QAbstractTableModel(parent) {}

void DecisionModel::show(std::vector<Decision> decisions) {
    beginResetModel();
    m_decisions = std::move(decisions);
    std::ranges::stable_sort(m_decisions, {}, rankOf);
    endResetModel();
}

QString DecisionModel::summary() const {
    const auto count = [this](Verdict verdict) {
        return std::ranges::count(m_decisions, verdict, &Decision::verdict);
    };
    return tr("%1 denied, %2 cannot be told, %3 allowed")
        .arg(count(Verdict::deny))
        .arg(count(Verdict::unknown))
        .arg(count(Verdict::allow));
}

int DecisionModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_decisions.size());
}

int DecisionModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnsInAll;
}

QVariant DecisionModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Decision& decision = m_decisions[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return cellOf(decision, index.column());
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole:
    case wholeRole:
        return wholeOf(decision);
    case sortKeyRole:
        return index.column() == verdictColumn ? QVariant(rankOf(decision))
                                               : QVariant(cellOf(decision, index.column()));
    case markRole: {
        constexpr std::array kMarks{diagram::Mark::weaker, diagram::Mark::unknown, diagram::Mark::stronger};
        return index.column() == verdictColumn
                   ? QVariant(static_cast<int>(kMarks.at(static_cast<std::size_t>(rankOf(decision)))))
                   : QVariant();
    }
    case mutedRole:
        return decision.verdict == Verdict::allow && index.column() != verdictColumn;
    default:
        return {};
    }
}

QVariant DecisionModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnsInAll) {
        return {};
    }
    const std::array<QString, columnsInAll> titles{
        tr("Subject"), tr("Decision"), tr("Rule"), tr("Reason"), tr("Inputs"), tr("Where"), tr("References")};
    return titles.at(static_cast<std::size_t>(section));
}

} // namespace bulkhead::models
