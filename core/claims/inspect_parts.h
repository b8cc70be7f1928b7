#pragma once

#include "core/claims/claim.h"

namespace bulkhead::claims {

/// HostConfig of an inspect document: what the engine was asked for, into the claim. Both engines write it in
/// Docker's words.
void readHostConfig(Fields& host, Claim& claim, bool podman);

} // namespace bulkhead::claims
