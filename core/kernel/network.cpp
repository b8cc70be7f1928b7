#include "core/kernel/network.h"

#include "core/kernel/net_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <vector>

namespace bulkhead::kernel {

using model::Fact;
using model::Unreadable;
using Texts = std::vector<std::string>;

namespace {

constexpr std::size_t kMaxEntries = 4096;

/// A namespace without IPv6 has none of its files.
template <class T>
Reading<std::vector<T>> orNone(Reading<std::vector<T>> reading) {
    const bool absent = !reading && reading.error().number == ENOENT;
    return absent ? Reading<std::vector<T>>(std::vector<T>()) : std::move(reading);
}

template <class T>
Reading<std::vector<T>> joined(Reading<std::vector<T>> first, Reading<std::vector<T>> second) {
    if (!first || !second) {
        return first ? std::move(second) : std::move(first);
    }
    first->insert(first->end(), second->begin(), second->end());
    return first;
}

/// Sorted, each once, and cut where there are too many.
Texts bounded(Texts texts) {
    std::ranges::sort(texts);
    texts.erase(std::ranges::unique(texts).begin(), texts.end());
    if (texts.size() > kMaxEntries) {
        const std::size_t more = texts.size() - kMaxEntries;
        texts.resize(kMaxEntries);
        texts.push_back("and " + std::to_string(more) + " more");
    }
    return texts;
}

Fact<Texts> textsOf(Reading<Texts> reading, const std::string& source) {
    return reading ? Fact<Texts>(bounded(std::move(*reading)), observed(source))
                   : Fact<Texts>(reading.error().why);
}

Reading<std::vector<Listener>> readInetSockets(const Task& task) {
    Reading<std::vector<Listener>> all;
    for (const char* const protocol : {"tcp", "tcp6", "udp", "udp6"}) {
        auto some = parsed(task.read("net/" + std::string(protocol)), [&](std::string_view text) {
            return parseInetSockets(protocol, text);
        });
        const bool mayLack = std::string_view(protocol).ends_with('6');
        all = joined(std::move(all), mayLack ? orNone(std::move(some)) : std::move(some));
    }
    return all;
}

/// Named Unix sockets, unless a name was made to look like a line of its own.
Reading<std::vector<Listener>> readUnixSockets(const Task& task) {
    const auto before = parsed(task.read("net/protocols"), parseUnixCount);
    auto sockets = parsed(task.read("net/unix"), parseUnixSockets);
    const auto after = parsed(task.read("net/protocols"), parseUnixCount);
    if (!sockets) {
        return std::unexpected(sockets.error());
    }
    if (before && after && sockets->lines > std::max(*before, *after)) {
        return std::unexpected(Failure{
            0, {"net/unix: more lines than sockets; a name in it is made to look like another socket", ""}});
    }
    return std::move(sockets->named);
}

Texts namesOf(const std::vector<Listener>& listeners) {
    Texts texts;
    texts.reserve(listeners.size());
    for (const Listener& one : listeners) {
        texts.push_back(one.text);
    }
    return texts;
}

void fillSockets(const Task& task, model::Network& network) {
    const auto inet = readInetSockets(task);
    const auto local = readUnixSockets(task);
    const std::string source = task.source("net/tcp, tcp6, udp, udp6, unix");
    const auto gap = [&] { return inet ? local.error().why : inet.error().why; };
    Texts abstractNames;
    Texts services;
    Texts others = inet ? namesOf(*inet) : Texts();
    for (const Listener& one : local ? *local : std::vector<Listener>()) {
        (one.abstractName ? abstractNames : others).push_back(one.text);
    }
    for (const Listener& one : inet ? *inet : std::vector<Listener>()) {
        if (one.machineOnly) {
            services.push_back(one.text);
        }
    }
    services.insert(services.end(), abstractNames.begin(), abstractNames.end());
    const bool both = inet && local;
    network.listeners = both ? Fact<Texts>(bounded(std::move(others)), observed(source)) : Fact<Texts>(gap());
    network.abstractSockets = textsOf(
        local ? Reading<Texts>(std::move(abstractNames)) : std::unexpected(local.error()),
        task.source("net/unix"));
    if (!network.hostNetwork.known()) {
        network.hostServices =
            network.hostNetwork.unreadable() ? Fact<Texts>(network.hostNetwork.gap()) : Fact<Texts>();
    } else if (!network.hostNetwork.value()) {
        network.hostServices = {{}, inferred(network.hostNetwork.evidence().source)};
    } else {
        network.hostServices =
            both ? Fact<Texts>(bounded(std::move(services)), observed(source)) : Fact<Texts>(gap());
    }
}

} // namespace

model::Network collectNetwork(const Task& task, const Fact<bool>& hostNetwork) {
    model::Network network;
    network.hostNetwork = hostNetwork;
    network.interfaces = textsOf(parsed(task.read("net/dev"), parseInterfaces), task.source("net/dev"));
    network.routes = textsOf(
        joined(
            parsed(task.read("net/route"), parseRoutes),
            orNone(parsed(task.read("net/ipv6_route"), parseRoutes6))),
        task.source("net/route, ipv6_route") + ": the main table");
    const auto plain = [](std::string_view text) -> base::Result<Texts> { return parseAddresses(text); };
    network.addresses = textsOf(
        joined(
            parsed(task.read("net/fib_trie"), plain),
            orNone(parsed(task.read("net/if_inet6"), parseAddresses6))),
        task.source("net/fib_trie, if_inet6"));
    network.publishedPorts = Unreadable{
        "the engine publishes ports on the host, the container's own network namespace does not show them",
        "the engine's account of the container"};
    fillSockets(task, network);
    return network;
}

} // namespace bulkhead::kernel
