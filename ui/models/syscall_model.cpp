#include "ui/models/syscall_model.h"

#include "core/diagram/words.h"
#include "core/seccomp/verdicts.h"
#include "ui/models/cell_text.h"

#include <cstring>

namespace bulkhead::models {

namespace {

using State = SyscallCell::State;

constexpr qsizetype kMostWords = 300;  ///< of one cell; a program can make a thousand cases
constexpr std::size_t kMostLines = 24; ///< of a tooltip

QString verdictText(const model::SeccompVerdict& verdict) {
    QString words = toQString(seccomp::toText(verdict));
    if (words.size() > kMostWords) {
        words = words.left(kMostWords) + QStringLiteral("...");
    }
    return verdict.kernelExempt.value_or(false) ? SyscallModel::tr("runs unasked (filter: %1)").arg(words)
                                                : words;
}

QString errnoText(const seccomp::Answer& answer) {
    const QString words = toQString(seccomp::toText(answer));
    const char* name = answer.action == model::SeccompAction::errorNumber && answer.data > 0
                           ? strerrorname_np(static_cast<int>(answer.data))
                           : nullptr;
    return name == nullptr ? words : QStringLiteral("%1 %2").arg(words, QLatin1String(name));
}

QString witnessText(const model::SeccompWitness& witness) {
    QStringList args;
    for (const model::Hex64& arg : witness.args) {
        args << QStringLiteral("0x%1").arg(arg.value, 0, 16);
    }
    return SyscallModel::tr("%1 with arguments %2")
        .arg(errnoText({witness.action, witness.data}), args.join(QStringLiteral(", ")));
}

/// The verdict with a line for each case, what the kernel exempts and what defies an exact answer.
QString verdictToolTip(const model::SeccompVerdict& verdict) {
    QStringList lines;
    if (verdict.kernelExempt.value_or(false)) {
        lines << SyscallModel::tr("The kernel runs this call without asking any filter.");
    }
    if (verdict.doubt) {
        lines << SyscallModel::tr("The program defies an exact answer: it computes %1")
                     .arg(toQString(verdict.doubt->expression));
        for (const model::SeccompWitness& witness : verdict.doubt->witnesses) {
            lines << witnessText(witness);
        }
    } else if (verdict.cases.empty()) {
        lines << errnoText({verdict.action, verdict.data});
    }
    for (const model::SeccompCase& one : verdict.cases) {
        lines << SyscallModel::tr("%1 if %2")
                     .arg(errnoText({one.action, one.data}), toQString(seccomp::toText(one.when)));
    }
    if (const auto more = lines.size() - static_cast<qsizetype>(kMostLines); more > 0) {
        lines = lines.mid(0, kMostLines);
        lines << SyscallModel::tr("and %1 more").arg(more);
    }
    return lines.join(QLatin1Char('\n'));
}

QString cellText(const SyscallCell& cell) {
    switch (cell.state) {
    case State::verdict:
        return verdictText(cell.verdict);
    case State::notRun:
        return SyscallModel::tr("not run");
    case State::unread:
        return SyscallModel::tr("filter unread");
    case State::unstated:
        break;
    }
    return {};
}

QString cellToolTip(const SyscallCell& cell) {
    switch (cell.state) {
    case State::verdict: {
        const std::string_view word = diagram::wordOf(cell.mark);
        const QString direction =
            word.empty() ? QString() : SyscallModel::tr("%1 than the baseline\n").arg(toQString(word));
        return (cell.mark == diagram::Mark::weaker || cell.mark == diagram::Mark::stronger ? direction
                                                                                           : QString()) +
               verdictToolTip(cell.verdict);
    }
    case State::notRun:
        return SyscallModel::tr("This kernel does not run calls of this ABI. The filter says: %1")
            .arg(verdictText(cell.verdict));
    case State::unread:
        return gapText(cell.why);
    case State::unstated:
        break;
    }
    return SyscallModel::tr("this vantage says nothing of it");
}

} // namespace

SyscallModel::SyscallModel(QObject* parent) : QAbstractTableModel(parent) {}

void SyscallModel::show(const std::vector<diagram::SubjectView>& subjects, const SyscallRequest& request) {
    beginResetModel();
    m_subjects.clear();
    for (const diagram::SubjectView& subject : subjects) {
        m_subjects.push_back(subject.name);
    }
    m_rows = syscallRows(subjects, request);
    m_notes = syscallNotes(subjects, request);
    endResetModel();
}

std::pair<std::string, std::string> SyscallModel::callAt(const QModelIndex& index) const {
    if (index.model() != this || !index.isValid()) {
        return {};
    }
    const SyscallRow& row = m_rows[static_cast<std::size_t>(index.row())];
    return {row.abi, row.call};
}

int SyscallModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SyscallModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || m_rows.empty() ? 0 : static_cast<int>(m_subjects.size()) + kFirstSubject;
}

QVariant SyscallModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const SyscallRow& row = m_rows[static_cast<std::size_t>(index.row())];
    if (index.column() == 0) {
        return callData(row, role);
    }
    if (index.column() == 1) {
        return role == Qt::DisplayRole || role == sortKeyRole ? QVariant(toQString(row.abi)) : QVariant();
    }
    return cellData(row.cells[static_cast<std::size_t>(index.column() - kFirstSubject)], role);
}

QVariant SyscallModel::callData(const SyscallRow& row, int role) {
    switch (role) {
    case Qt::DisplayRole:
        return row.call.empty() ? tr("all others") : toQString(row.call);
    case Qt::ToolTipRole:
        return row.call.empty() ? tr("every call of %1 that is not listed").arg(toQString(row.abi))
                                : QString();
    case sortKeyRole: // names, then numbers by value, then the rest
        if (row.call.empty()) {
            return QStringLiteral("\uffff");
        }
        return row.call.front() == '#' ? QStringLiteral("\ufffe") + toQString(row.call).rightJustified(48)
                                       : toQString(row.call);
    case differsRole:
        return row.differs;
    default:
        return {};
    }
}

QVariant SyscallModel::cellData(const SyscallCell& cell, int role) {
    switch (role) {
    case Qt::DisplayRole:
        return cellText(cell);
    case Qt::ToolTipRole:
        return cellToolTip(cell);
    case Qt::AccessibleTextRole: {
        const std::string_view word = diagram::wordOf(cell.mark);
        return word.empty() ? cellText(cell) : QStringLiteral("%1: %2").arg(toQString(word), cellText(cell));
    }
    case gapRole:
        return cell.state == State::unread;
    case mutedRole:
        return cell.state == State::notRun || cell.mark == diagram::Mark::same;
    case markRole:
        return static_cast<int>(cell.mark);
    case sortKeyRole: // laxest first, then by words
        return QStringLiteral("%1 %2")
            .arg(
                cell.state == State::verdict ? 9 - static_cast<int>(cell.verdict.action)
                                             : 10 + static_cast<int>(cell.state),
                2, 10, QLatin1Char('0'))
            .arg(cellText(cell));
    default:
        return {};
    }
}

QVariant SyscallModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount()) {
        return {};
    }
    if (section < kFirstSubject) {
        return section == 0 ? tr("System call") : tr("ABI");
    }
    return toQString(m_subjects[static_cast<std::size_t>(section - kFirstSubject)]);
}

} // namespace bulkhead::models
