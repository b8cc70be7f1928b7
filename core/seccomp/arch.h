#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace bulkhead::seccomp {

/// One system call ABI as filters see it: what stands in seccomp_data.arch and which numbers are its own.
struct Arch {
    std::string_view name;
    std::string_view native; ///< architecture of the kernels that may run it
    std::uint32_t audit = 0; ///< AUDIT_ARCH_* (linux/audit.h)
    std::uint32_t bit = 0;   ///< set in each of its numbers (__X32_SYSCALL_BIT)
    bool wide = true;        ///< arguments have 64 bits
};

inline constexpr std::uint32_t kX32Bit = 0x40000000;

/// The ABIs this product evaluates, native ones before those beside them.
[[nodiscard]] std::span<const Arch> arches();

/// By name; null for one we do not evaluate.
[[nodiscard]] const Arch* findArch(std::string_view name);

} // namespace bulkhead::seccomp
