#include "core/threat/version.h"

#include <gtest/gtest.h>

namespace bulkhead::threat {
namespace {

// The order is that of `dpkg --compare-versions` and of `sort -V` for the kernel's own names.
TEST(Version, OrdersAsPackageManagersDo) {
    const std::pair<const char*, const char*> kAscending[] = {
        {"1.1.5", "1.1.12"},         {"1.1.12", "1.2.0"},
        {"1.0.0-rc6", "1.0.0-rc93"}, {"1.0.0-rc93", "1.0.0"},
        {"6.8.0-110", "6.8.0-117"},  {"6.8.0-116-generic", "6.8.0-117"},
        {"5.10.101", "5.10.102"},    {"6.1.55-1~bpo11", "6.1.55-1"},
        {"2.6.24", "5.17"},          {"1.1.5+ds1-1", "1.1.5+ds1-2"},
    };
    for (const auto& [older, newer] : kAscending) {
        EXPECT_TRUE(compareVersions(older, newer) < 0) << older << " " << newer;
        EXPECT_TRUE(compareVersions(newer, older) > 0) << older << " " << newer;
    }
    EXPECT_TRUE(compareVersions("1.02", "1.2") == 0);
    EXPECT_TRUE(compareVersions("6.8.0-117-generic", "6.8.0-117") >= 0);
}

TEST(Version, TheUpstreamPartLeads) {
    const std::pair<const char*, const char*> kParts[] = {
        {"6.18.44-fc-v782", "6.18.44"},     {"v1.1.5+ds1", "1.1.5"},
        {"1.0.0-rc6+dev", "1.0.0-rc6"},     {"6.1.0-42-amd64", "6.1.0"},
        {"5.14.0-362.8.1.el9_3", "5.14.0"}, {"unknown", ""},
    };
    for (const auto& [version, part] : kParts) {
        EXPECT_EQ(upstreamPart(version), part);
    }
}

} // namespace
} // namespace bulkhead::threat
