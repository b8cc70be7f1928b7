#include "ui/models/namespace_model.h"

#include "ui/models/cell_text.h"

namespace bulkhead::models {

namespace {

/// Inode numbers mean something within one boot of one machine only.
QString identityOf(const model::Namespace& space, const QString& boot) {
    if (space.inode.known()) {
        return boot + QLatin1Char(' ') + QString::number(space.inode.value());
    }
    return space.sharedWithHost.valueOr(false) ? boot + QStringLiteral(" host") : QString();
}

QString ownershipText(const model::Namespace& space) {
    if (space.sharedWithHost.known()) {
        return space.sharedWithHost.value() ? NamespaceModel::tr("the host's") : NamespaceModel::tr("own");
    }
    return factText(space.declared, [](const std::string& asked) { return toQString(asked); });
}

QString letter(int number) {
    return QString(QChar(static_cast<char16_t>(u'A' + number % 26)));
}

} // namespace

NamespaceModel::NamespaceModel(QObject* parent) : QAbstractTableModel(parent) {}

NamespaceModel::Entry NamespaceModel::entryOf(const model::Namespace* space, const QString& boot) {
    if (space == nullptr) {
        return {};
    }
    Entry entry;
    entry.identity = identityOf(*space, boot);
    const QString inode = factText(space->inode, [](std::uint64_t n) { return QString::number(n); });
    entry.text = QStringList{ownershipText(*space), inode}.join(QLatin1Char(' ')).trimmed();
    QStringList lines;
    if (space->ownedByHost.known()) {
        lines
            << (space->ownedByHost.value() ? tr("owned by the host's user namespace")
                                           : tr("owned by a child user namespace"));
    }
    for (const QString& gap :
         {gapToolTip(space->inode), gapToolTip(space->sharedWithHost), gapToolTip(space->declared)}) {
        if (!gap.isEmpty() && !lines.contains(gap)) {
            lines << gap;
        }
    }
    entry.toolTip = lines.join(QLatin1Char('\n'));
    return entry;
}

void NamespaceModel::numberShared(std::vector<Entry>& row) {
    std::map<QString, int> members;
    for (const Entry& entry : row) {
        ++members[entry.identity];
    }
    std::map<QString, int> numbers;
    for (Entry& entry : row) {
        if (!entry.identity.isEmpty() && members[entry.identity] > 1) {
            entry.shared =
                numbers.try_emplace(entry.identity, static_cast<int>(numbers.size())).first->second;
        }
    }
}

void NamespaceModel::show(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage) {
    beginResetModel();
    m_subjects.clear();
    m_rows.clear();
    for (const diagram::SubjectView& subject : subjects) {
        m_subjects.push_back(subject.name);
    }
    for (const auto& named : model::Names<model::NamespaceType>::names) {
        std::vector<Entry> row;
        for (const diagram::SubjectView& subject : subjects) {
            const model::Snapshot* snapshot = subject.at(vantage);
            const auto found = snapshot == nullptr ? model::Namespaces::const_iterator{}
                                                   : snapshot->namespaces.find(named.first);
            const bool there = snapshot != nullptr && found != snapshot->namespaces.end();
            const QString boot = there ? toQString(snapshot->host.bootId.valueOr({})) : QString();
            row.push_back(entryOf(there ? &found->second : nullptr, boot));
        }
        numberShared(row);
        m_rows.push_back(std::move(row));
    }
    endResetModel();
}

void NamespaceModel::setTints(const std::vector<QColor>& tints) {
    m_tints = tints;
    if (rowCount() > 0 && columnCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {Qt::BackgroundRole});
    }
}

int NamespaceModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || m_subjects.empty() ? 0 : static_cast<int>(m_rows.size());
}

int NamespaceModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || m_subjects.empty() ? 0 : static_cast<int>(m_subjects.size()) + 1;
}

QVariant NamespaceModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto row = static_cast<std::size_t>(index.row());
    if (index.column() == 0) {
        const bool named = role == Qt::DisplayRole || role == sortKeyRole;
        return named ? QVariant(toQString(model::Names<model::NamespaceType>::names.at(row).second))
                     : QVariant();
    }
    const Entry& entry = m_rows[row][static_cast<std::size_t>(index.column() - 1)];
    switch (role) {
    case Qt::DisplayRole:
        return entry.shared < 0 ? entry.text : QStringLiteral("%1  %2").arg(letter(entry.shared), entry.text);
    case Qt::ToolTipRole:
        return entry.shared < 0 ? entry.toolTip
                                : (entry.toolTip + QLatin1Char('\n') +
                                   tr("shared: every cell marked %1 in this row").arg(letter(entry.shared)))
                                      .trimmed();
    case Qt::BackgroundRole:
        return entry.shared < 0 || m_tints.empty()
                   ? QVariant()
                   : QVariant(m_tints[static_cast<std::size_t>(entry.shared) % m_tints.size()]);
    case sortKeyRole:
        return entry.text;
    case identityRole:
        return entry.identity;
    default:
        return {};
    }
}

QVariant NamespaceModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount()) {
        return {};
    }
    return section == 0 ? tr("Namespace") : toQString(m_subjects[static_cast<std::size_t>(section - 1)]);
}

} // namespace bulkhead::models
