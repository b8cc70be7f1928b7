#pragma once

#include "core/diagram/layout.h"
#include "core/threat/judge.h"
#include "core/threat/paths.h"

#include <QString>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::models {

/// What threatens one subject: what the catalogue finds in its snapshot, the steps that come of it, the ways
/// that they make to something beyond the container, and those that one thing stops.
struct ThreatView {
    std::shared_ptr<const threat::Judge> judge; ///< the findings point into its catalogue
    std::vector<threat::Finding> findings;
    std::vector<threat::Edge> edges;    ///< the findings of kind path
    std::vector<std::size_t> findingOf; ///< by edge: its place in the findings
    threat::Routes routes;
    std::vector<threat::NearMiss> stopped;

    [[nodiscard]] const threat::Finding& findingAt(std::size_t edge) const {
        return findings[findingOf[edge]];
    }
};

/// Judges a snapshot. Pure, and meant for another thread than the window's.
[[nodiscard]] ThreatView
assessThreats(const std::shared_ptr<const threat::Judge>& judge, const model::Snapshot& snapshot);

/// The slot that shows a fact, by its path; null for one that no slot shows, as of the machine.
[[nodiscard]] const diagram::Slot* slotOfFact(const std::string& path, const model::Snapshot& snapshot);

/// What stops a step: the guards whose facts fail the attacker ("seccomp", "device policy"), else what is not
/// there, else the first such fact.
[[nodiscard]] QString stoppedBy(const threat::Finding& finding, const model::Snapshot& snapshot);

/// The slot of the canvas that an authority over the host is reached at.
[[nodiscard]] std::string_view slotOfAuthority(model::AttackAuthority authority);

/// The line that one column gets: its gravest way, the rest counted; without one, what stops the nearest.
/// Nothing where neither is.
[[nodiscard]] std::optional<diagram::AttackLane>
laneOf(std::size_t column, const ThreatView& threats, const model::Snapshot& snapshot);

} // namespace bulkhead::models
