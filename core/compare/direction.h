#pragma once

#include "core/model/named_enum.h"

#include <array>
#include <string_view>

namespace bulkhead::compare {

/// Which way authority moves from baseline to candidate.
enum class Direction {
    weaker,       ///< more authority crosses the boundary
    stronger,     ///< less authority crosses it
    neutral,      ///< different, and no authority moves
    incomparable, ///< some authority is gained and other lost, or the two cannot be ordered
    unknown,      ///< one side could not be read
};

/// The direction seen from the other side.
[[nodiscard]] Direction reversed(Direction direction);

/// Both changes together: the more telling of the two; weaker and stronger at once is incomparable.
[[nodiscard]] Direction combined(Direction left, Direction right);

} // namespace bulkhead::compare

template <>
struct bulkhead::model::Names<bulkhead::compare::Direction> {
    using Direction = bulkhead::compare::Direction;
    static constexpr std::array names{
        std::pair{Direction::weaker, std::string_view("weaker")},
        std::pair{Direction::stronger, std::string_view("stronger")},
        std::pair{Direction::neutral, std::string_view("neutral")},
        std::pair{Direction::incomparable, std::string_view("incomparable")},
        std::pair{Direction::unknown, std::string_view("unknown")},
    };
};
