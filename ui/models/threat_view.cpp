#include "ui/models/threat_view.h"

#include "core/diagram/slot.h"
#include "core/threat/attack.h"
#include "ui/models/cell_text.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <array>
#include <optional>

namespace bulkhead::models {

using model::AttackAuthority;
using model::Truth;

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("threat", text);
}

/// What keeps a boundary where a slot's fact fails an attacker. `thing` is something that is not there: no
/// guard, and named only where nothing else stops the way.
struct Guard {
    std::string_view slot;
    const char* words;
    bool thing = false;
};

constexpr std::array kGuards{
    Guard{"root", QT_TRANSLATE_NOOP("threat", "user mapping")},
    Guard{"namespaces", QT_TRANSLATE_NOOP("threat", "namespaces")},
    Guard{"capabilities", QT_TRANSLATE_NOOP("threat", "capabilities")},
    Guard{"noNewPrivs", QT_TRANSLATE_NOOP("threat", "no_new_privs")},
    Guard{"seccomp", QT_TRANSLATE_NOOP("threat", "seccomp")},
    Guard{"systemCalls", QT_TRANSLATE_NOOP("threat", "seccomp")},
    Guard{"lsm", QT_TRANSLATE_NOOP("threat", "LSM")},
    Guard{"protectedPaths", QT_TRANSLATE_NOOP("threat", "protected paths")},
    Guard{"rootFilesystem", QT_TRANSLATE_NOOP("threat", "root filesystem")},
    Guard{"kernelKnobs", QT_TRANSLATE_NOOP("threat", "read-only kernel files")},
    Guard{"devicePolicy", QT_TRANSLATE_NOOP("threat", "device policy")},
    Guard{"limits", QT_TRANSLATE_NOOP("threat", "limits")},
    Guard{"hostProcesses", QT_TRANSLATE_NOOP("threat", "pid namespace")},
    Guard{"hostNetwork", QT_TRANSLATE_NOOP("threat", "network namespace")},
    Guard{"deviceNodes", QT_TRANSLATE_NOOP("threat", "no such device node"), true},
    Guard{"hostFiles", QT_TRANSLATE_NOOP("threat", "no such host mount"), true},
    Guard{"runtimeSockets", QT_TRANSLATE_NOOP("threat", "no runtime socket"), true},
    Guard{"hostDisks", QT_TRANSLATE_NOOP("threat", "no host disk"), true},
};

const Guard* guardOf(const std::string& path, const model::Snapshot& snapshot) {
    const diagram::Slot* slot = slotOfFact(path, snapshot);
    const auto found = slot == nullptr ? kGuards.end() : std::ranges::find(kGuards, slot->id, &Guard::slot);
    return found == kGuards.end() ? nullptr : &*found;
}

/// A way that a guard stops says more than one that lacks its beginning.
bool isGuarded(const threat::Finding& finding, const model::Snapshot& snapshot) {
    return std::ranges::any_of(finding.facts, [&](const threat::FactUsed& fact) {
        const Guard* guard = fact.truth == Truth::no ? guardOf(fact.path, snapshot) : nullptr;
        return guard != nullptr && !guard->thing;
    });
}

QString titleOfRoute(const threat::Route& route) {
    return toQString(threat::rowOf(route.reaches).title);
}

QString titlesOf(const ThreatView& threats, const std::vector<std::size_t>& edges) {
    QStringList titles;
    for (const std::size_t edge : edges) {
        titles << toQString(threats.findingAt(edge).weakness->title);
    }
    return titles.join(QStringLiteral(" → "));
}

} // namespace

ThreatView assessThreats(const std::shared_ptr<const threat::Judge>& judge, const model::Snapshot& snapshot) {
    ThreatView view;
    view.judge = judge;
    view.findings = judge->judge(snapshot);
    view.edges = threat::edgesOf(view.findings, &view.findingOf);
    view.routes = threat::findRoutes(view.edges);
    view.stopped = threat::findNearMisses(view.edges);
    return view;
}

const diagram::Slot* slotOfFact(const std::string& path, const model::Snapshot& snapshot) {
    const auto found = diagram::slotsOf(path, {snapshot, snapshot});
    return found.empty() ? nullptr : found.front();
}

QString stoppedBy(const threat::Finding& finding, const model::Snapshot& snapshot) {
    QStringList guards;
    QStringList things;
    QString first;
    for (const threat::FactUsed& fact : finding.facts) {
        if (fact.truth != Truth::no) {
            continue;
        }
        first = first.isEmpty() ? toQString(fact.path) : first;
        if (const Guard* guard = guardOf(fact.path, snapshot)) {
            QStringList& list = guard->thing ? things : guards;
            list << tr(guard->words);
        }
    }
    guards.removeDuplicates();
    things.removeDuplicates();
    if (!guards.isEmpty()) {
        return guards.join(QStringLiteral(", "));
    }
    return things.isEmpty() ? first : things.join(QStringLiteral(", "));
}

std::string_view slotOfAuthority(AttackAuthority authority) {
    switch (authority) {
    case AttackAuthority::hostFileRead:
    case AttackAuthority::hostFileWrite:
    case AttackAuthority::nodeCredentials:
        return "hostFiles";
    case AttackAuthority::runtimeControl:
        return "runtimeSockets";
    case AttackAuthority::hostProcessMemory:
    case AttackAuthority::otherContainer:
        return "hostProcesses";
    case AttackAuthority::blockDevice:
        return "hostDisks";
    case AttackAuthority::deviceAccess:
        return "deviceNodes";
    case AttackAuthority::kernelCode:
        return "systemCalls";
    case AttackAuthority::capabilityOverHost:
        return "kernelKnobs";
    case AttackAuthority::hostDenialOfService:
        return "limits";
    case AttackAuthority::noTrace:
        return "audit";
    default:
        return "hostNetwork"; // the last of the host's own, as host root is
    }
}

std::optional<diagram::AttackLane>
laneOf(std::size_t column, const ThreatView& threats, const model::Snapshot& snapshot) {
    diagram::AttackLane lane;
    lane.column = column;
    if (!threats.routes.routes.empty()) {
        const threat::Route& route = threats.routes.routes.front();
        const std::uint64_t others = threats.routes.routes.size() - 1 + threats.routes.more;
        const QString end = titleOfRoute(route);
        lane.end = slotOfAuthority(route.reaches);
        lane.possible = route.certainty == Truth::unknown;
        const QString reach = lane.possible ? tr("? %1").arg(end) : tr("▶ %1").arg(end);
        if (others > 0) {
            lane.texts.push_back(tr("%1, %2 more").arg(reach).arg(others).toStdString());
            lane.texts.push_back(tr("%1 x%2").arg(reach).arg(others + 1).toStdString());
        }
        lane.texts.push_back(reach.toStdString());
        lane.fullText = tr("%1: %2")
                            .arg(
                                lane.possible ? tr("possible way to %1").arg(end) : tr("way to %1").arg(end),
                                titlesOf(threats, route.edges))
                            .toStdString();
        return lane;
    }
    if (threats.stopped.empty()) {
        return std::nullopt;
    }
    const auto guarded = std::ranges::find_if(threats.stopped, [&](const threat::NearMiss& one) {
        return isGuarded(threats.findingAt(one.barred), snapshot);
    });
    const threat::NearMiss& miss = guarded == threats.stopped.end() ? threats.stopped.front() : *guarded;
    const QString by = stoppedBy(threats.findingAt(miss.barred), snapshot);
    lane.blocked = true;
    const QString first = by.section(QStringLiteral(", "), 0, 0);
    const auto others = by.count(QStringLiteral(", "));
    lane.texts.push_back(tr("▮ stopped by %1").arg(by).toStdString());
    if (others > 0) { // one is named where there is no room for all
        lane.texts.push_back(tr("▮ stopped by %1 +%2").arg(first).arg(others).toStdString());
        lane.texts.push_back(tr("▮ by %1 +%2").arg(first).arg(others).toStdString());
    }
    lane.texts.push_back(tr("▮ by %1").arg(first).toStdString());
    lane.texts.push_back(tr("▮ stopped").toStdString());
    lane.fullText = tr("%1 is stopped by %2: %3")
                        .arg(titleOfRoute(miss.route), by, titlesOf(threats, miss.route.edges))
                        .toStdString();
    return lane;
}

} // namespace bulkhead::models
