#include "ui/models/namespace_sharing.h"

#include "ui/models/cell_text.h"

#include <QCoreApplication>
#include <QStringList>

namespace bulkhead::models {

namespace {

QString say(const char* text) {
    return QCoreApplication::translate("namespaces", text);
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

/// The letters of the groups, in the order in which the rows name them; the host's is H.
std::vector<SharingGroup> lettered(
    const std::vector<diagram::SharingGroup>& groups, const std::vector<diagram::SubjectView>& subjects,
    model::Vantage vantage) {
    std::vector<SharingGroup> out;
    out.reserve(groups.size());
    std::size_t letters = 0;
    for (const diagram::SharingGroup& group : groups) {
        out.push_back(
            {group.host ? QStringLiteral("H") : letterOf(letters++),
             toQString(diagram::sharingSentence(group, subjects, vantage))});
    }
    return out;
}

} // namespace

NamespaceSharing namespaceSharing(const std::vector<diagram::SubjectView>& subjects, model::Vantage vantage) {
    NamespaceSharing out;
    const diagram::Sharing sharing = diagram::buildSharing(subjects, vantage);
    for (const auto& [type, places] : sharing.places) {
        std::vector<NamespaceCell> row;
        for (std::size_t i = 0; i < places.size(); ++i) {
            NamespaceCell cell = cellOf(type, subjects[i].at(vantage));
            cell.identity = toQString(places[i].identity);
            cell.group = places[i].group;
            if (places[i].members > 1) {
                const QString line = say("%1 columns of this row are in it").arg(places[i].members);
                cell.toolTip += (cell.toolTip.isEmpty() ? QString() : QStringLiteral("\n")) + line;
            }
            row.push_back(std::move(cell));
        }
        out.rows.push_back(std::move(row));
    }
    out.groups = lettered(sharing.groups, subjects, vantage);
    return out;
}

} // namespace bulkhead::models
