#include "core/seccomp/follow.h"

#include "core/seccomp/arithmetic.h"
#include "core/seccomp/opcodes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace bulkhead::seccomp {

namespace {

using Word = std::optional<std::uint32_t>; ///< nothing: depends on the arguments

/// What the machine holds before an instruction.
struct State {
    Word a;
    Word x;
    std::array<Word, kMemoryWords> memory{};

    auto operator<=>(const State&) const = default;
};

/// States kept apart at one instruction; from there on they are joined, which only adds ways.
constexpr std::size_t kMostStates = 64;

Word joined(Word a, Word b) {
    return a == b ? a : std::nullopt;
}

State joined(const State& a, const State& b) {
    State both{joined(a.a, b.a), joined(a.x, b.x), {}};
    for (std::size_t i = 0; i < kMemoryWords; ++i) {
        both.memory.at(i) = joined(a.memory.at(i), b.memory.at(i));
    }
    return both;
}

void addState(std::set<State>& states, const State& state) {
    states.insert(state);
    if (states.size() > kMostStates) {
        State all = *states.begin();
        for (const State& one : states) {
            all = joined(all, one);
        }
        states = {all};
    }
}

/// One walk over a program, in the order of its instructions: jumps only go forward.
class Follower {
public:
    Follower(const Program& program, const Arch& arch, std::uint32_t number)
        : m_program(program), m_arch(arch.audit), m_number(number), m_states(program.size()),
          m_steps(program.size(), Step::untouched) {}

    std::vector<Step> follow() {
        // A and X begin as 0, and the scratch memory is not read before it is written (kernel check)
        State first;
        first.a = 0;
        first.x = 0;
        addState(m_states.front(), first);
        for (std::size_t at = 0; at < m_program.size(); ++at) {
            for (const State& state : m_states[at]) {
                step(at, state);
            }
            m_states[at].clear();
        }
        return std::move(m_steps);
    }

private:
    void mark(std::size_t at, Step step) { m_steps[at] = std::max(m_steps[at], step); }

    void go(std::size_t to, const State& state) {
        if (to < m_states.size()) {
            addState(m_states[to], state);
        }
    }

    void step(std::size_t at, State state) {
        const Instruction& in = m_program[at];
        mark(at, Step::passed);
        if (in.code == op::kReturn || in.code == op::kReturnA) {
            mark(at, Step::answers);
        } else if (in.code == op::kJump) {
            go(at + 1 + in.k, state);
        } else if (op::isBranch(in.code)) {
            branch(at, state);
        } else {
            const bool divides = op::isAlu(in.code) && (in.code & op::kOperation) == op::kDivide &&
                                 (in.code & op::kFromX) != 0;
            if (divides && state.x.value_or(0) == 0) {
                mark(at, Step::answers); // returns 0, which kills
                if (state.x) {
                    return;
                }
            }
            change(in, state);
            go(at + 1, state);
        }
    }

    void branch(std::size_t at, const State& state) {
        const Instruction& in = m_program[at];
        const Word with = (in.code & op::kFromX) != 0 ? state.x : Word(in.k);
        if (!state.a || !with) {
            mark(at, Step::asks);
            go(at + 1 + in.jt, state);
            go(at + 1 + in.jf, state);
            return;
        }
        const bool yes = holdsTest(in.code, *state.a, *with);
        if (yes && (in.code & op::kOperation) == op::kEqual) {
            mark(at, Step::names);
        }
        go(at + 1 + (yes ? in.jt : in.jf), state);
    }

    void change(const Instruction& in, State& state) const {
        switch (in.code) {
        case op::kLoadData:
            state.a = in.k == 0 ? Word(m_number) : in.k == 4 ? Word(m_arch) : Word();
            return;
        case op::kLoadImmediate:
            state.a = in.k;
            return;
        case op::kLoadXImmediate:
            state.x = in.k;
            return;
        case op::kLoadLength:
            state.a = kDataBytes;
            return;
        case op::kLoadXLength:
            state.x = kDataBytes;
            return;
        case op::kLoadMemory:
            state.a = state.memory.at(in.k);
            return;
        case op::kLoadXMemory:
            state.x = state.memory.at(in.k);
            return;
        case op::kStore:
            state.memory.at(in.k) = state.a;
            return;
        case op::kStoreX:
            state.memory.at(in.k) = state.x;
            return;
        case op::kXFromA:
            state.x = state.a;
            return;
        case op::kAFromX:
            state.a = state.x;
            return;
        case op::kNegate:
            state.a = state.a ? Word(0U - *state.a) : Word();
            return;
        default: {
            const Word with = (in.code & op::kFromX) != 0 ? state.x : Word(in.k);
            state.a = state.a && with ? compute(in.code, *state.a, *with) : Word();
        }
        }
    }

    const Program& m_program;
    std::uint32_t m_arch;
    std::uint32_t m_number;
    std::vector<std::set<State>> m_states;
    std::vector<Step> m_steps;
};

} // namespace

std::vector<Step> followCall(const Program& program, const Arch& arch, std::uint32_t number) {
    return program.empty() ? std::vector<Step>() : Follower(program, arch, number).follow();
}

} // namespace bulkhead::seccomp
