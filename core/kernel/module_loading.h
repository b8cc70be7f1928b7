#pragma once

#include "core/model/snapshot.h"

namespace bulkhead::kernel {

/// Can kernel modules be loaded from inside: CAP_SYS_MODULE over the host (capable() in
/// kernel/module/main.c), kernel.modules_disabled, and a filter that lets init_module(2) or finit_module(2)
/// pass by any way into the kernel. A filter that was not read leaves it open.
[[nodiscard]] model::Fact<bool> modulesLoadable(const model::Snapshot& snapshot);

} // namespace bulkhead::kernel
