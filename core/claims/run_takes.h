#pragma once

#include "core/claims/run_line.h"

namespace bulkhead::claims {

/// The parts of a text between the marks; of nothing, one that is empty.
[[nodiscard]] Words splitAt(const std::string& text, char by);

// What options of a run line do to the claim, each a Take.

/// --device /dev/x:/dev/y:rw
[[nodiscard]] bool takeDevice(Claim& claim, const std::string& value, const model::Evidence& from);
/// -v SOURCE:TARGET:OPTIONS
[[nodiscard]] bool takeVolume(Claim& claim, const std::string& value, const model::Evidence& from);
/// --tmpfs TARGET:OPTIONS
[[nodiscard]] bool takeTmpfs(Claim& claim, const std::string& value, const model::Evidence& from);
/// --mount type=bind,source=/x,target=/y,readonly
[[nodiscard]] bool takeMount(Claim& claim, const std::string& value, const model::Evidence& from);
/// --volumes-from: what it mounts, the line does not say.
[[nodiscard]] bool takeMountsOf(Claim& claim, const std::string& value, const model::Evidence& from);
/// --use-api-socket: the engine's socket where its client finds it, and the credentials of its registries.
[[nodiscard]] bool takeApiSocket(Claim& claim, const std::string& value, const model::Evidence& from);

} // namespace bulkhead::claims
