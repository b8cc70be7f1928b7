#include "core/claims/claim.h"
#include "core/claims/clean_path.h"
#include "core/claims/edit_forms.h"
#include "core/claims/node_edit.h"

#include <algorithm>
#include <array>

namespace bulkhead::claims {

namespace {

/// What a volume entry mounts, in the short form or the long one.
std::string targetOf(const Node& entry) {
    if (entry.isMap()) {
        const Node* target = entry.find("target");
        return target == nullptr ? "" : cleanPath(target->text);
    }
    const auto mount = mountOfVolume(entry.text, {});
    return mount ? cleanPath(mount->target) : "";
}

bool isBelow(const std::string& path, const std::string& folder) {
    return path == folder || path.starts_with(folder + "/");
}

void setVolumeOption(Node& entry, std::string_view option, std::string_view mapKey) {
    if (entry.isMap()) {
        if (mapKey == "read_only") {
            valueFor(entry, mapKey) = plainNode("true");
        } else {
            valueFor(mapFor(entry, "bind"), mapKey) = textNode(option);
        }
        return;
    }
    std::string text = entry.text;
    const auto first = text.find(':');
    const auto second = first == std::string::npos ? first : text.find(':', first + 1);
    std::string options = second == std::string::npos ? "" : text.substr(second + 1);
    std::string kept;
    for (std::size_t at = 0; at < options.size();) {
        const auto comma = std::min(options.find(',', at), options.size());
        const std::string word = options.substr(at, comma - at);
        const bool replaced = option == "ro" ? word == "rw" || word == "ro"
                                             : word.ends_with("shared") || word.ends_with("slave");
        kept += replaced ? "" : (kept.empty() ? "" : ",") + word;
        at = comma + 1;
    }
    kept += (kept.empty() ? "" : ",") + std::string(option);
    entry = textNode(text.substr(0, second) + ":" + kept);
}

base::Status editVolume(Node& service, const ChangeAsk& change) {
    const auto isIt = [&](const Node& entry) { return isBelow(targetOf(entry), change.object); };
    if (change.kind == ChangeKind::removeMount) {
        eraseItems(service, "volumes", isIt);
        return {};
    }
    for (Node& entry : listFor(service, "volumes").items) {
        if (isIt(entry)) {
            const bool readOnly = change.kind == ChangeKind::readOnlyMount;
            setVolumeOption(entry, readOnly ? "ro" : "rprivate", readOnly ? "read_only" : "propagation");
        }
    }
    return {};
}

void eraseSecurityOption(Node& service, std::initializer_list<std::string_view> beginnings) {
    eraseItems(service, "security_opt", [&](const Node& entry) {
        return std::ranges::any_of(
            beginnings, [&](std::string_view start) { return entry.text.starts_with(start); });
    });
}

/// The daemon refuses it beside these (moby verifyPlatformContainerSettings), or the runtime fails.
base::Status mayOwnUsers(const Node& service) {
    for (const auto& [key, value] :
         {std::pair{"network_mode", "host"}, std::pair{"pid", "host"}, std::pair{"ipc", "host"},
          std::pair{"privileged", "true"}}) {
        const Node* said = service.find(key);
        if (said != nullptr && said->text == value) {
            return base::fail(
                base::ErrorKind::unsupported, std::string("a user namespace of its own is refused beside ") +
                                                  key + ": " + value + "; that must go first");
        }
    }
    return {};
}

base::Status ownNamespace(Node& service, const std::string& type) {
    constexpr auto kKeys = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"pid", "pid"},
         {"ipc", "ipc"},
         {"uts", "uts"},
         {"cgroup", "cgroup"},
         {"net", "network_mode"},
         {"user", "userns_mode"}});
    if (type == "user" && valueAt(service, "userns_mode") == nullptr) {
        return std::unexpected(
            cannotSay("Compose", "a user namespace of its own; the daemon's userns-remap gives one to all"));
    }
    if (const auto may = type == "user" ? mayOwnUsers(service) : base::Status(); !may) {
        return may;
    }
    const auto* key = std::ranges::find(
        kKeys, std::string_view(type), &std::pair<std::string_view, std::string_view>::first);
    eraseKey(service, key->second);
    if (type == "cgroup") {
        valueFor(service, "cgroup") = textNode("private");
    }
    return {};
}

void leavePrivileged(Node& service) {
    valueFor(service, "privileged") = plainNode("false");
    for (const char* key : {"cap_add", "devices", "device_cgroup_rules"}) {
        eraseKey(service, key);
    }
    eraseSecurityOption(service, {"seccomp", "apparmor", "systempaths"});
}

void dropCapability(Node& service, const std::string& capability) {
    eraseItems(service, "cap_add", [&](const Node& entry) { return sameCapability(entry.text, capability); });
    addText(service, "cap_drop", shortCapability(capability));
}

void setLimit(Node& service, const std::string& resource) {
    const std::string_view key = resource == "pids"     ? "pids_limit"
                                 : resource == "memory" ? "mem_limit"
                                                        : "cpus";
    valueFor(service, key) = resource == "cpu" ? textNode("1.0") : plainNode(defaultLimit(resource));
}

/// Both forms of an entry: "/dev/x:/dev/y:rwm", and a map of these.
bool mountsDevice(const Node& entry, const std::string& device) {
    std::string text = entry.text;
    if (entry.isMap()) {
        const Node* source = entry.find("source");
        const Node* target = entry.find("target");
        text = (source == nullptr ? "" : source->text) + (target == nullptr ? "" : ":" + target->text);
    }
    const auto first = text.find(':');
    const std::string inside = first == std::string::npos ? text : text.substr(first + 1);
    return text == device || inside == device || inside.starts_with(device + ":") ||
           (text.substr(0, first) == device && !inside.starts_with('/'));
}

} // namespace

base::Status editComposeService(Node& service, const ChangeAsk& change) {
    switch (change.kind) {
    case ChangeKind::notPrivileged:
        leavePrivileged(service);
        return {};
    case ChangeKind::defaultCapabilities:
        eraseKey(service, "cap_add");
        return {};
    case ChangeKind::dropCapability:
        dropCapability(service, change.object);
        return {};
    case ChangeKind::noNewPrivileges:
        eraseSecurityOption(service, {"no-new-privileges"});
        addText(service, "security_opt", "no-new-privileges:true");
        return {};
    case ChangeKind::runAsUser:
        valueFor(service, "user") = textNode(change.object + ":" + change.object);
        return {};
    case ChangeKind::dropGroups:
        eraseKey(service, "group_add");
        return {};
    case ChangeKind::ownNamespace:
        return ownNamespace(service, change.object);
    case ChangeKind::removeMount:
    case ChangeKind::readOnlyMount:
    case ChangeKind::privateMount:
        return editVolume(service, change);
    case ChangeKind::readOnlyRoot:
        valueFor(service, "read_only") = plainNode("true");
        return {};
    case ChangeKind::protectPaths:
        eraseSecurityOption(service, {"systempaths"});
        return {};
    case ChangeKind::removeDevice:
        eraseItems(service, "devices", [&](const Node& entry) { return mountsDevice(entry, change.object); });
        return {};
    case ChangeKind::standardDevices:
        eraseKey(service, "devices");
        return {};
    case ChangeKind::defaultDevicePolicy:
        eraseKey(service, "device_cgroup_rules");
        return {};
    case ChangeKind::enforceAppArmor:
        eraseSecurityOption(service, {"apparmor"});
        return {};
    case ChangeKind::defaultSeccomp:
        eraseSecurityOption(service, {"seccomp"});
        return {};
    case ChangeKind::limit:
        setLimit(service, change.object);
        return {};
    case ChangeKind::readOnlyKernelFiles:
        eraseSecurityOption(service, {"writable-cgroups"});
        return {};
    }
    return std::unexpected(cannotSay("Compose", change.object));
}

} // namespace bulkhead::claims
