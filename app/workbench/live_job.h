#pragma once

#include "ui/main_window/services.h"

namespace bulkhead::workbench {

/// Gives the window what runs on this machine: the sweep, and one subject read anew.
void provideLive(main_window::Services& services);

} // namespace bulkhead::workbench
