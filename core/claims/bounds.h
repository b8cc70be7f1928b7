#pragma once

#include "core/claims/fields.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bulkhead::claims {

/// Notes that every container of a document repeats: no more than a reader reads, and how many there are.
[[nodiscard]] std::vector<std::string> sharedNotes(std::vector<std::string> notes);

/// Refuses a document of more containers than are declared at once.
void checkCount(std::size_t containers, const Node& at, Reading& reading);

} // namespace bulkhead::claims
