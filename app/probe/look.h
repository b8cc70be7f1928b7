#pragma once

#include <string>

namespace bulkhead::probe {

/// Who this process is and what it can do, as a JSON document: for a look from inside without a twin. Where
/// filters are on nothing is tried: what they answer is not known in here, and a blind call may be the last.
[[nodiscard]] std::string lookAround();

} // namespace bulkhead::probe
