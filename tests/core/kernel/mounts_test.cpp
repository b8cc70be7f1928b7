#include "core/kernel/host_sockets.h"
#include "core/kernel/mount_kind.h"
#include "core/kernel/mounts.h"
#include "core/kernel/task_mounts.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

using model::MountKind;
using Paths = std::vector<std::string>;

MountEntry line(const std::string& text) {
    const auto entries = parseMountinfo(text);
    EXPECT_TRUE(entries) << text;
    return entries ? entries->front() : MountEntry{};
}

HostMounts host() {
    return hostMountsOf(*parseMountinfo("27 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n"
                                        "24 27 0:6 / /dev rw shared:2 - devtmpfs devtmpfs rw\n"
                                        "26 27 0:24 / /run rw shared:5 - tmpfs tmpfs rw\n"
                                        "60 27 8:16 / /srv rw - ext4 /dev/sdb rw\n"
                                        "61 27 8:16 /exports /mnt/e rw - ext4 /dev/sdb rw\n"
                                        "62 27 0:31 /root /btrfs rw - btrfs /dev/sdc rw\n"
                                        "63 27 254:0 /var/lib /old rw - ext4 /dev/vda rw\n"
                                        "64 63 0:50 / /old rw - tmpfs cover rw\n"));
}

TEST(HostMounts, findsEveryPathOfTheSameDirectory) {
    const auto paths = [](const std::string& device, const std::string& root) {
        return host().pathsOf(line("1 2 " + device + " " + root + " /x rw - ext4 d rw"));
    };
    EXPECT_EQ(paths("254:0", "/home/ada"), Paths{"/home/ada"});
    EXPECT_EQ(paths("254:0", "/"), Paths{"/"});
    EXPECT_EQ(paths("8:16", "/exports/a"), (Paths{"/mnt/e/a", "/srv/exports/a"}));
    EXPECT_EQ(paths("8:16", "/other"), Paths{"/srv/other"});
    EXPECT_EQ(paths("8:16", "/"), Paths{"/srv"});
    EXPECT_EQ(paths("0:31", "/root/etc"), Paths{"/btrfs/etc"});
    EXPECT_EQ(paths("0:31", "/home"), Paths{}); // another subvolume
    EXPECT_EQ(paths("0:99", "/"), Paths{});     // not mounted on the host
    EXPECT_EQ(paths("0:24", "/docker.sock"), Paths{"/run/docker.sock"});
    EXPECT_EQ(paths("254:0", "/srv/x"), Paths{}); // on the host something is mounted over /srv
    EXPECT_EQ(paths("254:0", "/var/lib/x"), Paths{"/var/lib/x"}); // /old is covered
    EXPECT_EQ(paths("254:0", "/gone//deleted"), Paths{});
}

TEST(MountKind, tellsFurnitureFromAuthority) {
    struct Case {
        std::string line;
        MountKind kind;
        Paths host;
    };
    const Paths none;
    for (const Case& c : {
             Case{"1 2 0:1 / / rw - overlay overlay rw", MountKind::rootfs, {"/merged"}},
             Case{"1 2 0:1 / /proc rw - proc proc rw", MountKind::proc, none},
             Case{"1 2 0:1 / /host/proc ro - proc proc rw", MountKind::proc, none},
             Case{"1 2 0:1 /sys /proc/sys ro - proc proc rw", MountKind::readonlyPath, none},
             Case{"1 2 0:1 /sys /proc/sys rw - proc proc rw", MountKind::proc, none},
             Case{"1 2 0:1 /sys /x ro - proc proc rw", MountKind::proc, none},
             Case{"1 2 0:1 / /proc/acpi ro - tmpfs tmpfs ro", MountKind::masked, none},
             Case{"1 2 0:1 / /proc/acpi rw - tmpfs tmpfs rw", MountKind::tmpfs, none},
             Case{"1 2 0:1 /null /proc/keys rw - tmpfs tmpfs rw", MountKind::masked, none},
             Case{"1 2 0:6 /null /proc/kcore rw - devtmpfs devtmpfs rw", MountKind::masked, {"/dev/null"}},
             Case{
                 "1 2 0:5 /runc/empty /sys/firmware ro - tmpfs tmpfs rw",
                 MountKind::masked,
                 {"/run/runc/empty"}},
             Case{"1 2 254:0 /empty /proc/scsi ro - ext4 /dev/vda rw", MountKind::masked, {"/empty"}},
             Case{"1 2 254:0 /x /proc/scsi rw - ext4 /dev/vda rw", MountKind::bind, {"/x"}},
             Case{"1 2 254:0 /srv/null /sys/x rw - ext4 /dev/vda rw", MountKind::bind, {"/srv/null"}},
             Case{"1 2 0:24 /null /proc/keys rw - tmpfs tmpfs rw", MountKind::bind, {"/run/null"}},
             Case{"1 2 254:0 /etc /sys/firmware ro - ext4 /dev/vda rw", MountKind::bind, {"/etc"}},
             Case{"1 2 0:24 / /sys/firmware ro - tmpfs tmpfs rw", MountKind::bind, {"/run"}},
             Case{
                 "1 2 0:24 /crun/.empty-directory /proc/scsi ro - tmpfs tmpfs rw",
                 MountKind::masked,
                 {"/run/crun/.empty-directory"}},
             Case{
                 "1 2 0:24 /systemd/inaccessible/dir /sys/x ro - tmpfs tmpfs rw",
                 MountKind::masked,
                 {"/run/systemd/inaccessible/dir"}},
             Case{"1 2 0:1 / /sys ro - sysfs sysfs ro", MountKind::sys, none},
             Case{"1 2 0:1 / /sys/kernel/debug rw - debugfs debugfs rw", MountKind::sys, none},
             Case{"1 2 0:1 / /mnt/d rw - debugfs debugfs rw", MountKind::sys, none},
             Case{"1 2 0:1 / /sys/fs/cgroup ro - tmpfs tmpfs rw", MountKind::cgroup, none},
             Case{"1 2 0:1 /a /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids", MountKind::cgroup, none},
             Case{"1 2 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup rw", MountKind::cgroup, none},
             Case{"1 2 0:1 / /dev rw - tmpfs tmpfs rw", MountKind::dev, none},
             Case{"1 2 0:6 / /dev rw - devtmpfs devtmpfs rw", MountKind::bind, {"/dev"}},
             Case{"1 2 0:1 / /dev/pts rw - devpts devpts rw", MountKind::dev, none},
             Case{"1 2 0:1 /0 /dev/console rw - devpts devpts rw", MountKind::dev, none},
             Case{"1 2 0:1 / /dev/mqueue rw - mqueue mqueue rw", MountKind::dev, none},
             Case{"1 2 0:1 / /dev/shm rw - tmpfs shm rw", MountKind::dev, none},
             Case{"1 2 0:25 / /dev/shm rw - tmpfs shm rw", MountKind::bind, {"/dev/shm"}},
             Case{"1 2 0:6 /null /dev/null rw - devtmpfs devtmpfs rw", MountKind::dev, {"/dev/null"}},
             Case{"1 2 0:6 /sda /dev/null rw - devtmpfs devtmpfs rw", MountKind::bind, {"/dev/sda"}},
             Case{"1 2 0:1 /urandom /dev/urandom rw - tmpfs dev rw", MountKind::dev, none},
             Case{"1 2 0:24 /null /dev/null rw - tmpfs tmpfs rw", MountKind::bind, {"/run/null"}},
             Case{"1 2 0:24 /secret /dev/secret rw - tmpfs tmpfs rw", MountKind::bind, {"/dev/shm/secret"}},
             Case{"1 2 0:6 /sda /dev/sda rw - devtmpfs devtmpfs rw", MountKind::bind, {"/dev/sda"}},
             Case{
                 "1 2 0:24 /docker.sock /dev/docker.sock rw - tmpfs t rw",
                 MountKind::socket,
                 {"/run/docker.sock"}},
             Case{"1 2 0:1 / /tmp rw - tmpfs tmpfs rw", MountKind::tmpfs, none},
             Case{"1 2 0:24 /x /data rw - tmpfs tmpfs rw", MountKind::bind, {"/run/x"}},
             Case{"1 2 254:0 /home /data rw - ext4 /dev/vda rw", MountKind::bind, {"/home"}},
             Case{
                 "1 2 254:0 /d /etc/hosts rw - ext4 /dev/vda rw",
                 MountKind::engineFile,
                 {"/var/lib/docker/containers/" + std::string(64, 'a') + "/hosts"}},
             Case{"1 2 254:0 /d /etc/hosts rw - ext4 /dev/vda rw", MountKind::bind, {"/etc/hosts"}},
             Case{"1 2 254:0 /gone//deleted /data rw - ext4 /dev/vda rw", MountKind::bind, none},
             Case{
                 "1 2 0:24 /docker.sock /run/docker.sock rw - tmpfs t rw",
                 MountKind::socket,
                 {"/run/docker.sock"}},
             Case{
                 "1 2 254:0 /v /data rw - ext4 x rw", MountKind::volume, {"/var/lib/docker/volumes/v/_data"}},
             Case{
                 "1 2 254:0 /v /data rw - ext4 x rw",
                 MountKind::volume,
                 {"/home/ada/.local/share/containers/storage/volumes/v/_data"}},
             Case{
                 "1 2 254:0 /v /data rw - ext4 x rw",
                 MountKind::volume,
                 {"/var/lib/kubelet/pods/p/volumes/kubernetes.io~csi/v"}},
             Case{"1 2 0:1 / /data rw - overlay o rw", MountKind::other, none},
             Case{"1 2 0:1 / /data rw - fuse.x y rw", MountKind::other, none},
         }) {
        EXPECT_EQ(model::nameOf(kindOf(line(c.line), c.host)), model::nameOf(c.kind)) << c.line;
    }
}

TEST(MountKind, withoutTheHostABoundSubtreeCountsAsTheHosts) {
    EXPECT_EQ(kindOf(line("1 2 8:1 /home /x rw - ext4 d rw"), std::nullopt), MountKind::bind);
    EXPECT_EQ(kindOf(line("1 2 0:9 / /x rw - tmpfs d rw"), std::nullopt), MountKind::tmpfs);
    EXPECT_EQ(kindOf(line("1 2 8:1 / /x rw - ext4 d rw"), std::nullopt), MountKind::other);
}

TEST(MountKind, knowsWhatMayStall) {
    for (const std::string_view type : {"fuse", "fuse.sshfs", "fuseblk", "nfs4", "9p", "autofs"}) {
        EXPECT_TRUE(mayStall(type)) << type;
    }
    for (const std::string_view type : {"ext4", "tmpfs", "overlay", "fusectl", "devtmpfs"}) {
        EXPECT_FALSE(mayStall(type)) << type;
    }
}

// Documentation/filesystems/overlayfs.rst; octal as fs/seq_file.c writes it.
TEST(Overlay, readsLayersAsTheyWereTyped) {
    const auto overlay = [](const std::string& options) {
        return parseOverlay(line("1 2 0:1 / / rw - overlay o " + options).superOptions);
    };
    const model::Overlay three = overlay("rw,lowerdir=/l/A:/l/B:low,upperdir=/u,workdir=/w,xino=off");
    EXPECT_EQ(three.lower, (Paths{"/l/A", "/l/B", "low"}));
    EXPECT_EQ(three.upper, "/u");
    EXPECT_EQ(three.work, "/w");
    EXPECT_EQ(overlay("ro,lowerdir=/a:/b").upper, "");
    EXPECT_EQ(overlay("rw,lowerdir=/a\\134:b:/c\\040d").lower, (Paths{"/a:b", "/c d"}));
    EXPECT_EQ(overlay("rw,lowerdir+=/a,lowerdir+=/b,datadir+=/c").lower, (Paths{"/a", "/b"}));
    EXPECT_EQ(overlay("rw,lowerdir+=/a,lowerdir+=/b,datadir+=/c").data, Paths{"/c"});
    EXPECT_EQ(overlay("rw,lowerdir+=/a:b").lower, Paths{"/a:b"}); // one layer, colons are its own
    EXPECT_EQ(overlay("rw,lowerdir=/a::/data").lower, Paths{"/a"});
    EXPECT_EQ(overlay("rw,lowerdir=/a::/data").data, Paths{"/data"});
    EXPECT_EQ(overlay("rw,lowerdir=/a\\134\\054b").lower, Paths{"/a,b"});
    EXPECT_EQ(overlay("rw,lowerdir=/a\\,b,upperdir=/u").upper, "/u");
}

// A bind from the host stays one when the host mounts something over its source, or shows another subvolume.
TEST(Mounts, aCoveredSourceOfTheHostIsABindStill) {
    const MountTree tree =
        buildMountTree(*parseMountinfo("10 9 0:80 / / rw - overlay o rw,lowerdir=/l\n"
                                       "11 10 254:0 /srv/x /covered rw master:5 - ext4 /dev/vda rw\n"
                                       "12 10 0:31 /home /subvolume rw master:99 - btrfs /dev/sdc rw\n"
                                       "13 10 0:50 / /proc/acpi ro - tmpfs cover ro\n"
                                       "14 10 0:99 / /own rw - tmpfs t rw\n"));
    const Reading<HostMounts> machine = host();
    const auto mounts = buildMounts(tree, machine, "s");
    EXPECT_TRUE(mounts[1].hostPaths.value().empty());
    EXPECT_EQ(mounts[1].kind, MountKind::bind);
    EXPECT_TRUE(mounts[1].receivesFromHost.value());
    EXPECT_EQ(mounts[2].kind, MountKind::bind);
    EXPECT_FALSE(mounts[2].receivesFromHost.value());
    EXPECT_EQ(mounts[3].kind, MountKind::bind); // the host's tmpfs holds what the host put there
    EXPECT_EQ(mounts[4].kind, MountKind::tmpfs);
}

TEST(Mounts, theRootOfAChrootLiesOnAMountOfTheHost) {
    const auto at = [](const std::string& directory) { return rootEntryAt(host().tree, directory); };
    EXPECT_EQ(at("/home/jail")->root, "/home/jail");
    EXPECT_EQ(at("/mnt/e/jail")->root, "/exports/jail");
    EXPECT_EQ(at("/mnt/e/jail")->device, "8:16");
    EXPECT_EQ(at("/mnt/e/jail")->target, "/");
    EXPECT_FALSE(at("(unreachable)"));
}

// seq_file of net/unix: Num RefCount Protocol Flags Type St Inode Path (proc(5)); 00010000 is listening.
TEST(HostSockets, areTheListeningOnesWithAPath) {
    const auto sockets =
        parseListeners("Num       RefCount Protocol Flags    Type St Inode Path\n"
                       "0000000000000000: 00000002 00000000 00010000 0001 01 23456 /run/docker.sock\n"
                       "0000000000000000: 00000003 00000000 00000000 0001 03 23457 /run/docker.sock\n"
                       "0000000000000000: 00000002 00000000 00010000 0001 01 23458 @abstract/x\n"
                       "0000000000000000: 00000002 00000000 00010000 0001 01 23459\n"
                       "0000000000000000: 00000002 00000000 00010000 0005 01 23460 /run/a b.sock\n");
    ASSERT_EQ(sockets.size(), 2U);
    EXPECT_EQ(sockets[0].path, "/run/docker.sock");
    EXPECT_EQ(sockets[0].listener, 23456U);
    EXPECT_EQ(sockets[1].path, "/run/a b.sock");
}

TEST(Mounts, setsEachMountAgainstTheHost) {
    const MountTree tree = buildMountTree(
        *parseMountinfo("10 9 0:80 / / ro,nosuid - overlay o rw,lowerdir=/l,upperdir=/u,workdir=/w\n"
                        "11 10 254:0 /home /x\\040\\033 rw,idmapped shared:1 - ext4 /dev/vda rw\n"
                        "12 10 0:81 / /y rw shared:77 - tmpfs t rw\n"));
    const Reading<HostMounts> machine = host();
    const auto mounts = buildMounts(tree, machine, "/proc/7/mountinfo");
    ASSERT_EQ(mounts.size(), 3U);
    EXPECT_TRUE(mounts[0].overlay.has_value());
    EXPECT_TRUE(mounts[0].readOnly);
    EXPECT_EQ(mounts[1].target, "/x \\x1b");
    EXPECT_TRUE(mounts[1].idmap);
    EXPECT_EQ(mounts[1].peerGroup, 1);
    EXPECT_TRUE(mounts[1].sharedWithHostPeer.value());
    EXPECT_EQ(mounts[1].hostPaths.value(), Paths{"/home"});
    EXPECT_EQ(mounts[1].hostPaths.evidence().source, "/proc/7/mountinfo id 11 against the host's mountinfo");
    EXPECT_FALSE(mounts[2].sharedWithHostPeer.value());
    EXPECT_TRUE(mounts[2].hostPaths.value().empty());
}

TEST(Mounts, anUnknownHostIsAGapAndNotANo) {
    const MountTree tree = buildMountTree(
        *parseMountinfo("12 10 0:81 / / rw shared:77 - tmpfs t rw\n13 12 0:82 / /p rw - tmpfs t rw\n"));
    const Reading<HostMounts> unknown = std::unexpected(Failure{0, {"not known", "the host"}});
    const auto mounts = buildMounts(tree, unknown, "/proc/7/mountinfo");
    EXPECT_EQ(mounts[0].hostPaths.gap().reason, "not known");
    EXPECT_EQ(mounts[0].sharedWithHostPeer.gap().reason, "not known");
    EXPECT_FALSE(mounts[1].sharedWithHostPeer.value()); // private, whatever the host is
}

TEST(Rootfs, isTheTopmostMountAtTheRoot) {
    const Reading<MountTree> tree =
        buildMountTree(*parseMountinfo("1 1 0:2 / / rw - rootfs rootfs rw\n"
                                       "27 1 8:1 / / rw,nosuid - ext4 /dev/sda ro\n"));
    const model::Rootfs rootfs = buildRootfs(tree, "/proc/7/mountinfo");
    EXPECT_EQ(rootfs.driver.value(), "ext4");
    EXPECT_FALSE(rootfs.writable.value());
    EXPECT_TRUE(rootfs.nosuid.value());
    EXPECT_EQ(rootfs.driver.evidence().source, "/proc/7/mountinfo id 27");
    const Reading<MountTree> empty = MountTree{};
    EXPECT_EQ(buildRootfs(empty, "x").writable.gap().reason, "mountinfo: nothing is mounted at /");
}

} // namespace
} // namespace bulkhead::kernel
