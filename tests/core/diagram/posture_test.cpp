#include "core/diagram/posture.h"
#include "tests/samples/sample_snapshots.h"

#include <gtest/gtest.h>

namespace bulkhead::diagram {
namespace {

using model::Mount;
using model::MountKind;
using model::Posture;
using model::Snapshot;

Posture postureOf(const Snapshot& snapshot) {
    return buildPosture({}, snapshot);
}

Snapshot withMounts(std::initializer_list<Mount> added) {
    Snapshot snapshot = samples::dockerDefault();
    auto mounts = snapshot.mounts.value();
    mounts.insert(mounts.end(), added);
    snapshot.mounts = {std::move(mounts), {model::EvidenceKind::observed, "test", "", 0}};
    return snapshot;
}

Mount mountOf(std::string target, MountKind kind, bool readOnly) {
    Mount mount;
    mount.target = std::move(target);
    mount.kind = kind;
    mount.readOnly = readOnly;
    mount.hostPaths = {std::vector<std::string>{"/host" + mount.target}, {}};
    return mount;
}

/// The privileged sample, whose capabilities count over the host.
Snapshot privilegedOverHost() {
    Snapshot snapshot = samples::privileged();
    snapshot.capabilities.over[model::NamespaceType::user] = snapshot.capabilities.effective;
    return snapshot;
}

TEST(Posture, privilegedNeedsEveryPart) {
    EXPECT_TRUE(postureOf(privilegedOverHost()).privileged.value());
    EXPECT_FALSE(postureOf(samples::dockerDefault()).privileged.value());

    Snapshot filtered = privilegedOverHost();
    filtered.seccomp.mode = {model::SeccompMode::filter, {}};
    EXPECT_FALSE(postureOf(filtered).privileged.value());

    Snapshot child = privilegedOverHost();
    child.capabilities.over[model::NamespaceType::user] = {model::CapabilitySet(), {}};
    EXPECT_FALSE(postureOf(child).privileged.value()) << "of a child user namespace they count for nothing";

    Snapshot unread = privilegedOverHost();
    unread.seccomp.mode = model::Unreadable{"status: EACCES", ""};
    EXPECT_TRUE(postureOf(unread).privileged.unreadable());
    unread.cgroup.devicePolicy.effective = {model::DeviceRules{}, {}};
    EXPECT_FALSE(postureOf(unread).privileged.value()) << "one part that is missing decides";
}

TEST(Posture, rootIsJudgedByTheUserMap) {
    EXPECT_TRUE(postureOf(samples::dockerDefault()).rootOnHost.value());
    EXPECT_FALSE(postureOf(samples::rootless()).rootOnHost.value());
}

TEST(Posture, standardDevicesAreNoMountsOfTheHost) {
    const Posture posture = postureOf(withMounts(
        {mountOf("/dev/null", MountKind::dev, false), mountOf("/dev/zero", MountKind::dev, false)}));
    EXPECT_EQ(posture.hostMounts.value(), 0);
    EXPECT_EQ(posture.writableHostMounts.value(), 0);
}

TEST(Posture, mountsOfTheHostAreCountedWhereverTheyComeFrom) {
    Mount covered = mountOf("/covered", MountKind::bind, false);
    covered.visible = false;
    Mount unresolved = mountOf("/unresolved", MountKind::bind, true);
    unresolved.hostPaths = model::Unreadable{"the source was covered", ""};
    const Posture posture = postureOf(withMounts(
        {mountOf("/data", MountKind::bind, false), mountOf("/etc/app", MountKind::volume, true), covered,
         unresolved}));
    EXPECT_EQ(posture.hostMounts.value(), 3);
    EXPECT_EQ(posture.writableHostMounts.value(), 1);
}

TEST(Posture, unreadMountsAreNotZero) {
    Snapshot snapshot = samples::dockerDefault();
    snapshot.mounts = model::Unreadable{"mountinfo: EACCES", ""};
    const Posture posture = postureOf(snapshot);
    EXPECT_TRUE(posture.hostMounts.unreadable());
    EXPECT_TRUE(posture.writableHostMounts.unreadable());
}

} // namespace
} // namespace bulkhead::diagram
