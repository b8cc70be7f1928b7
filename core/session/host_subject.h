#pragma once

#include "core/base/error.h"
#include "core/model/snapshot.h"

namespace bulkhead::session {

/// The machine itself, as its first process holds it. Unsupported where that is out of sight: inside a
/// container, or in a pid namespace of its own.
[[nodiscard]] base::Result<model::Snapshot> captureHost();

} // namespace bulkhead::session
