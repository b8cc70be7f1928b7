#include "core/seccomp/program.h"

#include "core/seccomp/opcodes.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

namespace bulkhead::seccomp {

namespace {

// What seccomp_check_filter lists (kernel/seccomp.c); the remainder, half words, bytes and indirect loads of
// socket filters are refused.
constexpr std::array kKnown = {op::kLoadImmediate,  op::kLoadData,    op::kLoadMemory,  op::kLoadLength,
                               op::kLoadXImmediate, op::kLoadXMemory, op::kLoadXLength, op::kStore,
                               op::kStoreX,         op::kReturn,      op::kReturnA,     op::kXFromA,
                               op::kAFromX,         op::kJump,        op::kNegate};
constexpr std::array kOperations = {op::kAdd, op::kSubtract, op::kMultiply,  op::kDivide,    op::kOr,
                                    op::kAnd, op::kXor,      op::kShiftLeft, op::kShiftRight};
constexpr std::array kTests = {op::kEqual, op::kGreater, op::kGreaterOrEqual, op::kAnyBit};

template <std::size_t N>
bool holds(const std::array<std::uint16_t, N>& codes, int code) {
    return std::ranges::find(codes, code) != codes.end();
}

bool isKnown(std::uint16_t code) {
    if (code > 0xff) {
        return false;
    }
    const int plain = code & ~(op::kClassMask | op::kFromX);
    return holds(kKnown, code) || (op::isAlu(code) && holds(kOperations, plain)) ||
           (op::isBranch(code) && holds(kTests, plain));
}

bool usesMemory(std::uint16_t code) {
    return code == op::kLoadMemory || code == op::kLoadXMemory || code == op::kStore || code == op::kStoreX;
}

std::optional<std::string> faultOfJump(const Program& program, std::size_t at) {
    const Instruction& in = program[at];
    const std::size_t left = program.size() - at - 1; // instructions that follow
    if (in.code == op::kJump && in.k >= left) {
        return fmt::format("jumps {} ahead, beyond the end", in.k);
    }
    if (op::isBranch(in.code) && (in.jt >= left || in.jf >= left)) {
        return fmt::format("jumps {} ahead, beyond the end", std::max(in.jt, in.jf));
    }
    return std::nullopt;
}

// The checks that look at one instruction alone.
std::optional<std::string> faultOf(const Program& program, std::size_t at) {
    const Instruction& in = program[at];
    if (!isKnown(in.code)) {
        return fmt::format("code {:#04x} is none that a seccomp filter may have", in.code);
    }
    if (in.code == (op::kClassAlu | op::kDivide) && in.k == 0) {
        return "divides by the constant 0";
    }
    const bool shift =
        in.code == (op::kClassAlu | op::kShiftLeft) || in.code == (op::kClassAlu | op::kShiftRight);
    if (shift && in.k >= 32) {
        return fmt::format("shifts 32 bits by {}", in.k);
    }
    if (usesMemory(in.code) && in.k >= kMemoryWords) {
        return fmt::format("memory word {} of {}", in.k, kMemoryWords);
    }
    if (in.code == op::kLoadData && (in.k >= kDataBytes || in.k % 4 != 0)) {
        return fmt::format("loads at offset {}, which is no word of struct seccomp_data", in.k);
    }
    return faultOfJump(program, at);
}

// check_load_and_stores of net/core/filter.c: which memory words are written on every way to an instruction.
class WrittenWords {
public:
    explicit WrittenWords(const Program& program) : m_program(program), m_masks(program.size(), kAll) {}

    // The first instruction that reads a word nobody wrote.
    std::optional<std::size_t> firstUnwritten() {
        for (std::size_t at = 0; at < m_program.size(); ++at) {
            m_written &= m_masks[at];
            if (!step(at)) {
                return at;
            }
        }
        return std::nullopt;
    }

private:
    static constexpr std::uint32_t kAll = 0xffff;

    bool step(std::size_t at) {
        const Instruction& in = m_program[at];
        if (in.code == op::kStore || in.code == op::kStoreX) {
            m_written |= 1U << in.k;
        } else if (in.code == op::kLoadMemory || in.code == op::kLoadXMemory) {
            return (m_written & (1U << in.k)) != 0;
        } else if (in.code == op::kJump) {
            m_masks[at + 1 + in.k] &= m_written;
            m_written = kAll;
        } else if (op::isBranch(in.code)) {
            m_masks[at + 1 + in.jt] &= m_written;
            m_masks[at + 1 + in.jf] &= m_written;
            m_written = kAll;
        }
        return true;
    }

    const Program& m_program;
    std::vector<std::uint32_t> m_masks;
    std::uint32_t m_written = 0;
};

std::uint32_t byteAt(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

Instruction instructionAt(std::string_view bytes, std::size_t at) {
    const std::uint32_t k = byteAt(bytes, at + 4) | byteAt(bytes, at + 5) << 8U |
                            byteAt(bytes, at + 6) << 16U | byteAt(bytes, at + 7) << 24U;
    return {
        static_cast<std::uint16_t>(byteAt(bytes, at) | byteAt(bytes, at + 1) << 8U),
        static_cast<std::uint8_t>(byteAt(bytes, at + 2)), static_cast<std::uint8_t>(byteAt(bytes, at + 3)),
        k};
}

base::Status check(const Program& program, std::string_view name) {
    const auto refuse = [&](std::size_t at, std::string_view why) {
        return base::fail(base::ErrorKind::malformed, fmt::format("{}: instruction {}: {}", name, at, why));
    };
    for (std::size_t at = 0; at < program.size(); ++at) {
        if (const auto fault = faultOf(program, at)) {
            return refuse(at, *fault);
        }
    }
    const std::uint16_t last = program.back().code;
    if (last != op::kReturn && last != op::kReturnA) {
        return refuse(program.size() - 1, "the last instruction must return");
    }
    if (const auto at = WrittenWords(program).firstUnwritten()) {
        return refuse(*at, fmt::format("memory word {} may be read before it is written", program[*at].k));
    }
    return {};
}

} // namespace

base::Result<Program> parseProgram(std::string_view bytes, std::string_view name) {
    const auto refuse = [&](std::string_view why) {
        return base::fail(base::ErrorKind::malformed, fmt::format("{}: {}", name, why));
    };
    if (bytes.empty()) {
        return refuse("no instructions");
    }
    if (bytes.size() % kInstructionBytes != 0) {
        return refuse(
            fmt::format("{} bytes are no array of struct sock_filter (8 bytes each)", bytes.size()));
    }
    if (bytes.size() / kInstructionBytes > kMaxInstructions) {
        return refuse(fmt::format(
            "{} instructions; the kernel takes at most {}", bytes.size() / kInstructionBytes,
            kMaxInstructions));
    }
    Program program;
    program.reserve(bytes.size() / kInstructionBytes);
    for (std::size_t at = 0; at < bytes.size(); at += kInstructionBytes) {
        program.push_back(instructionAt(bytes, at));
    }
    if (auto checked = check(program, name); !checked) {
        return std::unexpected(checked.error());
    }
    return program;
}

std::string bytesOf(const Program& program) {
    std::string bytes;
    bytes.reserve(program.size() * kInstructionBytes);
    for (const Instruction& in : program) {
        const std::array<std::uint32_t, kInstructionBytes> each = {
            in.code,     static_cast<std::uint32_t>(in.code) >> 8U,
            in.jt,       in.jf,
            in.k,        in.k >> 8U,
            in.k >> 16U, in.k >> 24U};
        for (const std::uint32_t byte : each) {
            bytes.push_back(static_cast<char>(byte & 0xffU));
        }
    }
    return bytes;
}

} // namespace bulkhead::seccomp
