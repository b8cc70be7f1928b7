#include "core/twin/experienced.h"
#include "core/twin/predict.h"
#include "core/wire/probe_calls.h"

#include <cerrno>
#include <gtest/gtest.h>

namespace bulkhead::twin {
namespace {

using model::Snapshot;

/// A subject with these mounts of a file system at /m0, /m1 and so on.
void addMounts(Snapshot& snapshot, std::size_t count, const std::string& type) {
    auto mounts = snapshot.mounts.valueOr({});
    for (std::size_t i = 0; i < count; ++i) {
        model::Mount mount;
        mount.id = static_cast<std::int64_t>(mounts.size() + 1);
        mount.target = "/m" + std::to_string(mounts.size());
        mount.fsType = type;
        mount.visible = true;
        mounts.push_back(std::move(mount));
    }
    snapshot.mounts = {std::move(mounts), {}};
}

std::string gapOf(const Snapshot& experienced, const std::string& name) {
    const auto found = experienced.twin->find(name);
    return found == experienced.twin->end() ? "none" : found->second.gap().reason;
}

TEST(Experienced, WhatIsNotTriedIsAGap) {
    Snapshot enforced;
    addMounts(enforced, 201, "ext4");
    addMounts(enforced, 3, "fuse.sshfs");
    enforced.devices = {std::vector<model::Device>(65), {}};
    const Snapshot seen = buildExperienced(enforced, {}, {});
    EXPECT_EQ(gapOf(seen, "tries.mounts"), "only 200 of 201 mounts were tried from inside");
    EXPECT_EQ(gapOf(seen, "tries.devices"), "only 64 of 65 device nodes were tried from inside");
    EXPECT_EQ(
        gapOf(seen, "tries.waiting"),
        "3 mounts were not tried: a server behind them answers, or keeps a caller waiting");
    EXPECT_EQ(gapOf(seen, "tries.room"), "none");
    const std::vector<WantedTry> full(992);
    EXPECT_EQ(
        gapOf(buildExperienced(enforced, full, {}), "tries.room"),
        "more tries than a plan holds; the rest was left out");
}

TEST(Experienced, WhereAllIsTriedThereIsNoGap) {
    Snapshot enforced;
    addMounts(enforced, 200, "ext4");
    enforced.devices = {std::vector<model::Device>(64), {}};
    const Snapshot seen = buildExperienced(enforced, {}, {});
    for (const char* name : {"tries.mounts", "tries.devices", "tries.waiting", "tries.room"}) {
        EXPECT_EQ(gapOf(seen, name), "none");
    }
}

/// Opening these files for writing, each answered with an errno; 0 is success.
Snapshot
afterOpening(const Snapshot& enforced, const std::vector<std::pair<std::string, std::int32_t>>& answers) {
    std::vector<WantedTry> tries;
    Outcome outcome;
    for (const auto& [path, error] : answers) {
        tries.push_back({wire::Try::knob, path, false});
        outcome.answers.push_back({1, error, {}});
    }
    return buildExperienced(enforced, tries, outcome);
}

TEST(Experienced, KnobsThatNobodyTriedAreThoseOfTheKernelsAccount) {
    Snapshot enforced;
    enforced.kernel.writableKnobs = {
        std::vector<std::string>{"/proc/bus", "/proc/sys", "/proc/sysrq-trigger", "/sys"}, {}};
    using Trees = std::vector<std::string>;
    const Snapshot all = afterOpening(
        enforced, {{"/proc/sys/kernel/sysrq", 0}, {"/proc/sysrq-trigger", 0}, {"/sys/kernel/profiling", 0}});
    EXPECT_EQ(
        all.kernel.writableKnobs.value(),
        (Trees{"/proc/bus", "/proc/sys", "/proc/sysrq-trigger", "/sys", "/sys/kernel"}));
    EXPECT_EQ(
        all.kernel.writableKnobs.evidence().source,
        "files opened for writing from inside, and closed; as the kernel counts them, not tried: /proc/bus");
    const Snapshot refused = afterOpening(
        enforced, {{"/proc/sys/kernel/sysrq", EROFS},
                   {"/proc/sysrq-trigger", EACCES},
                   {"/sys/kernel/profiling", EROFS}});
    EXPECT_EQ(refused.kernel.writableKnobs.value(), Trees{"/proc/bus"});
    const Snapshot more = afterOpening({}, {{"/proc/irq/default_smp_affinity", 0}});
    EXPECT_EQ(more.kernel.writableKnobs.value(), Trees{"/proc/irq"})
        << "the kernel's account had nothing of it";
}

// security_create_user_ns gives EACCES (AppArmor, SELinux), the kernel itself EPERM and ENOSPC (unshare(2)).
TEST(Experienced, ARefusedUserNamespaceNamesWhoRefused) {
    model::Probe probe;
    probe.test = "unshare-user";
    probe.result = model::ProbeResult::denied;
    probe.errorNumber = EACCES;
    EXPECT_EQ(causeOf(probe), "a security module forbids it");
    probe.errorNumber = ENOSPC;
    EXPECT_EQ(causeOf(probe), "the number of user namespaces is used up at some level");
    probe.errorNumber = EPERM;
    EXPECT_EQ(causeOf(probe), "a process whose root directory is not its mount namespace's may not make one");
    EXPECT_EQ(wire::resultOf(EACCES), model::ProbeResult::denied);
}

TEST(Experienced, AParentThatCouldNotBeAskedForIsAGap) {
    Outcome outcome;
    outcome.facts.parent = 0;
    const Snapshot unasked = buildExperienced({}, {}, outcome);
    EXPECT_FALSE(unasked.namespaces.at(model::NamespaceType::pid).sharedWithHost.known());
    outcome.facts.parentTold = 1;
    const Snapshot asked = buildExperienced({}, {}, outcome);
    EXPECT_FALSE(asked.namespaces.at(model::NamespaceType::pid).sharedWithHost.value());
    outcome.facts.parent = 77;
    EXPECT_TRUE(
        buildExperienced({}, {}, outcome).namespaces.at(model::NamespaceType::pid).sharedWithHost.value());
}

} // namespace
} // namespace bulkhead::twin
