#pragma once

#include "app/cli/verb.h"

namespace bulkhead::cli {

/// `inspect --all`: the enforced snapshot of every confined subject, each written as soon as it is taken, so
/// that memory does not grow with their number. JSON is always an array.
[[nodiscard]] Exit inspectAll(bool json);

} // namespace bulkhead::cli
