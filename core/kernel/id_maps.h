#pragma once

#include "core/base/error.h"
#include "core/model/id_map.h"

#include <string_view>

namespace bulkhead::kernel {

/// Reads uid_map or gid_map (user_namespaces(7)); empty text is a map that was never written. Malformed names
/// the line: "uid_map line 2: expected three numbers". The kernel permits at most 340 lines.
[[nodiscard]] base::Result<model::IdMap> parseIdMap(std::string_view name, std::string_view text);

} // namespace bulkhead::kernel
