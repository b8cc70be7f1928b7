#pragma once

#include "core/claims/ground.h"
#include "core/model/snapshot.h"

#include <string>
#include <string_view>

namespace bulkhead::claims {

/// What the engine gives to a container that asks for nothing but its default filter; of a bare runtime,
/// which gives nothing unasked, what Docker would. An engine that is not known counts as Docker.
[[nodiscard]] model::Snapshot ordinaryContainer(std::string_view engine, const Ground& ground);

/// The profile that this container is filtered by; nullptr where it is not at hand.
[[nodiscard]] const seccomp::Profile* ordinaryFilter(std::string_view engine, const Ground& ground);

} // namespace bulkhead::claims
