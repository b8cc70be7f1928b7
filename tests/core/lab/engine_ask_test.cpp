#include "core/lab/engine_ask.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace bulkhead::lab {
namespace {

using catalog::Scenario;
using engines::EngineKind;
using Json = nlohmann::json;

constexpr std::uint64_t kAll = (std::uint64_t{1} << 41) - 1;

EngineContext context(EngineKind kind) {
    EngineContext c;
    c.engine = kind;
    c.launch.machine.ground.launcher = model::CapabilitySet(kAll);
    c.launch.machine.ground.lastCapability = 40;
    c.launch.machine.ground.kernelRelease = "6.1.0";
    c.launch.machine.ground.architecture = "x86_64";
    c.launch.machine.ground.devices = {{"/dev/vda", 'b', 254, 0, 0660, 0, 6}};
    c.launch.machine.controllers = {"pids", "memory", "cpu"};
    c.launch.containerId = "bulkhead-1-2-0123abcd-x";
    c.launch.runMarker = "BULKHEAD_LAB=1-2-0123abcd";
    c.launch.bundle = "/bundle";
    c.image = "bulkhead-lab:1-2-0123abcd";
    c.runLabel = "1-2-0123abcd";
    c.profileFile = "/bundle/seccomp.json";
    return c;
}

Scenario scenario(const std::string& yaml) {
    auto parsed =
        catalog::parseScenario("name: x\ntitle: X\norder: 1\n" + yaml, "x.yaml", {"docker-default"});
    EXPECT_TRUE(parsed) << parsed.error().message;
    return *parsed;
}

EngineAsk ask(const std::string& yaml, const EngineContext& c) {
    auto asked = askEngineFor(scenario(yaml), c);
    EXPECT_TRUE(asked) << asked.error().message;
    return asked.value_or(EngineAsk{"{}", "", {}});
}

std::string refusal(const std::string& yaml, const EngineContext& c) {
    const auto asked = askEngineFor(scenario(yaml), c);
    EXPECT_FALSE(asked);
    return asked ? "" : asked.error().message;
}

bool notes(const EngineAsk& asked, const std::string& part) {
    return std::ranges::any_of(asked.notes, [&](const std::string& note) { return note.contains(part); });
}

const char* const kHardened =
    "user:\n  uid: 1000\n  gid: 1000\nuserNamespace:\n  outside: 200000\n  length: 65536\n"
    "capabilities: none\nnoNewPrivileges: true\nrootFilesystem: read-only\n"
    "limits:\n  pids: 64\n  memory: 67108864\n  cpu: 500\n"
    "rlimits:\n  RLIMIT_CORE: 0\n  RLIMIT_NOFILE: 1024\n";

// Names and forms of the keys: Docker Engine API 1.41, ContainerCreate.
TEST(AskDocker, DefaultsSayNothing) {
    const Json body = Json::parse(ask("", context(EngineKind::docker)).body);
    EXPECT_EQ(body["HostConfig"], Json::parse(R"({"NetworkMode":"none"})"));
    EXPECT_EQ(body["Cmd"], Json::parse(R"(["/bulkhead-probe","hold"])"));
    EXPECT_EQ(body["Labels"], Json::parse(R"({"bulkhead.lab.run":"1-2-0123abcd","bulkhead.lab.user":"0"})"));
}

TEST(AskDocker, AHardenedScenario) {
    const EngineAsk asked = ask(kHardened, context(EngineKind::docker));
    const Json host = Json::parse(asked.body)["HostConfig"];
    EXPECT_EQ(host["CapDrop"], Json::parse(R"(["ALL"])"));
    EXPECT_EQ(host["CapAdd"], Json::array());
    EXPECT_EQ(host["SecurityOpt"], Json::parse(R"(["no-new-privileges"])"));
    EXPECT_EQ(host["ReadonlyRootfs"], true);
    EXPECT_EQ(host["PidsLimit"], 64);
    EXPECT_EQ(host["Memory"], 67108864);
    EXPECT_EQ(host["MemorySwap"], -1);
    EXPECT_EQ(host["NanoCpus"], 500000000);
    EXPECT_EQ(
        host["Ulimits"],
        Json::parse(R"([{"Name":"core","Soft":0,"Hard":0},{"Name":"nofile","Soft":1024,"Hard":1024}])"));
    EXPECT_EQ(Json::parse(asked.body)["User"], "1000:1000");
    EXPECT_TRUE(notes(asked, "user namespace: Docker has none for one container"));
}

TEST(AskDocker, PrivilegedIsOneWord) {
    const Json host = Json::parse(ask("privileged: true\n", context(EngineKind::docker)).body)["HostConfig"];
    EXPECT_EQ(host, Json::parse(R"({"NetworkMode":"none","Privileged":true})"));
}

TEST(AskDocker, NoFilterAndPathsOpen) {
    const Json host = Json::parse(
        ask("seccomp: none\nprotectedPaths: none\n", context(EngineKind::docker)).body)["HostConfig"];
    EXPECT_EQ(host["SecurityOpt"], Json::parse(R"(["seccomp=unconfined"])"));
    EXPECT_EQ(host["MaskedPaths"], Json::array()); // null would be Docker's own
    EXPECT_EQ(host["ReadonlyPaths"], Json::array());
}

TEST(AskDocker, ADirectory) {
    const std::string yaml = "directories:\n  - target: /host\n    access: read-only\n";
    const Json host = Json::parse(ask(yaml, context(EngineKind::docker)).body)["HostConfig"];
    EXPECT_EQ(
        host["Mounts"],
        Json::parse(
            R"([{"Type":"bind","Source":"/bundle/host-directory-1","Target":"/host","ReadOnly":true,"BindOptions":{"Propagation":"rprivate"}}])"));
}

// Podman v4 pkg/specgen: the JSON names of SpecGenerator.
TEST(AskPodman, CapabilitiesAndFilterAreTheScenarios) {
    const EngineAsk asked = ask("", context(EngineKind::podman));
    const Json body = Json::parse(asked.body);
    EXPECT_EQ(body["cap_drop"], Json::parse(R"(["ALL"])"));
    EXPECT_EQ(body["cap_add"].size(), 14U);                // Podman's own are eleven
    EXPECT_EQ(body["seccomp_profile_path"], "unconfined"); // no profile was read for this scenario
    EXPECT_TRUE(notes(asked, "pids limit: the scenario has none, Podman sets its own"));
}

TEST(AskPodman, AMappingOfOneContainer) {
    const EngineAsk asked = ask(kHardened, context(EngineKind::podman));
    const Json body = Json::parse(asked.body);
    EXPECT_EQ(body["userns"]["nsmode"], "private");
    EXPECT_EQ(
        body["idmappings"]["UIDMap"], Json::parse(R"([{"container_id":0,"host_id":200000,"size":65536}])"));
    EXPECT_EQ(body["resource_limits"]["cpu"], Json::parse(R"({"quota":50000,"period":100000})"));
    EXPECT_EQ(body["no_new_privileges"], true);
    EXPECT_FALSE(notes(asked, "user namespace"));
}

TEST(AskPodman, LimitsThatItsOwnDefaultWouldPass) {
    EngineContext c = context(EngineKind::podman);
    c.launch.machine.ground.launcher.remove(*model::capabilityNamed("CAP_SYS_RESOURCE"));
    c.launch.machine.hardLimits = {{"RLIMIT_NOFILE", 20000}};
    const EngineAsk asked = ask("", c);
    EXPECT_EQ(
        Json::parse(asked.body)["r_limits"], Json::parse(R"([{"type":"nofile","soft":20000,"hard":20000}])"));
    EXPECT_TRUE(notes(asked, "RLIMIT_NOFILE: 20000, the most that the launcher may give"));
}

TEST(AskEngine, WhatHasNoWordIsRefused) {
    for (const EngineKind kind : {EngineKind::docker, EngineKind::podman}) {
        EXPECT_TRUE(refusal("launcher: unprivileged\nuserNamespace: launcher\n", context(kind))
                        .contains("runs as root, and the scenario is a launch without; use a rootless one"));
        EngineContext rootless = context(kind);
        rootless.info.rootless = true;
        EXPECT_TRUE(
            refusal("", rootless).contains("is rootless: root of its containers is an ordinary user"));
        EXPECT_EQ(
            refusal("privileged: true\ncapabilities: none\n", context(kind)),
            "kernel file systems writable: engines give that with --privileged as a whole only; launch it "
            "with --engine runc");
    }
}

} // namespace
} // namespace bulkhead::lab
