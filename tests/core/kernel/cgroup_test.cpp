#include "core/kernel/cgroup_file.h"
#include "core/kernel/cgroup_limits.h"
#include "core/kernel/device_policy.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

using model::DeviceRules;
using model::Fact;
using Paths = std::vector<std::string>;

TEST(CgroupFile, splitsAtTheFirstTwoColons) {
    const auto places = parseCgroupFile("9:name=systemd:/a:b\n4:cpu,cpuacct:/x y\n0::/gone (deleted)\n");
    ASSERT_TRUE(places);
    EXPECT_EQ((*places)[0], (CgroupPlace{9, {"name=systemd"}, "/a:b", false}));
    EXPECT_EQ((*places)[1], (CgroupPlace{4, {"cpu", "cpuacct"}, "/x y", false}));
    EXPECT_EQ((*places)[2], (CgroupPlace{0, {}, "/gone", true}));
    EXPECT_TRUE((*places)[1].has("cpuacct"));
    EXPECT_FALSE((*places)[1].has("cpuset"));
}

TEST(CgroupFile, refusesOtherLines) {
    const auto message = [](const std::string& text) { return parseCgroupFile(text).error().message; };
    EXPECT_EQ(message("0::/\nx\n"), "cgroup line 2: expected ID:CONTROLLERS:PATH");
    EXPECT_EQ(message("0:/\n"), "cgroup line 1: expected ID:CONTROLLERS:PATH");
    EXPECT_EQ(message("a:b:/\n"), "cgroup line 1: expected ID:CONTROLLERS:PATH");
    EXPECT_EQ(message("1:b:relative\n"), "cgroup line 1: expected ID:CONTROLLERS:PATH");
    std::string many;
    for (int i = 0; i < 65; ++i) {
        many += "0::/\n";
    }
    EXPECT_EQ(message(many), "cgroup: more than 64 lines");
}

MountTree treeOf(const std::string& lines) {
    return buildMountTree(*parseMountinfo("1 0 0:9 / / rw - ext4 o rw\n" + lines));
}

const std::string kPids = "2 1 0:36 / /cg/pids rw - cgroup cgroup rw,pids\n";
const std::string kUnified = "3 1 0:38 / /cg/unified rw - cgroup2 cgroup2 rw\n";

TEST(CgroupVersion, isWhatTheHostMounts) {
    EXPECT_EQ(cgroupVersionOf(treeOf(kPids)), "v1");
    EXPECT_EQ(cgroupVersionOf(treeOf(kUnified)), "v2");
    EXPECT_EQ(cgroupVersionOf(treeOf(kPids + kUnified)), "hybrid");
    EXPECT_EQ(cgroupVersionOf(treeOf("")), std::nullopt);
}

TEST(CgroupDirectories, leadFromTheGroupToTheRoot) {
    const auto places = *parseCgroupFile("8:pids:/a/b\n0::/u\n");
    const auto pids = findCgroupDirectories(places, treeOf(kPids + kUnified), "pids");
    ASSERT_TRUE(pids) << pids.error().message;
    EXPECT_EQ(pids->leafFirst, (Paths{"/cg/pids/a/b", "/cg/pids/a", "/cg/pids"}));
    EXPECT_FALSE(pids->unified);
    const auto memory = findCgroupDirectories(places, treeOf(kPids + kUnified), "memory");
    ASSERT_TRUE(memory);
    EXPECT_EQ(memory->leafFirst, (Paths{"/cg/unified/u", "/cg/unified"}));
    EXPECT_TRUE(memory->unified);
    const auto root = findCgroupDirectories(*parseCgroupFile("0::/\n"), treeOf(kUnified), "");
    EXPECT_EQ(root->leafFirst, Paths{"/cg/unified"});
}

TEST(CgroupDirectories, aMountOfASubtreeShowsOnlyThat) {
    const auto places = *parseCgroupFile("0::/slice/box\n");
    const MountTree subtree = treeOf("3 1 0:38 /slice /cg rw - cgroup2 cgroup2 rw\n");
    EXPECT_EQ(findCgroupDirectories(places, subtree, "")->leafFirst, (Paths{"/cg/box", "/cg"}));
}

TEST(CgroupDirectories, whatCannotBeFoundHasItsReason) {
    const auto message = [](const std::string& file, const std::string& mounts, std::string_view controller) {
        return findCgroupDirectories(*parseCgroupFile(file), treeOf(mounts), controller).error().message;
    };
    EXPECT_EQ(
        message("0::/../x\n", kUnified, ""), "cgroup /../x: outside what our control group namespace shows");
    EXPECT_EQ(message("0::/x (deleted)\n", kUnified, ""), "cgroup /x: was deleted");
    EXPECT_EQ(message("0::/x\n", kPids, ""), "cgroup /x: its hierarchy is not mounted on the host");
    EXPECT_EQ(message("8:pids:/x\n", kPids, "memory"), "cgroup: no hierarchy has the controller memory");
    std::string deep = "0::";
    for (int i = 0; i < 70; ++i) {
        deep += "/d";
    }
    EXPECT_EQ(message(deep + "\n", kUnified, ""), "cgroup: nested more than 64 deep");
}

TEST(CgroupPath, prefersWhereDevicesAreDecided) {
    EXPECT_EQ(pathOf(*parseCgroupFile("8:pids:/p\n5:devices:/d\n0::/u\n")), "/d");
    EXPECT_EQ(pathOf(*parseCgroupFile("8:pids:/p\n0::/u\n")), "/p");
    EXPECT_EQ(pathOf(*parseCgroupFile("0::/u\n")), "/u");
}

// Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
TEST(CgroupLimits, readsEachFormat) {
    EXPECT_EQ(parseBound("64\n").value(), Bound(64));
    EXPECT_EQ(parseBound("0\n").value(), Bound(0));
    EXPECT_EQ(parseBound("max\n").value(), Bound());
    EXPECT_EQ(parseBound("-1\n").value(), Bound());
    EXPECT_EQ(parseBound("9223372036854771712\n").value(), Bound()); // version 1, pages of 4 KiB
    EXPECT_EQ(parseBound("9223372036854710272\n").value(), Bound()); // pages of 64 KiB
    EXPECT_EQ(parseCpuMax("150000 100000\n").value(), Bound(1500));
    EXPECT_EQ(parseCpuMax("max 100000\n").value(), Bound());
    EXPECT_EQ(
        parseIoMax("8:0 rbps=max wbps=1048576 riops=max wiops=120\n8:16 rbps=2097152 wbps=max\n").value(),
        Bound(1048576));
    EXPECT_EQ(parseIoMax("").value(), Bound());
    EXPECT_EQ(parseThrottle("8:0 1048576\n8:16 500\n").value(), Bound(500));
    EXPECT_EQ(parseThrottle("").value(), Bound());
}

TEST(CgroupLimits, countsProcessors) {
    EXPECT_EQ(parseProcessors("0-3,8\n").value(), Bound(5));
    EXPECT_EQ(parseProcessors("0\n").value(), Bound(1));
    EXPECT_EQ(parseProcessors("3-1\n").error().message, "expected a limit, found \"3-1\"");
    EXPECT_EQ(parseProcessors("\n").error().message, "expected a limit, found \"\"");
}

TEST(CgroupLimits, refusesOtherTexts) {
    EXPECT_EQ(parseBound("many\n").error().message, "expected a limit, found \"many\"");
    EXPECT_EQ(parseBound("-2\n").error().message, "expected a limit, found \"-2\"");
    EXPECT_EQ(parseBound("").error().message, "expected a limit, found \"\"");
    EXPECT_EQ(parseCpuMax("100\n").error().message, "expected a limit, found \"100\"");
    EXPECT_EQ(parseCpuMax("100 0\n").error().message, "expected a limit, found \"100 0\"");
    EXPECT_EQ(parseIoMax("8:0 rbps=x\n").error().message, "expected a limit, found \"x\"");
    EXPECT_EQ(parseThrottle("8:0\n").error().message, "expected a limit, found \"8:0\"");
}

TEST(DeviceList, readsRulesByLine) {
    const auto rules = parseDeviceList("c *:* m\nc 1:3 rwm\n");
    ASSERT_TRUE(rules);
    EXPECT_EQ(rules->allowed.size(), 2U);
    EXPECT_EQ(rules->allowed[1].toText(), "c 1:3 rwm");
    EXPECT_TRUE(parseDeviceList("a *:* rwm\n")->allowsAll());
    EXPECT_FALSE(parseDeviceList("")->permitsAny());
    EXPECT_EQ(
        parseDeviceList("a *:* rwm\nc 1:x r\n").error().message,
        "devices.list line 2: expected TYPE MAJOR:MINOR ACCESS");
}

// Both versions apply: an access passes where both let it pass.
TEST(DevicePolicy, isTheConjunctionOfBothVersions) {
    const Fact<DeviceRules> list(*parseDeviceList("c 1:3 rwm\n"), observed("devices.list"));
    const Fact<DeviceRules> open(DeviceRules::everything(), observed("devices.list"));
    const Fact<DeviceRules> programs(*parseDeviceList("c 1:* r\nb *:* m\n"), observed("query"));
    const Fact<DeviceRules> noController;
    EXPECT_EQ(conjunctionOf(list, open).value(), list.value());
    EXPECT_EQ(conjunctionOf(open, programs).value(), programs.value());
    EXPECT_EQ(conjunctionOf(noController, programs).value(), programs.value());
    EXPECT_EQ(conjunctionOf(list, programs).value().lines(), Paths{"c 1:3 r"});
    EXPECT_EQ(conjunctionOf(list, programs).evidence().kind, model::EvidenceKind::inferred);
    const Fact<DeviceRules> refused(model::Unreadable{"x BPF_PROG_QUERY: EPERM", "CAP_SYS_ADMIN"});
    EXPECT_EQ(conjunctionOf(open, refused).gap().reason, "x BPF_PROG_QUERY: EPERM");
    const Fact<DeviceRules> unread(model::Unreadable{"devices.list: EACCES", ""});
    EXPECT_EQ(conjunctionOf(unread, open).gap().reason, "devices.list: EACCES");
}

TEST(DevicePolicy, oneUnreadProgramLeavesAllUnknown) {
    const BpfInstruction permit{0xB7, 0, 0, 0, 1};
    const BpfInstruction exit{0x95, 0, 0, 0, 0};
    DevicePrograms programs;
    EXPECT_TRUE(permittedBy(programs, "q").value().allowsAll());
    programs.push_back(std::vector<BpfInstruction>{permit, exit});
    EXPECT_TRUE(permittedBy(programs, "q").value().allowsAll());
    programs.push_back(std::unexpected(Failure{1, {"device program 9: EPERM", "CAP_SYS_ADMIN"}}));
    EXPECT_EQ(permittedBy(programs, "q").gap().reason, "device program 2 of 2: device program 9: EPERM");
    EXPECT_EQ(permittedBy(programs, "q").gap().needs, "CAP_SYS_ADMIN");
}

} // namespace
} // namespace bulkhead::kernel
