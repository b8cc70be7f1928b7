#include "core/model/attack_authority.h"
#include "core/model/truth.h"

#include <gtest/gtest.h>

namespace bulkhead::model {
namespace {

// Kleene's strong three-valued logic, written out as its truth tables stand in "Introduction to
// Metamathematics" (1952), section 64.
TEST(Truth, FollowsKleenesTables) {
    using enum Truth;
    EXPECT_EQ(both(yes, yes), yes);
    EXPECT_EQ(both(yes, unknown), unknown);
    EXPECT_EQ(both(unknown, unknown), unknown);
    EXPECT_EQ(both(no, unknown), no);
    EXPECT_EQ(both(unknown, no), no);
    EXPECT_EQ(either(no, unknown), unknown);
    EXPECT_EQ(either(unknown, yes), yes);
    EXPECT_EQ(either(no, no), no);
    EXPECT_EQ(opposite(yes), no);
    EXPECT_EQ(opposite(no), yes);
    EXPECT_EQ(opposite(unknown), unknown);
}

TEST(AttackAuthority, IsTheClosedListOfTheProduct) {
    EXPECT_EQ(Names<AttackAuthority>::names.size(), 16U);
    EXPECT_EQ(valueNamed<AttackAuthority>("host-denial-of-service"), AttackAuthority::hostDenialOfService);
    EXPECT_EQ(valueNamed<AttackAuthority>("host root"), std::nullopt);
}

} // namespace
} // namespace bulkhead::model
