#pragma once

#include "ui/main_window/services.h"

namespace bulkhead::workbench {

/// Gives the window the lab: its scenarios and how to run them. Where this build has none, both stay empty.
void provideLab(main_window::Services& services);

} // namespace bulkhead::workbench
