#pragma once

#include "core/compare/direction.h"
#include "core/compare/value.h"

#include <string>

namespace bulkhead::compare {

/// A difference between two snapshots at one path, directed, with its reason.
struct Change {
    std::string path; ///< "capabilities.effective.CAP_SYS_ADMIN"
    Value before;
    Value after;
    Direction direction = Direction::neutral;
    std::string reason; ///< why the direction is what it is, a clause without full stop

    bool operator==(const Change&) const = default;
};

/// Two vantages of one subject that disagree. Weaker: it got more than was asked; stronger: it got less.
struct Contradiction {
    std::string path;
    Value declared;
    Value enforced;
    Value experienced;
    Direction direction = Direction::neutral;
    std::string cause; ///< the likely cause; empty where none is known

    bool operator==(const Contradiction&) const = default;
};

} // namespace bulkhead::compare
