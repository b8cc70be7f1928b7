#include "core/seccomp/profile.h"

#include <cerrno>
#include <gtest/gtest.h>

namespace bulkhead::seccomp {
namespace {

std::string refusal(const std::string& json) {
    const auto profile = parseProfile(json, "p.json");
    return profile ? "accepted" : profile.error().message;
}

TEST(Profile, whatIsWrongIsNamedByItsField) {
    EXPECT_EQ(
        refusal(R"({"defaultAction": "SCMP_ACT_X"})"), "p.json: defaultAction: no such name: SCMP_ACT_X");
    EXPECT_EQ(
        refusal(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 5000})"),
        "p.json: defaultErrnoRet: expected a number from 0 to 4095");
    EXPECT_EQ(
        refusal(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"action": "SCMP_ACT_ALLOW"}]})"),
        "p.json: syscalls[0]: expected names of system calls");
    EXPECT_EQ(
        refusal(R"({"defaultAction": "SCMP_ACT_ERRNO",
                    "syscalls": [{"name": "read", "names": ["write"], "action": "SCMP_ACT_ALLOW"}]})"),
        "p.json: syscalls[0].name: both name and names are given");
    EXPECT_EQ(
        refusal(
            R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW",
                    "args": [{"index": 6, "op": "SCMP_CMP_EQ"}]}]})"),
        "p.json: syscalls[0].args[0].index: expected a number from 0 to 5");
    EXPECT_EQ(
        refusal(R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86"],
                    "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []}]})"),
        "p.json: archMap: given beside architectures; engines take one of the two");
    EXPECT_EQ(
        refusal(
            R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ERRNO",
                    "errnoRet": 1, "errno": "ENOSYS"}]})"),
        "p.json: syscalls[0].errno: another error than syscalls[0].errnoRet");
    EXPECT_EQ(
        refusal(R"({"ociVersion": "1.0.2", "linux": {}})"),
        "p.json: linux.seccomp: absent, the container has no filter");
}

Profile profileOf(const std::string& json) {
    const auto profile = parseProfile(json, "p.json");
    EXPECT_TRUE(profile) << (profile ? "" : profile.error().message);
    return profile.value_or(Profile{});
}

// moby profiles/seccomp/seccomp_linux.go: excluded by any capability, included by all.
TEST(Profile, conditionsAreDecidedAsTheEngineDoes) {
    const Profile profile = profileOf(R"({"defaultAction": "SCMP_ACT_ERRNO",
        "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
                    {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]}],
        "syscalls": [
          {"names": ["a"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_CHOWN", "CAP_KILL"]}},
          {"names": ["b"], "action": "SCMP_ACT_ALLOW", "excludes": {"caps": ["CAP_CHOWN", "CAP_SYS_ADMIN"]}},
          {"names": ["c"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["arm64"]}},
          {"names": ["d"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["amd64"]}},
          {"names": ["e"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}},
          {"name": "f", "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "6.2"}, "excludes": null}]})");
    ProfileTarget target;
    target.bounding.add(*model::capabilityNamed("CAP_CHOWN"));
    target.kernel = {6, 1};
    const auto calls = [&] {
        std::string all;
        for (const ProfileRule& rule : resolveProfile(profile, target).rules) {
            all += rule.calls.front();
        }
        return all;
    };
    EXPECT_EQ(calls(), "e");
    target.bounding.add(*model::capabilityNamed("CAP_KILL"));
    EXPECT_EQ(calls(), "ae");
    target.bounding = {};
    target.architecture = "aarch64";
    target.kernel = {6, 2};
    EXPECT_EQ(calls(), "bcdef");
    EXPECT_EQ(
        resolveProfile(profile, target).architectures,
        (std::vector<std::string>{"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"}));
}

TEST(Profile, namesThatLibseccompDoesNotKnowAreToldAndNotRefused) {
    const Profile profile =
        profileOf(R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
        "syscalls": [{"names": ["read", "nosuchcall", "nosuchcall"], "action": "SCMP_ACT_ALLOW"}]})");
    const auto compiled = compileProfile(profile, ProfileRuntime::crun);
    ASSERT_TRUE(compiled) << compiled.error().message;
    EXPECT_EQ(compiled->unknown.names, std::vector<std::string>{"nosuchcall"});
}

// What runc 1.1.5 installs before a profile for x86_64 whose greatest call is read (0) is nothing for read
// alone: a greatest number of 0 counts as none. With write (1): ld arch; jeq x86_64; ja; ld nr; jset x32; jgt
// 1; ja; ja 1; ret.
TEST(Profile, runcsStubStandsBeforeTheProfile) {
    const Profile profile =
        profileOf(R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
        "syscalls": [{"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"}]})");
    const auto with = compileProfile(profile, ProfileRuntime::runc);
    const auto alone = compileProfile(profile, ProfileRuntime::crun);
    ASSERT_TRUE(with && alone);
    const Program stub = {{0x20, 0, 0, 4}, {0x15, 1, 0, 0xc000003e}, {0x05, 0, 0, 6},
                          {0x20, 0, 0, 0}, {0x45, 1, 0, 0x40000000}, {0x25, 2, 0, 1},
                          {0x05, 0, 0, 2}, {0x05, 0, 0, 1},          {0x06, 0, 0, 0x00050026}};
    Program expected = stub;
    expected.insert(expected.end(), alone->program.begin(), alone->program.end());
    EXPECT_EQ(with->program, expected);
}

// What is written is compiled by libseccomp to the same program, instruction by instruction.
TEST(Profile, whatIsWrittenIsTheSameFilter) {
    const Profile profile = profileOf(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], "flags": ["SECCOMP_FILTER_FLAG_LOG"],
        "syscalls": [
          {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
          {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
           "args": [{"index": 0, "value": 2114060288, "valueTwo": 1, "op": "SCMP_CMP_MASKED_EQ"}]},
          {"names": ["socket"], "action": "SCMP_ACT_ALLOW",
           "args": [{"index": 0, "value": 18446744073709551615, "op": "SCMP_CMP_NE"},
                    {"index": 1, "value": 3, "op": "SCMP_CMP_GE"}]},
          {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1},
          {"names": ["ptrace"], "action": "SCMP_ACT_KILL_PROCESS"},
          {"names": ["mount"], "action": "SCMP_ACT_TRACE", "errnoRet": 7}]})");
    const std::string written = writeProfile(profile);
    const auto before = compileProfile(profile, ProfileRuntime::libseccomp);
    const auto after = compileProfile(profileOf(written), ProfileRuntime::libseccomp);
    ASSERT_TRUE(before) << before.error().message;
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_TRUE(before->program == after->program) << written;
    EXPECT_TRUE(after->log);
    EXPECT_EQ(profileOf(written).rules[3].action, profile.rules[3].action);
    EXPECT_EQ(profileOf(written).otherwise, profile.otherwise);
}

TEST(Profile, aReleaseIsItsFirstTwoNumbers) {
    EXPECT_EQ(parseKernelVersion("6.1.0-18-amd64"), (KernelVersion{6, 1}));
    EXPECT_EQ(parseKernelVersion("4.8"), (KernelVersion{4, 8}));
    EXPECT_FALSE(parseKernelVersion("6"));
    EXPECT_FALSE(parseKernelVersion("x.1"));
}

} // namespace
} // namespace bulkhead::seccomp
