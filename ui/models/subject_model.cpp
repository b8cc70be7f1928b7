#include "ui/models/subject_model.h"

#include "ui/models/cell_text.h"

#include <QFont>
#include <QMimeData>
#include <algorithm>

namespace bulkhead::models {

namespace {

constexpr std::array kGroupTitles{
    QT_TRANSLATE_NOOP("bulkhead::models::SubjectModel", "Lab results"),
    QT_TRANSLATE_NOOP("bulkhead::models::SubjectModel", "Live"),
    QT_TRANSLATE_NOOP("bulkhead::models::SubjectModel", "Files"),
    QT_TRANSLATE_NOOP("bulkhead::models::SubjectModel", "Recorded"),
    QT_TRANSLATE_NOOP("bulkhead::models::SubjectModel", "Predicted"),
};

const model::Recorded* recordedOf(const diagram::SubjectView& view) {
    for (const auto* side : {&view.enforced, &view.declared, &view.experienced}) {
        if (*side && (*side)->recorded) {
            return &*(*side)->recorded;
        }
    }
    return nullptr;
}

QString toolTipOf(const LibraryEntry& entry) {
    QStringList lines{toQString(entry.view.name)};
    if (!entry.origin.isEmpty()) {
        lines << entry.origin;
    }
    if (entry.previewOf >= 0) {
        lines << SubjectModel::tr("what the chosen changes would make of it; nothing was run");
    }
    if (const model::Recorded* recorded = recordedOf(entry.view)) {
        lines << SubjectModel::tr("recorded: %1, kernel %2, %3")
                     .arg(
                         toQString(recorded->engine), toQString(recorded->kernel), toQString(recorded->date));
    }
    if (!entry.view.error.empty()) {
        lines << toQString(entry.view.error);
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

SubjectModel::SubjectModel(Workspace& workspace, QObject* parent)
    : QAbstractItemModel(parent), m_workspace(workspace) {
    for (const LibraryEntry& entry : workspace.library()) {
        m_groups.at(static_cast<std::size_t>(entry.group)).push_back(entry.id);
    }
    connect(&workspace, &Workspace::libraryChanged, this, &SubjectModel::reload);
}

/// Groups stay, subjects are only ever added: views keep what the user folded and selected.
void SubjectModel::reload() {
    for (const LibraryEntry& entry : m_workspace.library()) {
        const auto group = static_cast<std::size_t>(entry.group);
        std::vector<int>& ids = m_groups.at(group);
        if (std::find(ids.begin(), ids.end(), entry.id) != ids.end()) {
            continue;
        }
        const int row = static_cast<int>(ids.size());
        beginInsertRows(index(static_cast<int>(group), 0), row, row);
        ids.push_back(entry.id);
        endInsertRows();
    }
    for (int group = 0; group < rowCount(); ++group) {
        const QModelIndex parent = index(group, 0);
        if (rowCount(parent) > 0) {
            Q_EMIT dataChanged(index(0, 0, parent), index(rowCount(parent) - 1, 0, parent));
        }
    }
}

int SubjectModel::idAt(const QModelIndex& index) const {
    if (!index.isValid() || index.internalId() == kGroupId) {
        return -1;
    }
    return m_groups.at(index.internalId() - 1)[static_cast<std::size_t>(index.row())];
}

std::optional<SubjectGroup> SubjectModel::groupAt(const QModelIndex& index) {
    return index.isValid() && index.internalId() == kGroupId
               ? std::optional(static_cast<SubjectGroup>(index.row()))
               : std::nullopt;
}

QModelIndex SubjectModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : kGroupId);
}

QModelIndex SubjectModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == kGroupId) {
        return {};
    }
    return createIndex(static_cast<int>(child.internalId()) - 1, 0, kGroupId);
}

int SubjectModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) {
        return static_cast<int>(m_groups.size());
    }
    if (parent.internalId() != kGroupId || parent.column() != 0) {
        return 0;
    }
    return static_cast<int>(m_groups.at(static_cast<std::size_t>(parent.row())).size());
}

int SubjectModel::columnCount(const QModelIndex& /*parent*/) const {
    return 1;
}

QVariant SubjectModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (const LibraryEntry* entry = m_workspace.entry(idAt(index))) {
        return subjectData(*entry, role);
    }
    if (role == Qt::DisplayRole) {
        return tr(kGroupTitles.at(static_cast<std::size_t>(index.row())));
    }
    if (role == Qt::ToolTipRole && groupAt(index) == SubjectGroup::live) {
        return tr("Double-click or Enter: what runs on this machine");
    }
    if (role == Qt::ToolTipRole && groupAt(index) == SubjectGroup::predicted) {
        return tr("Boundaries with the changes of the cut made, as far as they can be predicted");
    }
    if (role == Qt::FontRole) {
        QFont font;
        font.setWeight(QFont::DemiBold);
        return font;
    }
    return {};
}

QVariant SubjectModel::subjectData(const LibraryEntry& entry, int role) const {
    switch (role) {
    case Qt::DisplayRole:
        return entry.view.error.empty() ? toQString(entry.view.name)
                                        : tr("%1 (failed)").arg(toQString(entry.view.name));
    case Qt::ToolTipRole:
        return toolTipOf(entry);
    case Qt::CheckStateRole:
        return m_workspace.isShown(entry.id) ? Qt::Checked : Qt::Unchecked;
    default:
        return {};
    }
}

bool SubjectModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const int id = idAt(index);
    if (role != Qt::CheckStateRole || id < 0) {
        return false;
    }
    return value.toInt() == Qt::Checked ? m_workspace.addColumns({id}) : m_workspace.removeColumn(id);
}

Qt::ItemFlags SubjectModel::flags(const QModelIndex& index) const {
    if (idAt(index) < 0) {
        return index.isValid() ? Qt::ItemIsEnabled : Qt::NoItemFlags;
    }
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable | Qt::ItemIsDragEnabled |
           Qt::ItemNeverHasChildren;
}

QStringList SubjectModel::mimeTypes() const {
    return {QString::fromLatin1(kSubjectMime)};
}

QMimeData* SubjectModel::mimeData(const QModelIndexList& indexes) const {
    QStringList ids;
    for (const QModelIndex& index : indexes) {
        if (const int id = idAt(index); id >= 0) {
            ids << QString::number(id);
        }
    }
    auto* data = new QMimeData;
    data->setData(QString::fromLatin1(kSubjectMime), ids.join(QLatin1Char(' ')).toLatin1());
    return data;
}

} // namespace bulkhead::models
