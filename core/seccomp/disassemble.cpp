#include "core/seccomp/disassemble.h"

#include "core/seccomp/action.h"
#include "core/seccomp/arch.h"
#include "core/seccomp/opcodes.h"
#include "core/seccomp/syscalls.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace bulkhead::seccomp {

namespace {

/// What A holds before an instruction, as far as the ways to it agree.
enum class Holds { nothing, number, arch, other };

/// What is known on every way to an instruction.
struct Before {
    bool reached = false;
    Holds a = Holds::nothing;
    const Arch* arch = nullptr; ///< the one tested for; null for any

    void join(const Before& other) {
        if (!reached) {
            *this = other;
            reached = true;
            return;
        }
        a = a == other.a ? a : Holds::other;
        arch = arch == other.arch ? arch : nullptr;
    }
};

const Arch* archOf(std::uint32_t audit) {
    const auto found = std::ranges::find(arches(), audit, &Arch::audit);
    return found == arches().end() ? nullptr : &*found;
}

// Jumps go forward only, so one pass meets every way to an instruction before the instruction.
std::vector<Before> flowOf(const Program& program) {
    std::vector<Before> states(program.size() + 1);
    states[0].reached = true;
    for (std::size_t at = 0; at < program.size(); ++at) {
        const Instruction& in = program[at];
        Before next = states[at];
        if (in.code == op::kReturn || in.code == op::kReturnA) {
            continue;
        }
        if (op::isBranch(in.code)) {
            states[at + 1 + in.jf].join(next);
            const bool names = in.code == (op::kClassJump | op::kEqual) && next.a == Holds::arch;
            next.arch = names ? archOf(in.k) : next.arch;
            states[at + 1 + in.jt].join(next);
            continue;
        }
        if (in.code == op::kLoadData) {
            next.a = in.k == 0 ? Holds::number : in.k == 4 ? Holds::arch : Holds::other;
        } else if (
            op::isAlu(in.code) || (in.code & op::kClassMask) == 0 || in.code == op::kAFromX ||
            in.code == op::kNegate) {
            next.a = Holds::other;
        }
        states[at + 1 + (in.code == op::kJump ? in.k : 0)].join(next);
    }
    return states;
}

std::string wordName(std::uint32_t offset) {
    switch (offset) {
    case 0:
        return "number";
    case 4:
        return "architecture";
    case 8:
        return "instruction pointer, low";
    case 12:
        return "instruction pointer, high";
    default:
        return fmt::format("args[{}], {}", (offset - 16) / 8, offset % 8 == 0 ? "low" : "high");
    }
}

std::string_view aluName(std::uint16_t code) {
    constexpr std::array<std::string_view, 11> kNames = {"add", "sub", "mul", "div", "or", "and",
                                                         "lsh", "rsh", "neg", "",    "xor"};
    return kNames[(code & op::kOperation) >> 4U];
}

std::string_view testName(std::uint16_t code) {
    constexpr std::array<std::string_view, 5> kNames = {"ja", "jeq", "jgt", "jge", "jset"};
    return kNames[(code & op::kOperation) >> 4U];
}

std::string operandOf(const Instruction& in) {
    return (in.code & op::kFromX) != 0 ? "x" : fmt::format("#{:#x}", in.k);
}

std::string mnemonicOf(const Instruction& in, std::size_t at) {
    switch (in.code) {
    case op::kLoadImmediate:
        return fmt::format("ld #{:#x}", in.k);
    case op::kLoadData:
        return fmt::format("ld [{}]", in.k);
    case op::kLoadMemory:
        return fmt::format("ld M[{}]", in.k);
    case op::kLoadLength:
        return "ld #len";
    case op::kLoadXImmediate:
        return fmt::format("ldx #{:#x}", in.k);
    case op::kLoadXMemory:
        return fmt::format("ldx M[{}]", in.k);
    case op::kLoadXLength:
        return "ldx #len";
    case op::kStore:
        return fmt::format("st M[{}]", in.k);
    case op::kStoreX:
        return fmt::format("stx M[{}]", in.k);
    case op::kReturn:
        return fmt::format("ret #{:#x}", in.k);
    case op::kReturnA:
        return "ret a";
    case op::kXFromA:
        return "tax";
    case op::kAFromX:
        return "txa";
    case op::kNegate:
        return "neg";
    case op::kJump:
        return fmt::format("ja {}", at + 1 + in.k);
    default:
        break;
    }
    if (op::isBranch(in.code)) {
        return fmt::format("{} {}, {}, {}", testName(in.code), operandOf(in), at + 1 + in.jt, at + 1 + in.jf);
    }
    return fmt::format("{} {}", aluName(in.code), operandOf(in));
}

std::string commentOf(const Instruction& in, const Before& before, const Arch* assumed) {
    if (!before.reached) {
        return "never reached";
    }
    if (in.code == op::kLoadData) {
        return wordName(in.k);
    }
    if (in.code == op::kReturn) {
        return toText(answerOf(in.k));
    }
    const bool onConstant = op::isBranch(in.code) && (in.code & op::kFromX) == 0;
    if (onConstant && before.a == Holds::arch) {
        const Arch* arch = archOf(in.k);
        return arch != nullptr ? std::string(arch->name) : "";
    }
    const Arch* arch = before.arch != nullptr ? before.arch : assumed;
    if (onConstant && before.a == Holds::number && arch != nullptr) {
        const Arch* x32 = findArch("x32");
        const bool isX32 = arch->audit == x32->audit && (in.k & kX32Bit) != 0 && in.k < 2 * kX32Bit;
        if (isX32 && in.k == kX32Bit) {
            return "x32 begins";
        }
        const std::string name(nameOf(isX32 ? *x32 : *arch, in.k));
        return isX32 && !name.empty() ? name + " (x32)" : name;
    }
    return "";
}

} // namespace

std::vector<Line> disassemble(const Program& program, std::string_view arch) {
    const std::vector<Before> flow = flowOf(program);
    std::vector<Line> lines;
    lines.reserve(program.size());
    for (std::size_t at = 0; at < program.size(); ++at) {
        lines.push_back({mnemonicOf(program[at], at), commentOf(program[at], flow[at], findArch(arch))});
    }
    return lines;
}

std::string writeListing(const Program& program, std::string_view arch) {
    const std::vector<Line> lines = disassemble(program, arch);
    std::string text = " line  code  jt   jf      k\n";
    for (std::size_t at = 0; at < program.size(); ++at) {
        const Instruction& in = program[at];
        text += fmt::format(
            "{:5}: 0x{:02x} 0x{:02x} 0x{:02x} 0x{:08x}  {}", at, in.code, in.jt, in.jf, in.k,
            lines[at].comment.empty() ? lines[at].mnemonic
                                      : fmt::format("{:<26} ; {}", lines[at].mnemonic, lines[at].comment));
        text += '\n';
    }
    return text;
}

} // namespace bulkhead::seccomp
