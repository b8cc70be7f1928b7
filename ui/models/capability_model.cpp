#include "ui/models/capability_model.h"

#include "ui/models/cell_text.h"

#include <algorithm>

namespace bulkhead::models {

namespace {

/// Highest capability the subjects' kernels have; ours where none of them says.
int lastCapability(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage) {
    std::int64_t last = -1;
    for (const diagram::SubjectView& subject : subjects) {
        if (const model::Snapshot* snapshot = subject.at(vantage)) {
            last = std::max(last, snapshot->host.capLastCap.valueOr(-1));
        }
    }
    constexpr std::int64_t kMost = 63; // the masks of /proc/PID/status are 64 bits wide
    return static_cast<int>(std::min(last < 0 ? std::int64_t{model::kKnownCapabilities} - 1 : last, kMost));
}

QString heldText(const CapabilityWorth& worth) {
    switch (worth.scope) {
    case CapabilityScope::host:
        return CapabilityModel::tr("● over host");
    case CapabilityScope::own:
        return CapabilityModel::tr("○ own user ns");
    case CapabilityScope::unknown:
        break;
    }
    return CapabilityModel::tr("● over ?");
}

QString heldWords(const CapabilityWorth& worth) {
    switch (worth.scope) {
    case CapabilityScope::host:
        return CapabilityModel::tr("held over the host");
    case CapabilityScope::own:
        return CapabilityModel::tr("held over its own user namespace only");
    case CapabilityScope::unknown:
        break;
    }
    return CapabilityModel::tr("held, over which user namespace is not known");
}

QString heldToolTip(const CapabilityWorth& worth) {
    QStringList lines{heldWords(worth)};
    if (!worth.overHost.isEmpty()) {
        lines << CapabilityModel::tr("counts over the host's namespaces: %1").arg(worth.overHost);
    }
    if (worth.scope == CapabilityScope::own) {
        lines
            << CapabilityModel::tr(
                   "user namespace %1 and the namespaces that it owns; over the host's objects it is nothing")
                   .arg(worth.user)
                   .simplified();
    }
    if (!worth.within.isEmpty()) {
        lines << CapabilityModel::tr("of the namespaces it is in, it counts over: %1").arg(worth.within);
    }
    if (!worth.reason.isEmpty()) {
        lines << worth.reason;
    }
    return lines.join(QLatin1Char('\n'));
}

/// Most authority first: over the host, own, unknown, none.
int heldOrder(const model::Fact<model::CapabilitySet>& set, const CapabilityWorth* worth) {
    if (!set.known()) {
        return 3;
    }
    return worth == nullptr ? 4 : static_cast<int>(worth->scope);
}

} // namespace

const std::vector<CapabilitySetRow>& capabilitySets() {
    using model::Capabilities;
    static const std::vector<CapabilitySetRow> sets{
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "effective"), &Capabilities::effective},
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "permitted"), &Capabilities::permitted},
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "inheritable"), &Capabilities::inheritable},
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "bounding"), &Capabilities::bounding},
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "ambient"), &Capabilities::ambient},
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "obtainable"), &Capabilities::obtainable},
    };
    return sets;
}

CapabilityModel::CapabilityModel(QObject* parent) : QAbstractTableModel(parent) {}

void CapabilityModel::show(
    const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage, std::optional<int> set) {
    beginResetModel();
    m_columns.clear();
    for (const diagram::SubjectView& subject : subjects) {
        const model::Snapshot* snapshot = subject.at(vantage);
        for (int i = 0; snapshot != nullptr && i < static_cast<int>(capabilitySets().size()); ++i) {
            if (set && *set != i) {
                continue;
            }
            const auto member = capabilitySets()[static_cast<std::size_t>(i)].member;
            SetColumn column{subject.name, i, snapshot->capabilities.*member, {}};
            for (const model::Capability held : column.held.valueOr({}).members()) {
                const bool effective = member == &model::Capabilities::effective;
                column.worth[static_cast<int>(held)] = capabilityWorth(*snapshot, held, effective);
            }
            m_columns.push_back(std::move(column));
        }
    }
    m_rows = m_columns.empty() ? 0 : lastCapability(subjects, vantage) + 1;
    endResetModel();
}

int CapabilityModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_rows;
}

int CapabilityModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || m_columns.empty() ? 0 : static_cast<int>(m_columns.size()) + 1;
}

QVariant CapabilityModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    return index.column() == 0
               ? nameData(index.row(), role)
               : heldData(index.row(), m_columns[static_cast<std::size_t>(index.column() - 1)], role);
}

QVariant CapabilityModel::nameData(int row, int role) const {
    switch (role) {
    case Qt::DisplayRole:
        return toQString(model::capabilityName(static_cast<model::Capability>(row)));
    case Qt::ToolTipRole:
        return tr("capability number %1").arg(row);
    case sortKeyRole:
        return row;
    case differsRole:
        return rowDiffers(row);
    default:
        return {};
    }
}

QVariant CapabilityModel::heldData(int row, const SetColumn& column, int role) const {
    const auto found = column.worth.find(row);
    const CapabilityWorth* worth = found == column.worth.end() ? nullptr : &found->second;
    switch (role) {
    case Qt::DisplayRole:
        return factText(column.held, [&](const auto&) {
            return worth != nullptr ? heldText(*worth) : QStringLiteral("·");
        });
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        if (!column.held.known()) {
            return column.held.unreadable() ? gapToolTip(column.held) : tr("not stated");
        }
        if (worth == nullptr) {
            return tr("not held");
        }
        return role == Qt::ToolTipRole ? heldToolTip(*worth) : heldWords(*worth);
    case gapRole:
        return column.held.unreadable();
    case mutedRole:
        return worth == nullptr || worth->scope == CapabilityScope::own;
    case sortKeyRole:
        return heldOrder(column.held, worth);
    default:
        return {};
    }
}

/// A set is compared with the same set of the other subjects.
bool CapabilityModel::rowDiffers(int row) const {
    const auto order = [row](const SetColumn& column) {
        const auto found = column.worth.find(row);
        return heldOrder(column.held, found == column.worth.end() ? nullptr : &found->second);
    };
    std::map<int, int> first;
    return std::ranges::any_of(m_columns, [&](const SetColumn& column) {
        return first.try_emplace(column.set, order(column)).first->second != order(column);
    });
}

QVariant CapabilityModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (section == 0) {
        return role == Qt::DisplayRole ? QVariant(tr("Capability")) : QVariant();
    }
    const SetColumn& column = m_columns[static_cast<std::size_t>(section - 1)];
    const QString set = tr(capabilitySets()[static_cast<std::size_t>(column.set)].title);
    if (role == Qt::DisplayRole) {
        return QStringLiteral("%1\n%2").arg(toQString(column.subject), set);
    }
    return role == Qt::ToolTipRole ? QVariant(tr("%1 set of %2").arg(set, toQString(column.subject)))
                                   : QVariant();
}

} // namespace bulkhead::models
