#pragma once

#include "core/model/host.h"
#include "core/os/proc_root.h"

#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// Fills in what the machine's administrator decided: settings, mitigations, boot parameters.
void collectHostSettings(const os::ProcRoot& root, model::Host& host);

/// The parameters of /proc/cmdline that weaken or set up protection, in their order; the kernel takes the
/// last of a name. Values of others (roots, consoles, secrets) are left out.
[[nodiscard]] std::vector<std::string> protectionParameters(std::string_view commandLine);

} // namespace bulkhead::kernel
