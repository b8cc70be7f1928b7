#include "core/seccomp/run.h"

#include "core/seccomp/arithmetic.h"

namespace bulkhead::seccomp {

namespace {

/// Registers and memory of one run.
struct Registers {
    std::uint32_t a = 0;
    std::uint32_t x = 0;
    std::array<std::uint32_t, kMemoryWords> memory{};
};

using Words = std::array<std::uint32_t, kDataBytes / 4>;

Words wordsOf(const CallData& data) {
    Words words{};
    const auto split = [&](std::size_t at, std::uint64_t value) {
        words[at] = static_cast<std::uint32_t>(value);
        words[at + 1] = static_cast<std::uint32_t>(value >> 32U);
    };
    words[0] = data.number;
    words[1] = data.arch;
    split(2, data.instructionPointer);
    for (std::size_t i = 0; i < data.args.size(); ++i) {
        split(4 + 2 * i, data.args[i]);
    }
    return words;
}

// Everything but jumps, returns and arithmetic.
void move(const Instruction& in, const Words& words, Registers& r) {
    switch (in.code) {
    case op::kLoadImmediate:
        r.a = in.k;
        break;
    case op::kLoadData:
        r.a = words[in.k / 4];
        break;
    case op::kLoadMemory:
        r.a = r.memory[in.k];
        break;
    case op::kLoadLength:
        r.a = kDataBytes;
        break;
    case op::kLoadXImmediate:
        r.x = in.k;
        break;
    case op::kLoadXMemory:
        r.x = r.memory[in.k];
        break;
    case op::kLoadXLength:
        r.x = kDataBytes;
        break;
    case op::kStore:
        r.memory[in.k] = r.a;
        break;
    case op::kStoreX:
        r.memory[in.k] = r.x;
        break;
    case op::kXFromA:
        r.x = r.a;
        break;
    case op::kAFromX:
        r.a = r.x;
        break;
    default: // op::kNegate
        r.a = 0U - r.a;
        break;
    }
}

Returned runWords(const Program& program, const Words& words) {
    Registers r;
    std::size_t steps = 0;
    for (std::size_t at = 0;; ++at) {
        const Instruction& in = program[at];
        ++steps;
        const std::uint32_t operand = (in.code & op::kFromX) != 0 ? r.x : in.k;
        if (in.code == op::kReturn || in.code == op::kReturnA) {
            return {in.code == op::kReturn ? in.k : r.a, at, steps};
        }
        if (in.code == op::kJump) {
            at += in.k;
        } else if (op::isBranch(in.code)) {
            at += holdsTest(in.code, r.a, operand) ? in.jt : in.jf;
        } else if (op::isAlu(in.code)) {
            const auto result = compute(in.code, r.a, operand);
            if (!result) { // a division by X = 0 ends the program with 0
                return {0, at, steps};
            }
            r.a = *result;
        } else {
            move(in, words, r);
        }
    }
}

} // namespace

Returned run(const Program& program, const CallData& data) {
    return runWords(program, wordsOf(data));
}

Decision decide(const Stack& stack, const CallData& data) {
    const Words words = wordsOf(data);
    Decision decision;
    decision.filter = stack.size();
    decision.returned.value = kReturnAllow;
    for (std::size_t i = stack.size(); i-- > 0;) {
        const Returned returned = runWords(stack[i], words);
        if (decision.filter == stack.size() || isStricter(returned.value, decision.returned.value)) {
            decision.filter = i;
            decision.returned = returned;
        }
    }
    decision.answer = answerOf(decision.returned.value);
    return decision;
}

} // namespace bulkhead::seccomp
