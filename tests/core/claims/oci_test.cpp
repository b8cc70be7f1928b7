// What a config.json asks for, derived by hand from the OCI runtime specification and capabilities(7).

#include "core/claims/import.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

using model::NamespaceType;
using model::Snapshot;

std::string config(const std::string& process, const std::string& linux, const std::string& rest = "") {
    return "{\"ociVersion\": \"1.1.0\",\n\"process\": {" + process + "},\n\"linux\": {" + linux + "}" + rest +
           "}";
}

Snapshot import(const std::string& text, ImportOptions options = {}) {
    options.ground.architecture = "x86_64";
    options.ground.kernelRelease = "6.1.0";
    options.ground.calls = seccomp::Machine{};
    auto snapshots = importDocument(text, "/b/config.json", options);
    EXPECT_TRUE(snapshots) << snapshots.error().message;
    return snapshots ? std::move(snapshots->front()) : Snapshot{};
}

std::string sets(const std::string& names) {
    std::string text = "\"capabilities\": {";
    for (const char* set : {"bounding", "effective", "permitted"}) {
        text += std::string(text.back() == '{' ? "" : ", ") + "\"" + set + "\": [" + names + "]";
    }
    return text + "}";
}

TEST(Oci, MissingCapabilitiesAreNone) {
    const Snapshot s = import(config("", ""));
    EXPECT_TRUE(s.capabilities.effective.value().empty());
    EXPECT_TRUE(s.capabilities.bounding.value().empty());
    EXPECT_TRUE(s.capabilities.obtainable.value().empty());
}

TEST(Oci, AnotherUserThanRootKeepsTheAmbientSetAlone) {
    const std::string names = R"("CAP_KILL", "CAP_CHOWN")";
    const Snapshot user = import(config("\"user\": {\"uid\": 1000}, " + sets(names), ""));
    EXPECT_TRUE(user.capabilities.effective.value().empty());
    EXPECT_EQ(user.capabilities.bounding.value().mask(), 0x21U);
    EXPECT_EQ(user.capabilities.obtainable.value().mask(), 0x21U); // by a set-user-ID program
    EXPECT_EQ(user.capabilities.effective.evidence().kind, model::EvidenceKind::inferred);
    const std::string ambient = sets(names).substr(0, sets(names).size() - 1) +
                                R"(, "inheritable": ["CAP_KILL"], "ambient": ["CAP_KILL", "CAP_CHOWN"]})";
    const Snapshot held =
        import(config("\"user\": {\"uid\": 1000}, \"noNewPrivileges\": true, " + ambient, ""));
    EXPECT_EQ(held.capabilities.effective.value().mask(), 0x20U); // ambient only where inheritable too
    EXPECT_EQ(held.capabilities.obtainable.value().mask(), 0x20U);
}

TEST(Oci, RootGainsItsBoundingSetUnlessHeld) {
    const std::string wider =
        R"("capabilities": {"bounding": ["CAP_KILL", "CAP_CHOWN"], "permitted": ["CAP_KILL"],
        "effective": ["CAP_KILL"]})";
    EXPECT_EQ(import(config(wider, "")).capabilities.effective.value().mask(), 0x21U);
    EXPECT_EQ(
        import(config(wider + ", \"noNewPrivileges\": true", "")).capabilities.effective.value().mask(),
        0x20U);
}

/// config.md of the runtime specification: rro is ro for the mounts below as well.
TEST(Oci, RecursiveFlagsAreFlags) {
    const Snapshot s = import(config(
        "", "",
        R"(, "mounts": [{"destination": "/a", "type": "tmpfs", "source": "t", "options": ["rro", "rnosuid"]},
        {"destination": "/b", "type": "tmpfs", "source": "t", "options": ["rnodev", "rnoexec"]}])"));
    const auto& mounts = s.mounts.value();
    const auto a = std::ranges::find(mounts, "/a", &model::Mount::target);
    const auto b = std::ranges::find(mounts, "/b", &model::Mount::target);
    ASSERT_TRUE(a != mounts.end() && b != mounts.end());
    EXPECT_TRUE(a->readOnly);
    EXPECT_EQ(a->options, (std::vector<std::string>{"ro", "nosuid"}));
    EXPECT_EQ(b->options, (std::vector<std::string>{"rw", "nodev", "noexec"}));
}

TEST(Oci, NamespacesAreNewInheritedOrJoined) {
    const Snapshot s = import(config("", R"("namespaces": [{"type": "pid"}, {"type": "network", "path":
        "/proc/77/ns/net"}, {"type": "ipc", "path": "/proc/1/ns/ipc"}, {"type": "user"}],
        "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}])"));
    EXPECT_FALSE(s.namespaces.at(NamespaceType::pid).sharedWithHost.value());
    EXPECT_TRUE(s.namespaces.at(NamespaceType::uts).sharedWithHost.value());
    EXPECT_TRUE(s.namespaces.at(NamespaceType::ipc).sharedWithHost.value());
    EXPECT_TRUE(s.namespaces.at(NamespaceType::net).sharedWithHost.unreadable());
    EXPECT_EQ(s.namespaces.at(NamespaceType::net).declared.value(), "join(/proc/77/ns/net)");
    EXPECT_FALSE(s.identity.userNamespaceIsHost.value());
    EXPECT_EQ(s.identity.uidMap.value().ranges, (std::vector<model::IdRange>{{0, 100000, 65536}}));
}

TEST(Oci, EveryFactNamesItsFieldAndLine) {
    const Snapshot s = import(config("\"noNewPrivileges\": true", "\"maskedPaths\": [\"/proc/kcore\"]"));
    const auto& evidence = s.identity.noNewPrivileges.evidence();
    EXPECT_EQ(evidence.kind, model::EvidenceKind::declared);
    EXPECT_EQ(evidence.source, "process.noNewPrivileges");
    EXPECT_EQ(evidence.file, "/b/config.json");
    EXPECT_EQ(evidence.line, 2);
    EXPECT_EQ(s.paths.maskedPaths.evidence().line, 3);
    EXPECT_EQ(s.paths.states.at("/proc/kcore").value().state, model::Exposure::masked);
    EXPECT_EQ(s.paths.states.at("/proc/sys").value().state, model::Exposure::exposed);
}

TEST(Oci, WhatIsNotUnderstoodIsListed) {
    const Snapshot s = import(config(
        "\"colour\": 1, \"capabilities\": {\"bounding\": [\"CAP_FLY\"]}",
        "\"intelRdt\": {}, \"resources\": {\"memory\": {\"limit\": 64, \"kernel\": 5}, \"unified\": {\"a\": "
        "\"b\"}}"));
    EXPECT_EQ(
        s.config.notUnderstood.value(),
        (std::vector<std::string>{
            "process.capabilities.bounding: no capability is named CAP_FLY (line 2)",
            "process.colour (line 2)", "linux.resources.memory.kernel (line 3)", "linux.intelRdt (line 3)"}));
    EXPECT_EQ(s.config.asks.value(), (std::vector<std::string>{"linux.resources.unified"}));
    EXPECT_EQ(s.cgroup.limits.at("memory").value().value, 64U);
}

TEST(Oci, SettingsOfTheProcessorAndMemoryThatNoFactHoldsAreListed) {
    const Snapshot s = import(config(
        "", R"("resources": {"cpu": {"shares": 512, "quota": 50000, "burst": 10, "idle": 0, "cpus": "0-1",
        "mems": "", "realtimeRuntime": 0}, "memory": {"reservation": 32, "disableOOMKiller": true,
        "swappiness": 0, "checkBeforeUpdate": true}})"));
    EXPECT_EQ(s.cgroup.limits.at("cpu").value().value, 500U);
    EXPECT_EQ(
        s.config.notUnderstood.value(),
        (std::vector<std::string>{
            "linux.resources.cpu.shares (line 3)", "linux.resources.cpu.burst (line 3)",
            "linux.resources.cpu.cpus (line 3)", "linux.resources.memory.reservation (line 4)",
            "linux.resources.memory.disableOOMKiller (line 4)"}));
}

TEST(Oci, MountsSocketsAndHooks) {
    const Snapshot s = import(config("", "", R"(,
"mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
 {"destination": "/hostrun", "source": "/var/run", "options": ["rbind", "ro", "rshared"]},
 {"destination": "/s.sock", "type": "bind", "source": "/run/podman/podman.sock", "options": ["bind"]}],
"hooks": {"prestart": [{"path": "/bin/h"}]})"));
    ASSERT_EQ(s.mounts.value().size(), 4U);
    const model::Mount& run = s.mounts.value()[2];
    EXPECT_EQ(run.kind, model::MountKind::bind);
    EXPECT_TRUE(run.readOnly);
    EXPECT_TRUE(run.sharedWithHostPeer.value());
    EXPECT_EQ(run.hostPaths.value().front(), "/var/run");
    EXPECT_EQ(s.mounts.value()[3].kind, model::MountKind::socket);
    const auto has = [&](const std::string& kind, const std::string& path) {
        return std::ranges::any_of(s.sockets.value(), [&](const model::RuntimeSocket& socket) {
            return socket.kind == kind && socket.path == path;
        });
    };
    EXPECT_TRUE(has("docker", "/hostrun/docker.sock"));
    EXPECT_TRUE(has("containerd", "/hostrun/containerd/containerd.sock"));
    EXPECT_TRUE(has("podman", "/s.sock"));
    EXPECT_EQ(s.config.hooks.value(), (std::vector<std::string>{"prestart: /bin/h"}));
}

TEST(Oci, TheFilterIsEvaluated) {
    const Snapshot s = import(config("", R"("seccomp": {"defaultAction": "SCMP_ACT_ALLOW",
        "architectures": ["SCMP_ARCH_X86_64"],
        "syscalls": [{"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]})"));
    EXPECT_EQ(s.seccomp.mode.value(), model::SeccompMode::filter);
    const auto& calls = s.seccomp.verdicts.value().at("x86_64").calls;
    ASSERT_TRUE(calls.contains("mount"));
    EXPECT_EQ(calls.at("mount").action, model::SeccompAction::errorNumber);
    EXPECT_EQ(calls.at("mount").data, 38);
    const Snapshot none = import(config("", ""));
    EXPECT_EQ(none.seccomp.mode.value(), model::SeccompMode::disabled);
    EXPECT_EQ(none.seccomp.verdicts.value().at("x86_64").others.action, model::SeccompAction::allow);
}

} // namespace
} // namespace bulkhead::claims
