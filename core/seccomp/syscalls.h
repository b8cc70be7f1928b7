#pragma once

#include "core/seccomp/arch.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::seccomp {

/// A system call of one ABI; the number is what a filter sees, x32 bit included.
struct Syscall {
    std::uint32_t number = 0;
    std::string name;
};

/// Every call of the ABI that has a name: what libseccomp knows and the newer ones up to Linux 6.18, by
/// ascending number.
[[nodiscard]] const std::vector<Syscall>& syscallsOf(const Arch& arch);

/// The name of a number; empty where it has none.
[[nodiscard]] std::string_view nameOf(const Arch& arch, std::uint32_t number);

/// The number of a name, or of a number written as "57", "0x39" or "#57".
[[nodiscard]] std::optional<std::uint32_t> numberOf(const Arch& arch, std::string_view nameOrNumber);

/// How verdicts name one number: its name, or "#512".
[[nodiscard]] std::string callKey(const Arch& arch, std::uint32_t number);

/// Whether the kernel runs the call without asking any filter (uretprobe and uprobe, arch/x86).
[[nodiscard]] bool isKernelExempt(const Arch& arch, std::uint32_t number);

} // namespace bulkhead::seccomp
