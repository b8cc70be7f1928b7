#include "core/twin/read_back.h"

#include <gtest/gtest.h>

namespace bulkhead::twin {
namespace {

constexpr const char* kStatus =
    "Name:\tsleep\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t \nCapInh:\t0000000000000000\n"
    "CapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\n"
    "CapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t2\n"
    "Speculation_Store_Bypass:\tvulnerable\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

TEST(ReadBack, TheSameIsTrue) {
    for (const auto& [name, same] : compareStatus(kStatus, replaced(kStatus, "sleep", "bulkhead-probe"))) {
        EXPECT_TRUE(same.valueOr(false)) << name;
    }
}

TEST(ReadBack, EachDifferenceIsAGapOfItsOwn) {
    struct Case {
        const char* from;
        const char* to;
        const char* attribute;
        const char* why;
    };
    for (const Case& one : {
             Case{
                 "Uid:\t0\t0\t0\t0", "Uid:\t0\t0\t0\t1", "uid",
                 "the twin has 0\\x090\\x090\\x091, the process 0\\x090\\x090\\x090"},
             Case{
                 "CapEff:\t00000000a80425fb", "CapEff:\t0000000000000000", "capabilities.effective",
                 "the twin has 0000000000000000, the process 00000000a80425fb"},
             Case{"Seccomp:\t2", "Seccomp:\t0", "seccompMode", "the twin has 0, the process 2"},
             Case{"NoNewPrivs:\t0\n", "", "noNewPrivileges", "status NoNewPrivs: not shown"},
         }) {
        const auto same = compareStatus(kStatus, replaced(kStatus, one.from, one.to));
        for (const auto& [name, fact] : same) {
            EXPECT_EQ(fact.unreadable(), name == one.attribute) << name;
        }
        ASSERT_TRUE(same.at(one.attribute).unreadable());
        EXPECT_EQ(same.at(one.attribute).gap().reason, one.why);
    }
}

} // namespace
} // namespace bulkhead::twin
