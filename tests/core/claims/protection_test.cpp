// Masks, profiles, namespaces and maps at their edges: what nil, [] and an explicit choice mean to whom.
// References: moby daemon/create_unix.go and oci_linux.go, docker/cli opts.go (systempaths), podman
// pkg/specgen/generate/config_linux.go and podman 4.3.1 as it ran, containerd internal/cri, runtime-spec
// config-linux.md.

#include "core/claims/import.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

using model::NamespaceType;
using model::Snapshot;
using Words = std::vector<std::string>;

base::Result<std::vector<Snapshot>> import(const std::string& text, const std::string& engine = "") {
    ImportOptions options;
    options.engine = engine;
    options.ground.architecture = "x86_64";
    options.ground.apparmor = true;
    options.ground.cgroupUnified = true;
    return importDocument(text, "file", options);
}

Snapshot one(const std::string& text, const std::string& engine = "") {
    auto all = import(text, engine);
    EXPECT_TRUE(all) << all.error().message;
    return all ? all->front() : Snapshot{};
}

Snapshot inspected(const std::string& hostConfig, bool podman = false) {
    return one(
        R"([{"Id":"a","Config":{},"HostConfig":{)" + hostConfig + "}" +
        (podman ? R"(,"OCIRuntime":"crun")" : "") + "}]");
}

Snapshot oci(const std::string& linux) {
    return one(
        R"({"ociVersion":"1.0.2","process":{"args":["a"]},"root":{"path":"r"},"linux":{)" + linux + "}}");
}

Snapshot pod(const std::string& context, const std::string& engine) {
    return one(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i, "
        "securityContext: " +
            context + "}]}",
        engine);
}

TEST(Protection, MaskedPathsThatAreNullAreTheEnginesAndEmptyOnesNone) {
    // docker run fills them in; the API leaves null to the daemon
    EXPECT_TRUE(std::ranges::count(inspected("").paths.maskedPaths.value(), "/proc/kcore") == 1);
    EXPECT_EQ(
        inspected(R"("MaskedPaths":null,"ReadonlyPaths":null)").paths.maskedPaths.value(),
        inspected("").paths.maskedPaths.value());
    const Snapshot none = inspected(R"("MaskedPaths":[],"ReadonlyPaths":[])"); // systempaths=unconfined
    EXPECT_TRUE(none.paths.maskedPaths.value().empty());
    EXPECT_TRUE(none.paths.readonlyPaths.value().empty());
    EXPECT_EQ(none.paths.states.at("/proc/kcore").value().state, model::Exposure::exposed);
    EXPECT_EQ(inspected(R"("MaskedPaths":["/proc/keys"])").paths.maskedPaths.value(), Words{"/proc/keys"});
    EXPECT_TRUE(inspected(R"("Privileged":true,"MaskedPaths":null)").paths.maskedPaths.value().empty());
    // runtime-spec: absent, null and [] mask nothing; there is no engine any more
    for (const char* linux : {"", R"("maskedPaths":null,"readonlyPaths":null)", R"("maskedPaths":[])"}) {
        EXPECT_TRUE(oci(linux).paths.maskedPaths.value().empty()) << linux;
        EXPECT_TRUE(oci(linux).paths.readonlyPaths.value().empty()) << linux;
    }
    for (const char* engine : {"containerd", "crio"}) {
        EXPECT_TRUE(pod("{procMount: Unmasked}", engine).paths.maskedPaths.value().empty()) << engine;
        EXPECT_TRUE(pod("{procMount: Unmasked}", engine).paths.readonlyPaths.value().empty()) << engine;
        EXPECT_FALSE(pod("{procMount: Default}", engine).paths.maskedPaths.value().empty()) << engine;
        EXPECT_TRUE(pod("{privileged: true}", engine).paths.maskedPaths.value().empty()) << engine;
    }
}

TEST(Protection, PodmansMaskAndUnmask) {
    const auto masks = [](const std::string& options, const std::string& path) {
        const Snapshot s = one("podman run " + options + " i");
        return std::ranges::count(s.paths.maskedPaths.value(), path) == 1;
    };
    EXPECT_TRUE(masks("", "/proc/kcore"));
    EXPECT_FALSE(masks("--security-opt unmask=/proc/kcore:/proc/keys", "/proc/kcore"));
    EXPECT_FALSE(masks("--security-opt unmask=/proc/kcore:/proc/keys", "/proc/keys"));
    EXPECT_TRUE(masks("--security-opt unmask=/proc/kcore", "/proc/keys"));
    EXPECT_FALSE(masks("--security-opt 'unmask=/proc/*'", "/proc/kcore"));
    EXPECT_TRUE(masks("--security-opt 'unmask=/proc/*'", "/sys/firmware"));
    EXPECT_TRUE(masks("--security-opt 'unmask=/*'", "/proc/kcore")) << "filepath.Match: * ends at a slash";
    EXPECT_TRUE(masks("--security-opt mask=/etc/x:/etc/y", "/etc/x"));
    EXPECT_TRUE(masks("--privileged --security-opt mask=/etc/x", "/etc/x"));
    EXPECT_FALSE(masks("--privileged --security-opt mask=/etc/x", "/proc/kcore"));
    const Snapshot s = one("podman run --security-opt unmask=/proc/sys i");
    EXPECT_EQ(std::ranges::count(s.paths.readonlyPaths.value(), "/proc/sys"), 0);
    const auto cgroup = [](const std::string& line) {
        const Snapshot read = one(line);
        return std::ranges::find(read.mounts.value(), "/sys/fs/cgroup", &model::Mount::target)->readOnly;
    };
    EXPECT_TRUE(cgroup("podman run i"));
    EXPECT_FALSE(cgroup("podman run --security-opt unmask=/sys/fs/cgroup i"));
    EXPECT_FALSE(cgroup("podman run --security-opt unmask=ALL i"));
    EXPECT_TRUE(cgroup("docker run --security-opt systempaths=unconfined i"));
    EXPECT_FALSE(cgroup("docker run --security-opt writable-cgroups=true i"));
    EXPECT_TRUE(cgroup("docker run --security-opt writable-cgroups=false i"));
}

TEST(Protection, PrivilegedAndTheProfileThatIsAskedFor) {
    const std::string local = "seccompProfile: {type: Localhost, localhostProfile: p.json}";
    for (const char* engine : {"containerd", "crio"}) {
        for (const std::string& profile : {std::string("seccompProfile: {type: RuntimeDefault}"), local}) {
            const Snapshot s = pod("{privileged: true, " + profile + "}", engine);
            EXPECT_EQ(s.seccomp.mode.value(), model::SeccompMode::disabled) << engine << profile;
        }
        EXPECT_EQ(pod("{" + local + "}", engine).seccomp.mode.value(), model::SeccompMode::filter) << engine;
        EXPECT_TRUE(pod("{" + local + "}", engine).seccomp.verdicts.unreadable()) << engine;
    }
    // Docker and Podman keep a profile that is asked for by name
    const std::string own = R"('seccomp={"defaultAction":"SCMP_ACT_ERRNO"}')";
    for (const std::string& engine : {std::string("docker"), std::string("podman")}) {
        EXPECT_EQ(
            one(engine + " run --privileged --security-opt " + own + " i").seccomp.mode.value(),
            model::SeccompMode::filter);
        EXPECT_EQ(one(engine + " run --privileged i").seccomp.mode.value(), model::SeccompMode::disabled);
    }
    // AppArmor: an explicit profile stays, the default goes (containerd internal/cri, apparmor)
    const std::string apparmor = "appArmorProfile: {type: Localhost, localhostProfile: mine}";
    EXPECT_EQ(pod("{privileged: true, " + apparmor + "}", "containerd").lsm.apparmor.value().label, "mine");
    EXPECT_EQ(pod("{privileged: true}", "containerd").lsm.apparmor.value().label, "unconfined");
}

TEST(Protection, ANamespaceWithAPathIsNoOwnOne) {
    const auto shared = [](const std::string& entry) {
        return oci(R"("namespaces":[)" + entry + "]").namespaces.at(NamespaceType::net).sharedWithHost;
    };
    EXPECT_TRUE(shared("").value()) << "runtime-spec: what is not listed is the runtime's";
    EXPECT_FALSE(shared(R"({"type":"network"})").value());
    EXPECT_FALSE(shared(R"({"type":"network","path":""})").value());
    EXPECT_TRUE(shared(R"({"type":"network","path":"/proc/1/ns/net"})").value());
    // containerd writes the sandbox's, of a hostNetwork Pod as well
    const auto joined = shared(R"({"type":"network","path":"/proc/4321/ns/net"})");
    ASSERT_TRUE(joined.unreadable());
    EXPECT_TRUE(joined.gap().reason.contains("/proc/4321/ns/net")) << joined.gap().reason;
}

TEST(Protection, PodmansMapsOfIds) {
    const Snapshot line = one("podman run --uidmap 0:100000:65536 --uidmap 65536:1:1 i");
    EXPECT_FALSE(line.identity.userNamespaceIsHost.value());
    EXPECT_EQ(line.identity.uidMap.value().toText(), "0 100000 65536; 65536 1 1");
    EXPECT_EQ(line.identity.gidMap.value().toText(), "0 100000 65536; 65536 1 1");
    EXPECT_EQ(
        import("podman run --uidmap 0:1:2:3 i").error().message, "file: --uidmap=0:1:2:3: not understood");
    EXPECT_FALSE(import("podman run --uidmap 0:4294967295:2 i"));
    EXPECT_FALSE(import("podman run --uidmap 0:1:0 i"));
    EXPECT_FALSE(import("podman run --uidmap '' i"));
    // podman 4.3.1 run --uidmap 0:100000:1000
    const std::string mapped =
        R"("UsernsMode":"private","IDMappings":{"UidMap":["0:100000:1000"],"GidMap":["0:100000:1000"]})";
    const Snapshot s = inspected(mapped, true);
    EXPECT_EQ(s.identity.uidMap.value().toText(), "0 100000 1000");
    EXPECT_EQ(s.config.notUnderstood.value(), Words{});
    EXPECT_TRUE(inspected(R"("UsernsMode":"","IDMappings":null)", true).identity.userNamespaceIsHost.value());
    EXPECT_FALSE(import(
        R"([{"Id":"a","OCIRuntime":"crun","Config":{},"HostConfig":{"IDMappings":{"UidMap":["x"]}}}])"));
}

/// Podman 4.3.1, run with --read-only: tmpfs on /run, /tmp and /var/tmp (nosuid, nodev), the engine's files
/// read-only with nosuid, nodev and noexec, and /run/.containerenv only where no mount lies over /run.
TEST(Protection, PodmansReadOnlyRootHasWritableFolders) {
    const auto mountAt = [](const Snapshot& s, const std::string& target) {
        const auto found = std::ranges::find(s.mounts.value(), target, &model::Mount::target);
        return found == s.mounts.value().end() ? Words{"none"} : found->options;
    };
    const Words closed = {"ro", "nosuid", "nodev", "noexec"};
    const Words writable = {"rw", "nosuid", "nodev"};
    const Snapshot line = one("podman run --read-only i");
    for (const char* folder : {"/run", "/tmp", "/var/tmp"}) {
        EXPECT_EQ(mountAt(line, folder), writable) << folder;
        EXPECT_EQ(mountAt(one("docker run --read-only i"), folder), Words{"none"}) << folder;
        EXPECT_EQ(mountAt(one("podman run i"), folder), Words{"none"}) << folder;
    }
    EXPECT_EQ(mountAt(line, "/run/.containerenv"), Words{"none"});
    EXPECT_EQ(mountAt(line, "/etc/hosts"), closed);
    const Snapshot without = one("podman run --read-only --read-only-tmpfs=false i");
    EXPECT_EQ(mountAt(without, "/run"), Words{"none"});
    EXPECT_EQ(mountAt(without, "/run/.containerenv"), closed);
    // one's own mount takes the place of the engine's
    EXPECT_EQ(mountAt(one("podman run --read-only -v /srv:/tmp:ro i"), "/tmp").front(), "ro");
    EXPECT_EQ(mountAt(one("podman run i"), "/run/.containerenv"), Words{"rw"});
    // inspect lists the folders itself, and lists none where there are none
    const std::string tmpfs = R"("Tmpfs":{"/run":"rw,rprivate,nosuid,nodev,tmpcopyup"})";
    const std::string files = R"(,"ResolvConfPath":"","HostnamePath":"/x/hostname","HostsPath":"/x/hosts")";
    const auto inspect = [&](const std::string& host) {
        return one(
            R"([{"Id":"a","OCIRuntime":"crun","Config":{},"HostConfig":{"ReadonlyRootfs":true,)" + host +
            "}" + files + "}]");
    };
    EXPECT_EQ(mountAt(inspect(tmpfs), "/run"), writable);
    EXPECT_EQ(mountAt(inspect(tmpfs), "/run/.containerenv"), Words{"none"});
    EXPECT_EQ(mountAt(inspect(R"("Tmpfs":{})"), "/run"), Words{"none"});
    EXPECT_EQ(mountAt(inspect(R"("Tmpfs":{})"), "/run/.containerenv"), closed);
    EXPECT_EQ(mountAt(inspect(R"("Tmpfs":{})"), "/etc/hosts"), closed);
}

TEST(Protection, NumbersAsTexts) {
    const auto refusal = [](const std::string& text) {
        const auto all = import(text);
        return all ? "accepted" : all.error().message;
    };
    // the API server takes no text for an integer; the schema of Compose takes either
    EXPECT_EQ(
        refusal("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i, "
                "securityContext: {runAsUser: '0'}}]}"),
        "file:4:70: spec.containers[0].securityContext.runAsUser: expected a whole number, found the text 0");
    EXPECT_EQ(refusal("services: {s: {image: i, cpu_quota: '50000', mem_limit: '67108864'}}"), "accepted");
    EXPECT_EQ(
        refusal("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i, "
                "resources: {limits: {memory: 67108864, cpu: '1'}}}]}"),
        "accepted");
    EXPECT_EQ(
        refusal(R"([{"Id":"a","Config":{},"HostConfig":{"Memory":"67108864"}}])"),
        "file:1:47: HostConfig.Memory: expected a whole number, found the text 67108864");
    EXPECT_EQ(
        refusal(R"({"ociVersion":"1.0.2","process":{"user":{"uid":"0"}},"linux":{}})"),
        "file:1:48: process.user.uid: expected a whole number, found the text 0");
}

} // namespace
} // namespace bulkhead::claims
