#pragma once

#include "core/model/fact.h"

#include <optional>
#include <vector>

namespace bulkhead::wire {

/// Fields that a document may leave out: facts that its vantage does not state, parts that are absent, and
/// lists, which a document of an earlier version may lack.
template <class T>
constexpr bool kMayBeMissing = false;
template <class T>
constexpr bool kMayBeMissing<model::Fact<T>> = true;
template <class T>
constexpr bool kMayBeMissing<std::optional<T>> = true;
template <class T>
constexpr bool kMayBeMissing<std::vector<T>> = true;

} // namespace bulkhead::wire
