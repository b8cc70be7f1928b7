#include "core/threat/version.h"

#include <gtest/gtest.h>

namespace bulkhead::threat {
namespace {

// The order is that of `dpkg --compare-versions` and of `sort -V` for the kernel's own names.
TEST(Version, OrdersAsPackageManagersDo) {
    const std::pair<const char*, const char*> kAscending[] = {
        {"1.1.5", "1.1.12"},
        {"1.1.12", "1.2.0"},
        {"1.0.0-rc6", "1.0.0-rc93"},
        {"1.0.0-rc93", "1.0.0"},
        {"6.8.0-110", "6.8.0-117"},
        {"6.8.0-116-generic", "6.8.0-117"},
        {"5.10.101", "5.10.102"},
        {"6.1.55-1~bpo11", "6.1.55-1"},
        {"2.6.24", "5.17"},
        {"1.1.5+ds1-1", "1.1.5+ds1-2"},
        // semver.org, section 11
        {"1.4.0-rc.1", "1.4.0-rc.2"},
        {"1.4.0-rc.9", "1.4.0-rc.10"},
        {"1.4.0-rc.3", "1.4.0"},
        {"1.5.0-beta.0", "1.5.0"},
        {"1.5.0-alpha.1", "1.5.0-beta.0"},
        {"1.5.0-beta.2", "1.5.0-rc.0"},
        // rpm, as rpmdev-vercmp orders them
        {"5.14.0-362.8.1.el9_3", "5.14.0-362.13.1.el9_3"},
        {"4.18.0-513.5.1.el8_9", "4.18.0-513.18.1.el8_9"},
        {"1.1.9-2.el9", "1.1.12-1.el9"},
        // deb, as dpkg --compare-versions orders them
        {"1.0.0~rc6+dfsg1-3", "1.0.0~rc93+ds1-5"},
        {"1.0.0~rc93+ds1-5", "1.0.0-1"},
        {"20.10.24+dfsg1-1+deb12u1", "20.10.24+dfsg1-1+deb12u2"},
        {"1.0.0~rc6", "1.0.0-rc7"},
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
        {"1.4.0-rc.2+dev", "1.4.0-rc.2"},   {"1.0.0~rc6+dfsg1", "1.0.0~rc6"},
        {"1.5.0-beta.0", "1.5.0-beta.0"},   {"1.1.12-1.el9", "1.1.12"},
        {"5.14.0-362.8.1.el9_3", "5.14.0"}, {"unknown", ""},
    };
    for (const auto& [version, part] : kParts) {
        EXPECT_EQ(upstreamPart(version), part);
    }
}

} // namespace
} // namespace bulkhead::threat
