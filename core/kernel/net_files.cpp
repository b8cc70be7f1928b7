#include "core/kernel/net_files.h"

#include "core/base/bytes.h"
#include "core/kernel/text.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <optional>
#include <set>

namespace bulkhead::kernel {

using base::ErrorKind;
using base::Result;
using base::textFromBytes;

namespace {

constexpr unsigned kUp = 0x1;           // RTF_UP, linux/route.h
constexpr unsigned kGateway = 0x2;      // RTF_GATEWAY
constexpr unsigned kReject = 0x200;     // RTF_REJECT
constexpr unsigned kLocal = 0x80000000; // RTF_LOCAL, linux/ipv6_route.h
constexpr unsigned kListening = 0x0A;   // TCP_LISTEN
constexpr unsigned kUnconnected = 0x07; // TCP_CLOSE, what a bound UDP socket is in
constexpr unsigned kAccepts = 0x10000;  // __SO_ACCEPTCON, linux/net.h

std::unexpected<base::Error> malformed(std::string_view file, std::size_t line, std::string_view what) {
    return base::fail(
        ErrorKind::malformed,
        "net/" + std::string(file) + " line " + std::to_string(line) + ": expected " + std::string(what));
}

/// Words of 32 bits as the kernel prints addresses: hexadecimal, in this machine's byte order.
template <std::size_t Words>
std::optional<std::array<unsigned char, Words * 4>> addressOf(std::string_view hex) {
    std::array<unsigned char, Words * 4> bytes{};
    if (hex.size() != Words * 8) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < Words; ++i) {
        const auto word = numberOf<std::uint32_t>(hex.substr(i * 8, 8), 16);
        if (!word) {
            return std::nullopt;
        }
        std::memcpy(bytes.data() + i * 4, &*word, 4);
    }
    return bytes;
}

/// net/if_inet6 and net/ipv6_route print the bytes in network order.
std::optional<std::array<unsigned char, 16>> plainAddress(std::string_view hex) {
    std::array<unsigned char, 16> bytes{};
    if (hex.size() != 32) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = numberOf<unsigned char>(hex.substr(i * 2, 2), 16);
        if (!byte) {
            return std::nullopt;
        }
        bytes[i] = *byte;
    }
    return bytes;
}

template <std::size_t Size>
std::string addressText(const std::array<unsigned char, Size>& bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(Size == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
    return text.data();
}

template <std::size_t Size>
bool isLoopback(const std::array<unsigned char, Size>& bytes) {
    if constexpr (Size == 4) {
        return bytes[0] == 127;
    } else {
        std::array<unsigned char, 16> one{};
        one[15] = 1;
        const bool mapped =
            std::ranges::all_of(bytes.begin(), bytes.begin() + 10, [](auto b) { return b == 0; }) &&
            bytes[10] == 0xFF && bytes[11] == 0xFF;
        return bytes == one || (mapped && bytes[12] == 127);
    }
}

std::string routeText(
    const std::string& target, const std::optional<std::string>& gateway, std::string_view device,
    bool reject) {
    if (device == "*" && !reject) { // net/ipv4/fib_trie.c: no device, and no word of the kind
        return "blackhole or throw " + target;
    }
    std::string text = reject ? "unreachable " + target : target;
    text += gateway ? " via " + *gateway : "";
    return reject ? text : text + " dev " + textFromBytes(device);
}

std::optional<unsigned> prefixOf(const std::array<unsigned char, 4>& mask) {
    unsigned bits = 0;
    for (const unsigned char byte : mask) {
        for (unsigned bit = 8; bit-- > 0;) {
            bits += (byte >> bit & 1U);
        }
    }
    return bits;
}

/// "ADDRESS:PORT" of a socket.
template <std::size_t Words>
std::optional<Listener> listenerAt(std::string_view protocol, std::string_view place) {
    const auto colon = place.find(':');
    const auto bytes = addressOf<Words>(place.substr(0, colon));
    const auto port =
        colon == std::string_view::npos ? std::nullopt : numberOf<std::uint16_t>(place.substr(colon + 1), 16);
    if (!bytes || !port) {
        return std::nullopt;
    }
    const std::string address = addressText(*bytes);
    return Listener{
        std::string(protocol) + " " + (Words == 4 ? "[" + address + "]" : address) + ":" +
            std::to_string(*port),
        isLoopback(*bytes), false};
}

/// The lines below the heading.
std::vector<std::string_view> rowsOfTable(std::string_view text, std::size_t headings) {
    auto lines = linesOf(text);
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(headings, lines.size())));
    return lines;
}

} // namespace

Result<std::vector<std::string>> parseInterfaces(std::string_view text) {
    std::vector<std::string> names;
    const auto rows = rowsOfTable(text, 2);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto colon = rows[i].find(':');
        if (colon == std::string_view::npos) {
            return malformed("dev", i + 3, "NAME: and counters");
        }
        names.push_back(textFromBytes(trimmed(rows[i].substr(0, colon))));
    }
    return names;
}

Result<std::vector<std::string>> parseRoutes(std::string_view text) {
    std::vector<std::string> routes;
    const auto rows = rowsOfTable(text, 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto words = wordsOf(rows[i]);
        const auto target = words.size() < 8 ? std::nullopt : addressOf<1>(words[1]);
        const auto gateway = words.size() < 8 ? std::nullopt : addressOf<1>(words[2]);
        const auto flags = words.size() < 8 ? std::nullopt : numberOf<unsigned>(words[3], 16);
        const auto mask = words.size() < 8 ? std::nullopt : addressOf<1>(words[7]);
        if (!target || !gateway || !flags || !mask) {
            return malformed("route", i + 2, "interface, target, gateway, flags and mask");
        }
        if ((*flags & kUp) == 0) {
            continue;
        }
        const unsigned prefix = *prefixOf(*mask);
        const std::string place =
            prefix == 0 ? "default"
                        : addressText(*target) + (prefix == 32 ? "" : "/" + std::to_string(prefix));
        routes.push_back(routeText(
            place, (*flags & kGateway) != 0 ? std::optional(addressText(*gateway)) : std::nullopt, words[0],
            (*flags & kReject) != 0));
    }
    return routes;
}

Result<std::vector<std::string>> parseRoutes6(std::string_view text) {
    std::vector<std::string> routes;
    const auto rows = linesOf(text);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto words = wordsOf(rows[i]);
        const auto target = words.size() < 10 ? std::nullopt : plainAddress(words[0]);
        const auto prefix = words.size() < 10 ? std::nullopt : numberOf<unsigned>(words[1], 16);
        const auto gateway = words.size() < 10 ? std::nullopt : plainAddress(words[4]);
        const auto flags = words.size() < 10 ? std::nullopt : numberOf<unsigned>(words[8], 16);
        if (!target || !prefix || !gateway || !flags) {
            return malformed("ipv6_route", i + 1, "ten fields");
        }
        const bool itself = (*flags & kLocal) != 0 || (*target)[0] == 0xFF;
        const bool refuses = (*flags & kReject) != 0; // such are not marked as up (net/ipv6/route.c)
        const bool nothing = refuses && words[5] == "ffffffff"; // what every namespace ends with
        if (((*flags & kUp) == 0 && !refuses) || itself || nothing) {
            continue;
        }
        const std::string place =
            *prefix == 0 ? "default"
                         : addressText(*target) + (*prefix == 128 ? "" : "/" + std::to_string(*prefix));
        routes.push_back(routeText(
            place, (*flags & kGateway) != 0 ? std::optional(addressText(*gateway)) : std::nullopt, words[9],
            (*flags & kReject) != 0));
    }
    return routes;
}

std::vector<std::string> parseAddresses(std::string_view text) {
    std::set<std::string> addresses;
    std::string_view last;
    for (const std::string_view line : linesOf(text)) {
        const std::string_view part = trimmed(line);
        if (part.starts_with("|-- ")) {
            last = part.substr(4);
        } else if (part.starts_with("/32 host LOCAL")) {
            addresses.insert(textFromBytes(last));
        }
    }
    return {addresses.begin(), addresses.end()};
}

Result<std::vector<std::string>> parseAddresses6(std::string_view text) {
    std::vector<std::string> addresses;
    const auto rows = linesOf(text);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto words = wordsOf(rows[i]);
        const auto address = words.size() != 6 ? std::nullopt : plainAddress(words[0]);
        if (!address) {
            return malformed("if_inet6", i + 1, "six fields");
        }
        addresses.push_back(addressText(*address) + " " + textFromBytes(words[5]));
    }
    return addresses;
}

Result<std::vector<Listener>> parseInetSockets(std::string_view protocol, std::string_view text) {
    const bool six = protocol.ends_with('6');
    const unsigned waits = protocol.starts_with("tcp") ? kListening : kUnconnected;
    std::vector<Listener> listeners;
    const auto rows = rowsOfTable(text, 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto words = wordsOf(rows[i]);
        const auto state = words.size() < 4 ? std::nullopt : numberOf<unsigned>(words[3], 16);
        if (!state) {
            return malformed(protocol, i + 2, "number, local and remote address, state");
        }
        if (*state != waits) {
            continue;
        }
        const auto listener = six ? listenerAt<4>(protocol, words[1]) : listenerAt<1>(protocol, words[1]);
        if (!listener) {
            return malformed(protocol, i + 2, "ADDRESS:PORT");
        }
        listeners.push_back(*listener);
    }
    return listeners;
}

Result<UnixSockets> parseUnixSockets(std::string_view text) {
    UnixSockets sockets;
    const auto rows = rowsOfTable(text, 1);
    sockets.lines = rows.size();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto words = wordsOf(rows[i]);
        const bool shaped = words.size() >= 7 && words[0].ends_with(':');
        const auto flags = shaped ? numberOf<unsigned>(words[3], 16) : std::nullopt;
        const auto type = shaped ? numberOf<unsigned>(words[4], 16) : std::nullopt;
        if (!flags || !type || !numberOf<std::uint64_t>(words[6])) {
            return malformed("unix", i + 2, "seven fields; a name in it holds a line feed");
        }
        const auto end = static_cast<std::size_t>(words[6].data() + words[6].size() - rows[i].data());
        const std::string_view name = end < rows[i].size() ? rows[i].substr(end + 1) : std::string_view();
        constexpr unsigned kDatagram = 2;
        if (name.empty() || ((*flags & kAccepts) == 0 && *type != kDatagram)) {
            continue;
        }
        sockets.named.push_back({"unix " + textFromBytes(name), false, name.starts_with('@')});
    }
    return sockets;
}

Result<std::size_t> parseUnixCount(std::string_view text) {
    std::size_t count = 0;
    bool found = false;
    for (const std::string_view line : linesOf(text)) {
        const auto words = wordsOf(line);
        const bool about = words.size() > 2 && (words[0] == "UNIX" || words[0] == "UNIX-STREAM");
        const auto number = about ? numberOf<std::size_t>(words[2]) : std::nullopt;
        count += number.value_or(0);
        found = found || number;
    }
    return found ? Result<std::size_t>(count)
                 : base::fail(ErrorKind::malformed, "net/protocols: no line of UNIX sockets");
}

} // namespace bulkhead::kernel
