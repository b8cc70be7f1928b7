#pragma once

#include <string_view>

namespace bulkhead::seccomp {

/// The names of an ABI's calls by ascending number, divided by single spaces: each has the number after the
/// one before it, the first 0, and "@424" says that the next has 424. Without the x32 bit. Taken from
/// libseccomp 2.5.4 and, for the newer ones up to Linux 6.18, from the kernel's tables (arch/*/syscall*.tbl);
/// a test holds them against the libseccomp that is installed. Asking it for each number took longer than
/// evaluating a filter. Empty for an ABI of another machine.
[[nodiscard]] std::string_view callNamesOfX86(std::string_view arch);
[[nodiscard]] std::string_view callNamesOfArm(std::string_view arch);

} // namespace bulkhead::seccomp
