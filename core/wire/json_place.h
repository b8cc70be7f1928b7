#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bulkhead::wire {

/// A step into a JSON document: a key of an object or an index of an array.
using JsonStep = std::variant<std::string, std::size_t>;

/// The one-based line on which the value at `steps` starts in a valid JSON text; where a step is missing, the
/// line of the last value that exists.
[[nodiscard]] int lineOf(std::string_view json, const std::vector<JsonStep>& steps);

/// True where objects and arrays nest deeper than `limit`; strings are skipped.
[[nodiscard]] bool nestsDeeperThan(std::string_view json, std::size_t limit);

} // namespace bulkhead::wire
