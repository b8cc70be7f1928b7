#pragma once

#include "core/model/seccomp.h"
#include "core/seccomp/program.h"

#include <map>
#include <string>

namespace bulkhead::seccomp {

/// What of a machine decides, beside the filters, which system calls a process can make.
struct Machine {
    std::string arch = "x86_64"; ///< native architecture: x86_64 or aarch64
    bool compat =
        true;         ///< the kernel runs the 32-bit ABI: i386 or arm (CONFIG_IA32_EMULATION, CONFIG_COMPAT)
    bool x32 = false; ///< the kernel runs x32 (CONFIG_X86_X32_ABI)

    auto operator<=>(const Machine&) const = default;
};

/// The exact answer of a whole stack of filters to every system call of every architecture of the machine:
/// the strictest filter wins, the newest of equals gives the data. By architecture: x86_64, i386 and x32, or
/// aarch64 and arm; ABIs that the kernel lacks are there too, with `reachable` false. Calls that answer as
/// `others` are not listed; numbers without a name are listed as "#512" or, several in a row, "#512..600".
[[nodiscard]] std::map<std::string, model::ArchVerdicts>
evaluateStack(const Stack& stack, const Machine& machine);

} // namespace bulkhead::seccomp
