#pragma once

#include "core/model/snapshot.h"
#include "core/model/truth.h"
#include "core/threat/scope.h"

#include <cstdint>
#include <optional>

namespace bulkhead::threat {

/// The truth of a known fact; unknown where it is not.
template <class T, class Holds>
[[nodiscard]] model::Truth truthOf(const model::Fact<T>& fact, Holds&& holds) {
    return !fact.known() ? model::Truth::unknown : holds(fact.value()) ? model::Truth::yes : model::Truth::no;
}

/// The capability is effective and counts over the host.
[[nodiscard]] model::Truth
capabilityOverHost(const model::Snapshot& snapshot, model::Capability capability, Explanation* why);

/// The effective user id in the host's numbering.
[[nodiscard]] std::optional<std::uint32_t> hostUid(const model::Snapshot& snapshot);

[[nodiscard]] model::Truth rootOnHost(const model::Snapshot& snapshot, Explanation* why);

/// The mount that decides about a path of the container: the deepest visible one above it. Null: none does.
[[nodiscard]] const model::Mount* mountAbove(const model::Snapshot& snapshot, std::string_view path);

/// `path` is `folder` or lies below it.
[[nodiscard]] bool isWithin(std::string_view path, std::string_view folder);

} // namespace bulkhead::threat
