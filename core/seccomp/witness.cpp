#include "core/seccomp/witness.h"

#include "core/seccomp/opcodes.h"
#include "core/seccomp/run.h"

#include <algorithm>
#include <map>
#include <set>

namespace bulkhead::seccomp {

namespace {

constexpr std::size_t kMaxConstants = 48;
constexpr std::size_t kRandomTries = 1024;
constexpr std::size_t kPerCall = 1'000'000; // instructions run for one call
constexpr std::size_t kSolved = 32;         // paths whose conditions are solved for a start

// Constants that decide something, with their neighbours.
std::vector<std::uint32_t> constantsOf(const Stack& stack) {
    std::set<std::uint32_t> constants = {0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff};
    for (const Program& program : stack) {
        for (const Instruction& in : program) {
            const bool used = (op::isBranch(in.code) || op::isAlu(in.code)) && (in.code & op::kFromX) == 0;
            if (used && constants.size() < kMaxConstants) {
                constants.insert({in.k, in.k + 1, in.k - 1});
            }
        }
    }
    return {constants.begin(), constants.end()};
}

/// The inputs tried for one number, and one of each answer.
class Tries {
public:
    Tries(const Stack& stack, std::uint32_t arch, std::uint32_t number, std::size_t budget)
        : m_stack(stack), m_budget(budget) {
        m_data.arch = arch;
        m_data.number = number;
        for (const Program& program : stack) {
            m_longest += program.size();
        }
    }

    [[nodiscard]] bool isSpent() const { return m_spent + m_longest > m_budget; }
    [[nodiscard]] std::size_t spent() const { return m_spent; }

    void attempt(const std::array<std::uint64_t, 6>& args, std::uint64_t pointer) {
        if (isSpent()) {
            return;
        }
        m_data.args = args;
        m_data.instructionPointer = pointer;
        const Decision decision = decide(m_stack, m_data);
        m_spent += m_longest;
        m_witnesses.try_emplace(decision.answer, m_data);
    }

    [[nodiscard]] std::vector<model::SeccompWitness> witnesses() const {
        std::vector<model::SeccompWitness> out;
        for (const auto& [answer, data] : m_witnesses) {
            model::SeccompWitness& witness = out.emplace_back();
            for (const std::uint64_t arg : data.args) {
                witness.args.push_back({arg});
            }
            witness.instructionPointer = {data.instructionPointer};
            witness.action = answer.action;
            witness.data = answer.data;
        }
        return out;
    }

private:
    const Stack& m_stack;
    std::size_t m_budget;
    std::size_t m_spent = 0;
    std::size_t m_longest = 0; ///< what one try may cost
    CallData m_data;
    std::map<Answer, CallData> m_witnesses;
};

std::array<std::uint64_t, 6> argsOf(const model::SeccompWitness& witness) {
    std::array<std::uint64_t, 6> args{};
    for (std::size_t i = 0; i < args.size() && i < witness.args.size(); ++i) {
        args[i] = witness.args[i].value;
    }
    return args;
}

// Starts of the search: what satisfies the exact conditions of each path.
std::vector<std::array<std::uint64_t, 6>>
startsOf(const std::vector<const Path*>& paths, std::size_t& budget) {
    std::vector<std::array<std::uint64_t, 6>> starts = {{}};
    for (const Path* path : paths) {
        if (starts.size() > kSolved || budget == 0) {
            break;
        }
        std::size_t work = 1;
        const auto words = exampleOf(path->when, work);
        budget -= std::min(budget, work);
        if (words) {
            auto& start = starts.emplace_back();
            std::copy_n(words->begin(), start.size(), start.begin());
        }
    }
    return starts;
}

} // namespace

WitnessSearch::WitnessSearch(const Stack& stack, std::uint32_t arch)
    : m_stack(stack), m_arch(arch), m_constants(constantsOf(stack)) {}

std::uint64_t WitnessSearch::anyWord() {
    const std::uint64_t random = m_random();
    const std::uint64_t constant = m_constants[random % m_constants.size()];
    switch (random >> 60U) {
    case 0:
    case 1:
        return m_random();
    case 2:
        return constant << 32U;
    case 3:
        return constant << 32U | m_constants[m_random() % m_constants.size()];
    case 4:
        return 0;
    default:
        return constant;
    }
}

std::vector<model::SeccompWitness>
WitnessSearch::find(std::uint32_t number, const std::vector<const Path*>& paths) {
    Tries tries(m_stack, m_arch, number, std::min(kPerCall, m_left));
    for (const model::SeccompWitness& each : m_found) {
        tries.attempt(argsOf(each), each.instructionPointer.value);
    }
    const auto starts = startsOf(paths, m_solving);
    for (const auto& start : starts) {
        tries.attempt(start, 0);
        for (std::size_t word = 0; word <= start.size(); ++word) {
            for (const std::uint64_t constant : m_constants) {
                for (const unsigned shift : {0U, 32U}) {
                    auto args = start;
                    if (word < args.size()) {
                        args[word] = (args[word] & (kHighHalf >> shift)) | constant << shift;
                    }
                    tries.attempt(args, word == args.size() ? constant << shift : 0);
                }
            }
        }
    }
    for (std::size_t i = 0; i < kRandomTries && !tries.isSpent(); ++i) {
        auto args = starts[m_random() % starts.size()];
        for (std::uint64_t& arg : args) {
            arg = m_random() % 4 == 0 ? arg : anyWord();
        }
        tries.attempt(args, anyWord());
    }
    m_left -= std::min(m_left, tries.spent());
    std::vector<model::SeccompWitness> found = tries.witnesses();
    for (const model::SeccompWitness& each : found) {
        if (m_found.size() < kSolved && std::ranges::find(m_found, each) == m_found.end()) {
            m_found.push_back(each);
        }
    }
    return found;
}

} // namespace bulkhead::seccomp
