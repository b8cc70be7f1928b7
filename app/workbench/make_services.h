#pragma once

#include "ui/main_window/services.h"

namespace bulkhead::workbench {

/// Everything the window asks of the rest of the program, as the program gives it.
[[nodiscard]] main_window::Services makeServices();

} // namespace bulkhead::workbench
