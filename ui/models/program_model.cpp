#include "ui/models/program_model.h"

#include "ui/models/cell_text.h"

namespace bulkhead::models {

using seccomp::Step;

namespace {

enum Column { lineColumn, instructionColumn, meaningColumn, callColumn, codeColumn, columnCountOfListing };

constexpr int kTellingTint = 1; ///< slate: a quiet ground that is nobody's direction

QString stepText(Step step) {
    switch (step) {
    case Step::passed:
        return ProgramModel::tr("passes");
    case Step::names:
        return ProgramModel::tr("is named");
    case Step::asks:
        return ProgramModel::tr("arguments decide");
    case Step::answers:
        return ProgramModel::tr("answered");
    case Step::untouched:
        break;
    }
    return {};
}

bool tells(Step step) {
    return step == Step::names || step == Step::asks || step == Step::answers;
}

} // namespace

ProgramModel::ProgramModel(QObject* parent) : QAbstractTableModel(parent) {}

void ProgramModel::show(seccomp::Program program, const std::string& arch) {
    beginResetModel();
    m_program = std::move(program);
    m_lines = seccomp::disassemble(m_program, arch);
    m_steps = m_call ? seccomp::followCall(m_program, *m_call->arch, m_call->number) : std::vector<Step>();
    endResetModel();
}

void ProgramModel::follow(std::optional<FollowedCall> call) {
    m_call = std::move(call);
    m_steps = m_call ? seccomp::followCall(m_program, *m_call->arch, m_call->number) : std::vector<Step>();
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
    Q_EMIT headerDataChanged(Qt::Horizontal, callColumn, callColumn);
}

Step ProgramModel::stepAt(int row) const {
    return m_steps.empty() ? Step::untouched : m_steps[static_cast<std::size_t>(row)];
}

std::vector<int> ProgramModel::answers() const {
    std::vector<int> lines;
    for (int row = 0; row < rowCount(); ++row) {
        if (stepAt(row) == Step::answers) {
            lines.push_back(row);
        }
    }
    return lines;
}

/// A test that names the call or asks its arguments; where nothing does, the answer itself. The test of the
/// architecture names every call, so the last naming one tells.
int ProgramModel::firstTelling() const {
    int named = -1;
    for (int row = 0; row < rowCount(); ++row) {
        const Step step = stepAt(row);
        if (step == Step::names) {
            named = row;
        } else if (step == Step::asks) {
            return named >= 0 ? named : row;
        }
    }
    if (named >= 0) {
        return named;
    }
    const std::vector<int> lines = answers();
    return lines.empty() ? -1 : lines.front();
}

int ProgramModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_program.size());
}

int ProgramModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columnCountOfListing);
}

QString ProgramModel::text(int row, int column) const {
    const auto at = static_cast<std::size_t>(row);
    switch (column) {
    case lineColumn:
        return QString::number(row);
    case instructionColumn:
        return toQString(m_lines[at].mnemonic);
    case meaningColumn:
        return toQString(m_lines[at].comment);
    case callColumn:
        return stepText(stepAt(row));
    default: {
        const seccomp::Instruction& in = m_program[at];
        return QStringLiteral("%1 %2 %3 %4")
            .arg(in.code, 2, 16, QLatin1Char('0'))
            .arg(in.jt, 2, 16, QLatin1Char('0'))
            .arg(in.jf, 2, 16, QLatin1Char('0'))
            .arg(in.k, 8, 16, QLatin1Char('0'));
    }
    }
}

QVariant ProgramModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Step step = stepAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), index.column());
    case monoRole:
        return index.column() != callColumn && index.column() != meaningColumn;
    case sortKeyRole:
        return index.column() == lineColumn ? QVariant(index.row())
                                            : QVariant(text(index.row(), index.column()));
    case tintRole:
        return tells(step) ? QVariant(kTellingTint) : QVariant();
    case mutedRole:
        return index.column() == codeColumn || (!m_steps.empty() && step == Step::untouched);
    case differsRole: // "only its way"
        return m_steps.empty() || step != Step::untouched;
    default:
        return {};
    }
}

QVariant ProgramModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (role == Qt::ToolTipRole) {
        return section == codeColumn ? QVariant(tr("code, jt, jf and k of struct sock_filter, in hex"))
               : section == callColumn
                   ? QVariant(tr("What the instruction does with the call selected among the system calls"))
                   : QVariant();
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case lineColumn:
        return tr("Line");
    case instructionColumn:
        return tr("Instruction");
    case meaningColumn:
        return tr("Meaning");
    case callColumn:
        return m_call ? m_call->name : tr("Selected call");
    default:
        return tr("Code");
    }
}

} // namespace bulkhead::models
