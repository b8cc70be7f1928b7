#include "core/engines/engine_info.h"

#include <gtest/gtest.h>

namespace bulkhead::engines {
namespace {

/// SecurityOptions as `docker info --format '{{json .SecurityOptions}}'` prints them.
EngineInfo docker(const std::string& options) {
    const auto info = parseDockerInfo(
        R"({"ServerVersion":"24.0.7","DefaultRuntime":"io.containerd.runc.v2/runc","SecurityOptions":)" +
            options + "}",
        R"({"Version":"24.0.7","Components":[{"Name":"Engine","Version":"24.0.7"},{"Name":"runc","Version":"1.1.9"}]})");
    EXPECT_TRUE(info) << info.error().message;
    return info.value_or(EngineInfo{});
}

TEST(EngineInfo, DockerSaysWhetherItRemapsAndIsRootless) {
    const EngineInfo plain = docker(R"(["name=seccomp,profile=builtin","name=cgroupns"])");
    EXPECT_EQ(plain, (EngineInfo{"24.0.7", false, false, "runc", "1.1.9"}));
    EXPECT_TRUE(docker(R"(["name=seccomp,profile=default","name=userns"])").usernsRemap.value_or(false));
    EXPECT_TRUE(docker(R"(["name=seccomp,profile=builtin","name=rootless","name=cgroupns"])").rootless);
    // a profile may be named anything: only an option of that name counts
    EXPECT_FALSE(docker(R"(["name=seccomp,profile=/etc/name=userns"])").usernsRemap.value_or(true));
    EXPECT_FALSE(docker("null").usernsRemap.value_or(true));
}

TEST(EngineInfo, WhatDockerDoesNotSayIsNotKnown) {
    const auto info = parseDockerInfo(R"({"ServerVersion":"1.9"})", "");
    ASSERT_TRUE(info);
    EXPECT_EQ(info->usernsRemap, std::nullopt);
    EXPECT_EQ(info->runtimeVersion, "");
}

TEST(EngineInfo, Podmans) {
    const auto info = parsePodmanInfo(
        R"({"host":{"security":{"rootless":true},"ociRuntime":{"name":"/usr/sbin/runc","version":"runc version 1.1.5+ds1\ncommit: x\nlibseccomp: 2.5.4"}},"version":{"Version":"4.3.1"}})");
    ASSERT_TRUE(info);
    EXPECT_EQ(*info, (EngineInfo{"4.3.1", true, false, "runc", "1.1.5+ds1"}));
}

TEST(EngineInfo, WhatItMakesOfUsersIsSaidWithTheEngine) {
    EngineInfo info;
    EXPECT_EQ(engineAsked(EngineKind::docker, info), "docker"); // it did not answer
    info.version = "20.10.24";
    info.usernsRemap = false;
    EXPECT_EQ(engineAsked(EngineKind::docker, info), "docker@20.10.24,rootful");
    info.usernsRemap = true;
    EXPECT_EQ(engineAsked(EngineKind::docker, info), "docker@20.10.24,userns-remap");
    info.rootless = true;
    EXPECT_EQ(engineAsked(EngineKind::podman, info), "podman@20.10.24,rootless");
}

TEST(EngineInfo, AnswersOfNoEngine) {
    for (const char* answer : {"", "[]", "null", "<html>", "{", "3"}) {
        EXPECT_EQ(parseDockerInfo(answer, "").error().kind, base::ErrorKind::malformed) << answer;
        EXPECT_EQ(
            parsePodmanInfo(answer).error().message,
            "GET /v4.0.0/libpod/info: not the JSON object that its API documents")
            << answer;
    }
    // members of other kinds than documented are as good as none
    EXPECT_EQ(parsePodmanInfo(R"({"host":[],"version":3})").value().version, "");
    EXPECT_FALSE(parseDockerInfo(R"({"SecurityOptions":[3,null,{}]})", "[]").value().rootless);
}

} // namespace
} // namespace bulkhead::engines
