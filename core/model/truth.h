#pragma once

#include "core/model/named_enum.h"

#include <array>
#include <string_view>
#include <utility>

namespace bulkhead::model {

/// The three values of a condition over facts. Unknown is never taken for no. Ordered: the least of a
/// conjunction and the greatest of a disjunction is its truth (Kleene's strong logic).
enum class Truth { no, unknown, yes };

template <>
struct Names<Truth> {
    static constexpr std::array names{
        std::pair{Truth::no, std::string_view("no")},
        std::pair{Truth::unknown, std::string_view("unknown")},
        std::pair{Truth::yes, std::string_view("yes")},
    };
};

[[nodiscard]] constexpr Truth both(Truth left, Truth right) {
    return left < right ? left : right;
}
[[nodiscard]] constexpr Truth either(Truth left, Truth right) {
    return left < right ? right : left;
}
[[nodiscard]] constexpr Truth opposite(Truth truth) {
    return truth == Truth::yes ? Truth::no : truth == Truth::no ? Truth::yes : Truth::unknown;
}

} // namespace bulkhead::model
