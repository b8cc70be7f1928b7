#include "ui/models/posture_model.h"

#include "core/base/escaped.h"
#include "ui/models/cell_text.h"
#include "ui/models/posture_columns.h"

#include <QFont>
#include <algorithm>
#include <array>
#include <map>

namespace bulkhead::models {

using model::Posture;
using model::SubjectSummary;
using Weight = PostureCell::Weight;

namespace {

constexpr std::size_t kMostNotes = 4; ///< lines above the table; a machine can hide a thousand things

constexpr std::array kKindTitles{
    QT_TRANSLATE_NOOP("bulkhead::models::PostureModel", "Containers"),
    QT_TRANSLATE_NOOP("bulkhead::models::PostureModel", "Services"),
    QT_TRANSLATE_NOOP("bulkhead::models::PostureModel", "Sandboxes"),
};

QFont weighted(QFont::Weight weight) {
    QFont font;
    font.setWeight(weight);
    return font;
}

QString groupTitle(const SubjectSummary& member) {
    QStringList types;
    for (const model::NamespaceType type : member.sharedInGroup) {
        types << toQString(model::nameOf(type));
    }
    const bool named = member.groupKind == "pod" && !member.groupName.empty();
    const QString id =
        toQString(base::terminalText(named ? member.groupName : member.group).str()).left(named ? 48 : 24);
    const QString name =
        member.groupKind == "pod" ? PostureModel::tr("pod %1").arg(id) : PostureModel::tr("with %1").arg(id);
    return types.isEmpty() ? name
                           : PostureModel::tr("%1: shares %2").arg(name, types.join(QStringLiteral(", ")));
}

/// A subject without a snapshot: every fact is a gap, for one reason.
PostureCell failedCell(const std::string& failure) {
    PostureCell cell;
    cell.text = QStringLiteral("?");
    cell.toolTip = PostureModel::tr("not readable: %1").arg(toQString(base::terminalText(failure).str()));
    cell.gap = true;
    cell.order = -1;
    return cell;
}

} // namespace

PostureModel::PostureModel(QObject* parent) : QAbstractItemModel(parent), m_nodes(1) {}

void PostureModel::show(MachinePostures found) {
    beginResetModel();
    m_found = std::move(found);
    buildTree();
    endResetModel();
}

std::size_t PostureModel::add(std::size_t parent, Node node) {
    const std::size_t at = m_nodes.size();
    node.parent = parent;
    node.row = static_cast<int>(m_nodes[parent].children.size());
    m_nodes.push_back(std::move(node));
    m_nodes[parent].children.push_back(at);
    return at;
}

/// The list has children after their parents and groups together.
void PostureModel::buildTree() {
    m_nodes.assign(1, Node{});
    std::map<model::SubjectKind, std::size_t> kinds;
    std::map<std::string, std::size_t> groups;
    std::map<std::string, std::size_t> subjects;
    for (std::size_t i = 0; i < m_found.postures.size(); ++i) {
        const SubjectSummary& subject = m_found.postures[i].subject;
        std::size_t parent = 0;
        if (const auto outer = subjects.find(subject.parent); outer != subjects.end()) {
            parent = outer->second;
        } else {
            const auto [kind, fresh] = kinds.try_emplace(subject.kind, m_nodes.size());
            if (fresh) {
                add(0, {-1, tr(kKindTitles.at(static_cast<std::size_t>(subject.kind))), 0, 0, {}});
            }
            parent = kind->second;
            if (!subject.group.empty()) {
                const auto [group, first] = groups.try_emplace(subject.group, m_nodes.size());
                if (first) {
                    add(parent, {-1, groupTitle(subject), 0, 0, {}});
                }
                parent = group->second;
            }
        }
        subjects.emplace(subject.ref, add(parent, {static_cast<int>(i), {}, 0, 0, {}}));
    }
}

std::size_t PostureModel::countBelow(std::size_t node) const {
    std::size_t count = 0;
    for (const std::size_t child : m_nodes[node].children) {
        count += (m_nodes[child].posture >= 0 ? 1 : 0) + countBelow(child);
    }
    return count;
}

std::int64_t PostureModel::mostBelow(std::size_t node, int column) const {
    std::int64_t most = -1;
    for (const std::size_t child : m_nodes[node].children) {
        const int at = m_nodes[child].posture;
        const std::int64_t own =
            at < 0
                ? mostBelow(child, column)
                : factData(m_found.postures[static_cast<std::size_t>(at)], column, sortKeyRole).toLongLong();
        most = std::max(most, own);
    }
    return most;
}

QString PostureModel::summary() const {
    const model::SubjectList& list = m_found.list;
    const std::size_t confined = list.processes - std::min(list.processes, list.onHost + list.unknown);
    const QString words = tr("%1 processes looked at: %2 in %3 subjects, %4 on the host")
                              .arg(list.processes)
                              .arg(confined)
                              .arg(list.subjects.size())
                              .arg(list.onHost);
    return list.unknown == 0 ? words : tr("%1, %2 not known").arg(words).arg(list.unknown);
}

QStringList PostureModel::notes() const {
    QStringList lines;
    if (m_found.postures.empty() && m_found.list.processes > 0) {
        lines << tr("No confined process is running, as far as can be seen.");
    }
    for (const std::string& gap : m_found.list.gaps) {
        lines << toQString(base::terminalText(gap).str());
    }
    for (const Posture& posture : m_found.postures) {
        if (!posture.failure.empty()) {
            lines << tr("%1 could not be read: %2")
                         .arg(
                             subjectTitle(posture.subject),
                             toQString(base::terminalText(posture.failure).str()));
        }
    }
    const auto more = lines.size() - static_cast<qsizetype>(kMostNotes);
    if (more > 0) {
        lines = lines.mid(0, kMostNotes);
        lines << tr("and %1 more; bulkhead doctor tells them all").arg(more);
    }
    return lines;
}

const Posture* PostureModel::postureAt(const QModelIndex& index) const {
    if (index.model() != this || !index.isValid()) {
        return nullptr;
    }
    const int at = m_nodes[index.internalId()].posture;
    return at < 0 ? nullptr : &m_found.postures[static_cast<std::size_t>(at)];
}

QModelIndex PostureModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    const Node& node = m_nodes[parent.isValid() ? parent.internalId() : 0];
    return createIndex(row, column, static_cast<quintptr>(node.children[static_cast<std::size_t>(row)]));
}

QModelIndex PostureModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || m_nodes[child.internalId()].parent == 0) {
        return {};
    }
    const std::size_t parent = m_nodes[child.internalId()].parent;
    return createIndex(m_nodes[parent].row, 0, static_cast<quintptr>(parent));
}

int PostureModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0
               ? 0
               : static_cast<int>(m_nodes[parent.isValid() ? parent.internalId() : 0].children.size());
}

int PostureModel::columnCount(const QModelIndex& /*parent*/) const {
    return static_cast<int>(postureColumns().size()) + 1;
}

QVariant PostureModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Posture* posture = postureAt(index);
    if (posture == nullptr) {
        const std::size_t at = index.internalId();
        if (index.column() > 0) {
            return role == sortKeyRole ? QVariant(static_cast<qlonglong>(mostBelow(at, index.column())))
                                       : QVariant();
        }
        return titleData(m_nodes[at], at, role);
    }
    return index.column() == 0 ? subjectData(*posture, role) : factData(*posture, index.column(), role);
}

QVariant PostureModel::titleData(const Node& node, std::size_t at, int role) const {
    switch (role) {
    case Qt::DisplayRole:
        return tr("%1 (%2)").arg(node.title).arg(countBelow(at));
    case sortKeyRole:
        return node.row;
    case Qt::FontRole:
        return weighted(QFont::DemiBold);
    case mutedRole:
        return true;
    default:
        return {};
    }
}

QVariant PostureModel::subjectData(const Posture& posture, int role) const {
    switch (role) {
    case Qt::DisplayRole:
        return subjectLabel(posture.subject);
    case sortKeyRole:
        return subjectTitle(posture.subject);
    case Qt::ToolTipRole:
        return subjectToolTip(posture.subject);
    case mutedRole:
        return posture.subject.inferred;
    default:
        return {};
    }
}

QVariant PostureModel::factData(const Posture& posture, int column, int role) const {
    const PostureColumn& facts = postureColumns()[static_cast<std::size_t>(column - 1)];
    PostureCell cell = facts.cell(posture);
    const bool ofSnapshot = column <= kPostureFacts;
    if (ofSnapshot && !posture.failure.empty()) {
        cell = failedCell(posture.failure);
    }
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole:
        return cell.toolTip;
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(postureTr(facts.title), cell.gap ? cell.toolTip : cell.text);
    case briefRole:
        return cell.brief.isEmpty() ? QVariant() : QVariant(cell.brief);
    case gapRole:
        return cell.gap;
    case mutedRole:
        return cell.weight == Weight::quiet;
    case Qt::FontRole:
        return cell.weight == Weight::strong ? QVariant(weighted(QFont::Bold)) : QVariant();
    case sortKeyRole:
        return static_cast<qlonglong>(cell.order);
    default:
        return {};
    }
}

QVariant PostureModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (section == 0) {
        return role == Qt::DisplayRole ? QVariant(tr("Subject")) : QVariant();
    }
    const PostureColumn& column = postureColumns()[static_cast<std::size_t>(section - 1)];
    switch (role) {
    case Qt::DisplayRole:
        return postureTr(column.title);
    case briefRole:
        return postureTr(column.brief);
    case Qt::ToolTipRole:
        return QStringLiteral("%1: %2").arg(postureTr(column.title), postureTr(column.toolTip));
    default:
        return {};
    }
}

Qt::ItemFlags PostureModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    return postureAt(index) == nullptr ? Qt::ItemIsEnabled : Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

} // namespace bulkhead::models
