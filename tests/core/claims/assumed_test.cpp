// What a document leaves to settings that it cannot say: dockerd(8) userns-remap and rootless, podman-run(1)
// --userns, the kubelet's configuration, admission.

#include "core/claims/import.h"
#include "core/model/gaps.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

using model::NamespaceType;
using model::Snapshot;
using Words = std::vector<std::string>;

constexpr const char* kUsers = "identity.userNamespaceIsHost";

Snapshot one(const std::string& text, const std::string& engine = "") {
    ImportOptions options;
    options.engine = engine;
    options.ground.architecture = "x86_64";
    auto all = importDocument(text, "file", options);
    EXPECT_TRUE(all) << all.error().message;
    return all ? all->front() : Snapshot{};
}

std::string pod(const std::string& spec = "", const std::string& own = "") {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, image: i" + own +
           "}]\n" + spec;
}

/// The paths that the gaps under config.assumed name.
Words open(const Snapshot& snapshot) {
    Words paths;
    for (const model::Gap& gap : model::gapsOf(snapshot)) {
        constexpr std::string_view kBefore = "config.assumed[\"";
        if (gap.path.starts_with(kBefore)) {
            paths.push_back(gap.path.substr(kBefore.size(), gap.path.size() - kBefore.size() - 2));
        }
    }
    return paths;
}

TEST(Assumed, TheUserNamespaceIsTheEnginesDefaultAndTheGapNamesWhatDecides) {
    const std::string compose = "services: {web: {image: i}}";
    const std::string inspect = R"([{"Id":"a","Config":{},"HostConfig":{"UsernsMode":""}}])";
    for (const std::string& text : {std::string("docker run i"), compose, inspect}) {
        const Snapshot s = one(text);
        EXPECT_EQ(open(s), Words{kUsers}) << text;
        EXPECT_TRUE(s.identity.userNamespaceIsHost.value()) << text;
        EXPECT_EQ(s.identity.userNamespaceIsHost.evidence().kind, model::EvidenceKind::defaulted) << text;
        const model::Unreadable& gap = s.config.assumed->at(kUsers).gap();
        EXPECT_TRUE(gap.reason.contains("userns-remap")) << gap.reason;
        EXPECT_TRUE(gap.needs.contains("docker info")) << gap.needs;
    }
    const Snapshot podman = one("podman run i");
    EXPECT_EQ(open(podman), Words{kUsers});
    EXPECT_TRUE(podman.config.assumed->at(kUsers).gap().reason.contains("an ordinary user's podman"));
    EXPECT_TRUE(podman.identity.userNamespaceIsHost.value());
}

TEST(Assumed, WhatTheFileSaysIsNoGap) {
    const Snapshot own = one("podman run --userns auto i");
    EXPECT_EQ(open(own), Words());
    EXPECT_FALSE(own.identity.userNamespaceIsHost.value());
    EXPECT_EQ(own.identity.userNamespaceIsHost.evidence().kind, model::EvidenceKind::declared);
    EXPECT_TRUE(own.identity.uidMap.unreadable());
    EXPECT_TRUE(own.capabilities.over.at(NamespaceType::user).value().empty());
    EXPECT_EQ(open(one("podman run --userns container:x i")), Words());
    // runtime-spec: a namespace that is not listed is inherited from the runtime; nothing else decides
    EXPECT_EQ(
        open(one(
            R"({"ociVersion":"1.0.2","process":{"args":["a"]},"root":{"path":"r"},"linux":{"namespaces":[]}})")),
        Words());
}

TEST(Assumed, HostIsTheEnginesOwnNamespace) {
    const Snapshot s = one("docker run --userns host i");
    EXPECT_EQ(open(s), Words{kUsers});
    EXPECT_EQ(s.identity.userNamespaceIsHost.evidence().kind, model::EvidenceKind::declared);
    EXPECT_TRUE(s.config.assumed->at(kUsers).gap().reason.starts_with("host is the daemon's own"));
    EXPECT_TRUE(one("docker run --userns host i", "docker,userns-remap").identity.userNamespaceIsHost.value())
        << "docker-run(1): host opts out of userns-remap";
    EXPECT_FALSE(one("docker run --userns host i", "docker,rootless").identity.userNamespaceIsHost.value());
}

TEST(Assumed, ASettingThatIsSaidSettlesIt) {
    const Snapshot rootful = one("docker run i", "docker@20.10.24,rootful");
    EXPECT_EQ(open(rootful), Words());
    EXPECT_TRUE(rootful.config.assumed->at(kUsers).value());
    EXPECT_EQ(rootful.subject.engine, (model::Engine{"docker", "20.10.24", false, false}));
    EXPECT_EQ(one("docker run i").subject.engine.usernsRemap, std::nullopt);
    EXPECT_TRUE(one("docker run i", "docker,userns-remap").subject.engine.usernsRemap.value_or(false));
    EXPECT_TRUE(one("podman run i", "podman,rootless").subject.engine.rootless);
    EXPECT_TRUE(rootful.identity.userNamespaceIsHost.value());
    for (const char* engine : {"docker,userns-remap", "docker,rootless", "podman,rootless"}) {
        const Snapshot mapped = one("docker run i", engine);
        EXPECT_EQ(open(mapped), Words()) << engine;
        EXPECT_FALSE(mapped.identity.userNamespaceIsHost.value()) << engine;
        EXPECT_TRUE(mapped.identity.uidMap.unreadable()) << engine;
    }
    // moby daemon/oci_linux.go clears the read-only flag of the cgroup mount where ids are mapped
    const auto cgroup = [](const Snapshot& s) {
        return std::ranges::find(s.mounts.value(), "/sys/fs/cgroup", &model::Mount::target)->readOnly;
    };
    ImportOptions unified;
    unified.ground.cgroupUnified = true;
    EXPECT_TRUE(cgroup(importDocument("docker run i", "file", unified)->front()));
    unified.engine = "docker,userns-remap";
    EXPECT_FALSE(cgroup(importDocument("docker run i", "file", unified)->front()));
}

// As containers of Podman 4.3.1 that an ordinary user ran had it (the live test of a rootless Podman).
TEST(Assumed, WhatAnOrdinaryUsersPodmanCannotDo) {
    const Snapshot device = one("podman run --device /dev/fuse i", "podman,rootless");
    EXPECT_EQ(device.cgroup.devicePolicy.effective.value(), model::DeviceRules::everything());
    const auto mountAt = [](const Snapshot& snapshot, const std::string& target) {
        const auto mounts = snapshot.mounts.value();
        const auto found = std::ranges::find(mounts, target, &model::Mount::target);
        return found == mounts.end() ? std::optional<model::Mount>() : *found;
    };
    ASSERT_TRUE(mountAt(device, "/dev/fuse"));
    EXPECT_EQ(mountAt(device, "/dev/fuse")->options, (std::vector<std::string>{"rw", "nosuid", "noexec"}));
    EXPECT_EQ(mountAt(device, "/dev/shm")->kind, model::MountKind::dev);
    EXPECT_FALSE(mountAt(one("podman run --device /dev/fuse i", "podman,rootful"), "/dev/fuse"));
    const Snapshot network = one("podman run --net host i", "podman,rootless");
    EXPECT_EQ(mountAt(network, "/sys")->hostPaths.value(), std::vector<std::string>{"/sys"});
    EXPECT_FALSE(mountAt(network, "/sys/fs/cgroup"));
    EXPECT_EQ(network.paths.states.at("/sys/kernel").value().state, model::Exposure::masked);
}

TEST(Assumed, SettingsThatThereAreNot) {
    const auto refusal = [](const std::string& engine) {
        ImportOptions options;
        options.engine = engine;
        const auto all = importDocument("docker run i", "file", options);
        return all ? "accepted" : all.error().message;
    };
    EXPECT_EQ(
        refusal("docker,rootles"),
        "--as docker,rootles: docker has no such setting; there are rootful, userns-remap, rootless");
    EXPECT_EQ(
        refusal("podman,userns-remap"),
        "--as podman,userns-remap: podman has no such setting; there are rootful, rootless");
    EXPECT_EQ(
        refusal("crio,rootless"),
        "--as crio,rootless: crio has no such setting; there are none of this engine");
    EXPECT_EQ(refusal(",rootless"), "accepted");
}

TEST(Assumed, WhatAdmissionAndTheKubeletDecide) {
    const Snapshot bare = one(pod());
    EXPECT_EQ(
        open(bare),
        (Words{"cgroup.limits.cpu", "cgroup.limits.memory", "cgroup.limits.pids", kUsers, "seccomp.mode"}));
    EXPECT_EQ(bare.seccomp.mode.value(), model::SeccompMode::disabled);
    EXPECT_TRUE(bare.config.assumed->at("seccomp.mode").gap().reason.contains("seccompDefault"));
    EXPECT_TRUE(bare.config.assumed->at(kUsers).gap().reason.contains("hostUsers"));
    const std::string said = ", securityContext: {seccompProfile: {type: Unconfined}}, "
                             "resources: {limits: {memory: 64Mi, cpu: 1}}";
    EXPECT_EQ(open(one(pod("  hostUsers: true\n", said))), Words{"cgroup.limits.pids"});
    const Snapshot mapped = one(pod("  hostUsers: false\n", said));
    EXPECT_EQ(open(mapped), Words{"cgroup.limits.pids"});
    EXPECT_FALSE(mapped.identity.userNamespaceIsHost.value());
    const Snapshot host = one(pod("  hostUsers: true\n"));
    EXPECT_EQ(host.identity.userNamespaceIsHost.evidence().kind, model::EvidenceKind::declared);
    // a privileged container has no filter, whatever the kubelet's default is (containerd internal/cri)
    EXPECT_EQ(
        std::ranges::count(open(one(pod("", ", securityContext: {privileged: true}"))), "seccomp.mode"), 0);
}

TEST(Assumed, AnOciConfigurationIsForAnEngineThatThereIs) {
    ImportOptions options;
    options.engine = "lxc";
    const auto all = importDocument(
        R"({"ociVersion":"1.0.2","process":{"args":["a"]},"root":{"path":"r"},"linux":{}})", "config.json",
        options);
    ASSERT_FALSE(all);
    EXPECT_EQ(
        all.error().message,
        "--as lxc: no such engine; there are docker, podman, containerd, crio, runc, crun");
}

} // namespace
} // namespace bulkhead::claims
