#include "core/kernel/net_files.h"
#include "core/kernel/network.h"

#include <bit>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace bulkhead::kernel {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

// Files as Linux 6.18 on x86_64 prints them, addresses replaced by those of RFC 5737 and RFC 3849.
const std::string kRoute =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
    "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    "*\t006433C6\t00000000\t0201\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
const std::string kRoute6 = "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 "
                            "00000000000000000000000000000000 "
                            "00000100 00000001 00000000 00000001     eth0\n"
                            "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
                            "20010db8000000000000000000000001 "
                            "00000400 00000002 00000000 00000003     eth0\n"
                            "00000000000000000000000000000001 80 00000000000000000000000000000000 00 "
                            "00000000000000000000000000000000 "
                            "00000000 00000002 00000000 80200001       lo\n"
                            "ff000000000000000000000000000000 08 00000000000000000000000000000000 00 "
                            "00000000000000000000000000000000 "
                            "00000100 00000003 00000000 00000001     eth0\n"
                            "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
                            "00000000000000000000000000000000 "
                            "ffffffff 00000001 00000000 00200200       lo\n";
const std::string kTcp =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 571 1 0 100 "
    "0\n"
    "   1: 0100007F:82C1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 632 1 0 100 "
    "0\n"
    "   2: 0100007F:82C1 0100007F:A000 01 00000000:00000000 00:00000000 00000000     0        0 633 1 0 100 "
    "0\n";
const std::string kTcp6 =
    "  sl  local_address                         remote_address                        st tx_queue\n"
    "   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "0\n"
    "   1: 00000000000000000000000000000000:0051 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "0\n"
    "   2: 0000000000000000FFFF00000100007F:0052 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "0\n";
const std::string kUdp =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref\n"
    "  10: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9 2 0 0\n";
const std::string kUnixHead = "Num       RefCount Protocol Flags    Type St Inode Path\n";
const std::string kUnix =
    kUnixHead + "00000000a8ba8434: 00000002 00000000 00010000 0001 01 63276 /run/a b.sock\n"
                "000000000eae1287: 00000003 00000000 00000000 0001 03   567\n"
                "00000000a22af3c6: 00000002 00000000 00010000 0001 01   568 @/containerd-shim/x@\x1b[2J\n"
                "00000000b58a967b: 00000002 00000000 00000000 0002 01   569 /run/systemd/journal/socket\n"
                "00000000b58a967c: 00000003 00000000 00000000 0001 03   570 /run/a b.sock\n";
const std::string kProtocols = "protocol  size sockets  memory press maxhdr  slab module     cl co\n"
                               "UNIX-STREAM 1152      4      -1   NI       0   yes  kernel      y  n\n"
                               "UNIX      1152      1      -1   NI       0   yes  kernel      y  n\n";

Texts textsOf(const std::vector<Listener>& listeners) {
    Texts texts;
    for (const Listener& one : listeners) {
        texts.push_back(one.text);
    }
    return texts;
}

TEST(NetFiles, interfacesRoutesAndAddresses) {
    if (std::endian::native != std::endian::little) {
        GTEST_SKIP() << "the captured files are those of a little-endian machine";
    }
    EXPECT_EQ(
        parseInterfaces("Inter-| \n face |\n    lo: 1 2\n  eth0:270 6\n").value(), (Texts{"lo", "eth0"}));
    EXPECT_EQ(
        parseRoutes(kRoute).value(),
        (Texts{"default via 192.0.2.1 dev eth0", "192.0.2.0/24 dev eth0", "unreachable 198.51.100.0/24"}));
    EXPECT_EQ(
        parseRoutes6(kRoute6).value(), (Texts{"2001:db8::/64 dev eth0", "default via 2001:db8::1 dev eth0"}));
    // ip route add {blackhole 10.9.0.0/16, unreachable 10.8.0.0/16}, ip -6 route add {unreachable
    // fd00:9::/48, unreachable default metric 5}, on Linux 6.18; the last line stands in every namespace.
    EXPECT_EQ(
        parseRoutes("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                    "*\t0000080A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
                    "*\t0000090A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n")
            .value(),
        (Texts{"unreachable 10.8.0.0/16", "blackhole or throw 10.9.0.0/16"}));
    const std::string none(32, '0');
    const auto refused = [&](const std::string& target, const std::string& metric) {
        return target + " 00 " + none + " " + metric + " 00000001 00000000 00200200       lo\n";
    };
    EXPECT_EQ(
        parseRoutes6(
            refused("fd000009000000000000000000000000 30 " + none, "00000400") +
            refused(none + " 00 " + none, "00000005") + refused(none + " 00 " + none, "ffffffff"))
            .value(),
        (Texts{"unreachable fd00:9::/48", "unreachable default"}));
    EXPECT_EQ(
        parseAddresses(
            "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 192.0.2.0\n        /24 link UNICAST\n"
            "     |-- 192.0.2.2\n        /32 host LOCAL\n     |-- 192.0.2.255\n        /32 link BROADCAST\n"
            "     |-- 192.0.2.2\n        /32 host LOCAL\n"),
        Texts{"192.0.2.2"});
    EXPECT_EQ(
        parseAddresses6("fe8000000000000000fc00fffe000001 04 40 20 80     eth0\n").value(),
        Texts{"fe80::fc:ff:fe00:1 eth0"});
}

TEST(NetFiles, listenersOfEachProtocol) {
    const auto tcp = parseInetSockets("tcp", kTcp).value();
    EXPECT_EQ(textsOf(tcp), (Texts{"tcp 0.0.0.0:2024", "tcp 127.0.0.1:33473"}));
    EXPECT_FALSE(tcp[0].machineOnly);
    EXPECT_TRUE(tcp[1].machineOnly);
    const auto tcp6 = parseInetSockets("tcp6", kTcp6).value();
    EXPECT_EQ(textsOf(tcp6), (Texts{"tcp6 [::1]:80", "tcp6 [::]:81", "tcp6 [::ffff:127.0.0.1]:82"}));
    EXPECT_TRUE(tcp6[0].machineOnly && !tcp6[1].machineOnly && tcp6[2].machineOnly);
    EXPECT_EQ(textsOf(parseInetSockets("udp", kUdp).value()), Texts{"udp 127.0.0.53:53"});
}

TEST(NetFiles, namedUnixSocketsOnly) {
    const auto sockets = parseUnixSockets(kUnix).value();
    EXPECT_EQ(sockets.lines, 5U);
    EXPECT_EQ(
        textsOf(sockets.named),
        (Texts{
            "unix /run/a b.sock", "unix @/containerd-shim/x@\\x1b[2J", "unix /run/systemd/journal/socket"}));
    EXPECT_TRUE(sockets.named[1].abstractName && !sockets.named[0].abstractName);
    EXPECT_EQ(parseUnixCount(kProtocols).value(), 5U);
}

TEST(NetFiles, otherTextsAreRefusedWithTheirLine) {
    EXPECT_EQ(parseInterfaces("a\nb\nlo\n").error().message, "net/dev line 3: expected NAME: and counters");
    EXPECT_EQ(
        parseRoutes("h\neth0 0 0\n").error().message,
        "net/route line 2: expected interface, target, gateway, flags and mask");
    EXPECT_EQ(parseRoutes6("00 40\n").error().message, "net/ipv6_route line 1: expected ten fields");
    EXPECT_EQ(parseAddresses6("fe80 04\n").error().message, "net/if_inet6 line 1: expected six fields");
    EXPECT_EQ(
        parseInetSockets("tcp", "h\n 0: x\n").error().message,
        "net/tcp line 2: expected number, local and remote address, state");
    EXPECT_EQ(
        parseInetSockets("tcp", "h\n 0: 0100:1 0:0 0A\n").error().message,
        "net/tcp line 2: expected ADDRESS:PORT");
    EXPECT_EQ(
        parseUnixSockets(kUnix + "made up\n").error().message,
        "net/unix line 7: expected seven fields; a name in it holds a line feed");
    EXPECT_EQ(parseUnixCount("TCP 1 2 3\n").error().message, "net/protocols: no line of UNIX sockets");
}

/// A composed tree of one process and its network.
class NetTree {
public:
    NetTree() : m_folder(fs::temp_directory_path() / ("bulkhead-net-" + std::to_string(::getpid()))) {
        fs::remove_all(m_folder);
        write("dev", "Inter-|\n face |\n    lo: 1\n");
        write("route", kRoute);
        write("fib_trie", "");
        write("tcp", kTcp);
        write("udp", kUdp);
        write("unix", kUnix);
        write("protocols", kProtocols);
    }
    NetTree(const NetTree&) = delete;
    NetTree& operator=(const NetTree&) = delete;
    ~NetTree() { fs::remove_all(m_folder); }

    void write(const std::string& name, const std::string& text) const {
        fs::create_directories(m_folder / "proc/7/net");
        std::ofstream(m_folder / "proc/7/net" / name) << text;
    }
    [[nodiscard]] model::Network collect(bool host) const {
        const auto root = os::ProcRoot::captured(m_folder);
        return collectNetwork(*Task::open(root, 7), {host, observed("ns/net")});
    }

private:
    fs::path m_folder;
};

TEST(CollectNetwork, aSharedNamespaceOffersWhatIsMeantForTheMachine) {
    const NetTree tree; // without IPv6: its files are not there
    const model::Network shared = tree.collect(true);
    EXPECT_EQ(
        shared.hostServices.value(),
        (Texts{"tcp 127.0.0.1:33473", "udp 127.0.0.53:53", "unix @/containerd-shim/x@\\x1b[2J"}));
    EXPECT_EQ(shared.abstractSockets.value(), Texts{"unix @/containerd-shim/x@\\x1b[2J"});
    EXPECT_EQ(
        shared.listeners.value(), (Texts{
                                      "tcp 0.0.0.0:2024", "tcp 127.0.0.1:33473", "udp 127.0.0.53:53",
                                      "unix /run/a b.sock", "unix /run/systemd/journal/socket"}));
    EXPECT_TRUE(tree.collect(false).hostServices.value().empty());
    EXPECT_TRUE(shared.publishedPorts.unreadable());
}

TEST(CollectNetwork, bothFamiliesOfRoutesAndAddressesStandTogether) {
    if (std::endian::native != std::endian::little) {
        GTEST_SKIP() << "the captured files are those of a little-endian machine";
    }
    const NetTree tree;
    tree.write("ipv6_route", kRoute6);
    tree.write("if_inet6", "20010db8000000000000000000000007 04 40 00 80     eth0\n");
    tree.write("fib_trie", "     |-- 192.0.2.2\n        /32 host LOCAL\n");
    const model::Network network = tree.collect(false);
    EXPECT_EQ(
        network.routes.value(),
        (Texts{
            "192.0.2.0/24 dev eth0", "2001:db8::/64 dev eth0", "default via 192.0.2.1 dev eth0",
            "default via 2001:db8::1 dev eth0", "unreachable 198.51.100.0/24"}));
    EXPECT_EQ(network.addresses.value(), (Texts{"192.0.2.2", "2001:db8::7 eth0"}));
    tree.write("ipv6_route", "00 40\n");
    EXPECT_EQ(tree.collect(false).routes.gap().reason, "net/ipv6_route line 1: expected ten fields");
}

// net/unix prints names as they are (net/unix/af_unix.c, unix_seq_show), so one may look like lines.
TEST(CollectNetwork, aNameThatLooksLikeALineIsAGap) {
    const NetTree tree;
    tree.write(
        "unix", kUnix + "0000000000000001: 00000002 00000000 00010000 0001 01 1 @/containerd-shim/forged\n");
    const model::Network network = tree.collect(true);
    EXPECT_EQ(
        network.abstractSockets.gap().reason,
        "net/unix: more lines than sockets; a name in it is made to look like another socket");
    EXPECT_TRUE(network.hostServices.unreadable());
    EXPECT_TRUE(network.interfaces.known());
}

TEST(CollectNetwork, listsAreCutAndSaySo) {
    const NetTree tree;
    std::string many = "Inter-|\n face |\n";
    for (int i = 0; i < 5000; ++i) {
        many += "  if" + std::to_string(10000 + i) + ": 1\n";
    }
    tree.write("dev", many);
    const auto names = tree.collect(false).interfaces.value();
    ASSERT_EQ(names.size(), 4097U);
    EXPECT_EQ(names.back(), "and 904 more");
}

} // namespace
} // namespace bulkhead::kernel
