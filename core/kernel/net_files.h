#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// A socket that waits for others: a listening TCP socket, a bound UDP socket, a named Unix socket.
struct Listener {
    std::string text;         ///< "tcp 127.0.0.1:8080", "udp6 [::]:53", "unix /run/x.sock", "unix @abstract"
    bool machineOnly = false; ///< bound to a loopback address
    bool abstractName = false;

    auto operator<=>(const Listener&) const = default;
};

// Files of /proc/PID/net (proc(5)). All text that a container chose (names of interfaces and sockets) is
// brought through textFromBytes. Malformed names the file and the line.

/// Names of net/dev.
[[nodiscard]] base::Result<std::vector<std::string>> parseInterfaces(std::string_view text);

/// net/route and net/ipv6_route as ip-route(8) writes them: "default via 10.0.0.1 dev eth0". Routes of the
/// machine to itself and for multicast are left out.
[[nodiscard]] base::Result<std::vector<std::string>> parseRoutes(std::string_view text);
[[nodiscard]] base::Result<std::vector<std::string>> parseRoutes6(std::string_view text);

/// Addresses of the interfaces, of net/fib_trie ("10.0.0.2") and net/if_inet6 ("fe80::1 eth0").
[[nodiscard]] std::vector<std::string> parseAddresses(std::string_view text);
[[nodiscard]] base::Result<std::vector<std::string>> parseAddresses6(std::string_view text);

/// Sockets that wait in net/tcp, tcp6, udp, udp6; `protocol` is the file's name.
[[nodiscard]] base::Result<std::vector<Listener>>
parseInetSockets(std::string_view protocol, std::string_view text);

/// Named sockets of net/unix that listen or take datagrams, and how many lines it has. A name may hold a line
/// feed, which the kernel prints as it is: a line that is none is Malformed, and a line made up in a name
/// makes more lines than there are sockets.
struct UnixSockets {
    std::vector<Listener> named;
    std::size_t lines = 0;
};
[[nodiscard]] base::Result<UnixSockets> parseUnixSockets(std::string_view text);

/// How many Unix sockets the namespace has, of net/protocols.
[[nodiscard]] base::Result<std::size_t> parseUnixCount(std::string_view text);

} // namespace bulkhead::kernel
