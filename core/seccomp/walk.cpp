#include "core/seccomp/walk.h"

#include "core/seccomp/action.h"
#include "core/seccomp/opcodes.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace bulkhead::seccomp {

namespace {

/// Where one way through the stack has come to.
struct State {
    std::size_t filter = 0; ///< this many filters are left to run, the newest runs first
    std::size_t at = 0;
    Value a;
    Value x;
    std::vector<Value> memory; ///< empty until something is stored
    Conjunction when;
    std::uint32_t value = kReturnAllow;
    std::uint32_t doubt = 0;
    bool anyValue = false;
};

class Walk {
public:
    Walk(const Stack& stack, std::uint32_t arch, Expressions& pool, WalkBounds& bounds)
        : m_stack(stack), m_arch(arch), m_pool(pool), m_bounds(bounds) {}

    std::vector<Path> follow(const Intervals& numbers) {
        State start;
        start.filter = m_stack.size();
        start.when.parts.push_back({kNumberWord, numbers});
        m_open.push_back(std::move(start));
        while (!m_open.empty()) {
            State state = std::move(m_open.back());
            m_open.pop_back();
            if (isSpent()) {
                abandon(std::move(state));
            } else {
                runToEnd(std::move(state));
            }
        }
        return std::move(m_paths);
    }

private:
    [[nodiscard]] bool isSpent() const {
        return m_bounds.steps == 0 || m_bounds.paths == 0 || m_open.size() > kMaxOpen;
    }

    static bool killsProcess(const State& state) { return (state.value & 0xffff0000U) == kReturnKillProcess; }

    void spend(std::size_t steps) { m_bounds.steps -= std::min(steps, m_bounds.steps); }

    // What it costs to copy conditions: the bound on steps bounds the memory as well.
    static std::size_t weightOf(const Conjunction& when) {
        std::size_t weight = 4 * when.parts.size();
        for (const Part& part : when.parts) {
            weight += part.values.parts.size() / 4;
        }
        return weight;
    }

    void abandon(State state) {
        const std::uint32_t why = m_pool.add({kBeyondBounds, {}, {}}, [] {
            return std::string("more ways than can be followed, some hundreds of one call; with given "
                               "arguments seccomp eval is exact");
        });
        state.doubt = state.doubt == 0 ? why : state.doubt;
        state.anyValue = true;
        finish(std::move(state));
    }

    void finish(State state) {
        // Nothing is stricter, so whatever else the stack returns does not matter.
        const bool settled = killsProcess(state);
        m_paths.push_back(
            {std::move(state.when), state.value, settled ? 0 : state.doubt, state.anyValue && !settled});
        m_bounds.paths -= m_bounds.paths > 0 ? 1 : 0;
    }

    // One way, until it ends; the other side of each branch is left for later.
    void runToEnd(State state) {
        while (state.filter > 0) {
            if (isSpent()) {
                abandon(std::move(state));
                return;
            }
            spend(1);
            const Instruction& in = m_stack[state.filter - 1][state.at];
            bool goesOn = true;
            if (in.code == op::kReturn) {
                goesOn = endFilter(state, in.k);
            } else if (in.code == op::kReturnA) {
                goesOn = returnA(state);
            } else if (op::isBranch(in.code)) {
                goesOn = branch(state, in);
            } else if (op::isAlu(in.code)) {
                goesOn = arithmetic(state, in);
            } else {
                move(state, in);
            }
            if (!goesOn) {
                return;
            }
        }
        finish(std::move(state));
    }

    // The filter has returned: the next older one starts with fresh registers. False where the way is done.
    bool endFilter(State& state, std::uint32_t value) {
        if (isStricter(value, state.value)) {
            state.value = value;
        }
        if (killsProcess(state)) {
            finish(std::move(state));
            return false;
        }
        --state.filter;
        state.at = 0;
        state.a = {};
        state.x = {};
        state.memory.clear();
        return true;
    }

    // A value of few bits is followed case by case.
    bool returnA(State& state) {
        const Value value = known(state, state.a);
        if (value.isConstant()) {
            return endFilter(state, value.constant);
        }
        if (value.opaque == 0 && std::popcount(value.mask) <= kEnumeratedBits) {
            std::uint32_t bits = 0;
            do {
                State copy = state;
                if (restrict(copy, equalTo(value, bits | value.constant)) &&
                    endFilter(copy, bits | value.constant)) {
                    m_open.push_back(std::move(copy));
                }
                bits = static_cast<std::uint32_t>(nextSubmask(bits, value.mask));
            } while (bits != 0);
            return false;
        }
        mark(state, value);
        state.anyValue = true;
        return endFilter(state, kReturnAllow);
    }

    bool branch(State& state, const Instruction& in) {
        const Value operand = operandOf(state, in);
        const Value a = known(state, state.a);
        const Test test = testOf(in.code, a, operand);
        if (const bool* decided = std::get_if<bool>(&test)) {
            state.at += 1U + (*decided ? in.jt : in.jf);
            return true;
        }
        if (in.jt == in.jf) {
            state.at += 1U + in.jt;
            return true;
        }
        spend(kCopyCost + weightOf(state.when)); // conditions are copied with their sets
        if (const Part* part = std::get_if<Part>(&test)) {
            // The side that is taken is followed first: it is mostly a return, so that few ways stay open.
            State other = state;
            if (!restrict(other, *part)) { // what always holds need not be carried along
                state.at += 1U + in.jf;
                return true;
            }
            other.at += 1U + in.jt;
            if (restrict(state, {part->word, complementOf(part->values)})) {
                state.at += 1U + in.jf;
                m_open.push_back(std::move(state));
            }
            state = std::move(other);
            return true;
        }
        mark(state, a.opaque != 0 || operand.isConstant() ? a : operand, &a);
        State other = state;
        other.at += 1U + in.jt;
        m_open.push_back(std::move(other));
        state.at += 1U + in.jf;
        return true;
    }

    bool arithmetic(State& state, const Instruction& in) {
        const Value operand = operandOf(state, in);
        const Value a = known(state, state.a);
        const bool divides = (in.code & op::kOperation) == op::kDivide;
        if (divides && operand.isConstant() && operand.constant == 0) {
            return endFilter(state, 0);
        }
        if (divides && !operand.isConstant()) {
            divideByZero(state, operand);
            const Test zero = testOf(op::kEqual, operand, constantValue(0));
            const Part* part = std::get_if<Part>(&zero);
            if (part != nullptr && !restrict(state, {part->word, complementOf(part->values)})) {
                return false;
            }
        }
        state.a = computed(in.code, a, operand, m_pool);
        ++state.at;
        return true;
    }

    // The calls for which the divisor is 0: the filter returns 0 to them.
    void divideByZero(State& state, const Value& divisor) {
        const Test zero = testOf(op::kEqual, divisor, constantValue(0));
        State ended = state;
        if (const Part* part = std::get_if<Part>(&zero)) {
            if (!restrict(ended, *part)) {
                return;
            }
        } else if (std::holds_alternative<bool>(zero)) { // never 0: a bit of it is always set
            return;
        } else {
            mark(state, divisor);
            mark(ended, divisor);
        }
        if (endFilter(ended, 0)) {
            m_open.push_back(std::move(ended));
        }
    }

    static Value stored(const State& state, std::uint32_t word) {
        return word < state.memory.size() ? state.memory[word] : Value{};
    }

    static void store(State& state, std::uint32_t word, const Value& value) {
        state.memory.resize(kMemoryWords);
        state.memory[word] = value;
    }

    void move(State& state, const Instruction& in) {
        switch (in.code) {
        case op::kLoadImmediate:
            state.a = constantValue(in.k);
            break;
        case op::kLoadData:
            state.a = loadedValue(in.k, m_arch, m_pool);
            break;
        case op::kLoadMemory:
            state.a = stored(state, in.k);
            break;
        case op::kLoadLength:
            state.a = constantValue(kDataBytes);
            break;
        case op::kLoadXImmediate:
            state.x = constantValue(in.k);
            break;
        case op::kLoadXMemory:
            state.x = stored(state, in.k);
            break;
        case op::kLoadXLength:
            state.x = constantValue(kDataBytes);
            break;
        case op::kStore:
            store(state, in.k, state.a);
            break;
        case op::kStoreX:
            store(state, in.k, state.x);
            break;
        case op::kXFromA:
            state.x = state.a;
            break;
        case op::kAFromX:
            state.a = state.x;
            break;
        case op::kJump:
            state.at += in.k;
            break;
        default: // op::kNegate
            state.a = negated(known(state, state.a), m_pool);
            break;
        }
        ++state.at;
    }

    Value operandOf(const State& state, const Instruction& in) const {
        return (in.code & op::kFromX) != 0 ? known(state, state.x) : constantValue(in.k);
    }

    // A number, or a word of an argument, that is already narrowed down to one value.
    static Value known(const State& state, const Value& value) {
        if (value.isConstant() || value.opaque != 0) {
            return value;
        }
        const std::uint64_t half = value.shift >= 32 ? kHighHalf : kLowHalf;
        const Intervals* values = state.when.find(value.word, half);
        const auto single = values != nullptr ? values->single() : std::nullopt;
        const std::uint64_t bits = value.shift >= 0 ? static_cast<std::uint64_t>(value.mask)
                                                          << static_cast<unsigned>(value.shift)
                                                    : value.mask >> static_cast<unsigned>(-value.shift);
        return single && (bits & ~half) == 0 ? resolved(value, value.word, *single) : value;
    }

    bool restrict(State& state, const Part& part) {
        state.when.add(part.word, part.values);
        spend(part.values.parts.size() / 4);
        // What is not known to be impossible is followed, in doubt.
        std::size_t work = 0;
        const Feasible verdict = feasibleWord(state.when, part.word, work);
        spend(work);
        if (verdict == Feasible::unknown) {
            const std::uint32_t why = m_pool.add(
                {kEntangled, {}, {}}, [] { return std::string("conditions too entangled to decide"); });
            state.doubt = state.doubt == 0 ? why : state.doubt;
        }
        return verdict != Feasible::no;
    }

    void mark(State& state, const Value& value, const Value* other = nullptr) {
        if (state.doubt != 0) {
            return;
        }
        if (value.opaque != 0) {
            state.doubt = value.opaque;
            return;
        }
        std::string text = toText(value, m_pool);
        if (other != nullptr && !(*other == value)) {
            text = toText(*other, m_pool) + " against " + text;
        }
        state.doubt = m_pool.add({kShown, value, other != nullptr ? *other : Value{}}, [&] { return text; });
    }

    static constexpr int kEnumeratedBits = 4;
    static constexpr std::size_t kMaxOpen = 20000;
    static constexpr std::size_t kCopyCost = 16;
    static constexpr std::uint32_t kBeyondBounds = 1;
    static constexpr std::uint32_t kEntangled = 2;
    static constexpr std::uint32_t kShown = 3;

    const Stack& m_stack;
    std::uint32_t m_arch;
    Expressions& m_pool;
    WalkBounds& m_bounds;
    std::vector<State> m_open;
    std::vector<Path> m_paths;
};

} // namespace

std::vector<Path> walkStack(
    const Stack& stack, std::uint32_t arch, const Intervals& numbers, Expressions& pool, WalkBounds& bounds) {
    return Walk(stack, arch, pool, bounds).follow(numbers);
}

} // namespace bulkhead::seccomp
