#pragma once

#include "core/compare/change.h"
#include "core/diagram/palette.h"

#include <QString>
#include <string>
#include <vector>

namespace bulkhead::models {

/// Changes that say the same of several members of one fact: 26 capabilities added to one set.
struct ChangeGroup {
    std::string path; ///< of the fact they share; the whole path where the group has one member
    std::vector<std::string> members;
    compare::Change change; ///< the first of them
};

[[nodiscard]] std::vector<ChangeGroup> groupChanges(const std::vector<compare::Change>& changes);

/// The changes of a cell with direction and reason; empty without any.
[[nodiscard]] QString
changesHtml(const std::vector<compare::Change>& changes, const diagram::Palette& palette);

/// Where the vantages disagree, and the likely cause; empty where they agree.
[[nodiscard]] QString
contradictionsHtml(const std::vector<compare::Contradiction>& found, const diagram::Palette& palette);

} // namespace bulkhead::models
