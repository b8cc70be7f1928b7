#pragma once

#include "core/diagram/layout.h"
#include "core/threat/attack.h"

#include <QString>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::models {

/// What threatens one subject, as the command line has it too.
struct ThreatView {
    std::shared_ptr<const threat::Judge> judge; ///< the findings point into its catalogue
    threat::Attack attack;                      ///< each of its findings with the facts that decide it
};

/// Judges a snapshot. Pure, and meant for another thread than the window's.
[[nodiscard]] ThreatView
assessThreats(const std::shared_ptr<const threat::Judge>& judge, const model::Snapshot& snapshot);

/// The slot that shows a fact, by its path; null for one that no slot shows, as of the machine.
[[nodiscard]] const diagram::Slot* slotOfFact(const std::string& path, const model::Snapshot& snapshot);

/// Who stops a weakness that does not hold, each once: "capabilities, device policy"; empty where there is
/// merely nothing to do it with.
[[nodiscard]] QString stoppedBy(const threat::Finding& finding);

/// What a finding is bound to, as it is called: "/host" of `mounts["/host"]`.
[[nodiscard]] QString nameOfObject(const std::string& object);

/// The steps of a path by their titles, each with the object it is bound to: "A [/host] → B".
[[nodiscard]] QString stepsOf(const threat::Attack& attack, const std::vector<std::size_t>& steps);
[[nodiscard]] QString stepTitle(const threat::Finding& finding);

/// The slot of the canvas that an authority over the host is reached at.
[[nodiscard]] std::string_view slotOfAuthority(model::AttackAuthority authority);

/// The line that one column gets: its gravest way, the rest counted; without one, what stops the nearest.
/// Nothing where neither is.
[[nodiscard]] std::optional<diagram::AttackLane> laneOf(std::size_t column, const ThreatView& threats);

} // namespace bulkhead::models
