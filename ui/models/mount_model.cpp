#include "ui/models/mount_model.h"

#include "ui/models/cell_text.h"
#include "ui/models/mount_columns.h"

#include <map>

namespace bulkhead::models {

MountModel::MountModel(QObject* parent) : QAbstractItemModel(parent) {
    buildTree();
}

void MountModel::show(const model::Snapshot* snapshot) {
    beginResetModel();
    m_mounts = snapshot == nullptr ? std::vector<model::Mount>{}
                                   : snapshot->mounts.valueOr(std::vector<model::Mount>{});
    m_gap = snapshot != nullptr ? gapToolTip(snapshot->mounts) : QString();
    buildTree();
    endResetModel();
}

void MountModel::adopt(std::size_t parent, std::size_t child) {
    m_nodes[child].parent = parent;
    m_nodes[child].row = static_cast<int>(m_nodes[parent].children.size());
    m_nodes[parent].children.push_back(child);
}

/// A mount hangs below the nearest earlier mount with its parent's id; where there is none (the parent lies
/// outside of the container, or a configuration that numbers nothing) it stands at the top. Only earlier
/// mounts can be parents, so that ids which form a circle in a hostile document cannot make one here.
void MountModel::buildTree() {
    m_nodes.assign(m_mounts.size() + 1, Node{});
    std::map<std::int64_t, std::size_t> byId;
    for (std::size_t i = 0; i < m_mounts.size(); ++i) {
        const std::size_t node = i + 1;
        m_nodes[node].mount = i;
        const auto parent = byId.find(m_mounts[i].parent);
        adopt(m_mounts[i].id == 0 || parent == byId.end() ? 0 : parent->second, node);
        byId[m_mounts[i].id] = node;
    }
}

QModelIndex MountModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    const std::size_t above = parent.isValid() ? parent.internalId() : 0;
    return createIndex(row, column, m_nodes[above].children[static_cast<std::size_t>(row)]);
}

QModelIndex MountModel::parent(const QModelIndex& child) const {
    if (!child.isValid()) {
        return {};
    }
    const std::size_t above = m_nodes[child.internalId()].parent;
    return above == 0 ? QModelIndex() : createIndex(m_nodes[above].row, 0, above);
}

int MountModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() && parent.column() != 0) {
        return 0;
    }
    return static_cast<int>(m_nodes[parent.isValid() ? parent.internalId() : 0].children.size());
}

int MountModel::columnCount(const QModelIndex& /*parent*/) const {
    return static_cast<int>(mountColumns().size());
}

QVariant MountModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const model::Mount& mount = m_mounts[m_nodes[index.internalId()].mount];
    switch (role) {
    case Qt::DisplayRole:
    case sortKeyRole:
        return mountColumns()[static_cast<std::size_t>(index.column())].text(mount);
    case Qt::ToolTipRole:
        return mountToolTip(mount);
    case struckRole:
        return !mount.visible && index.column() == 0;
    case mutedRole:
        return !mount.visible || mount.kind == model::MountKind::masked;
    case gapRole:
        return index.data().toString() == QLatin1String("?");
    default:
        return {};
    }
}

QVariant MountModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount()) {
        return {};
    }
    return mountTr(mountColumns()[static_cast<std::size_t>(section)].title);
}

} // namespace bulkhead::models
