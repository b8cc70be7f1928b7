// What docker and podman say of containers that ran (tests/fixtures/claims/capture.py has their options).
// Expectations are those options, by hand, and the engines' defaults as capabilities(7) numbers them.

#include "core/claims/import.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace bulkhead::claims {
namespace {

using model::NamespaceType;
using model::Snapshot;
using Words = std::vector<std::string>;

std::string textOf(const std::string& name) {
    std::ifstream file("tests/fixtures/claims/" + name + ".json");
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

Snapshot import(const std::string& text, const std::string& engine = "") {
    ImportOptions options;
    options.engine = engine;
    options.ground.architecture = "x86_64";
    options.ground.devices = {{"/dev/fuse", 'c', 10, 229, 0666, 0, 0}};
    auto all = importDocument(text, "f", options);
    EXPECT_TRUE(all) << all.error().message;
    return all ? std::move(all->front()) : Snapshot{};
}

const model::Mount* mountAt(const Snapshot& snapshot, const std::string& target) {
    const auto found = std::ranges::find(snapshot.mounts.value(), target, &model::Mount::target);
    return found == snapshot.mounts.value().end() ? nullptr : &*found;
}

void expectHeld(const Snapshot& s) {
    EXPECT_EQ(s.subject.name, "held");
    EXPECT_EQ(s.subject.id, std::string(64, '1'));
    EXPECT_EQ(s.subject.runtime.name, "runc");
    EXPECT_EQ(s.identity.uid.value().effective, 1000U);
    EXPECT_EQ(s.identity.gid.value().effective, 1000U);
    EXPECT_TRUE(s.identity.groups.unreadable()); // the image's /etc/group may add to the 5
    EXPECT_EQ(s.capabilities.bounding.value().mask(), 0x400U);
    EXPECT_TRUE(s.identity.noNewPrivileges.value());
    EXPECT_FALSE(s.rootfs.writable.value());
    EXPECT_EQ(s.cgroup.limits.at("pids").value().value, 64U);
    EXPECT_EQ(s.cgroup.limits.at("memory").value().value, 67108864U);
    EXPECT_EQ(s.cgroup.limits.at("cpu").value().value, 500U);
    EXPECT_EQ(s.identity.rlimits.at("RLIMIT_CORE").value(), (model::ResourceLimit{0, 0}));
    EXPECT_EQ(s.identity.oomScoreAdj.value(), 500);
    EXPECT_FALSE(s.config.privileged.value());
    EXPECT_EQ(s.seccomp.mode.value(), model::SeccompMode::filter);
    EXPECT_FALSE(s.namespaces.at(NamespaceType::pid).sharedWithHost.value());
    EXPECT_FALSE(s.network.hostNetwork.value());
    EXPECT_TRUE(s.devices.value().empty());
    const model::Mount* data = mountAt(s, "/data");
    ASSERT_NE(data, nullptr);
    EXPECT_TRUE(data->readOnly);
    EXPECT_EQ(data->hostPaths.value(), Words{"/usr/share"});
    EXPECT_EQ(data->propagation, "private");
    const model::Mount* scratch = mountAt(s, "/scratch");
    ASSERT_NE(scratch, nullptr);
    EXPECT_EQ(scratch->kind, model::MountKind::tmpfs);
    EXPECT_EQ(s.config.notUnderstood.value(), Words());
    EXPECT_EQ(s.identity.noNewPrivileges.evidence().kind, model::EvidenceKind::declared);
}

TEST(Inspect, DockerHeld) {
    const Snapshot s = import(textOf("docker-held"), "docker@20.10.24");
    expectHeld(s);
    EXPECT_EQ(s.subject.engine.name, "docker");
    EXPECT_TRUE(s.capabilities.effective.value().empty()); // no ambient set: the user holds nothing
    EXPECT_EQ(mountAt(s, "/scratch")->options, (Words{"rw", "nosuid", "nodev", "noexec"}));
    EXPECT_EQ(s.paths.maskedPaths.value().size(), 10U);
    EXPECT_EQ(s.paths.maskedPaths.evidence().kind, model::EvidenceKind::declared);
    EXPECT_TRUE(s.namespaces.at(NamespaceType::cgroup).sharedWithHost.value()); // "CgroupnsMode": "host"
}

TEST(Inspect, PodmanHeld) {
    const Snapshot s = import(textOf("podman-held"));
    expectHeld(s);
    EXPECT_EQ(s.subject.engine.name, "podman");
    EXPECT_EQ(s.capabilities.effective.value().mask(), 0x400U); // Podman leaves the user what was added
    EXPECT_EQ(s.capabilities.ambient.value().mask(), 0x400U);
    EXPECT_EQ(mountAt(s, "/scratch")->options, (Words{"rw", "nosuid", "nodev"}));
    EXPECT_EQ(s.identity.rlimits.at("RLIMIT_NOFILE").value(), (model::ResourceLimit{1024, 1024}));
    EXPECT_EQ(s.paths.maskedPaths.evidence().kind, model::EvidenceKind::defaulted);
}

void expectOpen(const Snapshot& s) {
    EXPECT_EQ(s.subject.name, "open");
    EXPECT_EQ(s.identity.uid.value().effective, 0U);
    EXPECT_EQ(s.seccomp.mode.value(), model::SeccompMode::disabled);
    EXPECT_TRUE(s.rootfs.writable.value());
    EXPECT_FALSE(s.identity.noNewPrivileges.value());
    EXPECT_TRUE(s.namespaces.at(NamespaceType::pid).sharedWithHost.value());
    EXPECT_TRUE(s.namespaces.at(NamespaceType::uts).sharedWithHost.value());
    EXPECT_FALSE(s.namespaces.at(NamespaceType::ipc).sharedWithHost.value());
    ASSERT_EQ(s.devices.value().size(), 1U);
    EXPECT_EQ(s.devices.value().front().path, "/dev/fuse");
    EXPECT_EQ(s.devices.value().front().minor, 229U);
    const model::Mount* run = mountAt(s, "/host-run");
    ASSERT_NE(run, nullptr);
    EXPECT_FALSE(run->readOnly);
    EXPECT_TRUE(std::ranges::any_of(s.sockets.value(), [](const model::RuntimeSocket& socket) {
        return socket.kind == "docker" && socket.path == "/host-run/docker.sock";
    }));
}

TEST(Inspect, DockerOpen) {
    const Snapshot s = import(textOf("docker-open"), "docker@20.10.24");
    expectOpen(s);
    EXPECT_EQ(s.capabilities.effective.value().mask(), 0xa82425fbU); // the fourteen and SYS_ADMIN
    EXPECT_NE(mountAt(s, "/data"), nullptr);                         // of --volumes-from held
    EXPECT_EQ(s.cgroup.limits.at("pids").value().value, std::nullopt);
    EXPECT_EQ(
        s.config.notUnderstood.value(),
        (Words{
            "HostConfig.ShmSize (line 79): the size of /dev/shm", "HostConfig.CpuShares (line 86)",
            "HostConfig.CpusetCpus (line 100)", "HostConfig.MemoryReservation (line 113)"}));
}

TEST(Inspect, PodmanOpen) {
    const Snapshot s = import(textOf("podman-open"));
    expectOpen(s);
    EXPECT_EQ(s.capabilities.effective.value().mask(), 0x802405fbU); // "EffectiveCaps"
    EXPECT_EQ(mountAt(s, "/data"), nullptr);
    EXPECT_EQ(s.cgroup.limits.at("pids").value().value, 2048U);
    EXPECT_EQ(
        s.config.notUnderstood.value(),
        (Words{
            "HostConfig.VolumesFrom (line 237): the volumes of held are not in the document",
            "HostConfig.ShmSize (line 268): the size of /dev/shm", "HostConfig.CpuShares (line 275)",
            "HostConfig.CpusetCpus (line 289)", "HostConfig.MemoryReservation (line 300)"}));
}

// One option at a time in Docker's own document; the lines are those of the fixture.
TEST(Inspect, TheEnginesFirstProcessIsAMount) {
    const std::string docker = textOf("docker-held");
    EXPECT_EQ(mountAt(import(docker), "/sbin/docker-init"), nullptr);
    const std::string marked = replaced(docker, "\"HostConfig\": {", "\"HostConfig\": {\"Init\": true,");
    const Snapshot s = import(marked);
    ASSERT_NE(mountAt(s, "/sbin/docker-init"), nullptr);
    EXPECT_TRUE(mountAt(s, "/sbin/docker-init")->readOnly);
    EXPECT_EQ(s.config.notUnderstood.value(), Words());
    const std::string podman =
        replaced(textOf("podman-held"), "\"HostConfig\": {", "\"HostConfig\": {\"Init\": true,");
    EXPECT_NE(mountAt(import(podman), "/run/podman-init"), nullptr);
}

TEST(Inspect, WhatNoFactHoldsIsListed) {
    struct Case {
        std::string from;
        std::string to;
        Words expected;
    };
    const std::vector<Case> cases = {
        {"\"Runtime\": \"runc\"",
         "\"Runtime\": \"runsc\"",
         {"HostConfig.Runtime (line 84): what the runtime runsc builds is not known, runc's is declared"}},
        {"\"Runtime\": \"runc\"", "\"Runtime\": \"io.containerd.runc.v2\"", {}},
        {"\"BlkioWeight\": 0", "\"BlkioWeight\": 10", {"HostConfig.BlkioWeight (line 94)"}},
        {"\"BlkioDeviceReadBps\": []",
         "\"BlkioDeviceReadBps\": [{\"Path\": \"/dev/sda\", \"Rate\": 1}]",
         {"HostConfig.BlkioDeviceReadBps (line 96)"}},
        {"\"MemorySwap\": 134217728",
         "\"MemorySwap\": -1",
         {"HostConfig.MemorySwap (line 112): a limit of memory and swap together"}},
        {"\"OomKillDisable\": false", "\"OomKillDisable\": true", {"HostConfig.OomKillDisable (line 114)"}},
        {"\"CgroupParent\": \"\"", "\"CgroupParent\": \"/x\"", {"HostConfig.CgroupParent (line 93)"}},
        {"\"Domainname\": \"\"", "\"Flavour\": \"sweet\"", {"Config.Flavour (line 163)"}},
        {"\"Domainname\": \"\"", "\"NetworkDisabled\": true", {"Config.NetworkDisabled (line 163)"}},
    };
    const std::string whole = textOf("docker-held");
    for (const Case& c : cases) {
        const Snapshot s = import(replaced(whole, c.from, c.to));
        EXPECT_EQ(s.config.notUnderstood.value(), c.expected) << c.to;
    }
}

TEST(Inspect, SeveralContainersAndBadFields) {
    const std::string held = textOf("docker-held");
    const std::string open = textOf("docker-open");
    const std::string both = held.substr(0, held.rfind(']')) + "," + open.substr(open.find('{'));
    const auto all = importDocument(both, "f", {});
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_EQ(all->size(), 2U);
    EXPECT_EQ(all->back().subject.name, "open");
    const auto bad = importDocument(replaced(held, "\"PidsLimit\": 64", "\"PidsLimit\": \"64\""), "f", {});
    ASSERT_FALSE(bad);
    EXPECT_EQ(
        bad.error().message, "f:115:17: HostConfig.PidsLimit: expected a whole number, found the text 64");
}

} // namespace
} // namespace bulkhead::claims
