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

} // namespace

const std::vector<CapabilitySetRow>& capabilitySets() {
    using model::Capabilities;
    static const std::vector<CapabilitySetRow> sets{
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "effective"), &Capabilities::effective},
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "permitted"), &Capabilities::permitted},
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "inheritable"), &Capabilities::inheritable},
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "bounding"), &Capabilities::bounding},
        {QT_TRANSLATE_NOOP("bulkhead::models::CapabilityModel", "ambient"), &Capabilities::ambient},
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
            if (!set || *set == i) {
                const auto member = capabilitySets()[static_cast<std::size_t>(i)].member;
                m_columns.push_back({subject.name, i, snapshot->capabilities.*member});
            }
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
    default:
        return {};
    }
}

QVariant CapabilityModel::heldData(int row, const SetColumn& column, int role) const {
    const bool held = column.held.known() && column.held.value().has(static_cast<model::Capability>(row));
    switch (role) {
    case Qt::DisplayRole:
        return factText(
            column.held, [&](const auto&) { return held ? QStringLiteral("●") : QStringLiteral("·"); });
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        if (!column.held.known()) {
            return column.held.unreadable() ? gapToolTip(column.held) : tr("not stated");
        }
        return held ? tr("held") : tr("not held");
    case Qt::TextAlignmentRole:
        return Qt::AlignCenter;
    case sortKeyRole:
        return column.held.known() ? (held ? 0 : 2) : 1;
    default:
        return {};
    }
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
