#include "ui/models/cut_model.h"

#include "core/diagram/diagram.h"
#include "ui/models/cell_text.h"
#include "ui/models/threat_view.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

namespace bulkhead::models {

using diagram::Mark;
using model::Truth;

namespace {

constexpr std::array kFormTitles{
    QT_TRANSLATE_NOOP("cut", "docker run"),  QT_TRANSLATE_NOOP("cut", "podman run"),
    QT_TRANSLATE_NOOP("cut", "Compose"),     QT_TRANSLATE_NOOP("cut", "Kubernetes"),
    QT_TRANSLATE_NOOP("cut", "config.json"), QT_TRANSLATE_NOOP("cut", "a scenario"),
};
static_assert(kFormTitles.size() == claims::kConfigForms);

QString ways(std::size_t count) {
    return count == 1 ? CutModel::tr("1 way") : CutModel::tr("%1 ways").arg(count);
}

} // namespace

QString formTitle(claims::ConfigForm form) {
    return QCoreApplication::translate("cut", kFormTitles.at(static_cast<std::size_t>(form)));
}

CutModel::CutModel(QObject* parent) : QAbstractItemModel(parent) {}

void CutModel::showPlan(
    std::shared_ptr<const session::CutPlan> plan, session::CutChoice chosen, const threat::Attack& left) {
    beginResetModel();
    m_plan = std::move(plan);
    m_chosen = std::move(chosen);
    m_lines.clear();
    m_left.clear();
    if (m_plan != nullptr) {
        for (const threat::CutChange& one : m_plan->cut.changes) {
            Line line{
                toQString(threat::titleOf(one.change)),
                toQString(threat::wordsOf(one.change, m_plan->form)),
                {}};
            for (const threat::Path& path : m_plan->attack.paths) {
                if (std::ranges::find(one.closes, path.id) != one.closes.end()) {
                    line.ways.push_back(wayOf(m_plan->attack, path));
                    line.ways.back().together =
                        std::ranges::find(one.together, path.id) != one.together.end();
                }
            }
            m_lines.push_back(std::move(line));
        }
        m_left = waysLeft(left);
    }
    endResetModel();
}

/// Rows stay where they are, so that the keyboard does as well; only what stays open is listed anew.
void CutModel::setLeft(const threat::Attack& left) {
    const QModelIndex stay = index(stayRow(), 0);
    if (m_plan == nullptr || !stay.isValid()) {
        return;
    }
    if (!m_left.empty()) {
        beginRemoveRows(stay, 0, static_cast<int>(m_left.size()) - 1);
        m_left.clear();
        endRemoveRows();
    }
    if (std::vector<Way> next = waysLeft(left); !next.empty()) {
        beginInsertRows(stay, 0, static_cast<int>(next.size()) - 1);
        m_left = std::move(next);
        endInsertRows();
    }
    Q_EMIT dataChanged(index(0, 0), index(stayRow(), columnsInAll - 1));
    for (int row = 0; row < stayRow(); ++row) {
        const QModelIndex above = index(row, 0);
        if (const int below = rowCount(above); below > 0) {
            Q_EMIT dataChanged(index(0, 0, above), index(below - 1, columnsInAll - 1, above));
        }
    }
}

std::vector<CutModel::Way> CutModel::waysLeft(const threat::Attack& left) const {
    std::vector<Way> out;
    out.reserve(left.paths.size());
    for (const threat::Path& path : left.paths) {
        out.push_back(wayOf(left, path));
    }
    // what the user left open first
    std::ranges::stable_partition(out, [](const Way& way) { return !way.beyond; });
    return out;
}

CutModel::Way CutModel::wayOf(const threat::Attack& attack, const threat::Path& path) const {
    const QString end = toQString(threat::rowOf(path.reaches).title);
    Way way;
    way.id = path.id;
    way.possible = path.certainty == Truth::unknown;
    way.beyond = std::ranges::find(m_plan->cut.beyond, path.id) != m_plan->cut.beyond.end();
    way.text = QStringLiteral("%1: %2").arg(end, stepsOf(attack, path.steps));
    way.toolTip = way.text + QLatin1Char('\n') + toQString(path.id);
    return way;
}

bool CutModel::isOpen(const std::string& id) const {
    return std::ranges::find(m_left, id, &Way::id) != m_left.end();
}

QString CutModel::summary() const {
    if (m_plan == nullptr) {
        return {};
    }
    const QString name = toQString(m_plan->snapshot.subject.name);
    const std::size_t all = m_plan->attack.paths.size() + m_plan->attack.more;
    if (all == 0) {
        return tr("No way from %1 to the host is known. Nothing has to be cut.").arg(name);
    }
    const auto beyond = static_cast<std::size_t>(std::ranges::count(m_left, true, &Way::beyond));
    if (m_lines.empty()) {
        return tr("%1 from %2 to the host, and no change of the configuration closes any.")
            .arg(ways(all), name);
    }
    QStringList words;
    QStringList out;
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        if (!m_chosen[i]) {
            out << tr("\"%1\"").arg(m_lines[i].title);
        }
    }
    const std::size_t opened = m_left.size() - beyond;
    if (out.isEmpty()) {
        words << (m_lines.size() == 1 ? tr("One change closes %1 from %2 to the host.")
                                      : tr("%3 changes close %1 from %2 to the host."))
                     .arg(ways(all - std::min(all, m_left.size())), name)
                     .arg(m_lines.size());
    } else {
        words << (opened == 0   ? tr("Without %1 every way that can be closed stays closed.")
                  : opened == 1 ? tr("Without %1 %2 to the host stays open.")
                                : tr("Without %1 %2 to the host stay open."))
                     .arg(out.join(tr(" and ")), ways(opened));
    }
    if (beyond > 0) {
        words << tr("%1: no change of the configuration closes that.").arg(ways(beyond));
    }
    if (!m_plan->cut.proven) {
        words << tr("Fewer changes may do: the search met its bound.");
    }
    return words.join(QLatin1Char(' '));
}

std::optional<std::size_t> CutModel::changeAt(const QModelIndex& index) const {
    if (!index.isValid()) {
        return std::nullopt;
    }
    const int row = isTop(index) ? index.row() : static_cast<int>(index.internalId()) - 1;
    return row < stayRow() ? std::optional(static_cast<std::size_t>(row)) : std::nullopt;
}

bool CutModel::isSpanned(const QModelIndex& index) const {
    return !isTop(index) || index.row() == stayRow();
}

QModelIndex CutModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : kTop);
}

QModelIndex CutModel::parent(const QModelIndex& child) const {
    return !child.isValid() || isTop(child) ? QModelIndex()
                                            : createIndex(static_cast<int>(child.internalId()) - 1, 0, kTop);
}

int CutModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) {
        return m_lines.empty() && m_left.empty() ? 0 : stayRow() + 1;
    }
    if (!isTop(parent) || parent.column() != 0) {
        return 0;
    }
    return static_cast<int>(
        parent.row() == stayRow() ? m_left.size()
                                  : m_lines[static_cast<std::size_t>(parent.row())].ways.size());
}

int CutModel::columnCount(const QModelIndex& /*parent*/) const {
    return columnsInAll;
}

QVariant CutModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    return !isTop(index)              ? wayData(index, role)
           : index.row() == stayRow() ? stayData(index, role)
                                      : changeData(index, role);
}

QVariant CutModel::changeData(const QModelIndex& index, int role) const {
    const auto row = static_cast<std::size_t>(index.row());
    const Line& line = m_lines[row];
    const auto open = static_cast<std::size_t>(
        std::ranges::count_if(line.ways, [&](const Way& w) { return isOpen(w.id); }));
    switch (role) {
    case Qt::DisplayRole:
    case sortKeyRole:
        return index.column() == changeColumn  ? line.title
               : index.column() == wordsColumn ? line.words
               : open == 0                     ? tr("%1 closed").arg(ways(line.ways.size()))
                                               : tr("%1 of %2 open").arg(open).arg(ways(line.ways.size()));
    case Qt::CheckStateRole:
        return index.column() == changeColumn ? QVariant(m_chosen[row] ? Qt::Checked : Qt::Unchecked)
                                              : QVariant();
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole:
    case wholeRole:
        return tr("%1\nin %2: %3\nA check makes it part of what is shown, copied and saved.")
            .arg(line.title, formTitle(m_plan->form), line.words);
    case markRole:
        return index.column() == waysColumn
                   ? QVariant(static_cast<int>(open == 0 ? Mark::stronger : Mark::weaker))
                   : QVariant();
    case monoRole:
        return index.column() == wordsColumn;
    case mutedRole:
        return !m_chosen[row];
    default:
        return {};
    }
}

QVariant CutModel::stayData(const QModelIndex& index, int role) const {
    if (index.column() != changeColumn) {
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
        return m_left.empty() ? tr("Nothing stays open") : tr("Stays open: %1").arg(ways(m_left.size()));
    case sortKeyRole:
        return QStringLiteral("￿"); // behind the changes
    case mutedRole:
        return m_left.empty();
    default:
        return {};
    }
}

/// First in the row, so that it is read in a narrow window.
QString CutModel::stateOf(const Way& way, bool open) {
    if (open) {
        return way.possible ? tr("possibly open") : tr("open");
    }
    const QString closed = way.together ? tr("closed by several changes") : tr("closed");
    return way.possible ? tr("%1, was possible").arg(closed) : closed;
}

QVariant CutModel::wayData(const QModelIndex& index, int role) const {
    const auto above = static_cast<std::size_t>(index.internalId() - 1);
    const auto row = static_cast<std::size_t>(index.row());
    const bool stays = above == m_lines.size();
    const Way& way = stays ? m_left[row] : m_lines[above].ways[row];
    const bool open = stays || isOpen(way.id);
    if (index.column() != changeColumn) {
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
    case sortKeyRole:
        return QStringLiteral("%1: %2").arg(stateOf(way, open), way.text) +
               (stays && way.beyond ? tr(" (no change of the configuration closes it)") : QString());
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole:
    case wholeRole:
        return way.toolTip;
    case markRole:
        return static_cast<int>(!open ? Mark::stronger : way.possible ? Mark::unknown : Mark::weaker);
    default:
        return {};
    }
}

bool CutModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || !flags(index).testFlag(Qt::ItemIsUserCheckable)) {
        return false;
    }
    m_chosen[static_cast<std::size_t>(index.row())] = value.toInt() == Qt::Checked;
    Q_EMIT dataChanged(index, index.siblingAtColumn(columnsInAll - 1));
    Q_EMIT chosenChanged();
    return true;
}

Qt::ItemFlags CutModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    const bool change = isTop(index) && index.row() < stayRow() && index.column() == changeColumn;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable |
           (change ? Qt::ItemFlags(Qt::ItemIsUserCheckable) : Qt::ItemFlags());
}

QVariant CutModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnsInAll) {
        return {};
    }
    return section == changeColumn  ? tr("Change")
           : section == wordsColumn ? (m_plan ? tr("In %1").arg(formTitle(m_plan->form)) : tr("Words"))
                                    : tr("What it closes");
}

} // namespace bulkhead::models
