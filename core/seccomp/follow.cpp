#include "core/seccomp/follow.h"

#include "core/seccomp/arithmetic.h"
#include "core/seccomp/conjunction.h"
#include "core/seccomp/opcodes.h"
#include "core/seccomp/value.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

namespace bulkhead::seccomp {

namespace {

/// A value, and whether arguments went into it: even where nothing is left of them, as of `args[0] & 0`, a
/// test of it says nothing about which call it is.
struct Held {
    Value value;
    bool ofArguments = false;

    auto operator<=>(const Held&) const = default;
};

/// What the machine holds before an instruction, and what the tests before it have found of the arguments.
struct State {
    Held a;
    Held x;
    std::vector<Held> memory; ///< empty until something is stored
    Conjunction when;

    auto operator<=>(const State&) const = default;
};

/// States kept apart at one instruction; from there on they are joined, which only adds ways.
constexpr std::size_t kMostStates = 64;
/// What may be spent on telling whether tests contradict each other; from there on each stands by itself.
constexpr std::size_t kMostWork = 400'000;
constexpr std::uint32_t kArchOffset = 4;   // in seccomp_data: the number before it, arguments behind
constexpr std::uint32_t kJoined = 0x20000; // keys of joined values, told from those of loads and arithmetic

/// One walk over a program, in the order of its instructions: jumps only go forward.
class Follower {
public:
    Follower(const Program& program, const Arch& arch, std::uint32_t number)
        : m_program(program), m_arch(arch.audit), m_number(number), m_states(program.size()),
          m_steps(program.size(), Step::untouched) {}

    std::vector<Step> follow() {
        // A and X begin as 0, and the scratch memory is not read before it is written (kernel check)
        add(m_states.front(), State{});
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

    /// Either of two values, of which nothing is known to be equal to anything else.
    Held joined(const Held& a, const Held& b) {
        if (a == b) {
            return a;
        }
        Held either{{}, true};
        either.value.opaque = m_pool.add({kJoined + m_joins++, {}, {}}, [] { return std::string("either"); });
        return either;
    }

    State joined(const State& a, const State& b) {
        State both{joined(a.a, b.a), joined(a.x, b.x), {}, {}};
        both.memory.resize(std::max(a.memory.size(), b.memory.size()));
        for (std::size_t i = 0; i < both.memory.size(); ++i) {
            both.memory[i] = joined(stored(a, i), stored(b, i));
        }
        std::ranges::set_intersection(a.when.parts, b.when.parts, std::back_inserter(both.when.parts));
        return both;
    }

    void add(std::set<State>& states, const State& state) {
        states.insert(state);
        if (states.size() > kMostStates) {
            State all = *states.begin();
            for (const State& one : states) {
                all = joined(all, one);
            }
            states = {all};
        }
    }

    void go(std::size_t to, const State& state) {
        if (to < m_states.size()) {
            add(m_states[to], state);
        }
    }

    /// The state where the condition holds as well; nothing where what was tested before rules it out.
    std::optional<State> where(const State& state, const Part& part) {
        State narrowed = state;
        for (const Part& known : narrowed.when.parts) {
            m_work += 1 + known.values.parts.size();
        }
        if (m_work > kMostWork) {
            narrowed.when.parts.clear();
            return narrowed;
        }
        narrowed.when.add(part.word, part.values);
        if (feasibleWord(narrowed.when, part.word, m_work) == Feasible::no) {
            return std::nullopt;
        }
        return narrowed;
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
        } else if (op::isAlu(in.code)) {
            arithmetic(at, state);
        } else {
            change(in, state);
            go(at + 1, state);
        }
    }

    [[nodiscard]] static Held operandOf(const State& state, const Instruction& in) {
        return (in.code & op::kFromX) != 0 ? state.x : Held{constantValue(in.k)};
    }

    void branch(std::size_t at, const State& state) {
        const Instruction& in = m_program[at];
        const Held with = operandOf(state, in);
        const Test test = testOf(in.code, state.a.value, with.value);
        const auto way = [&](bool yes) { return at + 1 + (yes ? in.jt : in.jf); };
        if (const bool* decided = std::get_if<bool>(&test)) {
            const bool ofCall = !state.a.ofArguments && !with.ofArguments;
            if (*decided && ofCall && (in.code & op::kOperation) == op::kEqual) {
                mark(at, Step::names);
            }
            go(way(*decided), state);
            return;
        }
        std::optional<State> yes = state;
        std::optional<State> no = state;
        if (const Part* part = std::get_if<Part>(&test)) {
            yes = where(state, *part);
            no = where(state, {part->word, complementOf(part->values)});
        }
        if (yes && no) {
            mark(at, Step::asks);
        }
        if (yes) {
            go(way(true), *yes);
        }
        if (no) {
            go(way(false), *no);
        }
    }

    void arithmetic(std::size_t at, State state) {
        const Instruction& in = m_program[at];
        const Held with = operandOf(state, in);
        const bool divides = (in.code & op::kOperation) == op::kDivide;
        if (divides && (in.code & op::kFromX) != 0) {
            const Test zero = testOf(op::kEqual, with.value, constantValue(0));
            const bool* decided = std::get_if<bool>(&zero);
            const Part* part = std::get_if<Part>(&zero);
            if (decided != nullptr ? *decided : part == nullptr || where(state, *part)) {
                mark(at, Step::answers); // returns 0, which kills
            }
            std::optional<State> divided = state;
            if (part != nullptr) {
                divided = where(state, {part->word, complementOf(part->values)});
            }
            if ((decided != nullptr && *decided) || !divided) {
                return;
            }
            state = *divided;
        }
        state.a = {
            computed(in.code, state.a.value, with.value, m_pool), state.a.ofArguments || with.ofArguments};
        go(at + 1, state);
    }

    static Held stored(const State& state, std::size_t word) {
        return word < state.memory.size() ? state.memory[word] : Held{};
    }

    static void store(State& state, std::uint32_t word, const Held& held) {
        state.memory.resize(kMemoryWords);
        state.memory[word] = held;
    }

    void change(const Instruction& in, State& state) {
        switch (in.code) {
        case op::kLoadData:
            state.a = {
                resolved(loadedValue(in.k, m_arch, m_pool), kNumberWord, m_number), in.k > kArchOffset};
            return;
        case op::kLoadImmediate:
            state.a = {constantValue(in.k)};
            return;
        case op::kLoadXImmediate:
            state.x = {constantValue(in.k)};
            return;
        case op::kLoadLength:
            state.a = {constantValue(kDataBytes)};
            return;
        case op::kLoadXLength:
            state.x = {constantValue(kDataBytes)};
            return;
        case op::kLoadMemory:
            state.a = stored(state, in.k);
            return;
        case op::kLoadXMemory:
            state.x = stored(state, in.k);
            return;
        case op::kStore:
            store(state, in.k, state.a);
            return;
        case op::kStoreX:
            store(state, in.k, state.x);
            return;
        case op::kXFromA:
            state.x = state.a;
            return;
        case op::kAFromX:
            state.a = state.x;
            return;
        default: // op::kNegate
            state.a.value = negated(state.a.value, m_pool);
        }
    }

    const Program& m_program;
    std::uint32_t m_arch;
    std::uint32_t m_number;
    Expressions m_pool;
    std::uint32_t m_joins = 0;
    std::size_t m_work = 0;
    std::vector<std::set<State>> m_states;
    std::vector<Step> m_steps;
};

} // namespace

std::vector<Step> followCall(const Program& program, const Arch& arch, std::uint32_t number) {
    return program.empty() ? std::vector<Step>() : Follower(program, arch, number).follow();
}

} // namespace bulkhead::seccomp
