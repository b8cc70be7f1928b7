#include "core/kernel/cgroup_origin.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {

namespace {

const std::string kA(64, 'a');
const std::string kB(64, 'b');
const std::string kUid = "0f5a3b1c-1111-2222-3333-444455556666";
const std::string kUidSlice = "0f5a3b1c_1111_2222_3333_444455556666";

using Origins = std::vector<CgroupOrigin>;

/// A path as an engine makes it, and what it names. Sources: the engines' documentation and code, see
/// cgroup_origin.cpp; the Docker, Podman and runc ones on version 1 were also seen on Debian 12.
struct Accepted {
    std::string path;
    Origins origins;
};

TEST(CgroupOrigin, EnginesNameTheirContainers) {
    const std::vector<Accepted> cases = {
        {"/docker/" + kA, {{"docker", kA, ""}}},
        {"/system.slice/docker-" + kA + ".scope", {{"docker", kA, ""}}},
        {"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + kA + ".scope",
         {{"docker", kA, ""}}},
        {"/docker/" + kA + "/docker/" + kB, {{"docker", kA, ""}, {"docker", kB, ""}}},
        {"/docker/" + kA + "/init", {{"docker", kA, ""}}},
        {"/machine.slice/libpod-" + kA + ".scope/container", {{"podman", kA, ""}}},
        {"/libpod_parent/libpod-" + kA, {{"podman", kA, ""}}},
        {"/libpod_parent/" + kB + "/libpod-" + kA, {{"podman", kA, kB}}},
        {"/machine.slice/machine-libpod_pod_" + kB + ".slice/libpod-" + kA + ".scope", {{"podman", kA, kB}}},
        {"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + kA + ".scope/container",
         {{"podman", kA, ""}}},
        {"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" + kUidSlice +
             ".slice/cri-containerd-" + kA + ".scope",
         {{"containerd", kA, kUid}}},
        {"/kubepods.slice/kubepods-pod" + kUidSlice + ".slice/crio-" + kA + ".scope", {{"cri-o", kA, kUid}}},
        {"/kubepods/burstable/pod" + kUid + "/" + kA, {{"", kA, kUid}}},
        {"/kubepods/burstable/pod" + kUid + "/crio-" + kA, {{"cri-o", kA, kUid}}},
        {"/kubepods/pod0f5a3b1c111122223333444455556666/" + kA,
         {{"", kA, "0f5a3b1c111122223333444455556666"}}},
        {"/system.slice/containerd.service/kubepods-besteffort-pod" + kUidSlice +
             ".slice:cri-containerd:" + kA,
         {{"containerd", kA, kUid}}},
        {"/system.slice/runc-web.1.scope", {{"runc", "web.1", ""}}},
        {"/lxc.payload.web/system.slice/cron.service", {{"lxc", "web", ""}}},
        {"/lxc/web", {{"lxc", "web", ""}}},
        {"/machine.slice/systemd-nspawn@deb.service/payload", {{"systemd-nspawn", "deb", ""}}},
        {R"(/machine.slice/machine-my\x2dbox.scope)", {{"systemd-nspawn", "my-box", ""}}},
        {"/ecs/0123456789/" + kA, {{"", kA, ""}}},
    };
    for (const Accepted& given : cases) {
        EXPECT_EQ(originsOf(given.path), given.origins) << given.path;
    }
}

TEST(CgroupOrigin, WhatOnlyLooksSimilarNamesNone) {
    const std::vector<std::string> cases = {
        "/",
        "",
        "/system.slice/docker.service",
        "/docker/" + kA.substr(1),                       // 63 digits
        "/docker/" + kA + "a",                           // 65
        "/docker/" + std::string(64, 'A'),               // upper case
        "/docker/" + std::string(63, 'a') + "g",         // not hex
        "/system.slice/docker-" + kA + ".scope.d",       // another ending
        "/system.slice/xdocker-" + kA + ".scope",        // another beginning
        "/system.slice/docker-" + kA,                    // no ending where there must be one
        "/machine.slice/libpod-conmon-" + kA + ".scope", // the monitor
        "/kubepods.slice/crio-conmon-" + kA + ".scope",
        "/lxc.monitor.web",
        R"(/machine.slice/machine-qemu\x2d1\x2dvm.scope)", // a virtual machine
        "/system.slice/runc-a b.scope",                    // no id of runc's
        "/kubepods/pod" + kUid,                            // a pod alone is no container
        "/user.slice/user-1000.slice/session-2.scope",
    };
    for (const std::string& path : cases) {
        EXPECT_EQ(originsOf(path), Origins{}) << path;
    }
}

TEST(CgroupOrigin, APodNeedsAUid) {
    EXPECT_EQ(originsOf("/kubepods/podevil/" + kA), (Origins{{"", kA, ""}}));
    EXPECT_EQ(originsOf("/kubepods/pod" + kUid + "x/" + kA), (Origins{{"", kA, ""}}));
}

TEST(CgroupOrigin, UnitsAreTheServiceManagers) {
    EXPECT_EQ(unitOf("/system.slice/nginx.service"), "nginx");
    EXPECT_EQ(unitOf(R"(/system.slice/system-getty.slice/getty\x40tty1.service)"), "getty@tty1");
    EXPECT_EQ(
        unitOf(
            "/user.slice/user-1000.slice/user@1000.service/app.slice/app-flatpak-org.example.App-12.scope"),
        "app-flatpak-org.example.App-12");
    EXPECT_EQ(unitOf("/user.slice/user-1000.slice/session-2.scope"), "");
    EXPECT_EQ(unescapeUnit(R"(a\x2db\x5cc\xzz\x2)"), R"(a-b\c\xzz\x2)");
}

} // namespace

} // namespace bulkhead::kernel
