// What a configuration asks for, as a snapshot: derived by hand from the OCI runtime specification and from
// what runc makes of it.

#include "core/lab/ask.h"
#include "core/lab/declared.h"
#include "core/model/gaps.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::lab {
namespace {

using model::Exposure;
using model::Mount;
using model::MountKind;
using model::NamespaceType;
using model::Snapshot;
using Words = std::vector<std::string>;

LaunchContext contextOf(bool unified) {
    LaunchContext c;
    c.machine.ground.launcher = model::CapabilitySet((std::uint64_t{1} << 41) - 1);
    c.machine.ground.kernelRelease = "6.1.0";
    c.machine.ground.architecture = "x86_64";
    c.machine.ground.calls = seccomp::Machine{"x86_64", true, false};
    c.machine.ground.cgroupUnified = unified;
    c.machine.ground.hierarchies = unified ? Words{} : Words{"cpu,cpuacct", "devices"};
    c.machine.controllers = {"pids", "memory", "cpu"};
    c.machine.ground.devices = {{"/dev/null", 'c', 1, 3, 0666, 0, 0}, {"/dev/vda", 'b', 254, 0, 0660, 0, 6}};
    c.containerId = "bulkhead-1-2-0123abcd-x";
    c.launcherId = 123456;
    c.bundle = "/bundle";
    return c;
}

Snapshot declare(const std::string& yaml, bool unified = false) {
    const auto scenario =
        catalog::parseScenario("name: x\ntitle: X\norder: 1\n" + yaml, "x.yaml", {"docker-default"});
    EXPECT_TRUE(scenario) << scenario.error().message;
    LaunchContext context = contextOf(unified);
    if (!scenario->seccomp.empty()) {
        context.profile = catalog::SeccompProfile{};
    }
    const auto asked = askFor(*scenario, context);
    const engines::OciRuntime runtime{"runc", "/usr/sbin/runc", "1.1.5", ""};
    auto declared = declareSnapshot({*scenario, asked, runtime, context.machine, "/bundle"}, {});
    EXPECT_TRUE(declared) << declared.error().message;
    return declared ? std::move(*declared) : Snapshot();
}

Mount mountAt(const Snapshot& snapshot, const std::string& target) {
    const auto& mounts = snapshot.mounts.value();
    const auto found = std::ranges::find(mounts, target, &Mount::target);
    EXPECT_NE(found, mounts.end()) << target;
    return found == mounts.end() ? Mount{} : *found;
}

std::size_t countBelow(const Snapshot& snapshot, const std::string& prefix) {
    return static_cast<std::size_t>(std::ranges::count_if(
        snapshot.mounts.value(), [&](const Mount& mount) { return mount.target.starts_with(prefix); }));
}

TEST(DeclareMounts, ACgroupMountIsATmpfsAndOneForEachHierarchyOfV1) {
    const Snapshot hybrid = declare("");
    EXPECT_EQ(mountAt(hybrid, "/sys/fs/cgroup").fsType, "tmpfs");
    EXPECT_FALSE(mountAt(hybrid, "/sys/fs/cgroup").readOnly);
    EXPECT_TRUE(mountAt(hybrid, "/sys/fs/cgroup/devices").readOnly);
    EXPECT_TRUE(mountAt(hybrid, "/sys/fs/cgroup/cpu,cpuacct").readOnly);
    const Snapshot unified = declare("", true);
    EXPECT_EQ(mountAt(unified, "/sys/fs/cgroup").fsType, "cgroup2");
    EXPECT_TRUE(mountAt(unified, "/sys/fs/cgroup").readOnly);
    EXPECT_EQ(countBelow(unified, "/sys/fs/cgroup"), 1U);
}

TEST(DeclareMounts, KindsAndOrder) {
    const Snapshot s = declare("directories:\n  - {target: /host, access: read-only}\n");
    const auto& mounts = s.mounts.value();
    EXPECT_EQ(mounts.front().target, "/");
    EXPECT_EQ(mounts.front().kind, MountKind::rootfs);
    for (std::size_t at = 0; at < mounts.size(); ++at) {
        EXPECT_EQ(mounts[at].id, static_cast<std::int64_t>(at) + 1);
    }
    EXPECT_EQ(mountAt(s, "/proc").kind, MountKind::proc);
    EXPECT_EQ(mountAt(s, "/sys").kind, MountKind::sys);
    EXPECT_EQ(mountAt(s, "/dev/shm").kind, MountKind::dev);
    const Mount host = mountAt(s, "/host");
    EXPECT_EQ(host.kind, MountKind::bind);
    EXPECT_TRUE(host.readOnly);
    ASSERT_EQ(host.hostPaths.value().size(), 1U);
    EXPECT_TRUE(host.hostPaths.value().front().starts_with("/bundle/"));
}

TEST(DeclareSnapshot, ACgroupNamespaceOnlyWhereCgroupsAreUnified) {
    const auto own = [](const Snapshot& s, NamespaceType type) {
        return !s.namespaces.at(type).sharedWithHost.value();
    };
    EXPECT_FALSE(own(declare(""), NamespaceType::cgroup));
    EXPECT_TRUE(own(declare("", true), NamespaceType::cgroup));
    EXPECT_FALSE(own(declare(""), NamespaceType::user));
    EXPECT_TRUE(own(declare("launcher: unprivileged\nuserNamespace: launcher\n"), NamespaceType::user));
    EXPECT_FALSE(declare("").network.hostNetwork.value());
}

TEST(DeclareSnapshot, CapabilitiesInAUserNamespaceCountForNothingOnTheHost) {
    const Snapshot root = declare("");
    EXPECT_EQ(root.capabilities.effective.value().mask(), 0xa80425fbU);
    EXPECT_EQ(root.capabilities.over.at(NamespaceType::net).value().mask(), 0xa80425fbU);
    const Snapshot mapped = declare("userNamespace: {outside: 200000, length: 65536}\n");
    EXPECT_EQ(mapped.capabilities.effective.value().mask(), 0xa80425fbU);
    for (const auto& [type, over] : mapped.capabilities.over) {
        EXPECT_TRUE(over.value().empty()) << model::nameOf(type);
    }
    EXPECT_EQ(mapped.identity.uidMap.value().ranges, (std::vector<model::IdRange>{{0, 200000, 65536}}));
    EXPECT_FALSE(mapped.identity.userNamespaceIsHost.value());
}

TEST(DeclareSnapshot, WhatAnotherUserCanStillObtain) {
    // An execve by another user than root empties the sets; a set-user-ID program brings them back, unless
    // no_new_privs holds (capabilities(7), "Transformation of capabilities during execve()").
    const Snapshot user = declare("user: {uid: 1000}\n");
    EXPECT_TRUE(user.capabilities.effective.value().empty());
    EXPECT_EQ(user.capabilities.obtainable.value().mask(), 0xa80425fbU);
    const Snapshot held = declare("user: {uid: 1000}\nnoNewPrivileges: true\n");
    EXPECT_TRUE(held.capabilities.obtainable.value().empty());
    EXPECT_EQ(held.identity.uid.value(), (model::Ids{1000, 1000, 1000, 1000}));
}

TEST(DeclareSnapshot, ProtectedPathsAndWhatPrivilegedTakesAway) {
    const auto state = [](const Snapshot& s, const std::string& path) {
        return s.paths.states.at(path).value().state;
    };
    const Snapshot plain = declare("");
    EXPECT_EQ(state(plain, "/proc/kcore"), Exposure::masked);
    EXPECT_EQ(state(plain, "/proc/sys"), Exposure::readonly);
    EXPECT_TRUE(plain.kernel.writableKnobs.value().empty());
    EXPECT_EQ(plain.seccomp.mode.value(), model::SeccompMode::filter);
    EXPECT_FALSE(plain.cgroup.devicePolicy.effective.value().allowsAll());
    EXPECT_TRUE(plain.devices.value().empty());
    const Snapshot privileged = declare("privileged: true\n");
    EXPECT_EQ(state(privileged, "/proc/kcore"), Exposure::exposed);
    EXPECT_EQ(state(privileged, "/proc/sys"), Exposure::exposed);
    const auto& knobs = privileged.kernel.writableKnobs.value();
    EXPECT_NE(std::ranges::find(knobs, "/proc/sys"), knobs.end());
    EXPECT_NE(std::ranges::find(knobs, "/sys"), knobs.end());
    EXPECT_TRUE(std::ranges::is_sorted(knobs));
    EXPECT_EQ(privileged.seccomp.mode.value(), model::SeccompMode::disabled);
    EXPECT_EQ(privileged.seccomp.profile.value(), "unconfined");
    EXPECT_TRUE(privileged.cgroup.devicePolicy.effective.value().allowsAll());
    ASSERT_EQ(privileged.devices.value().size(), 1U); // /dev/null is everyone's
    EXPECT_EQ(privileged.devices.value().front().path, "/dev/vda");
    EXPECT_TRUE(privileged.devices.value().front().hostDisk);
}

// A profile without rules answers every call with EPERM (1), and the architectures it does not name are
// killed (libseccomp, SCMP_FLTATR_ACT_BADARCH).
TEST(DeclareSnapshot, VerdictsAreThoseOfTheProfileAskedFor) {
    const model::Seccomp plain = declare("").seccomp;
    ASSERT_TRUE(plain.verdicts.known());
    const auto& native = plain.verdicts.value().at("x86_64");
    EXPECT_EQ(native.others.action, model::SeccompAction::errorNumber);
    EXPECT_EQ(native.others.data, 1);
    EXPECT_EQ(plain.defaultAction.value(), "errno(1)");
    EXPECT_EQ(plain.verdicts.value().at("i386").others.action, model::SeccompAction::killThread);
    EXPECT_TRUE(plain.archGaps.value().empty());
    const model::Seccomp privileged = declare("privileged: true\n").seccomp;
    ASSERT_EQ(privileged.verdicts.value().size(), 1U);
    EXPECT_EQ(privileged.verdicts.value().at("x86_64"), model::ArchVerdicts{});
}

TEST(DeclareSnapshot, LimitsAreStatedAlsoWhereThereIsNone) {
    const Snapshot none = declare("");
    for (const char* name : {"pids", "memory", "cpu"}) {
        EXPECT_EQ(none.cgroup.limits.at(name).value().value, std::nullopt) << name;
    }
    const Snapshot some = declare("limits: {pids: 64, cpu: 500}\nrlimits: {RLIMIT_CORE: 0}\n");
    EXPECT_EQ(some.cgroup.limits.at("pids").value().value, 64);
    EXPECT_EQ(some.cgroup.limits.at("cpu").value().value, 500);
    EXPECT_EQ(some.cgroup.limits.at("memory").value().value, std::nullopt);
    EXPECT_EQ(some.identity.rlimits.at("RLIMIT_CORE").value(), (model::ResourceLimit{0, 0}));
}

TEST(DeclareSnapshot, EveryStatedFactNamesTheFieldOfTheConfiguration) {
    const auto evidence = model::evidenceOf(declare("limits: {pids: 64}\n"));
    ASSERT_GT(evidence.size(), 50U);
    for (const auto& [path, from] : evidence) {
        const bool named = from.file == "/bundle/config.json" || from.source == "scenario.yaml" ||
                           from.source == "image" || from.source == "the machine it is resolved for";
        EXPECT_TRUE(named) << path << ": " << from.source;
        EXPECT_NE(from.kind, model::EvidenceKind::observed) << path;
    }
    EXPECT_TRUE(model::gapsOf(declare("")).empty());
}

} // namespace
} // namespace bulkhead::lab
