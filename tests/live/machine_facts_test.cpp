// Holds device nodes and network of core/kernel against ss(8), ip(8) and nodes and mounts of our own.

#include "core/kernel/devices.h"
#include "tests/live/forked.h"
#include "tests/live/groups.h"

#include <arpa/inet.h>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <sched.h>
#include <set>
#include <sstream>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;
using live::collect;
using live::Forked;
using live::required;

struct ClosePipe {
    void operator()(FILE* pipe) const { ::pclose(pipe); }
};

std::string outputOf(const std::string& command) {
    const std::unique_ptr<FILE, ClosePipe> pipe(::popen(("timeout 20 " + command).c_str(), "r"));
    std::string text;
    std::array<char, 4096> buffer{};
    while (pipe && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
        text += buffer.data();
    }
    return text;
}

/// "127.0.0.1:80" of every line, the fourth column of ss -ltn and -lun.
std::set<std::string> placesOf(const std::string& output) {
    std::set<std::string> places;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string word;
        for (int i = 0; i < 4; ++i) {
            words >> word;
        }
        places.insert(word);
    }
    return places;
}

bool listenOn(int family, int type, const void* address, socklen_t length) {
    const int fd = ::socket(family, type, 0);
    return ::bind(fd, static_cast<const sockaddr*>(address), length) == 0 &&
           (type == SOCK_DGRAM || ::listen(fd, 1) == 0);
}

bool openSockets() {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_port = htons(8080);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in all = here;
    all.sin_port = htons(53);
    all.sin_addr.s_addr = htonl(INADDR_ANY);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(443);
    six.sin6_addr = in6addr_any;
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    constexpr std::string_view kName("\0bulkhead-test", 14);
    std::memcpy(name.sun_path, kName.data(), kName.size());
    return listenOn(AF_INET, SOCK_STREAM, &here, sizeof here) &&
           listenOn(AF_INET, SOCK_DGRAM, &all, sizeof all) &&
           listenOn(AF_INET6, SOCK_STREAM, &six, sizeof six) &&
           listenOn(
               AF_UNIX, SOCK_STREAM, &name,
               static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + kName.size()));
}

TEST(LiveNetwork, isWhatSsAndIpSay) {
    const Forked child([](int) { return ::unshare(CLONE_NEWNET) == 0 && openSockets(); });
    if (!child.ready()) {
        ASSERT_FALSE(required()) << "needs a network namespace of its own (root)";
        GTEST_SKIP() << "needs a network namespace of its own (root)";
    }
    const std::string inside = "nsenter -t " + std::to_string(child.pid()) + " -n ";
    outputOf(
        inside +
        "sh -c 'ip link set lo up; ip link add v0 type veth peer name v1; ip addr add 192.0.2.7/24 dev v0; "
        "ip link set v1 up; ip link set v0 up; ip route add 198.51.100.0/24 via 192.0.2.1; ip -6 addr add "
        "2001:db8::7/64 dev v0 nodad; "
        "ip -6 route add 2001:db8:1::/48 via 2001:db8::1; ip -6 route add default via 2001:db8::2' 2>&1");
    const model::Network network = collect(child.pid()).network;
    EXPECT_FALSE(network.hostNetwork.value());
    std::set<std::string> places;
    for (const std::string& one : network.listeners.value()) {
        std::string place = one.substr(one.find(' ') + 1);
        places.insert(place == "[::]:443" ? "*:443" : place); // ss writes both families so
    }
    std::set<std::string> expected = placesOf(outputOf(inside + "ss -H -ltn"));
    expected.merge(placesOf(outputOf(inside + "ss -H -lun")));
    EXPECT_EQ(places, expected);
    EXPECT_EQ(expected.size(), 3U);
    std::set<std::string> links;
    for (const auto& link : nlohmann::json::parse(outputOf(inside + "ip -j link"), nullptr, false)) {
        links.insert(link["ifname"].get<std::string>());
    }
    const auto names = network.interfaces.value();
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), links);
    std::set<std::string> routes;
    for (const char* ask : {"ip -j -4 route", "ip -j -6 route"}) {
        for (const auto& route : nlohmann::json::parse(outputOf(inside + ask), nullptr, false)) {
            const std::string via =
                route.contains("gateway") ? " via " + route["gateway"].get<std::string>() : "";
            const std::string text =
                route["dst"].get<std::string>() + via + " dev " + route["dev"].get<std::string>();
            if (!text.starts_with("fe80")) {
                routes.insert(text);
            }
        }
    }
    if (std::filesystem::exists("/proc/net/if_inet6")) {
        EXPECT_TRUE(routes.contains("2001:db8:1::/48 via 2001:db8::1 dev v0"));
    }
    std::set<std::string> ours;
    for (const std::string& route : network.routes.value()) {
        if (!route.starts_with("fe80")) {
            ours.insert(route);
        }
    }
    EXPECT_EQ(ours, routes);
    EXPECT_EQ(network.abstractSockets.value(), std::vector<std::string>{"unix @bulkhead-test"});
    EXPECT_TRUE(network.hostServices.value().empty());
}

TEST(LiveNetwork, theHostsNamespaceIsSaidToBeShared) {
    const Forked child([](int) { return openSockets(); }); // ports may be taken, the namespace is what counts
    const model::Network network = collect(child.pid()).network;
    EXPECT_TRUE(network.hostNetwork.value());
    EXPECT_TRUE(network.hostServices.known());
}

/// A FUSE file system whose server never answers, mounted at a place.
bool mountSilentFuse(int device, const std::string& place) {
    const std::string options = "fd=" + std::to_string(device) + ",rootmode=40000,user_id=0,group_id=0";
    return ::mount("silent", place.c_str(), "fuse", 0, options.c_str()) == 0;
}

/// The child's root is a tmpfs with a node six folders deep, and a devtmpfs elsewhere.
bool makeRootWithNodes(const fs::path& root) {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("t", root.c_str(), "tmpfs", 0, nullptr) != 0) {
        return false;
    }
    fs::create_directories(root / "dev/a/b/c/d/e");
    fs::create_directories(root / "elsewhere");
    const bool nodes = ::mknod((root / "dev/a/b/c/d/e/mem").c_str(), S_IFCHR | 0600, ::makedev(1, 1)) == 0 &&
                       ::mknod((root / "dev/nothing").c_str(), S_IFBLK | 0600, ::makedev(4000, 7)) == 0 &&
                       ::mount("d", (root / "elsewhere").c_str(), "devtmpfs", 0, nullptr) == 0;
    return nodes && ::chroot(root.c_str()) == 0 && ::chdir("/") == 0;
}

TEST(LiveDevices, areFoundWhereverTheyAreAndNothingCanHoldUsUp) {
    const fs::path root = fs::temp_directory_path() / ("bulkhead-root-" + std::to_string(::getpid()));
    fs::create_directories(root);
    const int fuse = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
    const Forked child([&](int) { return makeRootWithNodes(root); });
    if (!child.ready() || fuse < 0) {
        fs::remove_all(root);
        ASSERT_FALSE(required()) << "needs root, devtmpfs and /dev/fuse";
        GTEST_SKIP() << "needs root, devtmpfs and /dev/fuse";
    }
    ::alarm(30); // a reader that is held up ends the test
    const os::ProcRoot machine;
    const auto task = Task::open(machine, child.pid());
    const auto tree = buildMountTree(*parseMountinfo(*task->read("mountinfo")));
    const auto host = readHostMounts(machine, readHostReference(machine));
    auto nodes = readDevices(*task, tree, host);
    ASSERT_TRUE(nodes) << nodes.error().why.reason;
    judgeByMachine(machine, *nodes);
    const auto find = [&](const std::string& path) {
        const auto found = std::ranges::find(*nodes, path, &model::Device::path);
        return found == nodes->end() ? model::Device{} : *found;
    };
    EXPECT_EQ(find("/dev/a/b/c/d/e/mem").deviceClass, model::DeviceClass::memory);
    EXPECT_EQ(find("/dev/nothing").type, "block");
    EXPECT_FALSE(find("/dev/nothing").hostDisk); // no device of these numbers is in /sys/dev/block
    std::size_t disks = 0;
    for (const auto& entry : fs::directory_iterator("/sys/dev/block")) {
        const std::string name = fs::read_symlink(entry.path()).filename();
        disks += find("/elsewhere/" + name).hostDisk ? 1U : 0U;
    }
    EXPECT_GT(disks, 0U);

    // Mounted over the directory after the mounts were read: refused by the mount's id, and not asked.
    const int space =
        ::open(("/proc/" + std::to_string(child.pid()) + "/ns/mnt").c_str(), O_RDONLY | O_CLOEXEC);
    const Forked mounter([&](int) {
        return ::setns(space, CLONE_NEWNS) == 0 && ::chroot(root.c_str()) == 0 &&
               mountSilentFuse(fuse, "/dev");
    });
    ASSERT_TRUE(mounter.ready());
    const auto refused = readDevices(*task, tree, host);
    EXPECT_EQ(refused.error().why.reason, "root/dev: a mount there is new since the mounts were read");
    const auto known = readDevices(*task, buildMountTree(*parseMountinfo(*task->read("mountinfo"))), host);
    EXPECT_EQ(known.error().why.reason, "root/dev: lies on a file system that may keep a reader waiting");
    ::alarm(0);
    ::close(space);
    ::close(fuse);
    fs::remove_all(root);
}

} // namespace
} // namespace bulkhead::kernel
