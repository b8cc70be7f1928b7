#include "ui/models/mount_model.h"

#include "ui/models/cell_text.h"

#include <array>
#include <map>

namespace bulkhead::models {

namespace {

/// One column of the table: its title and what it says of a mount.
struct MountColumn {
    const char* title;
    QString (*text)(const model::Mount& mount);
};

QString hostText(const model::Mount& mount) {
    return factText(mount.hostPaths, [](const std::vector<std::string>& paths) { return joined(paths); });
}

constexpr std::array kColumns{
    MountColumn{
        QT_TRANSLATE_NOOP("bulkhead::models::MountModel", "Target"),
        [](const model::Mount& m) { return toQString(m.target); }},
    MountColumn{
        QT_TRANSLATE_NOOP("bulkhead::models::MountModel", "Kind"),
        [](const model::Mount& m) { return toQString(model::nameOf(m.kind)); }},
    MountColumn{
        QT_TRANSLATE_NOOP("bulkhead::models::MountModel", "Access"),
        [](const model::Mount& m) {
            return m.readOnly ? MountModel::tr("read-only") : MountModel::tr("writable");
        }},
    MountColumn{
        QT_TRANSLATE_NOOP("bulkhead::models::MountModel", "Type"),
        [](const model::Mount& m) { return toQString(m.fsType); }},
    MountColumn{
        QT_TRANSLATE_NOOP("bulkhead::models::MountModel", "Source"),
        [](const model::Mount& m) { return toQString(m.source); }},
    MountColumn{QT_TRANSLATE_NOOP("bulkhead::models::MountModel", "Host paths"), hostText},
    MountColumn{
        QT_TRANSLATE_NOOP("bulkhead::models::MountModel", "Options"),
        [](const model::Mount& m) { return joined(m.options); }},
    MountColumn{
        QT_TRANSLATE_NOOP("bulkhead::models::MountModel", "Propagation"),
        [](const model::Mount& m) { return toQString(m.propagation); }},
    MountColumn{
        QT_TRANSLATE_NOOP("bulkhead::models::MountModel", "Device"),
        [](const model::Mount& m) { return toQString(m.device); }},
};

QString toolTipOf(const model::Mount& mount) {
    QStringList lines{toQString(mount.target)};
    if (!mount.visible) {
        lines << MountModel::tr("hidden by a later mount");
    }
    if (mount.hostPaths.unreadable()) {
        lines << MountModel::tr("host paths %1").arg(gapToolTip(mount.hostPaths));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

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
    return static_cast<int>(kColumns.size());
}

QVariant MountModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const model::Mount& mount = m_mounts[m_nodes[index.internalId()].mount];
    switch (role) {
    case Qt::DisplayRole:
    case sortKeyRole:
        return kColumns.at(static_cast<std::size_t>(index.column())).text(mount);
    case Qt::ToolTipRole:
        return toolTipOf(mount);
    default:
        return {};
    }
}

QVariant MountModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount()) {
        return {};
    }
    return tr(kColumns.at(static_cast<std::size_t>(section)).title);
}

} // namespace bulkhead::models
