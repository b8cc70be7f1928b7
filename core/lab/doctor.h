#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// How far something works for this user on this machine.
enum class Ability { full, partial, none };

/// One thing that Bulkhead wants to see or do: whether it can, why not, and how to change it.
struct Finding {
    std::string id;
    std::string subject; ///< "namespaces of other processes"
    Ability ability = Ability::full;
    std::string why;    ///< what was found
    std::string remedy; ///< empty where nothing is missing or nothing helps

    bool operator==(const Finding&) const = default;
};

/// Looks at this machine with the rights of this process; starts no container.
[[nodiscard]] std::vector<Finding> examineMachine();

/// A table for a terminal of so many cells.
[[nodiscard]] std::string writeFindings(const std::vector<Finding>& findings, std::size_t columns);

/// {"findings": [{"id", "subject", "ability": "full|partial|none", "why", "remedy"}]}
[[nodiscard]] std::string writeFindingsJson(const std::vector<Finding>& findings);

} // namespace bulkhead::lab
