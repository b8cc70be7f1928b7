// The lab's configuration written as config.json and read back as any user's document: the scenario again.

#include "core/claims/import.h"
#include "core/lab/ask.h"
#include "core/session/ground.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::lab {
namespace {

using catalog::Scenario;
using model::NamespaceType;
using model::Snapshot;

Snapshot imported(const Scenario& scenario, const LaunchContext& context) {
    const claims::ImportOptions options{"runc@1.1.5", context.machine.ground};
    auto found =
        claims::importDocument(engines::writeConfig(askFor(scenario, context)), "/config.json", options);
    EXPECT_TRUE(found) << found.error().message;
    return found && found->size() == 1 ? std::move(found->front()) : Snapshot();
}

void expectAuthority(const Scenario& scenario, const Snapshot& back) {
    EXPECT_EQ(back.identity.uid.value().effective, scenario.uid);
    EXPECT_EQ(back.identity.gid.value().effective, scenario.gid);
    EXPECT_EQ(back.identity.noNewPrivileges.value(), scenario.noNewPrivileges);
    EXPECT_EQ(back.identity.userNamespaceIsHost.value(), !scenario.userNamespace.has_value());
    EXPECT_EQ(back.capabilities.bounding.value(), scenario.capabilities);
    EXPECT_EQ(
        back.capabilities.over.at(NamespaceType::net).value().empty(),
        scenario.userNamespace.has_value() || scenario.uid != 0 || scenario.capabilities.empty());
    EXPECT_EQ(
        back.seccomp.mode.value(),
        scenario.seccomp.empty() ? model::SeccompMode::disabled : model::SeccompMode::filter);
}

void expectFiles(const Scenario& scenario, const Snapshot& back) {
    using model::Exposure;
    const auto kcore = back.paths.states.at("/proc/kcore").value().state;
    EXPECT_EQ(kcore, scenario.protectPaths ? Exposure::masked : Exposure::exposed);
    EXPECT_EQ(back.rootfs.writable.value(), !scenario.readOnlyRoot);
    EXPECT_EQ(back.cgroup.devicePolicy.effective.value().allowsAll(), scenario.openDevicePolicy);
    EXPECT_EQ(!back.devices.value().empty(), scenario.hostDevices);
    const auto& mounts = back.mounts.value();
    const auto binds = std::ranges::count(mounts, model::MountKind::bind, &model::Mount::kind);
    EXPECT_EQ(binds, static_cast<std::ptrdiff_t>(scenario.directories.size()));
}

void expectLimits(const Scenario& scenario, const Snapshot& back) {
    EXPECT_EQ(back.cgroup.limits.at("pids").value().value, scenario.limits.pids);
    EXPECT_EQ(back.cgroup.limits.at("memory").value().value, scenario.limits.memory);
    EXPECT_EQ(back.cgroup.limits.at("cpu").value().value, scenario.limits.cpu);
    for (const auto& [name, limit] : scenario.rlimits) {
        EXPECT_EQ(back.identity.rlimits.at(name).value(), limit) << name;
    }
}

TEST(RoundTrip, EveryScenarioComesBackAsItWasAskedFor) {
    const auto scenarios = catalog::readScenarios("scenarios", "resources/profiles");
    ASSERT_TRUE(scenarios) << scenarios.error().message;
    ASSERT_GE(scenarios->size(), 6U);
    for (const Scenario& scenario : *scenarios) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, scenario.name);
        LaunchContext context;
        context.machine = readMachine();
        context.containerId = "bulkhead-1-2-0123abcd-x";
        context.launcherId = 123456;
        context.bundle = "/bundle";
        if (!scenario.seccomp.empty()) {
            context.profile = *catalog::readSeccompProfile("resources/profiles", scenario.seccomp);
        }
        const Snapshot back = imported(scenario, context);
        expectAuthority(scenario, back);
        expectFiles(scenario, back);
        expectLimits(scenario, back);
        EXPECT_EQ(back.config.notUnderstood.value(), std::vector<std::string>());
        EXPECT_EQ(back.subject.name, scenario.name);
    }
}

} // namespace
} // namespace bulkhead::lab
