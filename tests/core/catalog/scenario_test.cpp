#include "core/catalog/scenario.h"
#include "core/os/temporary_directory.h"

#include <fstream>
#include <gtest/gtest.h>

namespace bulkhead::catalog {

namespace {

const std::string kHead = "name: mine\ntitle: Mine\norder: 1\n";

base::Result<Scenario> parse(const std::string& rest) {
    return parseScenario(kHead + rest, "s.yaml", {"docker-default", "mine"});
}

struct Rejected {
    std::string yaml;
    std::string message;
};

} // namespace

TEST(ParseScenario, WithNothingSaidIsDocker) {
    const auto scenario = parse("");
    ASSERT_TRUE(scenario) << scenario.error().message;
    // /proc/PID/status of a container of Docker: CapEff 00000000a80425fb
    EXPECT_EQ(scenario->capabilities.mask(), 0xa80425fbU);
    EXPECT_EQ(scenario->seccomp, "docker-default");
    EXPECT_TRUE(scenario->protectPaths);
    EXPECT_TRUE(scenario->readOnlyKernelFiles);
    EXPECT_FALSE(scenario->readOnlyRoot);
    EXPECT_FALSE(scenario->noNewPrivileges);
    EXPECT_FALSE(scenario->userNamespace);
    EXPECT_EQ(asksOf(*scenario), std::vector<std::string>{});
}

TEST(ParseScenario, PrivilegedTakesAllOfItAway) {
    const auto scenario = parse("privileged: true\n");
    ASSERT_TRUE(scenario);
    EXPECT_EQ(scenario->capabilities.size(), 41U);
    EXPECT_EQ(scenario->seccomp, "");
    EXPECT_FALSE(scenario->protectPaths);
    EXPECT_FALSE(scenario->readOnlyKernelFiles);
    EXPECT_TRUE(scenario->hostDevices);
    EXPECT_TRUE(scenario->openDevicePolicy);
    EXPECT_EQ(asksOf(*scenario), std::vector<std::string>{"everything"});
}

TEST(ParseScenario, WhatIsSaidStandsOverPrivileged) {
    const auto scenario = parse("seccomp: docker-default\ncapabilities: [CAP_CHOWN]\nprivileged: true\n");
    ASSERT_TRUE(scenario);
    EXPECT_EQ(scenario->seccomp, "docker-default");
    EXPECT_EQ(scenario->capabilities.sortedNames(), std::vector<std::string>{"CAP_CHOWN"});
}

TEST(ParseScenario, ReadsEveryKey) {
    const auto scenario =
        parse("summary: words\nuser: {uid: 1000, gid: 7}\n"
              "userNamespace: {outside: 200000, length: 65536}\ncapabilities: none\n"
              "noNewPrivileges: true\nrootFilesystem: read-only\nkernelFilesystems: writable\n"
              "devices: host\ndevicePolicy: everything\nprotectedPaths: none\nseccomp: none\n"
              "directories: [{target: /host, access: read-only}]\n"
              "limits: {pids: 64, memory: 33554432, cpu: 500}\nrlimits: {RLIMIT_CORE: 0}\n");
    ASSERT_TRUE(scenario) << scenario.error().message;
    EXPECT_EQ(std::pair(scenario->uid, scenario->gid), std::pair(1000U, 7U));
    EXPECT_EQ(scenario->userNamespace, (UserMapping{false, 200000, 65536}));
    EXPECT_TRUE(scenario->capabilities.empty());
    EXPECT_EQ(scenario->directories, (std::vector<LabDirectory>{{"/host", true}}));
    EXPECT_EQ(scenario->limits, (AskedLimits{64, 33554432, 500}));
    EXPECT_EQ(scenario->rlimits.at("RLIMIT_CORE"), (model::ResourceLimit{0, 0}));
    EXPECT_EQ(
        asksOf(*scenario),
        (std::vector<std::string>{
            "user namespace", "non-root user", "no capabilities", "no_new_privs", "no seccomp filter",
            "no protected paths", "read-only root", "writable kernel file systems", "host devices",
            "any device", "host directory /host", "limits"}));
}

TEST(ParseScenario, RefusesWithFileLineAndField) {
    const std::vector<Rejected> kTable = {
        {"capabilities: [CAP_FOO]",
         "s.yaml:4: capabilities: no capability is named CAP_FOO; capabilities(7) lists them, CAP_CHOWN for "
         "example"},
        {"capabilities: [CAP_57]",
         "s.yaml:4: capabilities: no capability is named CAP_57; capabilities(7) lists them, CAP_CHOWN for "
         "example"},
        {"capabilities: some", "s.yaml:4: capabilities: one of docker-default, all, none is expected"},
        {"capabilities: {a: b}", "s.yaml:4: capabilities: a list of texts is expected"},
        {"order: 2", "s.yaml:4: order: stands here twice, first on line 3"},
        {"\nnoNewPrivileges: yes", "s.yaml:5: noNewPrivileges: true or false is expected"},
        {"noNewPrivileges: \"true\"", "s.yaml:4: noNewPrivileges: true or false is expected"},
        {"limits: {pids: many}", "s.yaml:4: limits.pids: a whole number from 0 to 4194304 is expected"},
        {"limits: {pids: 0}",
         "s.yaml:4: limits.pids: a limit of 0 lets nothing start; 1 is the least, and without the key there "
         "is no limit"},
        // what runc 1.1.5 on kernel 6.18 starts nothing under
        {"limits: {memory: 2097152}",
         "s.yaml:4: limits.memory: a limit of 2097152 lets nothing start; 33554432 is the least, and without "
         "the key there is no limit"},
        {"limits:\n  pids: 1\n  cpu: 9", "s.yaml:6: limits.cpu: a limit of 9 lets nothing start; 10 is the "
                                         "least, and without the key there is "
                                         "no limit"},
        {"rlimits: {RLIMIT_NOFILE: 8}",
         "s.yaml:4: rlimits.RLIMIT_NOFILE: a limit of 8 lets nothing start; 16 is the least, and without the "
         "key there is no limit"},
        {"rlimits: {RLIMIT_CORE: 0, RLIMIT_CPU: 0}",
         "s.yaml:4: rlimits.RLIMIT_CPU: a limit of 0 lets nothing start; 4 is the least, and without the key "
         "there is no limit"},
        {"limits: {pids: -1}", "s.yaml:4: limits.pids: a whole number from 0 to 4194304 is expected"},
        {"limits: {swap: 1}", "s.yaml:4: limits.swap: no such key; there are pids, memory, cpu"},
        {"limits: 5", "s.yaml:4: limits: a map of keys and values is expected"},
        {"rlimits: {RLIMIT_FOO: 1}",
         "s.yaml:4: rlimits.RLIMIT_FOO: no such resource limit; getrlimit(2) lists them"},
        {"directories: [{target: host}]",
         "s.yaml:4: directories[0].target: an absolute path without . and .. is expected"},
        {"directories: [{target: /a/../etc}]",
         "s.yaml:4: directories[0].target: an absolute path without . and .. is expected"},
        {"directories: [{access: read-only}]", "s.yaml:4: directories[0].target: is missing"},
        {"launcher: unprivileged",
         "s.yaml:1: userNamespace: an unprivileged launch maps one id only; write userNamespace: launcher"},
        {"user: {uid: 70000}\nuserNamespace: {outside: 1, length: 65536}",
         "s.yaml:4: user: the user namespace maps 65536 ids from 0; the user is beyond them"},
        {"userNamespace: {outside: 200000, length: 0}",
         "s.yaml:1: user: the user namespace maps 0 ids from 0; the user is beyond them"},
        {"seccomp: ../secret",
         "s.yaml:4: seccomp: no profile is named ../secret; there are docker-default, mine, none"},
        {"\nseccomp: nowhere",
         "s.yaml:5: seccomp: no profile is named nowhere; there are docker-default, mine, none"},
        {"seccomp: \"\"", "s.yaml:4: seccomp: a text is expected, none for no filter"},
        {"a: &x 1", "s.yaml:4: anchors are not accepted; write the value out"},
        {"a: !!binary x", "s.yaml:4: tags are not accepted"},
        {"[a, b]: c", "s.yaml:4: a key must be plain text"},
        {"a: [", "s.yaml:5: not YAML: end of sequence flow not found"},
        {"---\nb: c", "s.yaml:5: a second document; one is expected"},
    };
    for (const Rejected& row : kTable) {
        const auto scenario = parse(row.yaml + "\n");
        ASSERT_FALSE(scenario) << row.yaml;
        EXPECT_EQ(scenario.error(), (base::Error{base::ErrorKind::malformed, row.message})) << row.yaml;
    }
}

TEST(ParseScenario, RefusesWhatHasNoName) {
    EXPECT_EQ(
        parseScenario("", "s.yaml", {}).error().message, "s.yaml:1: a map of keys and values is expected");
    EXPECT_EQ(
        parseScenario("title: x\norder: 1\n", "s.yaml", {}).error().message, "s.yaml:1: name: is missing");
    EXPECT_EQ(
        parseScenario("name: ../x\ntitle: x\norder: 1\n", "s.yaml", {}).error().message,
        "s.yaml:1: name: lower-case letters, digits and hyphens are expected, at most 32");
}

TEST(ParseScenario, BoundsDepthSizeAndCount) {
    const auto deep = parse("a: " + std::string(40, '[') + std::string(40, ']'));
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().message, "s.yaml:4: nested deeper than 16 levels");
    EXPECT_EQ(parse(std::string(300000, '#')).error().message, "s.yaml:1: larger than 262144 bytes");
    std::string many = "a: [";
    for (int i = 0; i < 30000; ++i) {
        many += "1, ";
    }
    EXPECT_EQ(parse(many + "1]").error().message, "s.yaml:4: more than 20000 values");
}

TEST(ReadScenarios, OursStandInTeachingOrder) {
    const auto scenarios = readScenarios("scenarios", "resources/profiles");
    ASSERT_TRUE(scenarios) << scenarios.error().message;
    std::vector<std::string> names;
    std::map<std::string, std::vector<std::string>> asks;
    for (const Scenario& scenario : *scenarios) {
        names.push_back(scenario.name);
        asks[scenario.name] = asksOf(scenario);
    }
    EXPECT_EQ(
        names, (std::vector<std::string>{
                   "default", "read-only", "rootless", "privileged", "host-directory", "hardened"}));
    EXPECT_EQ(asks["default"], std::vector<std::string>{});
    EXPECT_EQ(asks["read-only"], std::vector<std::string>{"read-only root"});
    EXPECT_EQ(asks["rootless"], std::vector<std::string>{"user namespace"});
    EXPECT_EQ(asks["privileged"], std::vector<std::string>{"everything"});
    EXPECT_EQ(asks["host-directory"], std::vector<std::string>{"host directory /host"});
}

TEST(ReadScenarios, NameAndFolderAreTheSame) {
    const auto folder = os::TemporaryDirectory::make("bulkhead-test");
    const auto file = folder->path() / "other" / "scenario.yaml";
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << kHead;
    EXPECT_EQ(
        readScenarios(folder->path(), "resources/profiles").error().message,
        file.string() + ":1: name: is mine and the folder is other; both must be the same");
    std::filesystem::remove(file);
    EXPECT_EQ(
        readScenarios(folder->path(), "resources/profiles").error().message,
        folder->path().string() + ": no scenario in this folder; expected NAME/scenario.yaml");
}

} // namespace bulkhead::catalog
