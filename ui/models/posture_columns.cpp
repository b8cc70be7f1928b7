#include "ui/models/posture_columns.h"

#include "core/base/escaped.h"
#include "core/threat/graph.h"
#include "ui/models/cell_text.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <array>

namespace bulkhead::models {

using model::Fact;
using model::NamespaceType;
using model::Posture;
using Weight = PostureCell::Weight;

namespace {

constexpr qsizetype kShortId = 12;

QString safe(std::string_view raw) {
    return toQString(base::terminalText(raw).str());
}

/// A fact as a cell: `show` makes it of a value; a gap says what would close it.
template <class T, class Show>
PostureCell cellOf(const Fact<T>& fact, Show&& show) {
    if (fact.known()) {
        return show(fact.value());
    }
    PostureCell cell;
    cell.order = -1;
    cell.weight = Weight::quiet;
    if (fact.unreadable()) {
        cell.gap = true;
        cell.text = QStringLiteral("?");
        cell.toolTip = gapText(fact.gap());
    } else {
        cell.text = QStringLiteral("-");
        cell.toolTip = postureTr("does not apply here, or nothing says");
    }
    return cell;
}

PostureCell yesNo(const Fact<bool>& fact) {
    return cellOf(fact, [](bool yes) {
        return PostureCell{
            yes ? postureTr("yes") : postureTr("no"),
            {},
            yes ? Weight::strong : Weight::quiet,
            false,
            yes ? 1 : 0};
    });
}

PostureCell counted(std::int64_t count, Weight some = Weight::strong) {
    return {
        count == 0 ? postureTr("none") : QString::number(count),
        {},
        count == 0 ? Weight::quiet : some,
        false,
        count};
}

/// Ordered by how grave the end is, what is certain before what is only possible.
PostureCell pathCell(const Posture& posture) {
    return cellOf(posture.worstPath, [&](const std::string& name) -> PostureCell {
        const auto end = model::valueNamed<model::AttackAuthority>(name);
        if (!end) {
            return {postureTr("none known"), {}, Weight::quiet, false, 0, postureTr("none")};
        }
        constexpr std::int64_t kCertain = 100;
        const threat::AuthorityRow& row = threat::rowOf(*end);
        const QString title = toQString(row.title);
        const QString brief = toQString(row.brief);
        if (posture.worstPathCertain.valueOr(false)) {
            return {title, toQString(row.meaning), Weight::strong, false, kCertain + row.gravity, brief};
        }
        return {
            postureTr("%1, possible").arg(title),
            postureTr("facts that were not read would decide it"),
            Weight::plain,
            false,
            row.gravity,
            QStringLiteral("%1?").arg(brief)};
    });
}

PostureCell capabilityCell(const Posture& posture) {
    return cellOf(posture.capabilitiesOverHost, [](const model::CapabilitySet& set) {
        PostureCell cell = counted(static_cast<std::int64_t>(set.size()), Weight::plain);
        QStringList names;
        for (const model::Capability capability : set.members()) {
            names << toQString(model::capabilityName(capability));
        }
        cell.toolTip = names.join(QStringLiteral(", "));
        const auto admin = model::capabilityNamed("CAP_SYS_ADMIN");
        cell.weight = admin && set.has(*admin) ? Weight::strong : cell.weight;
        return cell;
    });
}

PostureCell filterCell(const Posture& posture) {
    constexpr std::int64_t kEvery = 1'000'000;
    return cellOf(posture.seccomp, [&](model::SeccompMode mode) -> PostureCell {
        if (mode == model::SeccompMode::disabled) {
            return {postureTr("all calls"),
                    postureTr("no filter: every system call can be made"),
                    Weight::strong,
                    false,
                    kEvery,
                    postureTr("all")};
        }
        if (mode == model::SeccompMode::strict) {
            return {
                postureTr("strict"), postureTr("read, write, _exit and sigreturn only"), Weight::quiet, false,
                0};
        }
        if (posture.callsLeft.known()) {
            const auto left = posture.callsLeft.value();
            return {
                postureTr("%1 calls").arg(left),
                postureTr("system calls by name that the filter lets pass, some with conditions"),
                Weight::plain,
                false,
                left,
                QString::number(left)};
        }
        PostureCell cell{
            postureTr("filter"), postureTr("it names what it refuses, and lets the rest pass"), Weight::plain,
            posture.callsLeft.unreadable(), kEvery - 1};
        if (cell.gap) {
            cell.toolTip = gapText(posture.callsLeft.gap());
        }
        return cell;
    });
}

PostureCell lsmCell(const Posture& posture) {
    return cellOf(posture.lsm, [](const std::string& label) {
        const bool free = label == "none" || label.starts_with("unconfined");
        PostureCell cell{safe(label), {}, free ? Weight::plain : Weight::quiet, false, free ? 1 : 0, {}};
        cell.brief = cell.text.section(QLatin1Char(' '), 0, 0); // without the mode
        return cell;
    });
}

/// Sharing the user, cgroup and time namespaces is what most containers do: those stand in the tooltip, and
/// the column of root tells what the first comes to.
PostureCell namespaceCell(const Posture& posture) {
    return cellOf(posture.hostNamespaces, [](const std::vector<NamespaceType>& shared) {
        constexpr std::array kTelling = {
            NamespaceType::pid, NamespaceType::net, NamespaceType::mnt, NamespaceType::ipc,
            NamespaceType::uts};
        QStringList telling;
        QStringList all;
        for (const NamespaceType type : shared) {
            all << toQString(model::nameOf(type));
            if (std::ranges::find(kTelling, type) != kTelling.end()) {
                telling << all.back();
            }
        }
        PostureCell cell = counted(telling.size());
        cell.text = telling.isEmpty() ? postureTr("none") : telling.join(QStringLiteral(", "));
        cell.toolTip = all.isEmpty() ? postureTr("all eight are its own")
                                     : postureTr("the host's: %1").arg(all.join(QStringLiteral(", ")));
        return cell;
    });
}

PostureCell mountCell(const Posture& posture) {
    return cellOf(posture.hostMounts, [&](std::int64_t count) {
        const std::int64_t writable = posture.writableHostMounts.valueOr(0);
        PostureCell cell = counted(count, writable > 0 ? Weight::strong : Weight::plain);
        if (writable > 0) {
            cell.text = postureTr("%1, %2 writable").arg(count).arg(writable);
            cell.brief = postureTr("%1, %2 rw").arg(count).arg(writable);
        }
        cell.order = writable * 10'000 + count;
        return cell;
    });
}

PostureCell socketCell(const Posture& posture) {
    return cellOf(posture.sockets, [](std::int64_t count) { return counted(count); });
}

PostureCell gapCell(const Posture& posture) {
    return counted(posture.unknowns, Weight::plain);
}

PostureCell processCell(const Posture& posture) {
    const auto& subject = posture.subject;
    PostureCell cell;
    cell.order = static_cast<std::int64_t>(subject.processes);
    cell.text = subject.execSessions == 0
                    ? QString::number(subject.processes)
                    : postureTr("%1, %2 by exec").arg(subject.processes).arg(subject.execSessions);
    cell.brief = subject.execSessions == 0
                     ? cell.text
                     : QStringLiteral("%1+%2")
                           .arg(subject.processes - std::min(subject.processes, subject.execSessions))
                           .arg(subject.execSessions);
    cell.toolTip = postureTr("%1 threads").arg(subject.threads);
    return cell;
}

PostureCell engineCell(const Posture& posture) {
    const auto& subject = posture.subject;
    if (subject.engine.empty()) {
        return {QStringLiteral("-"), postureTr("nothing names an engine"), Weight::quiet, false, 0};
    }
    const QString engine = safe(subject.engine);
    return subject.naming == model::Naming::verified
               ? PostureCell{engine, safe(subject.namedBy), Weight::plain, false, 0}
               : PostureCell{
                     postureTr("%1, claimed").arg(engine),
                     postureTr("only a path says so, which a container may be able to forge: %1")
                         .arg(safe(subject.namedBy)),
                     Weight::plain,
                     false,
                     0,
                     QStringLiteral("%1?").arg(engine)};
}

PostureCell stateCell(const Posture& posture) {
    const bool runs = posture.subject.state == "running";
    return {safe(posture.subject.state), {}, runs ? Weight::quiet : Weight::plain, false, runs ? 0 : 1};
}

PostureCell pidCell(const Posture& posture) {
    return {
        QString::number(posture.subject.pid), safe(posture.subject.command), Weight::quiet, false,
        posture.subject.pid};
}

constexpr std::array kColumns = {
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "Worst path"), QT_TRANSLATE_NOOP("posture", "Path"),
        QT_TRANSLATE_NOOP("posture", "Where the gravest attack path ends"), pathCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "Privileged"), QT_TRANSLATE_NOOP("posture", "Priv."),
        QT_TRANSLATE_NOOP("posture", "Every capability over the host, no filter, every device"),
        [](const Posture& posture) { return yesNo(posture.privileged); }},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "Sockets"), QT_TRANSLATE_NOOP("posture", "Sock."),
        QT_TRANSLATE_NOOP("posture", "Control sockets of container runtimes within reach"), socketCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "Capabilities"), QT_TRANSLATE_NOOP("posture", "Caps"),
        QT_TRANSLATE_NOOP("posture", "Effective capabilities that count over the host"), capabilityCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "System calls"), QT_TRANSLATE_NOOP("posture", "Calls"),
        QT_TRANSLATE_NOOP("posture", "What the filters leave of the machine's own ABI"), filterCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "Host mounts"), QT_TRANSLATE_NOOP("posture", "Mounts"),
        QT_TRANSLATE_NOOP("posture", "Directories and files of the host mounted into it"), mountCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "Host namespaces"), QT_TRANSLATE_NOOP("posture", "Host ns"),
        QT_TRANSLATE_NOOP("posture", "Of pid, net, mnt, ipc and uts: those that are the host's"),
        namespaceCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "Host's root"), QT_TRANSLATE_NOOP("posture", "Root"),
        QT_TRANSLATE_NOOP("posture", "Its effective user is user 0 of the host"),
        [](const Posture& posture) { return yesNo(posture.rootOnHost); }},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "Unknown"), QT_TRANSLATE_NOOP("posture", "Gaps"),
        QT_TRANSLATE_NOOP("posture", "Facts that could not be read"), gapCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "LSM"), QT_TRANSLATE_NOOP("posture", "LSM"),
        QT_TRANSLATE_NOOP("posture", "Label of the security module"), lsmCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "Engine"), QT_TRANSLATE_NOOP("posture", "Engine"),
        QT_TRANSLATE_NOOP("posture", "Who runs it"), engineCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "State"), QT_TRANSLATE_NOOP("posture", "State"),
        QT_TRANSLATE_NOOP("posture", "Of its main process"), stateCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "Processes"), QT_TRANSLATE_NOOP("posture", "Procs"),
        QT_TRANSLATE_NOOP("posture", "Its processes; by exec: entered from outside after the start"),
        processCell},
    PostureColumn{
        QT_TRANSLATE_NOOP("posture", "PID"), QT_TRANSLATE_NOOP("posture", "PID"),
        QT_TRANSLATE_NOOP("posture", "Its main process, in the host's numbering"), pidCell},
};

} // namespace

std::span<const PostureColumn> postureColumns() {
    return kColumns;
}

QString postureTr(const char* text) {
    return QCoreApplication::translate("posture", text);
}

QString subjectTitle(const model::SubjectSummary& subject) {
    if (subject.name.empty()) {
        return safe(subject.ref);
    }
    if (subject.naming == model::Naming::unnamed) { // the name is that of a program, and many have it
        return QStringLiteral("%1 (%2)").arg(safe(subject.name), safe(subject.ref));
    }
    const bool hash = subject.name == subject.id && subject.name.size() == 64;
    return hash ? safe(subject.name).left(kShortId) : safe(subject.name);
}

QString subjectLabel(const model::SubjectSummary& subject) {
    QString label = subjectTitle(subject);
    if (subject.inferred) {
        label = postureTr("%1, inferred").arg(label);
    }
    return subject.doubts.empty() ? label : postureTr("%1, in doubt").arg(label);
}

QString subjectToolTip(const model::SubjectSummary& subject) {
    QStringList lines{safe(subject.name.empty() ? subject.ref : subject.name)};
    const auto add = [&lines](const char* words, const std::string& value) {
        if (!value.empty()) {
            lines << postureTr(words).arg(safe(value));
        }
    };
    add(QT_TRANSLATE_NOOP("posture", "reference: %1"), subject.ref);
    add(QT_TRANSLATE_NOOP("posture", "id: %1"), subject.id);
    add(QT_TRANSLATE_NOOP("posture", "image: %1"), subject.image);
    add(QT_TRANSLATE_NOOP("posture", "main process: %1"), subject.command);
    add(QT_TRANSLATE_NOOP("posture", "nested in: %1"), subject.parent);
    if (subject.inferred) {
        lines << postureTr("inferred: its namespaces could not be read; kind and processes are concluded "
                           "from what can be");
    }
    for (const std::string& doubt : subject.doubts) {
        lines << postureTr("in doubt: %1").arg(safe(doubt));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace bulkhead::models
