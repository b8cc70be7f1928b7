#include "core/kernel/device_class.h"
#include "core/kernel/devices.h"
#include "core/kernel/mounts.h"
#include "core/kernel/sockets.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;
using model::Device;
using model::DeviceClass;

// Documentation/admin-guide/devices.txt.
TEST(DeviceClass, goesByTheNumbers) {
    struct Case {
        bool block;
        std::uint32_t major;
        std::uint32_t minor;
        DeviceClass deviceClass;
    };
    for (const Case& c : {
             Case{true, 8, 0, DeviceClass::disk},    // sda
             Case{true, 259, 1, DeviceClass::disk},  // nvme partitions
             Case{false, 1, 1, DeviceClass::memory}, // mem
             Case{false, 1, 4, DeviceClass::memory}, // port
             Case{false, 1, 11, DeviceClass::log},   // kmsg
             Case{false, 4, 64, DeviceClass::terminal},
             Case{false, 5, 1, DeviceClass::terminal},
             Case{false, 10, 232, DeviceClass::virtualization}, // kvm
             Case{false, 10, 229, DeviceClass::kernel},         // fuse
             Case{false, 10, 237, DeviceClass::disk},           // loop-control
             Case{false, 10, 200, DeviceClass::network},        // tun
             Case{false, 10, 223, DeviceClass::input},          // uinput
             Case{false, 13, 63, DeviceClass::input},
             Case{false, 21, 0, DeviceClass::disk}, // sg0 writes to the disk beneath
             Case{false, 116, 1, DeviceClass::sound},
             Case{false, 226, 128, DeviceClass::graphics},
             Case{false, 202, 0, DeviceClass::kernel}, // cpu/0/msr
             Case{false, 250, 0, DeviceClass::other},
         }) {
        EXPECT_EQ(model::nameOf(deviceClassOf(c.block, c.major, c.minor)), model::nameOf(c.deviceClass))
            << c.major << ":" << c.minor;
    }
}

// fs/proc/devices.c and drivers/char/misc.c print "NUMBER NAME".
TEST(DeviceClass, goesByTheDriverWhereNumbersAreHandedOut) {
    const auto drivers = parseCharacterDrivers(
        "Character devices:\n  1 mem\n241 vfio\n236 nvidia-uvm\n\nBlock devices:\n241 virtblk\n");
    EXPECT_EQ(drivers.at(241), "vfio");
    EXPECT_EQ(deviceClassNamed(drivers.at(241)), DeviceClass::virtualization);
    EXPECT_EQ(deviceClassNamed(drivers.at(236)), DeviceClass::graphics);
    EXPECT_EQ(
        deviceClassNamed(parseMiscDrivers("125 udmabuf\n 61 userfaultfd\n").at(125)), DeviceClass::memory);
    EXPECT_EQ(deviceClassNamed("hello"), DeviceClass::other);
}

// A composed tree: numbers 234 and up are handed out at boot (Documentation/admin-guide/devices.txt).
TEST(Devices, theMachineTellsWhichDriverHasANumber) {
    const fs::path folder = fs::temp_directory_path() / ("bulkhead-drivers-" + std::to_string(::getpid()));
    fs::create_directories(folder / "proc");
    std::ofstream(folder / "proc/devices")
        << "Character devices:\n  1 mem\n241 vfio\n236 nvidia-uvm\n\nBlock "
           "devices:\n  7 loop\n240 blocky\n";
    std::ofstream(folder / "proc/misc") << "125 udmabuf\n";
    auto nodes = parseCapturedDevices("/dev/vfio/9 c 241 9 0660 0 0\n/dev/nvidia-uvm c 236 0 0666 0 0\n"
                                      "/dev/udmabuf c 10 125 0600 0 0\n/dev/what c 240 0 0600 0 0\n"
                                      "/dev/kvm c 10 232 0660 0 0\n");
    ASSERT_TRUE(nodes);
    judgeByMachine(os::ProcRoot::captured(folder), *nodes);
    fs::remove_all(folder);
    std::map<std::string, model::DeviceClass> classes;
    for (const auto& node : *nodes) {
        classes[node.path] = node.deviceClass;
    }
    EXPECT_EQ(classes["/dev/vfio/9"], DeviceClass::virtualization);
    EXPECT_EQ(classes["/dev/nvidia-uvm"], DeviceClass::graphics);
    EXPECT_EQ(classes["/dev/udmabuf"], DeviceClass::memory);
    EXPECT_EQ(classes["/dev/what"], DeviceClass::other); // a block driver has that number, no character one
    EXPECT_EQ(classes["/dev/kvm"], DeviceClass::virtualization); // by its own fixed number
}

TEST(Devices, standardOnesGoByNumberNotByName) {
    const auto nodes = parseCapturedDevices("/dev/zero c 1 5 0666 0 0\n"
                                            "/dev/null b 8 1 0660 0 6\n" // a disk under a harmless name
                                            "/dev/other c 1 3 0666 0 0\n"
                                            "/dev/console c 136 7 0620 0 5\n"
                                            "/dev/tty1 c 4 1 0620 0 5\n"
                                            "/dev/fuse c 10 229 0666 1000 1000\n");
    ASSERT_TRUE(nodes) << nodes.error().message;
    ASSERT_EQ(nodes->size(), 3U);
    EXPECT_EQ((*nodes)[0].path, "/dev/fuse");
    EXPECT_EQ((*nodes)[0].uid, 1000U);
    EXPECT_EQ((*nodes)[0].mode, 0666U);
    EXPECT_EQ((*nodes)[1].path, "/dev/null");
    EXPECT_TRUE((*nodes)[1].hostDisk);
    EXPECT_EQ((*nodes)[1].type, "block");
    EXPECT_EQ((*nodes)[2].deviceClass, DeviceClass::terminal);
}

TEST(Devices, refusesOtherLines) {
    for (const std::string line :
         {"/dev/x c 1 3 0666 0", "/dev/x d 1 3 0666 0 0", "/dev/x c 1 x 0666 0 0", "/dev/x c 1 3 0999 0 0"}) {
        EXPECT_EQ(
            parseCapturedDevices("/dev/a c 1 3 0666 0 0\n" + line + "\n").error().message,
            "root.devices line 2: expected PATH b|c MAJOR MINOR MODE UID GID");
    }
}

TEST(RuntimeSockets, areKnownByName) {
    EXPECT_EQ(runtimeOfSocket("/run/docker.sock"), "docker");
    EXPECT_EQ(runtimeOfSocket("/run/containerd/containerd.sock"), "containerd");
    EXPECT_EQ(runtimeOfSocket("/run/crio/crio.sock"), "crio");
    EXPECT_EQ(runtimeOfSocket("/run/user/1000/podman/podman.sock"), "podman");
    // kubernetes.io, Container Runtimes: cri-dockerd's socket speaks the CRI; Docker's API stays at
    // docker.sock
    EXPECT_EQ(runtimeOfSocket("/run/cri-dockerd.sock"), "cri-dockerd");
    EXPECT_EQ(runtimeOfSocket("/var/run/dockershim.sock"), "dockershim");
    EXPECT_EQ(runtimeOfSocket("/run/app.sock"), "");
    EXPECT_EQ(runtimeOfSocket("/run/docker.sock/x"), "");
}

TEST(RuntimeSockets, connectingNeedsWritePermission) {
    TaskStatus status;
    status.uid.fs = 1000;
    status.gid.fs = 1000;
    status.groups = {998};
    model::Identity identity;
    const model::IdMap full{{{0, 0, 4294967295U}}};
    identity.uidMap = {full, observed("uid_map")};
    identity.gidMap = {full, observed("gid_map")};
    EXPECT_TRUE(mayConnect({1000, 0, 0600}, status, identity));
    EXPECT_FALSE(mayConnect({0, 0, 0660}, status, identity));
    EXPECT_TRUE(mayConnect({0, 998, 0660}, status, identity));
    EXPECT_TRUE(mayConnect({0, 0, 0666}, status, identity));
    EXPECT_FALSE(mayConnect({1000, 998, 0066}, status, identity)); // the owner's bits decide for the owner
    status.effective = model::CapabilitySet(1U << 1U);             // CAP_DAC_OVERRIDE
    EXPECT_TRUE(mayConnect({0, 0, 0600}, status, identity));
    const model::IdMap child{{{0, 100000, 65536}}};
    identity.uidMap = {child, observed("uid_map")};
    EXPECT_FALSE(mayConnect({0, 0, 0600}, status, identity)); // the owner is not mapped there
}

/// A root of its own at ROOT/proc/7/root, and a socket at NAME in it.
class FakeTask {
public:
    FakeTask() : m_folder(fs::temp_directory_path() / ("bulkhead-fake-" + std::to_string(::getpid()))) {
        fs::create_directories(m_folder / "7/root");
    }
    FakeTask(const FakeTask&) = delete;
    FakeTask& operator=(const FakeTask&) = delete;
    ~FakeTask() { fs::remove_all(m_folder); }

    [[nodiscard]] fs::path root() const { return m_folder / "7/root"; }
    [[nodiscard]] Task task() const { return *Task::open({m_folder, "/sys", "/etc", true}, 7); }

private:
    fs::path m_folder;
};

void makeSocket(const fs::path& path) {
    fs::create_directories(path.parent_path());
    ASSERT_EQ(::mknod(path.c_str(), S_IFSOCK | 0660, 0), 0);
    ASSERT_EQ(::chmod(path.c_str(), 0660), 0); // whatever the umask is
}

Reading<std::vector<model::RuntimeSocket>> socketsOf(const FakeTask& fake, const std::string& lines) {
    const MountTree tree = buildMountTree(*parseMountinfo("1 0 0:9 / / rw - overlay o rw\n" + lines));
    const Reading<HostMounts> host = hostMountsOf(*parseMountinfo("27 1 254:0 / / rw - ext4 /dev/vda rw\n"
                                                                  "28 27 0:24 / /run rw - tmpfs t rw\n"));
    const Task task = fake.task();
    const auto mounts = buildMounts(tree, host, "mountinfo");
    const Reading<TaskStatus> status = TaskStatus{};
    const model::Identity identity;
    const Reading<std::vector<HostSocket>> listeners = std::unexpected(Failure{0, {"not asked", ""}});
    return readRuntimeSockets({os::ProcRoot{}, task, tree, mounts, status, identity, listeners});
}

TEST(RuntimeSockets, areFoundUnderAnyName) {
    const FakeTask fake;
    makeSocket(fake.root() / "tmp/d");
    const auto sockets = socketsOf(fake, "2 1 0:24 /docker.sock /tmp/d rw - tmpfs t rw\n");
    ASSERT_TRUE(sockets) << sockets.error().why.reason;
    ASSERT_EQ(sockets->size(), 1U);
    EXPECT_EQ(sockets->front().kind, "docker");
    EXPECT_EQ(sockets->front().path, "/tmp/d");
    EXPECT_EQ(sockets->front().mode, 0660U);
}

TEST(RuntimeSockets, aDirectoryThatMayHoldThemIsAGap) {
    const FakeTask fake;
    const auto reason = [&](const std::string& lines) {
        const auto sockets = socketsOf(fake, lines);
        return sockets ? std::to_string(sockets->size()) : sockets.error().why.reason;
    };
    const std::string gap = "a mounted host directory may hold runtime sockets: not asked";
    EXPECT_EQ(reason("2 1 254:0 / /host rw - ext4 d rw\n"), gap);
    EXPECT_EQ(reason("2 1 0:24 / /host/run rw - tmpfs t rw\n"), gap);
    EXPECT_EQ(reason("2 1 0:24 /containerd /c ro - tmpfs t rw\n"), gap);
    EXPECT_EQ(reason("2 1 0:24 /user/1000/podman /c rw - tmpfs t rw\n"), gap);
    EXPECT_EQ(reason("2 1 254:0 /srv/run /c rw - ext4 d rw\n"), "0");
    EXPECT_EQ(reason("2 1 0:24 /lock /c rw - tmpfs t rw\n"), "0");
    EXPECT_EQ(reason("2 1 254:0 /run/x /run rw - ext4 d rw\n3 1 0:90 / /tmp rw - tmpfs t rw\n"), "0");
    makeSocket(fake.root() / "run/docker.sock");
    EXPECT_EQ(
        reason("2 1 254:0 / /host rw - ext4 d rw\n3 1 0:24 /docker.sock /run/docker.sock rw - tmpfs t rw\n"),
        "1");
}

} // namespace
} // namespace bulkhead::kernel
