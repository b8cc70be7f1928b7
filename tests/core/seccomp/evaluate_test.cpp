#include "tests/core/seccomp/agreement.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace bulkhead::seccomp {
namespace {

using test::Random;
using test::Tally;

const Machine kX86;
const Machine kArm{"aarch64", true, false};

void expectAgreement(
    const Stack& stack, Random& random, int inputs, Tally& tally, const Machine& machine = kX86) {
    ASSERT_EQ(test::disagreement(stack, machine, random, inputs, tally), "");
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

// Linux for aarch64 shows its filters other architectures and other numbers; the kernel here cannot be asked.
TEST(Evaluate, TheAbisOfArm) {
    Random random(15);
    Tally tally;
    for (int i = 0; i < 30 * rounds() && !HasFatalFailure(); ++i) {
        const Program program =
            i % 3 == 0 ? test::wildProgram(random, i % 2 == 0) : test::structuredProgram(random);
        expectAgreement({test::forArm(program)}, random, 400, tally, kArm);
    }
    EXPECT_LT(tally.undetermined, tally.inputs / 4) << "of " << tally.inputs;
    EXPECT_GT(tally.inputs, 10'000U);
}

} // namespace
} // namespace bulkhead::seccomp
