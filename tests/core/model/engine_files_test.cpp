#include "core/model/engine_files.h"

#include <gtest/gtest.h>
#include <string>

namespace bulkhead::model {
namespace {

const std::string kId = "3f4e9d0c5b6a79887766554433221100ffeeddccbbaa99887766554433221100";

// The paths are those of running engines: docker inspect (ResolvConfPath, HostsPath), podman inspect, and
// /proc/PID/mountinfo of containers of containerd's and CRI-O's Pods.
TEST(EngineFiles, AreKnownByBothTheirEnds) {
    EXPECT_TRUE(isMadeByEngine("/var/lib/docker/containers/" + kId + "/resolv.conf", "/etc/resolv.conf"));
    EXPECT_TRUE(isMadeByEngine("/srv/data-root/containers/" + kId + "/hosts", "/etc/hosts"));
    EXPECT_TRUE(isMadeByEngine(
        "/run/containers/storage/overlay-containers/" + kId + "/userdata/.containerenv",
        "/run/.containerenv"));
    EXPECT_TRUE(isMadeByEngine(
        "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/" + kId + "/hostname", "/etc/hostname"));
    EXPECT_TRUE(isMadeByEngine("/var/lib/kubelet/pods/6c1f/etc-hosts", "/etc/hosts"));
    EXPECT_TRUE(isMadeByEngine("/var/lib/kubelet/pods/6c1f/containers/web/0a1b2c3d", "/dev/termination-log"));
    EXPECT_TRUE(isMadeByEngine("/usr/bin/docker-init", "/sbin/docker-init"));
    EXPECT_TRUE(isMadeByEngine("/usr/libexec/podman/catatonit", "/run/podman-init"));
}

TEST(EngineFiles, AreNoneOfTheHostsOwn) {
    EXPECT_FALSE(isMadeByEngine("/etc/hosts", "/etc/hosts"));
    EXPECT_FALSE(isMadeByEngine("/etc/resolv.conf", "/etc/resolv.conf"));
    EXPECT_FALSE(isMadeByEngine("/var/lib/docker/containers/" + kId, "/etc/hosts"));
    EXPECT_FALSE(isMadeByEngine("/var/lib/docker/containers/" + kId + "/hosts", "/data"));
    EXPECT_FALSE(isMadeByEngine("/var/lib/docker/containers/" + kId + "/hostname", "/etc/hosts"));
    EXPECT_FALSE(isMadeByEngine("/var/lib/docker/containers/short/hosts", "/etc/hosts"));
    EXPECT_FALSE(isMadeByEngine("containers/" + kId + "/hosts", "/etc/hosts"));
    EXPECT_FALSE(isMadeByEngine("hosts", "/etc/hosts"));
    EXPECT_FALSE(isMadeByEngine("", "/etc/hosts"));
    EXPECT_FALSE(isMadeByEngine("/", "/"));
}

} // namespace
} // namespace bulkhead::model
