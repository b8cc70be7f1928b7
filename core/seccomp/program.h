#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::seccomp {

/// One instruction of classic BPF (struct sock_filter).
struct Instruction {
    std::uint16_t code = 0;
    std::uint8_t jt = 0;
    std::uint8_t jf = 0;
    std::uint32_t k = 0;

    auto operator<=>(const Instruction&) const = default;
};

/// A filter that the kernel would install: parseProgram is the one place where it is checked.
using Program = std::vector<Instruction>;

/// The filters of a thread, oldest first.
using Stack = std::vector<Program>;

inline constexpr std::size_t kInstructionBytes = 8;
inline constexpr std::size_t kMaxInstructions = 4096; ///< BPF_MAXINSNS
inline constexpr std::size_t kMemoryWords = 16;       ///< BPF_MEMWORDS
inline constexpr std::uint32_t kDataBytes = 64;       ///< sizeof(struct seccomp_data)

/// An array of struct sock_filter, little endian. Accepts exactly what seccomp(2) does
/// (bpf_check_classic and seccomp_check_filter); an error names `name` and the instruction, counted from 0.
[[nodiscard]] base::Result<Program> parseProgram(std::string_view bytes, std::string_view name);

/// The inverse of parseProgram.
[[nodiscard]] std::string bytesOf(const Program& program);

} // namespace bulkhead::seccomp
