#include "ui/models/threat_view.h"

#include "core/diagram/slot.h"
#include "ui/models/cell_text.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <optional>

namespace bulkhead::models {

using model::AttackAuthority;
using model::Truth;

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("threat", text);
}

QString endOf(const threat::Path& path) {
    return toQString(threat::rowOf(path.reaches).title);
}

} // namespace

QString nameOfObject(const std::string& object) {
    const auto from = object.find('"');
    const auto to = object.rfind('"');
    return toQString(from == to ? object : object.substr(from + 1, to - from - 1));
}

ThreatView assessThreats(const std::shared_ptr<const threat::Judge>& judge, const model::Snapshot& snapshot) {
    ThreatView view{judge, threat::attackOn(snapshot, *judge)};
    // in the same order, and with the facts of those too that lie far from what is open
    view.attack.findings = threat::findingsOn(snapshot, *judge);
    return view;
}

const diagram::Slot* slotOfFact(const std::string& path, const model::Snapshot& snapshot) {
    const auto found = diagram::slotsOf(path, {snapshot, snapshot});
    return found.empty() ? nullptr : found.front();
}

QString stoppedBy(const threat::Finding& finding) {
    QStringList who;
    for (const threat::FactUsed& fact : finding.facts) {
        if (fact.truth == Truth::no && fact.value != "none that fits") {
            who << toQString(threat::componentOf(fact.path));
        }
    }
    who.removeDuplicates();
    return who.join(QStringLiteral(", "));
}

QString stepTitle(const threat::Finding& finding) {
    const QString title = toQString(finding.weakness->title);
    return finding.object.empty() ? title
                                  : QStringLiteral("%1 [%2]").arg(title, nameOfObject(finding.object));
}

QString stepsOf(const threat::Attack& attack, const std::vector<std::size_t>& steps) {
    QStringList titles;
    for (const std::size_t step : steps) {
        titles << stepTitle(attack.findings[step]);
    }
    return titles.join(QStringLiteral(" → "));
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

namespace {

void addWay(const threat::Attack& attack, diagram::AttackLane& lane) {
    const threat::Path& path = attack.paths.front();
    const std::uint64_t others = attack.paths.size() - 1 + attack.more;
    const QString end = endOf(path);
    lane.end = slotOfAuthority(path.reaches);
    lane.possible = path.certainty == Truth::unknown;
    const QString reach = lane.possible ? tr("? %1").arg(end) : tr("▶ %1").arg(end);
    if (others > 0) {
        lane.texts.push_back(tr("%1, %2 more").arg(reach).arg(others).toStdString());
        lane.texts.push_back(tr("%1 x%2").arg(reach).arg(others + 1).toStdString());
    }
    lane.texts.push_back(reach.toStdString());
    const QString brief = toQString(threat::rowOf(path.reaches).brief);
    const QString inShort = lane.possible ? tr("? %1").arg(brief) : tr("▶ %1").arg(brief);
    if (others > 0) {
        lane.texts.push_back(tr("%1 x%2").arg(inShort).arg(others + 1).toStdString());
    }
    lane.texts.push_back(inShort.toStdString());
    lane.fullText = tr("%1: %2")
                        .arg(
                            lane.possible ? tr("possible way to %1").arg(end) : tr("way to %1").arg(end),
                            stepsOf(attack, path.steps))
                        .toStdString();
}

void addStop(const threat::Attack& attack, diagram::AttackLane& lane) {
    const threat::BlockedPath& blocked = attack.blocked.front();
    const QString by = stoppedBy(attack.findings[blocked.barred]);
    const QString first = by.section(QStringLiteral(", "), 0, 0);
    const auto others = by.count(QStringLiteral(", "));
    lane.blocked = true;
    lane.texts.push_back(tr("▮ stopped by %1").arg(by).toStdString());
    if (others > 0) { // one is named where there is no room for all
        lane.texts.push_back(tr("▮ stopped by %1 +%2").arg(first).arg(others).toStdString());
        lane.texts.push_back(tr("▮ by %1 +%2").arg(first).arg(others).toStdString());
    }
    lane.texts.push_back(tr("▮ by %1").arg(first).toStdString());
    lane.texts.push_back(tr("▮ stopped").toStdString());
    lane.fullText = tr("%1 is stopped by %2: %3")
                        .arg(endOf(blocked.path), by, stepsOf(attack, blocked.path.steps))
                        .toStdString();
}

} // namespace

std::optional<diagram::AttackLane> laneOf(std::size_t column, const ThreatView& threats) {
    diagram::AttackLane lane;
    lane.column = column;
    if (!threats.attack.paths.empty()) {
        addWay(threats.attack, lane);
        return lane;
    }
    if (threats.attack.blocked.empty()) {
        return std::nullopt;
    }
    addStop(threats.attack, lane);
    return lane;
}

} // namespace bulkhead::models
