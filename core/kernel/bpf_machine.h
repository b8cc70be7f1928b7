#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// One instruction of an eBPF program (linux/bpf.h, struct bpf_insn).
struct BpfInstruction {
    std::uint8_t code = 0;
    std::uint8_t destination = 0;
    std::uint8_t source = 0;
    std::int16_t offset = 0;
    std::int32_t immediate = 0;

    bool operator==(const BpfInstruction&) const = default;
};

/// Eight bytes an instruction, in this machine's byte order, as bpf(2) hands them out.
[[nodiscard]] base::Result<std::vector<BpfInstruction>> parseBpfInstructions(std::string_view bytes);

/// Numbers from first to last.
struct Span {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    auto operator<=>(const Span&) const = default;
};

/// Disjoint spans in order.
using Spans = std::vector<Span>;

/// What the kernel passes as numbers of a device: 12 bits of major, 20 of minor (linux/kdev_t.h).
inline constexpr std::uint64_t kMajors = 1U << 12U;
inline constexpr std::uint64_t kMinors = 1U << 20U;

/// An end of a device program: every node whose numbers lie in both sets is answered so.
struct BpfOutcome {
    Spans majors;
    Spans minors;
    bool allowed = false;
};

/// Every way through a device program for one `accessType` (the access above, the type in the lower 16 bits)
/// and all numbers: the outcomes are disjoint and cover them all. `steps` is what may still be executed and
/// is counted down. Unsupported, with the instruction, where the answer depends on something that the program
/// alone does not tell.
[[nodiscard]] base::Result<std::vector<BpfOutcome>>
runDeviceProgram(std::span<const BpfInstruction> program, std::uint32_t accessType, std::uint64_t& steps);

} // namespace bulkhead::kernel
