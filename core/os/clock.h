#pragma once

#include <string>

namespace bulkhead::os {

/// Now, RFC 3339 in UTC with seconds: "2026-01-31T12:00:00Z".
[[nodiscard]] std::string nowUtc();

/// A fresh random identifier, 32 lower-case hex digits from getrandom(2).
[[nodiscard]] std::string randomId();

} // namespace bulkhead::os
