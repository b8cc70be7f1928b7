#include "ui/models/namespace_model.h"

#include "ui/models/cell_text.h"

#include <algorithm>

namespace bulkhead::models {

NamespaceModel::NamespaceModel(QObject* parent) : QAbstractTableModel(parent) {}

void NamespaceModel::show(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage) {
    beginResetModel();
    m_subjects.clear();
    for (const diagram::SubjectView& subject : subjects) {
        m_subjects.emplace_back();
        m_subjects.back().name = subject.name;
    }
    m_sharing = namespaceSharing(subjects, vantage);
    endResetModel();
}

/// The host's tint is its own; the other groups take theirs in turn.
int NamespaceModel::tintOf(int group) const {
    int tint = 0;
    for (int i = 0; i <= group; ++i) {
        tint += m_sharing.groups[static_cast<std::size_t>(i)].letter == QLatin1String("H") ? 0 : 1;
    }
    return m_sharing.groups[static_cast<std::size_t>(group)].letter == QLatin1String("H") ? 0 : tint;
}

std::vector<NamespaceModel::LegendEntry> NamespaceModel::legend() const {
    std::vector<LegendEntry> entries;
    for (int i = 0; i < static_cast<int>(m_sharing.groups.size()); ++i) {
        const SharingGroup& group = m_sharing.groups[static_cast<std::size_t>(i)];
        entries.push_back({group.letter, group.sentence, tintOf(i)});
    }
    std::ranges::stable_sort(entries, {}, &LegendEntry::tint);
    return entries;
}

int NamespaceModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || m_subjects.empty() ? 0 : static_cast<int>(m_sharing.rows.size());
}

int NamespaceModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || m_subjects.empty() ? 0 : static_cast<int>(m_subjects.size()) + 1;
}

/// Two namespaces of their own are alike; what differs is who shares and who owns.
bool NamespaceModel::rowDiffers(std::size_t row) const {
    const auto& cells = m_sharing.rows[row];
    const auto isHost = [this](const NamespaceCell& cell) {
        return cell.group >= 0 && tintOf(cell.group) == 0;
    };
    return std::ranges::any_of(cells, [&](const NamespaceCell& cell) {
        return isHost(cell) != isHost(cells.front()) || cell.gap != cells.front().gap ||
               (cell.group >= 0 && !isHost(cell));
    });
}

QVariant NamespaceModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto row = static_cast<std::size_t>(index.row());
    return index.column() == 0
               ? typeData(row, role)
               : cellData(m_sharing.rows[row][static_cast<std::size_t>(index.column() - 1)], role);
}

QVariant NamespaceModel::typeData(std::size_t row, int role) const {
    if (role == Qt::DisplayRole || role == sortKeyRole) {
        return toQString(model::Names<model::NamespaceType>::names.at(row).second);
    }
    return role == differsRole ? QVariant(rowDiffers(row)) : QVariant();
}

QVariant NamespaceModel::cellData(const NamespaceCell& cell, int role) const {
    const SharingGroup* group =
        cell.group < 0 ? nullptr : &m_sharing.groups[static_cast<std::size_t>(cell.group)];
    switch (role) {
    case Qt::DisplayRole:
    case sortKeyRole:
        return cell.text;
    case Qt::AccessibleTextRole:
        return group == nullptr ? cell.text : QStringLiteral("%1 %2").arg(group->letter, cell.text);
    case Qt::ToolTipRole:
        return group == nullptr
                   ? cell.toolTip
                   : QStringLiteral("%1: %2\n%3").arg(group->letter, group->sentence, cell.toolTip).trimmed();
    case badgeRole:
        return group == nullptr ? QVariant() : QVariant(group->letter);
    case tintRole:
        return group == nullptr ? QVariant() : QVariant(tintOf(cell.group));
    case gapRole:
        return cell.gap;
    case identityRole:
        return cell.identity;
    default:
        return {};
    }
}

QVariant NamespaceModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount()) {
        return {};
    }
    return section == 0 ? tr("Namespace") : toQString(m_subjects[static_cast<std::size_t>(section - 1)].name);
}

} // namespace bulkhead::models
