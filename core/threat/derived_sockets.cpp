#include "core/threat/authority_facts.h"
#include "core/threat/derived_facts.h"

#include <algorithm>

namespace bulkhead::threat {

using model::RuntimeSocket;
using model::Snapshot;
using model::Truth;

namespace {

constexpr std::uint32_t kOwnerWrites = 0200;
constexpr std::uint32_t kGroupWrites = 0020;
constexpr std::uint32_t kOthersWrite = 0002;

/// A configuration that mounts a directory above the socket does not say that the socket is there.
bool isNamed(const RuntimeSocket& socket, const Snapshot& snapshot) {
    return snapshot.mounts.known() &&
           std::ranges::find(snapshot.mounts.value(), socket.path, &model::Mount::target) !=
               snapshot.mounts.value().end();
}

Truth isThere(const Scope& scope, Explanation* why) {
    if (isNamed(*scope.socket, *scope.snapshot)) {
        return Truth::yes;
    }
    if (why != nullptr) {
        why->miss(
            objectPath(scope),
            {"whether the host has this socket below " + scope.socket->viaMount, "a look at it on the host"});
    }
    return Truth::unknown;
}

/// connect(2) asks for write permission. What no owner and no mode decides is the group, which nobody states.
Truth permissionsLet(const Scope& scope, Explanation* why) {
    const RuntimeSocket& socket = *scope.socket;
    const Snapshot& snapshot = *scope.snapshot;
    const auto say = [&](bool open, std::string_view whose) {
        if (why != nullptr) {
            why->use(
                objectPath(scope) + ".mode", std::string(whose), open ? Truth::yes : Truth::no,
                &snapshot.sockets.evidence());
        }
        return open ? Truth::yes : Truth::no;
    };
    if ((socket.mode & kOthersWrite) != 0) {
        return say(true, "open to everybody");
    }
    const auto uid = hostUid(snapshot);
    if (!uid) {
        return model::both(rootOnHost(snapshot, why), Truth::unknown);
    }
    if (*uid == socket.owner && (socket.mode & kOwnerWrites) != 0) {
        return say(true, "as its owner");
    }
    const auto override = *model::capabilityNamed("CAP_DAC_OVERRIDE");
    if (capabilityOverHost(snapshot, override, nullptr) == Truth::yes) {
        return capabilityOverHost(snapshot, override, why);
    }
    const bool ownIds = !snapshot.identity.userNamespaceIsHost.valueOr(true);
    if ((socket.mode & kGroupWrites) == 0 || ownIds) {
        return say(false, ownIds ? "not open to ids of a user namespace" : "not open to this id");
    }
    if (why != nullptr) {
        why->miss(
            objectPath(scope) + ".mode",
            {"whether the process is in the socket's group", "ls -l of the socket on the host"});
    }
    return Truth::unknown;
}

/// Where the kernel was asked, it is known; a configuration names a mount and an id.
Truth answers(const Scope& scope, Explanation* why) {
    const Snapshot& snapshot = *scope.snapshot;
    if (snapshot.vantage != model::Vantage::declared) {
        const Truth truth = scope.socket->connectable ? Truth::yes : Truth::no;
        if (why != nullptr) {
            why->use(
                objectPath(scope) + ".connectable", truth == Truth::yes ? "true" : "false", truth,
                &snapshot.sockets.evidence());
        }
        return truth;
    }
    const Truth there = isThere(scope, nullptr);
    const Truth lets = permissionsLet(scope, nullptr);
    const Truth truth = model::both(there, lets);
    if (why != nullptr && lets == truth) {
        (void)permissionsLet(scope, why);
    }
    if (why != nullptr && there == truth) {
        (void)isThere(scope, why);
    }
    return truth;
}

} // namespace

base::Result<Evaluator> compileAnswers(const DerivedRequest& request) {
    if (!request.arguments.empty()) {
        return base::fail(base::ErrorKind::malformed, "takes no arguments");
    }
    return answers;
}

} // namespace bulkhead::threat
