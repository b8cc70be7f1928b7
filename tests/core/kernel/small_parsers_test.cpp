#include "core/kernel/id_maps.h"
#include "core/kernel/os_release.h"
#include "core/kernel/resource_limits.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

// Columns as kernel/user_namespace.c prints them ("%10u %10u %10u").
TEST(IdMaps, readsTheKernelsColumns) {
    const auto map =
        parseIdMap("uid_map", "         0       1000          1\n         1     100000      65536\n");
    ASSERT_TRUE(map);
    EXPECT_EQ(map->toText(), "0 1000 1; 1 100000 65536");
    EXPECT_TRUE(parseIdMap("uid_map", "         0          0 4294967295\n")->isFullIdentity());
    EXPECT_TRUE(parseIdMap("uid_map", "")->ranges.empty()); // not written yet
}

TEST(IdMaps, refusesOtherLines) {
    const auto message = [](const std::string& text) { return parseIdMap("gid_map", text).error().message; };
    EXPECT_EQ(message("0 0\n"), "gid_map line 1: expected three numbers");
    EXPECT_EQ(message("0 0 1\n0 0 1 2\n"), "gid_map line 2: expected three numbers");
    EXPECT_EQ(message("0 0 4294967296\n"), "gid_map line 1: expected three numbers");
    EXPECT_EQ(message("0 -1 1\n"), "gid_map line 1: expected three numbers");
    std::string many;
    for (int i = 0; i < 341; ++i) {
        many += "0 0 1\n";
    }
    EXPECT_EQ(message(many), "gid_map: more than 340 lines");
}

// Columns as fs/proc/base.c prints them.
TEST(ResourceLimits, readsByTheNamesOfGetrlimit) {
    const auto limits = parseResourceLimits(
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max cpu time              unlimited            unlimited            seconds   \n"
        "Max open files            1024                 524288               files     \n"
        "Max nice priority         0                    0                    \n"
        "Max things to come        1                    2                    things    \n");
    ASSERT_TRUE(limits);
    EXPECT_EQ(limits->size(), 3U);
    EXPECT_EQ(limits->at("RLIMIT_CPU"), (model::ResourceLimit{std::nullopt, std::nullopt}));
    EXPECT_EQ(limits->at("RLIMIT_NOFILE"), (model::ResourceLimit{1024, 524288}));
    EXPECT_EQ(limits->at("RLIMIT_NICE"), (model::ResourceLimit{0, 0}));
}

TEST(ResourceLimits, refusesTruncatedLines) {
    EXPECT_EQ(
        parseResourceLimits("Limit\nMax open files            1024\n").error().message,
        "limits line 2: expected two limits after Max open files");
    EXPECT_EQ(
        parseResourceLimits("Max processes             many                 1 processes\n").error().message,
        "limits line 1: expected two limits after Max processes");
}

// os-release(5): values may stand in single or double quotes.
TEST(OsRelease, findsThePrettyName) {
    EXPECT_EQ(
        parsePrettyName("NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"),
        "Debian GNU/Linux 12 (bookworm)");
    EXPECT_EQ(parsePrettyName("PRETTY_NAME='Fedora Linux 40'"), "Fedora Linux 40");
    EXPECT_EQ(parsePrettyName("PRETTY_NAME=Alpine\n"), "Alpine");
    EXPECT_EQ(parsePrettyName("PRETTY_NAME=\"a\x1b[31mb\"\n"), "a\\x1b[31mb");
    EXPECT_EQ(parsePrettyName("NAME=x\nNOT_PRETTY_NAME=y\n"), std::nullopt);
}

} // namespace
} // namespace bulkhead::kernel
