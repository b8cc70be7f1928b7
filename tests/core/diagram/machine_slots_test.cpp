#include "core/diagram/describe.h"
#include "core/diagram/diagram.h"
#include "tests/samples/sample_snapshots.h"

#include <gtest/gtest.h>

namespace bulkhead::diagram {
namespace {

using model::Snapshot;

template <class T>
model::Fact<T> seen(T value) {
    return {std::move(value), {model::EvidenceKind::observed, "test", "", 0}};
}

// What a document says and nothing reads must not look as if it were not there.
TEST(ConfigSlots, WhatWasNotUnderstoodIsNamed) {
    Snapshot s;
    s.config.asks = {{"read-only root"}, {}};
    EXPECT_EQ(describeAsksFor(s).sentence, "read-only root");
    s.config.notUnderstood = {{"frobnicate", "$OPTS: taken for options"}, {}};
    EXPECT_EQ(
        describeAsksFor(s).sentence, "read-only root; not understood: frobnicate, $OPTS: taken for options");
    EXPECT_EQ(describeAsksFor(s).normal, "read-only root, 2 not understood");
    s.config.notUnderstood = {std::vector<std::string>(8, "a"), {}};
    EXPECT_TRUE(describeAsksFor(s).sentence.ends_with("a, a, a, a, a and 3 more"));
}

TEST(MachineSlots, limitsSayWhoSetsThem) {
    Snapshot s = samples::dockerDefault("a");
    s.cgroup.limits["pids"] = seen(model::Limit{9, "/sys/fs/cgroup/pids/a/pids.max"});
    s.cgroup.limits["cpus"] = seen(model::Limit{1, "/sys/fs/cgroup/cpuset/a/cpuset.cpus"});
    const SlotText text = describeLimits(s);
    EXPECT_EQ(text.normal, "2 set");
    EXPECT_EQ(
        text.sentence, "limited: 1 processor by /sys/fs/cgroup/cpuset/a/cpuset.cpus, pids 9 by "
                       "/sys/fs/cgroup/pids/a/pids.max");
}

model::Mount bound(std::string target, model::Fact<std::vector<std::string>> from, bool readOnly = false) {
    model::Mount mount;
    mount.target = std::move(target);
    mount.kind = model::MountKind::bind;
    mount.hostPaths = std::move(from);
    mount.readOnly = readOnly;
    return mount;
}

model::Fact<std::vector<std::string>> at(std::string path) {
    return seen(std::vector{std::move(path)});
}

std::string mountWords(std::vector<model::Mount> mounts) {
    Snapshot s = samples::dockerDefault("a");
    s.mounts = seen(std::move(mounts));
    return describeHostMounts(s).sentence;
}

TEST(MachineSlots, whatIsNotKnownOfSeveralMountsIsSaidOnceWithTheReason) {
    const model::Unreadable kept{"where the engine keeps the volume names", ""};
    EXPECT_EQ(
        mountWords(
            {bound("/names", kept), bound("/data", at("/srv/data")), bound("/log", kept, true),
             bound("/tmp/x", {})}),
        "a host path that is not known (where the engine keeps the volume names) at /names, writable and "
        "/log, read-only; /srv/data at /data, writable; a host path that is not known at /tmp/x, writable");
}

/// Not even one over a file that engines make.
TEST(MachineSlots, everyHostPathIsSaid) {
    std::vector<model::Mount> mounts{
        bound("/etc/hosts", at("/srv/hosts")), bound("/etc/resolv.conf", at("/root/secret")),
        bound("/etc/hostname", at("/var/lib/docker/containers/3f/hostname"))};
    mounts[2].kind = model::MountKind::engineFile;
    EXPECT_EQ(
        mountWords(mounts), "/srv/hosts at /etc/hosts, writable; /root/secret at /etc/resolv.conf, writable; "
                            "the engine's own files are at /etc/hostname");
}

TEST(MachineSlots, aPolicySaysWhatDecides) {
    Snapshot s = samples::dockerDefault("a");
    model::DevicePolicy& policy = s.cgroup.devicePolicy;
    policy.effective = seen(
        model::DeviceRules{{*model::parseDeviceRule("a *:* rwm")}, {*model::parseDeviceRule("c 1:1 rwm")}});
    policy.bpf = seen(std::int64_t{2});
    EXPECT_EQ(
        describeDevicePolicy(s).sentence,
        "the device policy lists what may be opened: 1 rule and 1 exception, decided by 2 programs");
    policy.v1 = seen(model::DeviceRules::everything());
    EXPECT_EQ(
        describeDevicePolicy(s).sentence, "the device policy lists what may be opened: 1 rule and 1 "
                                          "exception, decided by a list and 2 programs "
                                          "together");
    policy.effective = policy.v1;
    policy.bpf = seen(std::int64_t{0});
    EXPECT_EQ(
        describeDevicePolicy(s).sentence, "the device policy lets every device be opened; exceptions of a v1 "
                                          "group are not shown by the kernel");
}

TEST(MachineSlots, aSharedNetworkSaysWhatIsInReach) {
    Snapshot s = samples::dockerDefault("a");
    s.network.interfaces = seen(std::vector<std::string>{"eth0", "lo"});
    EXPECT_EQ(describeHostNetwork(s).sentence, "it has a network namespace of its own: eth0, lo");
    s.network.hostNetwork = seen(true);
    s.network.hostServices =
        seen(std::vector<std::string>{"tcp 127.0.0.1:6443", "unix @/containerd-shim/1.sock@"});
    EXPECT_EQ(
        describeHostNetwork(s).sentence,
        "it uses the host's network namespace; meant for the machine itself and in reach: tcp "
        "127.0.0.1:6443, "
        "unix @/containerd-shim/1.sock@, 1 socket of container runtimes among them");
    s.network.hostServices = model::Unreadable{"net/unix: EACCES", ""};
    EXPECT_EQ(
        describeHostNetwork(s).sentence,
        "it uses the host's network namespace; what answers there could not be read");
}

TEST(MachineSlots, auditMayBeOff) {
    Snapshot s = samples::dockerDefault("a");
    EXPECT_TRUE(describeAudit(s).gap);
    s.audit.state = seen(std::string("off"));
    s.audit.rules = seen(std::vector<std::string>{});
    EXPECT_EQ(describeAudit(s).normal, "audit is off");
    s.audit.state = seen(std::string("on"));
    EXPECT_EQ(describeAudit(s).normal, "no rules");
}

TEST(MachineSlots, aStackOfProfilesMayBeEnforcedInPart) {
    Snapshot s = samples::dockerDefault("a");
    s.lsm.apparmor = seen(model::LsmLabel{"docker-default//&:ns://app", "mixed", true});
    EXPECT_EQ(
        describeLsm(s).sentence,
        "confined by the stack docker-default//&:ns://app, of which a part is enforced");
}

TEST(MachineSlots, aSandboxIsSaidInTheHeadlineAndAtTheRuntime) {
    auto subjects = samples::four();
    subjects[1].enforced->subject.sandbox = seen(std::string("gvisor"));
    subjects[0].enforced->subject.sandbox = seen(std::string("none"));
    const Diagram diagram = buildDiagram(subjects, {});
    EXPECT_TRUE(diagram.headline.ends_with(
        " read-only runs in a sandbox: what the host enforces is about the process of the sandbox, not about "
        "what runs in it."))
        << diagram.headline;
    EXPECT_TRUE(diagram.columns[1].engine.ends_with(", gvisor sandbox")) << diagram.columns[1].engine;
    EXPECT_FALSE(diagram.columns[0].engine.contains("sandbox"));
}

} // namespace
} // namespace bulkhead::diagram
