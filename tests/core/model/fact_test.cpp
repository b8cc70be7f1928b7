#include "core/model/fact.h"

#include <gtest/gtest.h>
#include <vector>

namespace bulkhead::model {
namespace {

using List = Fact<std::vector<std::string>>;

TEST(Fact, emptyUnreadableAndUnstatedAreThreeThings) {
    const List empty({}, {EvidenceKind::observed, "/proc/1/mountinfo", "", 0});
    const List unreadable(Unreadable{"Permission denied", "CAP_SYS_PTRACE"});
    const List unstated;
    EXPECT_TRUE(empty.known() && !empty.unreadable() && !empty.unstated());
    EXPECT_TRUE(!unreadable.known() && unreadable.unreadable() && !unreadable.unstated());
    EXPECT_TRUE(!unstated.known() && !unstated.unreadable() && unstated.unstated());
    EXPECT_NE(empty, unreadable);
    EXPECT_NE(empty, unstated);
    EXPECT_NE(unreadable, unstated);
}

TEST(Fact, aValueComesWithItsEvidence) {
    const Fact<int> fact(7, {EvidenceKind::declared, "config.json process.user.uid", "config.json", 12});
    EXPECT_EQ(fact.value(), 7);
    ASSERT_NE(fact.get(), nullptr);
    EXPECT_EQ(fact.evidence().line, 12);
    EXPECT_NE(fact, (Fact<int>(7, {EvidenceKind::observed, "/proc/1/status Uid", "", 0})));
}

TEST(Fact, aGapKeepsItsReason) {
    const Fact<int> fact(Unreadable{"Permission denied", "CAP_SYS_PTRACE"});
    EXPECT_EQ(fact.gap().reason, "Permission denied");
    EXPECT_EQ(fact.gap().needs, "CAP_SYS_PTRACE");
    EXPECT_EQ(fact.get(), nullptr);
    EXPECT_EQ(fact.valueOr(3), 3);
}

} // namespace
} // namespace bulkhead::model
