#include "ui/models/namespace_sharing.h"

#include "ui/models/cell_text.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <map>
#include <set>

namespace bulkhead::models {

namespace {

QString say(const char* text) {
    return QCoreApplication::translate("namespaces", text);
}

/// Inode numbers mean something within one boot of one machine only.
QString identityOf(const model::Namespace& space, const QString& boot) {
    if (space.sharedWithHost.valueOr(false)) {
        return boot + QStringLiteral(" host");
    }
    return space.inode.known() ? boot + QLatin1Char(' ') + QString::number(space.inode.value()) : QString();
}

QString ownerText(model::NamespaceType type, const model::Namespace& space) {
    const QString by = factText(space.ownerUid, [](std::uint32_t uid) { return QString::number(uid); });
    if (type == model::NamespaceType::user) {
        return by.isEmpty() || by == QLatin1String("?") ? QString() : say("made by uid %1").arg(by);
    }
    if (!space.ownedByHost.known()) {
        return space.ownedByHost.unreadable() ? say("owner ?") : QString();
    }
    if (space.ownedByHost.value()) {
        return say("owned by the host");
    }
    return by.isEmpty() || by == QLatin1String("?") ? say("owned by a child")
                                                    : say("owned by a child of uid %1").arg(by);
}

QString cellText(model::NamespaceType type, const model::Namespace& space) {
    if (space.sharedWithHost.valueOr(false)) {
        return say("the host's");
    }
    QStringList parts;
    const QString inode = factText(space.inode, [](std::uint64_t n) { return QString::number(n); });
    if (space.sharedWithHost.known()) {
        parts << QStringLiteral("%1 %2").arg(say("own"), inode).trimmed();
    } else {
        const QString asked =
            factText(space.declared, [](const std::string& text) { return toQString(text); });
        parts << QStringList{asked, inode}.join(QLatin1Char(' ')).trimmed();
    }
    parts << ownerText(type, space);
    if (space.level.known() && space.level.value() > 0) {
        parts << say("level %1").arg(space.level.value());
    }
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

QString toolTipOf(model::NamespaceType type, const model::Namespace& space) {
    QStringList lines;
    if (space.ownedByHost.known() && type != model::NamespaceType::user) {
        lines
            << (space.ownedByHost.value()
                    ? say("owned by the host's user namespace: capabilities there count over it")
                    : say("owned by a child user namespace: only capabilities of that one count over it"));
    }
    if (space.ownerUserNamespace.known()) {
        lines << say("owning user namespace %1").arg(space.ownerUserNamespace.value());
    }
    if (space.ownerUid.known()) {
        lines << say("made by host uid %1").arg(space.ownerUid.value());
    }
    if (space.parent.known()) {
        lines << say("parent %1").arg(space.parent.value());
    }
    if (space.level.known()) {
        lines << say("level %1 below the host's").arg(space.level.value());
    }
    if (space.forChildren.known() && space.inode.known() &&
        space.forChildren.value() != space.inode.value()) {
        lines << say("children are started in another one, %1").arg(space.forChildren.value());
    }
    if (!space.sharedWith.empty()) {
        lines << say("shared with %1").arg(joined(space.sharedWith));
    }
    for (const QString& gap :
         {gapToolTip(space.inode), gapToolTip(space.sharedWithHost), gapToolTip(space.declared),
          gapToolTip(space.ownedByHost)}) {
        if (!gap.isEmpty() && !lines.contains(gap)) {
            lines << gap;
        }
    }
    return lines.join(QLatin1Char('\n'));
}

NamespaceCell cellOf(model::NamespaceType type, const model::Snapshot* snapshot) {
    if (snapshot == nullptr) {
        return {};
    }
    const auto found = snapshot->namespaces.find(type);
    if (found == snapshot->namespaces.end()) {
        return {};
    }
    const model::Namespace& space = found->second;
    NamespaceCell cell;
    cell.identity = identityOf(space, toQString(snapshot->host.bootId.valueOr({})));
    cell.text = cellText(type, space);
    cell.toolTip = toolTipOf(type, space);
    cell.gap = space.inode.unreadable() || space.sharedWithHost.unreadable();
    return cell;
}

QString letterOf(std::size_t number) {
    // Without H, which is the host.
    constexpr std::u16string_view kLetters = u"ABCDEFGIJKLMNOPQRSTUVWXYZ";
    return QString(QChar(kLetters[number % kLetters.size()]));
}

/// Finds groups as the rows come: by the host, or by who is in it.
class Grouping {
public:
    explicit Grouping(NamespaceSharing& out) : m_out(out) {}

    void add(const std::string& type, std::vector<NamespaceCell>& row) {
        std::map<QString, std::vector<std::size_t>> members;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (!row[i].identity.isEmpty()) {
                members[row[i].identity].push_back(i);
            }
        }
        std::set<QString> done;
        for (const NamespaceCell& cell : row) {
            if (cell.identity.isEmpty() || !done.insert(cell.identity).second) {
                continue;
            }
            const auto& together = members[cell.identity];
            const bool host = cell.identity.endsWith(QLatin1String(" host"));
            if (host || together.size() > 1) {
                const int group = groupOf(host, together);
                SharingGroup& found = m_out.groups[static_cast<std::size_t>(group)];
                found.types.push_back(type);
                for (const std::size_t member : together) {
                    row[member].group = group;
                }
                note(row, together);
            }
        }
    }

private:
    int groupOf(bool host, const std::vector<std::size_t>& members) {
        const auto known = m_numbers.find(host ? std::vector<std::size_t>{} : members);
        if (known != m_numbers.end()) {
            auto& seen = m_out.groups[static_cast<std::size_t>(known->second)].members;
            for (const std::size_t member : members) {
                if (std::ranges::find(seen, member) == seen.end()) {
                    seen.push_back(member);
                }
            }
            return known->second;
        }
        const int number = static_cast<int>(m_out.groups.size());
        m_numbers[host ? std::vector<std::size_t>{} : members] = number;
        m_out.groups.push_back({host ? QStringLiteral("H") : letterOf(m_letters++), members, {}});
        return number;
    }

    static void note(std::vector<NamespaceCell>& row, const std::vector<std::size_t>& together) {
        if (together.size() < 2) {
            return;
        }
        for (const std::size_t member : together) {
            const QString line = say("%1 columns of this row are in it").arg(together.size());
            QString& words = row[member].toolTip;
            words += (words.isEmpty() ? QString() : QStringLiteral("\n")) + line;
        }
    }

    NamespaceSharing& m_out;
    std::map<std::vector<std::size_t>, int> m_numbers; ///< by members; the host's has none
    std::size_t m_letters = 0;
};

/// Whether a document or an engine says that a subject is in another's namespace.
bool names(const model::Namespace& space, const model::Snapshot& other) {
    return std::ranges::any_of(space.sharedWith, [&](const std::string& name) {
        return name == other.subject.name || name == other.subject.ref ||
               (!other.subject.id.empty() && name == other.subject.id);
    });
}

/// Where no number tells which namespace it is: those that are said to share it are in that of the first.
void joinBySharing(
    model::NamespaceType type, const std::vector<const model::Snapshot*>& snapshots,
    std::vector<NamespaceCell>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (snapshots[i] == nullptr || !row[i].identity.isEmpty()) {
            continue;
        }
        const auto space = snapshots[i]->namespaces.find(type);
        if (space == snapshots[i]->namespaces.end() || space->second.sharedWith.empty()) {
            continue;
        }
        std::size_t first = i;
        for (std::size_t j = 0; j < i; ++j) {
            first =
                snapshots[j] != nullptr && names(space->second, *snapshots[j]) ? std::min(first, j) : first;
        }
        row[i].identity = QStringLiteral("with %1").arg(first);
    }
}

} // namespace

NamespaceSharing namespaceSharing(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage) {
    NamespaceSharing out;
    Grouping grouping(out);
    std::vector<const model::Snapshot*> snapshots;
    snapshots.reserve(subjects.size());
    for (const diagram::SubjectView& subject : subjects) {
        snapshots.push_back(subject.at(vantage));
    }
    for (const auto& [type, name] : model::Names<model::NamespaceType>::names) {
        std::vector<NamespaceCell> row;
        row.reserve(subjects.size());
        for (const diagram::SubjectView& subject : subjects) {
            row.push_back(cellOf(type, subject.at(vantage)));
        }
        joinBySharing(type, snapshots, row);
        grouping.add(std::string(name), row);
        out.rows.push_back(std::move(row));
    }
    return out;
}

QString sharingText(const SharingGroup& group, const std::vector<diagram::SubjectView>& subjects) {
    QStringList names;
    for (const std::size_t member : group.members) {
        names << toQString(subjects[member].name);
    }
    const QString types = joined(group.types);
    return group.letter == QLatin1String("H")
               ? say("the host's own: %1").arg(types)
               : say("%1 share %2").arg(names.join(QStringLiteral(", ")), types);
}

} // namespace bulkhead::models
