#include "core/model/id_map.h"

#include <gtest/gtest.h>

namespace bulkhead::model {
namespace {

const IdMap kHost{{{0, 0, 4294967295U}}};
const IdMap kRootless{{{0, 1000, 1}, {1, 100000, 65536}}};

// user_namespaces(7), "User and group ID mappings".
TEST(IdMap, translatesBothWays) {
    EXPECT_EQ(kRootless.toHost(0), 1000U);
    EXPECT_EQ(kRootless.toHost(1), 100000U);
    EXPECT_EQ(kRootless.toHost(65536), 165535U);
    EXPECT_EQ(kRootless.toHost(65537), std::nullopt);
    EXPECT_EQ(kRootless.fromHost(1000), 0U);
    EXPECT_EQ(kRootless.fromHost(165535), 65536U);
    EXPECT_EQ(kRootless.fromHost(165536), std::nullopt);
    EXPECT_EQ(kRootless.fromHost(0), std::nullopt);
    EXPECT_EQ(IdMap{}.toHost(0), std::nullopt);
}

TEST(IdMap, theLastIdOfTheFullMapIsNotMapped) {
    EXPECT_EQ(kHost.toHost(4294967294U), 4294967294U);
    EXPECT_EQ(kHost.toHost(4294967295U), std::nullopt); // (uid_t) -1 is no user
}

TEST(IdMap, rangesAtTheEndDoNotWrap) {
    const IdMap map{{{4294967290U, 4294967280U, 5}}};
    EXPECT_EQ(map.toHost(4294967294U), 4294967284U);
    EXPECT_EQ(map.toHost(0), std::nullopt);
    EXPECT_EQ(map.fromHost(0), std::nullopt);
}

TEST(IdMap, knowsHostRootAndTheFullIdentity) {
    EXPECT_TRUE(kHost.coversHostRoot());
    EXPECT_TRUE(kHost.isFullIdentity());
    EXPECT_FALSE(kRootless.coversHostRoot());
    EXPECT_FALSE(kRootless.isFullIdentity());
    EXPECT_FALSE((IdMap{{{0, 0, 65536}}}.isFullIdentity()));
    EXPECT_TRUE((IdMap{{{5, 0, 1}}}.coversHostRoot()));
    EXPECT_FALSE(IdMap{}.coversHostRoot());
}

TEST(IdMap, countsHostIdsOnce) {
    EXPECT_EQ(kHost.size(), 4294967295U);
    EXPECT_EQ(kRootless.size(), 65537U);
    EXPECT_EQ((IdMap{{{0, 0, 10}, {10, 5, 10}}}.size()), 15U); // host ids 5 to 9 twice
    EXPECT_EQ(IdMap{}.size(), 0U);
}

TEST(IdMap, ordersByTheHostIdsReached) {
    EXPECT_TRUE(kRootless.reachesNoMoreThan(kHost));
    EXPECT_FALSE(kHost.reachesNoMoreThan(kRootless));
    EXPECT_TRUE(kHost.reachesNoMoreThan(kHost));
    EXPECT_TRUE(IdMap{}.reachesNoMoreThan(kRootless));
    const IdMap other{{{0, 200000, 65536}}};
    EXPECT_FALSE(other.reachesNoMoreThan(kRootless));
    EXPECT_FALSE(kRootless.reachesNoMoreThan(other));
    // The same host ids, cut differently and seen under other numbers.
    const IdMap whole{{{0, 100, 20}}};
    const IdMap halves{{{50, 110, 10}, {0, 100, 10}}};
    EXPECT_TRUE(whole.reachesNoMoreThan(halves));
    EXPECT_TRUE(halves.reachesNoMoreThan(whole));
}

TEST(IdMap, readsAsItsFile) {
    EXPECT_EQ(kRootless.toText(), "0 1000 1; 1 100000 65536");
    EXPECT_EQ(IdMap{}.toText(), "");
}

} // namespace
} // namespace bulkhead::model
