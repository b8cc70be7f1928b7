// What is added and dropped, by engine, as their own sources combine it: docker moby
// daemon/pkg/oci/caps/utils.go TweakCapabilities; podman container-libs common/pkg/capabilities
// MergeCapabilities and podman pkg/specgen/generate/security_linux.go; containerd internal/cri/opts
// WithCapabilities; cri-o internal/factory/container SpecSetupCapabilities. The sets are counted by hand.

#include "core/claims/import.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

using model::CapabilitySet;
using model::Snapshot;
using Words = std::vector<std::string>;

/// capability.h: CHOWN 0, DAC_OVERRIDE 1, FOWNER 3, FSETID 4, KILL 5, SETGID 6, SETUID 7, SETPCAP 8,
/// NET_BIND_SERVICE 10, NET_ADMIN 12, NET_RAW 13, SYS_CHROOT 18, SYS_ADMIN 21, MKNOD 27, AUDIT_WRITE 29,
/// SETFCAP 31.
constexpr std::uint64_t kAll = (1ULL << 41U) - 1;
constexpr std::uint64_t kFourteen = 0xa80425fb;
constexpr std::uint64_t kEleven = 0x800405fb;
constexpr std::uint64_t kNine = 0x5fb;
constexpr std::uint64_t kChown = 1;
constexpr std::uint64_t kNetAdmin = 1ULL << 12U;
constexpr std::uint64_t kNetRaw = 1ULL << 13U;

struct Case {
    Words add;
    Words drop;
    std::uint64_t docker;
    std::uint64_t podman;
    std::uint64_t containerd;
    std::uint64_t crio;
};

std::string listOf(const Words& words) {
    std::string text = "[";
    for (const std::string& word : words) {
        text += (text.size() > 1 ? ", " : "") + word;
    }
    return text + "]";
}

Snapshot one(const std::string& text, const std::string& engine, const std::string& file = "f") {
    ImportOptions options;
    options.engine = engine;
    options.ground.architecture = "x86_64";
    auto all = importDocument(text, file, options);
    EXPECT_TRUE(all) << all.error().message;
    return all ? all->front() : Snapshot{};
}

/// As root, so that the sets are those after the execve as well.
Snapshot asked(const Case& in, const std::string& engine) {
    if (engine == "docker" || engine == "podman") {
        return one(
            "services: {s: {image: i, user: '0:0', cap_add: " + listOf(in.add) +
                ", cap_drop: " + listOf(in.drop) + "}}",
            engine);
    }
    return one(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i, "
        "securityContext: {runAsUser: 0, capabilities: {add: " +
            listOf(in.add) + ", drop: " + listOf(in.drop) + "}}}]}",
        engine);
}

TEST(CapabilityAlgebra, AddAndDropByEngine) {
    const std::vector<Case> cases = {
        {{}, {}, kFourteen, kEleven, kFourteen, kNine},
        {{"NET_ADMIN"},
         {},
         kFourteen | kNetAdmin,
         kEleven | kNetAdmin,
         kFourteen | kNetAdmin,
         kNine | kNetAdmin},
        {{"net_admin"},
         {"chown"},
         (kFourteen | kNetAdmin) & ~kChown,
         (kEleven | kNetAdmin) & ~kChown,
         (kFourteen | kNetAdmin) & ~kChown,
         (kNine | kNetAdmin) & ~kChown},
        {{}, {"ALL"}, 0, 0, 0, 0},
        {{}, {"all"}, 0, 0, 0, 0},
        {{"CHOWN"}, {"ALL"}, kChown, kChown, kChown, kChown},
        {{"ALL"}, {}, kAll, kAll, kAll, kAll},
        {{"All"}, {"NET_RAW"}, kAll & ~kNetRaw, kAll & ~kNetRaw, kAll & ~kNetRaw, kAll & ~kNetRaw},
        // a name beside ALL on its own side adds nothing to it, and takes nothing more
        {{"ALL", "NET_RAW"}, {}, kAll, kAll, kAll, kAll},
        {{}, {"ALL", "NET_RAW"}, 0, 0, 0, 0},
        // names on both sides: Docker adds, CRI drops
        {{"ALL", "NET_RAW"}, {"NET_RAW"}, kAll & ~kNetRaw, kAll & ~kNetRaw, kAll & ~kNetRaw, kAll & ~kNetRaw},
        {{"NET_RAW"}, {"ALL", "NET_RAW"}, kNetRaw, kNetRaw, 0, 0},
        // what is not there is dropped without a word
        {{}, {"SYS_ADMIN"}, kFourteen, kEleven, kFourteen, kNine},
    };
    for (const Case& in : cases) {
        const std::string label = listOf(in.add) + " " + listOf(in.drop);
        const auto mask = [&](const char* engine) {
            const Snapshot s = asked(in, engine);
            EXPECT_EQ(s.capabilities.effective.value(), s.capabilities.bounding.value()) << label;
            return s.capabilities.bounding.value().mask();
        };
        EXPECT_EQ(mask("docker"), in.docker) << label;
        EXPECT_EQ(mask("podman"), in.podman) << label;
        EXPECT_EQ(mask("containerd"), in.containerd) << label;
        EXPECT_EQ(mask("crio"), in.crio) << label;
    }
}

TEST(CapabilityAlgebra, OneNameOnBothSides) {
    const Case both = {{"NET_RAW"}, {"NET_RAW"}, 0, 0, 0, 0};
    EXPECT_EQ(asked(both, "docker").capabilities.bounding.value().mask(), kFourteen);
    EXPECT_EQ(asked(both, "containerd").capabilities.bounding.value().mask(), kFourteen & ~kNetRaw);
    EXPECT_EQ(asked(both, "crio").capabilities.bounding.value().mask(), kNine);
    EXPECT_EQ(
        asked(both, "podman").config.notUnderstood.value(),
        Words{"podman refuses to add and to drop CAP_NET_RAW"});
    EXPECT_EQ(asked(both, "docker").config.notUnderstood.value(), Words{});
    // ALL on both sides: Docker adds them, CRI takes them away, Podman refuses
    const Case all = {{"ALL"}, {"ALL"}, 0, 0, 0, 0};
    EXPECT_EQ(asked(all, "docker").capabilities.bounding.value().mask(), kAll);
    EXPECT_EQ(asked(all, "containerd").capabilities.bounding.value().mask(), 0U);
    EXPECT_EQ(asked(all, "crio").capabilities.bounding.value().mask(), 0U);
    EXPECT_EQ(
        asked(all, "podman").config.notUnderstood.value(),
        Words{"podman refuses to add and to drop all capabilities"});
}

TEST(CapabilityAlgebra, ThePrefixIsNoMatterButToContainerd) {
    const Case prefixed = {{"CAP_NET_ADMIN"}, {"CAP_NET_RAW"}, 0, 0, 0, 0};
    EXPECT_EQ(
        asked(prefixed, "docker").capabilities.bounding.value().mask(), (kFourteen | kNetAdmin) & ~kNetRaw);
    EXPECT_EQ(asked(prefixed, "podman").capabilities.bounding.value().mask(), kEleven | kNetAdmin);
    EXPECT_EQ(asked(prefixed, "crio").capabilities.bounding.value().mask(), kNine | kNetAdmin);
    const Snapshot s = asked(prefixed, "containerd");
    EXPECT_EQ(s.capabilities.bounding.value().mask(), kFourteen);
    EXPECT_EQ(
        s.config.notUnderstood.value(),
        (Words{
            "containerd makes CAP_CAP_NET_ADMIN of CAP_NET_ADMIN, which is no capability and is passed over",
            "containerd makes CAP_CAP_NET_RAW of CAP_NET_RAW, which is no capability and is passed over"}));
}

TEST(CapabilityAlgebra, WhatIsNoCapabilityIsSaid) {
    const Case odd = {{"NET_ADMINN", "21"}, {"CAP_ALL"}, 0, 0, 0, 0};
    const Snapshot s = asked(odd, "docker");
    EXPECT_EQ(s.capabilities.bounding.value().mask(), kFourteen);
    EXPECT_EQ(
        s.config.notUnderstood.value(), (Words{
                                            "no capability is named NET_ADMINN", "no capability is named 21",
                                            "no capability is named CAP_ALL"}));
}

TEST(CapabilityAlgebra, AnotherUserThanRoot) {
    // capabilities(7): without ambient ones, execve leaves an unprivileged user none; the bounding set stays
    const Snapshot docker = one("docker run -u 1000 --cap-add NET_ADMIN i", "");
    EXPECT_EQ(docker.capabilities.effective.value().mask(), 0U);
    EXPECT_EQ(docker.capabilities.permitted.value().mask(), 0U);
    EXPECT_EQ(docker.capabilities.bounding.value().mask(), kFourteen | kNetAdmin);
    // Podman keeps what was added by name, in every set
    const Snapshot podman = one("podman run -u 1000 --cap-add NET_ADMIN i", "");
    EXPECT_EQ(podman.capabilities.effective.value().mask(), kNetAdmin);
    EXPECT_EQ(podman.capabilities.ambient.value().mask(), kNetAdmin);
    EXPECT_EQ(podman.capabilities.inheritable.value().mask(), kNetAdmin);
    EXPECT_EQ(podman.capabilities.bounding.value().mask(), kEleven | kNetAdmin);
    EXPECT_EQ(one("podman run -u 1000 --cap-add all i", "").capabilities.effective.value().mask(), kAll);
    for (const char* engine : {"containerd", "crio"}) {
        const Snapshot cri =
            one("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i, "
                "securityContext: {runAsUser: 1000, capabilities: {add: [NET_ADMIN]}}}]}",
                engine);
        EXPECT_EQ(cri.capabilities.effective.value().mask(), 0U) << engine;
        EXPECT_EQ(cri.capabilities.ambient.value().mask(), 0U) << engine;
        EXPECT_TRUE(cri.capabilities.bounding.value().has(*model::capabilityNamed("CAP_NET_ADMIN")))
            << engine;
    }
    // config.json with an ambient set: what it holds stays, as far as it is permitted and inheritable
    const auto oci = [](const std::string& sets) {
        return one(
            R"({"ociVersion":"1.0.2","process":{"user":{"uid":1000,"gid":1000},"args":["a"],"capabilities":{)" +
                sets + R"(}},"root":{"path":"r"},"linux":{}})",
            "", "/x/config.json");
    };
    const std::string three =
        R"("bounding":["CAP_CHOWN"],"permitted":["CAP_CHOWN"],"effective":["CAP_CHOWN"])";
    EXPECT_EQ(oci(three).capabilities.effective.value().mask(), 0U);
    EXPECT_EQ(oci(three + R"(,"ambient":["CAP_CHOWN"])").capabilities.effective.value().mask(), 0U)
        << "capabilities(7): ambient only what is inheritable too";
    EXPECT_EQ(
        oci(three + R"(,"inheritable":["CAP_CHOWN"],"ambient":["CAP_CHOWN"])")
            .capabilities.effective.value()
            .mask(),
        kChown);
}

} // namespace
} // namespace bulkhead::claims
