#include "core/claims/edit_forms.h"
#include "core/claims/node_edit.h"
#include "core/model/capability.h"

#include <algorithm>
#include <array>

namespace bulkhead::claims {

namespace {

/// What "docker-default" stands for in a scenario.
constexpr auto kDockerDefault = std::to_array<std::string_view>(
    {"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD",
     "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID",
     "CAP_SYS_CHROOT"});

/// The capabilities that a scenario asks for, by name.
std::vector<std::string> askedCapabilities(Node& root) {
    const Node* asked = valueAt(root, "capabilities");
    const Node* privileged = valueAt(root, "privileged");
    std::vector<std::string> out;
    if (asked != nullptr && asked->isList()) {
        std::ranges::transform(asked->items, std::back_inserter(out), &Node::text);
        return out;
    }
    const bool all =
        asked != nullptr ? asked->text == "all" : privileged != nullptr && privileged->text == "true";
    if (all) {
        return model::CapabilitySet(~0ULL)
            .upTo(static_cast<int>(model::kKnownCapabilities) - 1)
            .sortedNames();
    }
    if (asked == nullptr || asked->text == "docker-default") {
        out.assign(kDockerDefault.begin(), kDockerDefault.end());
    }
    return out;
}

void dropCapability(Node& root, const std::string& capability) {
    std::vector<std::string> names = askedCapabilities(root);
    std::erase(names, capability);
    if (names.empty()) {
        valueFor(root, "capabilities") = plainNode("none");
        return;
    }
    Node list = listNode({});
    std::ranges::transform(names, std::back_inserter(list.items), plainNode);
    valueFor(root, "capabilities") = std::move(list);
}

base::Status editDirectory(Node& root, const ChangeAsk& change) {
    const auto isIt = [&](const Node& entry) {
        const Node* target = entry.find("target");
        return target != nullptr && target->text == change.object;
    };
    if (change.kind == ChangeKind::removeMount) {
        eraseItems(root, "directories", isIt);
        return {};
    }
    for (Node& entry : listFor(root, "directories").items) {
        if (isIt(entry)) {
            valueFor(entry, "access") = plainNode("read-only");
        }
    }
    return {};
}

void setPair(
    Node& root, std::string_view key, std::string_view first, std::string_view second, std::uint32_t one,
    std::uint32_t two) {
    Node map = mapNode();
    valueFor(map, first) = plainNode(std::to_string(one));
    valueFor(map, second) = plainNode(std::to_string(two));
    valueFor(root, key) = std::move(map);
}

/// A key and the word that makes it strong.
struct Word {
    ChangeKind kind;
    std::string_view key;
    std::string_view value;
};

constexpr auto kWords = std::to_array<Word>({
    {ChangeKind::defaultCapabilities, "capabilities", "docker-default"},
    {ChangeKind::noNewPrivileges, "noNewPrivileges", "true"},
    {ChangeKind::readOnlyRoot, "rootFilesystem", "read-only"},
    {ChangeKind::protectPaths, "protectedPaths", "docker-default"},
    {ChangeKind::readOnlyKernelFiles, "kernelFilesystems", "read-only"},
    {ChangeKind::standardDevices, "devices", "standard"},
    {ChangeKind::defaultDevicePolicy, "devicePolicy", "docker-default"},
    {ChangeKind::defaultSeccomp, "seccomp", "docker-default"},
});

} // namespace

base::Status editScenario(Node& root, const ChangeAsk& change) {
    if (const auto* word = std::ranges::find(kWords, change.kind, &Word::kind); word != kWords.end()) {
        valueFor(root, word->key) = plainNode(word->value);
        return {};
    }
    switch (change.kind) {
    case ChangeKind::notPrivileged:
        eraseKey(root, "privileged");
        return {};
    case ChangeKind::dropCapability:
        dropCapability(root, change.object);
        return {};
    case ChangeKind::runAsUser:
        setPair(root, "user", "uid", "gid", kPlainUser, kPlainUser);
        return {};
    case ChangeKind::removeMount:
    case ChangeKind::readOnlyMount:
        return editDirectory(root, change);
    case ChangeKind::limit:
        valueFor(mapFor(root, "limits"), change.object) = plainNode(defaultLimit(change.object));
        return {};
    case ChangeKind::ownNamespace:
        if (change.object == "user") {
            setPair(root, "userNamespace", "outside", "length", kMappedFrom, kMappedIds);
            return {};
        }
        break;
    default:
        break;
    }
    return std::unexpected(cannotSay("a scenario", change.object));
}

} // namespace bulkhead::claims
