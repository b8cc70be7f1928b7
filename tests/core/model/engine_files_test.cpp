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

// kubelet's root folders: --root-dir (/var/lib/kubelet), k0s, MicroK8s; the last name is makeUID's "%08x"
// (pkg/kubelet/kuberuntime/kuberuntime_container.go, makeMounts), and the Pod says where the file stands
TEST(EngineFiles, LastWordsLieAsTheKubeletKeepsThem) {
    const std::string file = "/pods/5d0cb1f3-9b7e-4e57-8f0b-0c6a1be0a3f4/containers/web/0a1b2c3d";
    for (const char* root :
         {"/var/lib/kubelet", "/var/lib/k0s/kubelet", "/var/snap/microk8s/common/var/lib/kubelet"}) {
        EXPECT_TRUE(isMadeByEngine(root + file, "/tmp/last")) << root;
        EXPECT_TRUE(isVolumeOfEngine(root + std::string("/pods/5d0c/volumes/kubernetes.io~secret/s")))
            << root;
    }
    EXPECT_FALSE(isMadeByEngine("/srv" + file, "/data"));
    EXPECT_FALSE(isMadeByEngine("/srv/pods/a/containers/b/c", "/data"));
    EXPECT_FALSE(isMadeByEngine("/var/lib/kubelet/pods/a/containers/web/config.js", "/data"));
    EXPECT_FALSE(isMadeByEngine("/var/lib/kubelet/pods/a/containers/web/0a1b2c3d4", "/data"));
    EXPECT_FALSE(isMadeByEngine("/var/lib/kubelet/pods/a/containers/web", "/data"));
    EXPECT_FALSE(isVolumeOfEngine("/srv/pods/5d0c/volumes/kubernetes.io~secret/s"));
    EXPECT_FALSE(isVolumeOfEngine("/var/lib/kubelet/pods/5d0c/plugins"));
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

// moby volume/local/local.go and podman libpod/runtime_volume_common.go: FOLDER/volumes/NAME/_data;
// kubernetes pkg/kubelet/kubelet_getters.go: ROOT/pods/UID/volumes/PLUGIN/NAME, the plugin's name with ~ for
// its slash.
TEST(EngineFiles, OfVolumesLieWhereEnginesKeepThem) {
    const std::string uid = "77778888-9999-4aaa-8bbb-ccccddddeeee";
    for (const std::string& path :
         {std::string("/var/lib/docker/volumes/db/_data"),
          std::string("/var/lib/docker/volumes/db/_data/a/b"),
          std::string("/var/lib/containers/storage/volumes/db/_data"),
          std::string("/home/u/.local/share/containers/storage/volumes/db/_data"),
          std::string("/home/u/.local/share/docker/volumes/db/_data"),
          "/srv/root/volumes/" + kId + "/_data", // nobody chooses such a name
          std::string("/var/lib/kubelet/pods/1-2/volumes/kubernetes.io~empty-dir/x"),
          std::string("/var/lib/kubelet/pods/1-2/volume-subpaths/x/web/0"),
          "/var/lib/k0s/kubelet/pods/" + uid + "/volumes/kubernetes.io~secret/s",
          "/var/snap/microk8s/common/var/lib/kubelet/pods/" + uid + "/volumes/kubernetes.io~csi/s/mount"}) {
        EXPECT_TRUE(isVolumeOfEngine(path)) << path;
    }
    for (const std::string& path :
         {std::string("/var/lib/docker/volumes"), std::string("/var/lib/docker/volumes/db"),
          std::string("/var/lib/docker/volumes/db/_database"),
          std::string("/var/lib/docker/volumes/a/b/_data"),
          std::string("/data/volumes/elastic/nodes/0/_data"), std::string("/tmp/volumes/elastic/_data"),
          std::string("/tmp/var/lib/docker/volumes/db/_data"), std::string("volumes/db/_data"),
          std::string("/root/volumes/db"), "/srv/pods/" + uid + "/volumes/x",
          std::string("/srv/pods/web/volumes/kubernetes.io~secret/s"),
          std::string("/var/lib/kubelet/pods/1-2"), std::string("/var/lib/kubelet/pods"), std::string()}) {
        EXPECT_FALSE(isVolumeOfEngine(path)) << path;
    }
}

} // namespace
} // namespace bulkhead::model
