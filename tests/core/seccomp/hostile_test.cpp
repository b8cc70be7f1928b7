// Stacks written to exhaust whoever evaluates them: the time and the memory have a bound, and whatever is
// said is true by the independent interpreter.

#include "core/seccomp/verdict_changes.h"
#include "tests/core/seccomp/agreement.h"
#include "tests/core/seccomp/hostile_programs.h"

#include <ctime>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace bulkhead::seccomp {
namespace {

// Of processor time for all ABIs; 1.5 s at most were measured where this was written, 60 s before the bounds.
// Sanitizers cost tenfold.
#if defined(__SANITIZE_ADDRESS__) || !defined(NDEBUG)
constexpr double kSeconds = 60;
constexpr long kMegabytes = 2000;
#else
constexpr double kSeconds = 5;
constexpr long kMegabytes = 300;
#endif

double processorTime() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

long mostMegabytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

class Hostile : public testing::TestWithParam<std::string> {
protected:
    static Stack stack() {
        for (const test::HostileStack& each : test::hostileStacks()) {
            if (each.name == GetParam()) {
                return each.stack;
            }
        }
        return {};
    }
};

TEST_P(Hostile, IsEvaluatedInBoundedTimeAndNeverWrong) {
    const Stack hostile = stack();
    ASSERT_FALSE(hostile.empty());
    static_cast<void>(evaluateStack({}, {})); // names are resolved once
    const double before = processorTime();
    const auto verdicts = evaluateStack(hostile, {});
    EXPECT_LT(processorTime() - before, kSeconds);
    EXPECT_LT(mostMegabytes(), kMegabytes);
    test::Random random(3);
    test::Tally tally;
    EXPECT_EQ(test::disagreement(hostile, {}, random, 2000, tally), "");
    EXPECT_GT(tally.inputs, 1000U);
}

TEST_P(Hostile, IsComparedInBoundedTime) {
    const auto before = evaluateStack(stack(), {});
    Stack other = stack();
    other.front().back() = {0x06, 0, 0, 0x00050016}; // another answer at the end
    const auto after = evaluateStack(other, {});
    const double start = processorTime();
    for (const auto& [name, verdicts] : before) {
        static_cast<void>(changesOf(verdicts, after.at(name), *findArch(name)));
    }
    EXPECT_LT(processorTime() - start, kSeconds);
}

// A document can hold what no evaluation lists: a thousand cases a side, under masks that overlap.
TEST(HostileVerdict, VerdictsOfManyCasesAreComparedInBoundedTime) {
    model::SeccompVerdict verdict;
    std::uint64_t mask = 0x9e3779b97f4a7c15;
    for (std::int64_t i = 0; i < 1000; ++i) {
        mask = mask * 6364136223846793005U + 1442695040888963407U;
        model::SeccompCase& each = verdict.cases.emplace_back();
        for (const std::uint64_t part : {mask, mask >> 7U, mask << 9U, ~mask}) {
            each.when.push_back({0, model::ArgumentOperator::greaterOrEqual, {part}, {part >> 2U}});
        }
        each.action = model::SeccompAction::errorNumber;
        each.data = i;
    }
    model::SeccompVerdict other = verdict;
    for (model::SeccompCase& each : other.cases) {
        each.data += 2000;
    }
    const double start = processorTime();
    EXPECT_EQ(relationOf(verdict, other), Relation::unknown);
    EXPECT_LT(processorTime() - start, kSeconds);
}

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const test::HostileStack& each : test::hostileStacks()) {
        all.push_back(each.name);
    }
    return all;
}

std::string identifierOf(const testing::TestParamInfo<std::string>& parameter) {
    std::string name;
    for (const char c : parameter.param) {
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(Stacks, Hostile, testing::ValuesIn(names()), identifierOf);

} // namespace
} // namespace bulkhead::seccomp
