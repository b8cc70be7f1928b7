// The lab's configuration written as config.json and read back as any user's: the same boundary.

#include "core/claims/import.h"
#include "core/compare/compare.h"
#include "core/lab/ask.h"
#include "core/lab/declared.h"
#include "core/session/ground.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace bulkhead::lab {
namespace {

std::string described(const std::vector<compare::Change>& changes) {
    std::string text;
    for (const compare::Change& change : changes) {
        text += change.path + ": " + change.reason + "\n";
    }
    return text;
}

TEST(RoundTrip, EveryScenarioComesBackAsItWasDeclared) {
    const auto scenarios = catalog::readScenarios("scenarios", "resources/profiles");
    ASSERT_TRUE(scenarios) << scenarios.error().message;
    ASSERT_GE(scenarios->size(), 6U);
    claims::ImportOptions options{"runc@1.1.5", session::readGround()};
    for (const catalog::Scenario& scenario : *scenarios) {
        LaunchContext context;
        context.machine = readMachine();
        context.containerId = "bulkhead-1-2-0123abcd-x";
        context.launcherId = 123456;
        context.bundle = "/bundle";
        if (!scenario.seccomp.empty()) {
            context.profile = *catalog::readSeccompProfile("resources/profiles", scenario.seccomp);
        }
        const engines::OciConfig asked = askFor(scenario, context);
        const engines::OciRuntime runtime{"runc", "/usr/sbin/runc", "1.1.5", ""};
        const auto declared = declareSnapshot({scenario, asked, runtime, context.machine, "/rootfs"}, {});
        const auto imported = claims::importDocument(engines::writeConfig(asked), "/config.json", options);
        ASSERT_TRUE(imported) << imported.error().message;
        ASSERT_EQ(imported->size(), 1U);
        const model::Snapshot& back = imported->front();
        EXPECT_EQ(described(compare::compareSnapshots({declared, back})), "") << scenario.name;
        EXPECT_EQ(back.config.notUnderstood.value(), std::vector<std::string>()) << scenario.name;
        EXPECT_EQ(back.identity.uidMap.value(), declared.identity.uidMap.value()) << scenario.name;
        EXPECT_EQ(back.mounts.value().size(), declared.mounts.value().size()) << scenario.name;
        EXPECT_EQ(back.devices.value().size(), declared.devices.value().size()) << scenario.name;
        EXPECT_EQ(back.subject.name, scenario.name);
    }
}

} // namespace
} // namespace bulkhead::lab
