#pragma once

#include "ui/models/workspace.h"

#include <string>

namespace bulkhead::main_window {

/// A subject as the command line names it: a file, what runs, a scenario of the lab. Of a text that was
/// pasted the name it was given.
[[nodiscard]] std::string referenceOf(const models::LibraryEntry& entry);

} // namespace bulkhead::main_window
