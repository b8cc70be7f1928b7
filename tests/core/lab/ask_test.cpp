#include "core/lab/ask.h"
#include "core/lab/declared.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::lab {

using catalog::Scenario;
using model::CapabilitySet;

namespace {

constexpr std::uint64_t kAll = (std::uint64_t{1} << 41) - 1;
constexpr std::uint64_t kSysResource = std::uint64_t{1} << 24; // include/uapi/linux/capability.h

/// A root launcher on a hybrid machine that lacks CAP_SYS_RESOURCE, as virtual machines of CI often are.
LaunchContext context() {
    LaunchContext c;
    c.machine.ground.launcher = CapabilitySet(kAll & ~kSysResource);
    c.machine.ground.kernelRelease = "6.1.0";
    c.machine.ground.architecture = "x86_64";
    c.machine.ground.hierarchies = {"cpu,cpuacct", "devices"};
    c.machine.controllers = {"pids", "memory", "cpu"};
    c.machine.ground.devices = {
        {"/dev/null", 'c', 1, 3, 0666, 0, 0},
        {"/dev/vda", 'b', 254, 0, 0660, 0, 6},
        {"/dev/kmsg", 'c', 1, 11, 0644, 0, 0}};
    c.machine.hardLimits = {{"RLIMIT_NOFILE", 1000}};
    c.containerId = "bulkhead-1-2-0123abcd-x";
    c.launcherId = 123456;
    c.bundle = "/bundle";
    return c;
}

Scenario scenario(const std::string& yaml) {
    auto parsed =
        catalog::parseScenario("name: x\ntitle: X\norder: 1\n" + yaml, "x.yaml", {"docker-default"});
    EXPECT_TRUE(parsed) << parsed.error().message;
    return *parsed;
}

bool hasOption(const engines::OciConfig& config, const std::string& target, const std::string& option) {
    const auto mount = std::ranges::find(config.mounts, target, &engines::OciMount::target);
    return mount != config.mounts.end() && std::ranges::find(mount->options, option) != mount->options.end();
}

model::Snapshot declare(const Scenario& s, const LaunchContext& c) {
    const auto asked = askFor(s, c);
    const engines::OciRuntime runtime{"runc", "/usr/sbin/runc", "1.1.5", ""};
    auto declared = declareSnapshot({s, asked, runtime, c.machine, "/bundle"}, {});
    EXPECT_TRUE(declared) << declared.error().message;
    return declared ? std::move(*declared) : model::Snapshot();
}

} // namespace

TEST(AskFor, DefaultsAreDockers) {
    const auto asked = askFor(scenario(""), context());
    EXPECT_EQ(asked.bounding.mask(), 0xa80425fbU);
    EXPECT_EQ(asked.namespaces, (std::vector<std::string>{"pid", "network", "ipc", "uts", "mount"}));
    EXPECT_EQ(asked.cgroupsPath, "/bulkhead-1-2-0123abcd-x");
    EXPECT_TRUE(hasOption(asked, "/sys", "ro"));
    EXPECT_EQ(asked.maskedPaths.size(), 12U);
    EXPECT_EQ(asked.devices.size(), 0U);
    EXPECT_EQ(asked.arguments, (std::vector<std::string>{"/bulkhead-probe", "hold"}));
    EXPECT_EQ(asked.sysctls.size(), 2U);
}

TEST(AskFor, ACgroupNamespaceOnlyWhereCgroupsAreUnified) {
    LaunchContext unified = context();
    unified.machine.ground.cgroupUnified = true;
    EXPECT_EQ(askFor(scenario(""), unified).namespaces.back(), "cgroup");
}

TEST(AskFor, AnotherUserThanRootHasNoEffectiveCapabilities) {
    const auto asked = askFor(scenario("user: {uid: 1000}\n"), context());
    EXPECT_EQ(asked.bounding.mask(), 0xa80425fbU);
    EXPECT_TRUE(asked.effective.empty());
    EXPECT_TRUE(asked.permitted.empty());
}

TEST(FitToLauncher, GivesWhatTheLauncherHasAndSaysTheRest) {
    const Scenario privileged = scenario("privileged: true\n");
    const auto asked = askFor(privileged, context());
    EXPECT_EQ(asked.bounding.mask(), kAll);
    const Fitted fitted = fitToLauncher(asked, privileged, context());
    EXPECT_EQ(fitted.config.bounding.mask(), kAll & ~kSysResource);
    EXPECT_EQ(fitted.config.effective, fitted.config.bounding);
    EXPECT_EQ(
        fitted.notes.front(),
        "asked for CAP_SYS_RESOURCE: the launcher does not hold it, so it cannot give it");
}

TEST(FitToLauncher, AUserNamespaceHasEveryCapabilityToGive) {
    const Scenario mapped = scenario("capabilities: all\nuserNamespace: {outside: 200000, length: 65536}\n");
    const Fitted fitted = fitToLauncher(askFor(mapped, context()), mapped, context());
    EXPECT_EQ(fitted.config.bounding.mask(), kAll);
    EXPECT_EQ(fitted.config.uidMap.toText(), "0 200000 65536");
}

TEST(FitToLauncher, LimitsAreNotRaisedWithoutTheCapability) {
    const Scenario raised = scenario("rlimits: {RLIMIT_NOFILE: 5000, RLIMIT_CORE: 0}\n");
    const Fitted fitted = fitToLauncher(askFor(raised, context()), raised, context());
    EXPECT_EQ(fitted.config.rlimits.at("RLIMIT_NOFILE"), (model::ResourceLimit{1000, 1000}));
    EXPECT_EQ(fitted.config.rlimits.at("RLIMIT_CORE"), (model::ResourceLimit{0, 0}));
    EXPECT_EQ(
        fitted.notes.front(), "RLIMIT_NOFILE: asked for 5000; the launcher may not raise it above 1000");
    LaunchContext able = context();
    able.machine.ground.launcher = CapabilitySet(kAll);
    EXPECT_EQ(
        fitToLauncher(askFor(raised, able), raised, able).config.rlimits.at("RLIMIT_NOFILE").hard, 5000U);
}

TEST(FitToLauncher, ALimitWithoutItsControllerIsNotAskedFor) {
    LaunchContext poor = context();
    poor.machine.controllers = {"memory"};
    const Scenario limited = scenario("limits: {pids: 5, memory: 33554432}\n");
    const Fitted fitted = fitToLauncher(askFor(limited, poor), limited, poor);
    EXPECT_EQ(fitted.config.limits, (engines::OciLimits{std::nullopt, 33554432, std::nullopt}));
    EXPECT_EQ(
        fitted.notes.front(), "pids limit: this machine offers no such cgroup controller, so none is set");
}

// Each of these is refused by runc 1.1.5 where it is launched without privilege; tried one by one.
TEST(FitToLauncher, AnUnprivilegedLaunchAsksForNothingThatIsRefused) {
    const Scenario rootless = scenario("launcher: unprivileged\nuserNamespace: launcher\n");
    const auto asked = askFor(rootless, context());
    EXPECT_TRUE(hasOption(asked, "/dev/pts", "gid=5"));
    EXPECT_FALSE(asked.deviceRules.empty());
    const Fitted fitted = fitToLauncher(asked, rootless, context());
    EXPECT_FALSE(hasOption(fitted.config, "/dev/pts", "gid=5"));
    EXPECT_TRUE(hasOption(fitted.config, "/sys", "ro"));
    EXPECT_TRUE(fitted.config.deviceRules.empty());
    EXPECT_EQ(fitted.config.cgroupsPath, "");
    EXPECT_EQ(fitted.config.uidMap.toText(), "0 123456 1");
    EXPECT_EQ(fitted.config.gidMap.toText(), "0 123456 1");
    EXPECT_EQ(fitted.config.bounding.mask(), 0xa80425fbU);
    EXPECT_EQ(std::ranges::count(fitted.config.namespaces, "network"), 1);
    EXPECT_EQ(fitted.notes.front(), "device policy: an unprivileged launch cannot set one, so none is set");
}

TEST(DeclareSnapshot, StatesTheDefaults) {
    const auto snapshot = declare(scenario(""), context());
    EXPECT_EQ(snapshot.vantage, model::Vantage::declared);
    EXPECT_EQ(snapshot.capabilities.effective.value().mask(), 0xa80425fbU);
    EXPECT_EQ(snapshot.seccomp.filterCount.value(), 0) << "no profile was in the context";
    EXPECT_EQ(snapshot.paths.states.at("/proc/kcore").value().state, model::Exposure::masked);
    EXPECT_EQ(snapshot.paths.states.at("/proc/sys").value().state, model::Exposure::readonly);
    EXPECT_EQ(
        snapshot.paths.states.at("/sys/kernel").value(),
        (model::PathState{model::Exposure::readonly, false}));
    EXPECT_EQ(snapshot.kernel.writableKnobs.value(), std::vector<std::string>{});
    EXPECT_EQ(snapshot.devices.value(), std::vector<model::Device>{});
    EXPECT_EQ(snapshot.cgroup.limits.at("pids").value().value, std::nullopt);
    EXPECT_EQ(snapshot.config.asks.value(), std::vector<std::string>{});
    EXPECT_TRUE(snapshot.identity.userNamespaceIsHost.value());
    EXPECT_TRUE(snapshot.identity.rlimits.empty());
    EXPECT_EQ(snapshot.namespaces.at(model::NamespaceType::pid).declared.value(), "new");
    EXPECT_EQ(snapshot.namespaces.at(model::NamespaceType::cgroup).declared.value(), "host");
    EXPECT_TRUE(snapshot.namespaces.at(model::NamespaceType::pid).inode.unstated());
    EXPECT_TRUE(snapshot.cgroup.path.unstated());
    EXPECT_EQ(snapshot.paths.maskedPaths.evidence().kind, model::EvidenceKind::declared);
}

TEST(DeclareSnapshot, StatesWhatWasAskedAndNotWhatWasGiven) {
    const auto snapshot = declare(scenario("privileged: true\n"), context());
    EXPECT_EQ(snapshot.capabilities.effective.value().mask(), kAll);
    EXPECT_TRUE(snapshot.cgroup.devicePolicy.effective.value().allowsAll());
    EXPECT_TRUE(snapshot.config.privileged.value());
    ASSERT_EQ(snapshot.devices.value().size(), 2U) << "/dev/null is of the standard set";
    EXPECT_EQ(snapshot.devices.value()[0].path, "/dev/kmsg");
    EXPECT_FALSE(snapshot.devices.value()[0].hostDisk);
    EXPECT_TRUE(snapshot.devices.value()[1].hostDisk);
    EXPECT_EQ(
        snapshot.paths.states.at("/proc/kcore").value(), (model::PathState{model::Exposure::exposed, true}));
    EXPECT_EQ(std::ranges::count(snapshot.kernel.writableKnobs.value(), "/proc/sys"), 1);
    const auto rootless = declare(scenario("launcher: unprivileged\nuserNamespace: launcher\n"), context());
    EXPECT_FALSE(rootless.cgroup.devicePolicy.effective.value().allowsAll());
    EXPECT_TRUE(rootless.capabilities.over.at(model::NamespaceType::net).value().empty());
}

TEST(DeclareMounts, ACgroupMountIsOneForEachHierarchy) {
    const auto targets = [](const model::Snapshot& snapshot) {
        std::vector<std::string> out;
        for (const model::Mount& mount : snapshot.mounts.value()) {
            out.push_back(
                mount.target + " " + std::string(nameOf(mount.kind)) + (mount.readOnly ? " ro" : ""));
        }
        return out;
    };
    EXPECT_EQ(
        targets(declare(scenario("directories: [{target: /host}]\n"), context())),
        (std::vector<std::string>{
            "/ rootfs", "/proc proc", "/dev dev", "/dev/pts dev", "/sys sys ro", "/sys/fs/cgroup cgroup",
            "/sys/fs/cgroup/cpu,cpuacct cgroup ro", "/sys/fs/cgroup/devices cgroup ro", "/dev/mqueue dev",
            "/dev/shm dev", "/host bind"}));
    LaunchContext unified = context();
    unified.machine.ground.cgroupUnified = true;
    EXPECT_EQ(targets(declare(scenario("rootFilesystem: read-only\n"), unified))[0], "/ rootfs ro");
    EXPECT_EQ(targets(declare(scenario(""), unified))[5], "/sys/fs/cgroup cgroup ro");
}

} // namespace bulkhead::lab
