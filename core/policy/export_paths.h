#pragma once

#include "core/catalog/condition.h"
#include "core/threat/host_paths.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::policy {

/// A condition that another tool decides with yes or no alone, or why it cannot be made one.
struct Decidable {
    std::optional<catalog::Condition> condition;
    std::string why;
};

/// Paths that a host may lack (`shows(?/a)`) leave a mount above them unknown, which no other tool can say.
/// Where a yes denies they count as there: unknown is never taken for allowed. Where a yes would allow, the
/// rule cannot be said. A path of the host counts as no volume, where a no denies.
[[nodiscard]] Decidable countAsThere(const catalog::Condition& condition, bool yesDenies);

/// A regular expression (RE2) that a clean host path matches where a mount of it shows one of `patterns`;
/// with `exact` where it is one of them.
[[nodiscard]] std::string hostPathExpression(const std::vector<std::string>& patterns, bool exact);

/// The sources of mounts that show one of `patterns`, with * for any text. Nothing, and `why`, where that
/// says something else.
[[nodiscard]] std::optional<std::vector<std::string>>
mountSources(const std::vector<std::string>& patterns, std::string& why);

} // namespace bulkhead::policy
