#pragma once

#include <string>
#include <vector>

namespace bulkhead::base {

/// Those of the names of variables that look as if a secret stood in them, sorted; a name of a file that
/// holds one ("DB_PASSWORD_FILE") does not.
[[nodiscard]] std::vector<std::string> secretNames(const std::vector<std::string>& names);

} // namespace bulkhead::base
