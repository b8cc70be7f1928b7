#include "core/twin/verdict.h"

#include <gtest/gtest.h>

namespace bulkhead::twin {
namespace {

using model::ArgumentOperator;
using model::SeccompAction;

model::SeccompVerdict plain(SeccompAction action) {
    model::SeccompVerdict verdict;
    verdict.action = action;
    return verdict;
}

/// unshare: with CLONE_NEWUSER (0x10000000) errno, else allow; as a profile masks it.
model::SeccompVerdict maskedUnshare() {
    model::SeccompVerdict verdict = plain(SeccompAction::allow);
    verdict.cases = {
        {{{0, ArgumentOperator::equal, {0x10000000}, {0x10000000}}}, SeccompAction::errorNumber, 1},
        {{{0, ArgumentOperator::notEqual, {0x10000000}, {0x10000000}}}, SeccompAction::allow, 0}};
    return verdict;
}

TEST(Verdict, OnlyAllowAndLogAreAYes) {
    for (const auto& [action, yes] :
         {std::pair{SeccompAction::allow, true}, std::pair{SeccompAction::log, true},
          std::pair{SeccompAction::errorNumber, false}, std::pair{SeccompAction::userNotif, false},
          std::pair{SeccompAction::trace, false}, std::pair{SeccompAction::killProcess, false},
          std::pair{SeccompAction::undetermined, false}}) {
        model::ArchVerdicts verdicts;
        verdicts.calls.emplace("unshare", plain(action));
        EXPECT_EQ(isAllowed(verdicts, wire::Try::unshareUser), yes) << model::nameOf(action);
    }
}

TEST(Verdict, ACallThatIsNotListedAnswersAsTheOthers) {
    model::ArchVerdicts verdicts;
    verdicts.others = plain(SeccompAction::killProcess);
    EXPECT_FALSE(isAllowed(verdicts, wire::Try::bpf));
    verdicts.calls.emplace("bpf", plain(SeccompAction::allow));
    EXPECT_TRUE(isAllowed(verdicts, wire::Try::bpf));
}

TEST(Verdict, KnownArgumentsDecide) {
    model::ArchVerdicts verdicts;
    verdicts.calls.emplace("unshare", maskedUnshare());
    EXPECT_FALSE(isAllowed(verdicts, wire::PlannedCall{"unshare", {0x10000000}}));
    EXPECT_TRUE(isAllowed(verdicts, wire::PlannedCall{"unshare", {0x20000}}));
}

TEST(Verdict, AnOpenArgumentMustPassWhateverItIs) {
    model::ArchVerdicts verdicts;
    verdicts.calls.emplace("unshare", maskedUnshare());
    EXPECT_FALSE(isAllowed(verdicts, wire::PlannedCall{"unshare", {}}));
}

TEST(Verdict, EveryCallOfATryMustPass) {
    model::ArchVerdicts verdicts;
    verdicts.calls.emplace("close", plain(SeccompAction::errorNumber));
    EXPECT_FALSE(isAllowed(verdicts, wire::Try::rawSocket));
    EXPECT_TRUE(isAllowed(verdicts, wire::Try::read));
}

TEST(Verdict, KindsStandInTheOrderOfTheirNumbers) {
    for (std::size_t i = 0; i < wire::tryKinds().size(); ++i) {
        EXPECT_EQ(static_cast<std::size_t>(wire::tryKinds()[i].what), i);
        EXPECT_FALSE(wire::tryKinds()[i].calls.empty());
    }
    EXPECT_EQ(wire::tryKinds().back().what, wire::Try::unshareUser);
}

} // namespace
} // namespace bulkhead::twin
