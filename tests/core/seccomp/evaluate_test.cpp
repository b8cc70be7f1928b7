#include "core/seccomp/base64.h"
#include "core/seccomp/evaluate.h"
#include "core/seccomp/run.h"
#include "core/seccomp/syscalls.h"
#include "core/seccomp/verdicts.h"
#include "tests/core/seccomp/brute_force.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace bulkhead::seccomp {
namespace {

using model::SeccompAction;
using test::Random;
using test::Words;

CallData dataOf(const Words& words) {
    CallData data;
    data.number = words[0];
    data.arch = words[1];
    data.instructionPointer = words[2] | static_cast<std::uint64_t>(words[3]) << 32U;
    for (std::size_t i = 0; i < 6; ++i) {
        data.args[i] = words[4 + 2 * i] | static_cast<std::uint64_t>(words[5 + 2 * i]) << 32U;
    }
    return data;
}

Words wordsOf(std::uint32_t number, std::uint32_t arch, const model::SeccompWitness& witness) {
    Words words{
        number, arch, static_cast<std::uint32_t>(witness.instructionPointer.value),
        static_cast<std::uint32_t>(witness.instructionPointer.value >> 32U)};
    for (std::size_t i = 0; i < 6; ++i) {
        words[4 + 2 * i] = static_cast<std::uint32_t>(witness.args[i].value);
        words[5 + 2 * i] = static_cast<std::uint32_t>(witness.args[i].value >> 32U);
    }
    return words;
}

std::uint32_t likelyNumber(Random& random, const Arch& arch) {
    switch (random() % 8) {
    case 0:
        return static_cast<std::uint32_t>(random());
    case 1:
        return 0xffffffff;
    case 2:
        return static_cast<std::uint32_t>(random() % 600) | arch.bit;
    case 3:
        return test::likelyWord(random);
    default:
        return static_cast<std::uint32_t>(random() % 42) | arch.bit;
    }
}

bool belongs(const Arch& arch, std::uint32_t number) {
    const bool x32 = number >= 0x40000000 && number < 0x80000000;
    return arch.name == "x32" ? x32 : arch.name != "x86_64" || !x32;
}

// How many cases of a verdict hold for the arguments.
std::size_t casesHolding(const model::SeccompVerdict& verdict, const CallData& data) {
    std::size_t count = 0;
    for (const model::SeccompCase& each : verdict.cases) {
        model::SeccompVerdict alone;
        alone.action = SeccompAction::undetermined;
        alone.cases = {each};
        count += answerTo(alone, data.args).action != SeccompAction::undetermined ? 1 : 0;
    }
    return count;
}

struct Tally {
    std::size_t inputs = 0;
    std::size_t undetermined = 0;
};

void expectAgreement(const Stack& stack, Random& random, int inputs, Tally& tally) {
    const auto all = evaluateStack(stack, {});
    ASSERT_EQ(all.size(), 3U);
    std::string dump;
    for (const Program& program : stack) {
        dump += " " + base64Of(bytesOf(program));
    }
    for (int i = 0; i < inputs; ++i) {
        const auto& [name, verdicts] = *std::next(all.begin(), static_cast<std::ptrdiff_t>(random() % 3));
        const Arch& arch = *findArch(name);
        Words words{};
        for (std::uint32_t& word : words) {
            word = test::likelyWord(random);
        }
        words[0] = likelyNumber(random, arch);
        words[1] = arch.audit;
        if (!belongs(arch, words[0])) {
            continue;
        }
        ++tally.inputs;
        const CallData data = dataOf(words);
        const std::string truth = test::interpretStack(stack, words);
        ASSERT_EQ(toText(decide(stack, data).answer), truth) << dump;
        const model::SeccompVerdict& verdict = verdictOf(verdicts, arch, words[0]);
        if (verdict.action == SeccompAction::undetermined) {
            ++tally.undetermined;
            continue;
        }
        ASSERT_EQ(toText(answerTo(verdict, data.args)), truth)
            << name << " nr " << words[0] << " verdict " << toText(verdict) << dump;
        ASSERT_EQ(casesHolding(verdict, data), verdict.cases.empty() ? 0U : 1U) << toText(verdict) << dump;
    }
    for (const auto& [name, verdicts] : all) {
        for (const auto& [call, verdict] : verdicts.calls) {
            const auto numbers = numbersOfKey(*findArch(name), call);
            ASSERT_TRUE(numbers.has_value()) << call;
            ASSERT_EQ(verdict.action == SeccompAction::undetermined, verdict.doubt.has_value());
            for (const auto& witness :
                 verdict.doubt ? verdict.doubt->witnesses : std::vector<model::SeccompWitness>{}) {
                ASSERT_EQ(
                    toText(Answer{witness.action, witness.data}),
                    test::interpretStack(stack, wordsOf(numbers->low, findArch(name)->audit, witness)))
                    << dump;
            }
        }
    }
}

// BULKHEAD_ROUNDS multiplies the programs tried; 1 keeps the test below some seconds.
int rounds() {
    const char* text = std::getenv("BULKHEAD_ROUNDS");
    return text != nullptr ? std::atoi(text) : 1;
}

TEST(Evaluate, StructuredProgramsAsTheBruteForceInterpreterHasThem) {
    Random random(11);
    Tally tally;
    for (int i = 0; i < 40 * rounds() && !HasFatalFailure(); ++i) {
        expectAgreement({test::structuredProgram(random)}, random, 600, tally);
    }
    EXPECT_LT(tally.undetermined, tally.inputs / 50) << "of " << tally.inputs; // bits of unnamed numbers
    EXPECT_GT(tally.inputs, 15'000U);
}

TEST(Evaluate, ProgramsThatOnlyMoveBitsAreAlwaysExact) {
    Random random(12);
    Tally tally;
    for (int i = 0; i < 40 * rounds() && !HasFatalFailure(); ++i) {
        expectAgreement({test::wildProgram(random, true)}, random, 600, tally);
    }
    EXPECT_LT(tally.undetermined, tally.inputs / 50) << "of " << tally.inputs;
}

TEST(Evaluate, WildProgramsAreNeverGuessed) {
    Random random(13);
    Tally tally;
    for (int i = 0; i < 40 * rounds() && !HasFatalFailure(); ++i) {
        expectAgreement({test::wildProgram(random, false)}, random, 400, tally);
    }
    EXPECT_LT(tally.undetermined, tally.inputs / 2) << "of " << tally.inputs;
}

TEST(Evaluate, StacksOfTwoAndThree) {
    Random random(14);
    Tally tally;
    for (int i = 0; i < 15 * rounds() && !HasFatalFailure(); ++i) {
        Stack stack;
        for (std::size_t n = 2 + random() % 2; n > 0; --n) {
            stack.push_back(
                random() % 3 == 0 ? test::wildProgram(random, true) : test::structuredProgram(random));
        }
        expectAgreement(stack, random, 400, tally);
    }
    EXPECT_LT(tally.undetermined, tally.inputs / 10) << "of " << tally.inputs;
}

} // namespace
} // namespace bulkhead::seccomp
