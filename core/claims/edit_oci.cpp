#include "core/claims/claim.h"
#include "core/claims/clean_path.h"
#include "core/claims/edit_forms.h"
#include "core/claims/node_edit.h"
#include "core/claims/ordinary.h"
#include "core/model/capability.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace bulkhead::claims {

namespace {

/// moby daemon/pkg/oci/caps/defaults.go: what an OCI configuration falls back to.
constexpr auto kDockerCapabilities = std::to_array<std::string_view>(
    {"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD",
     "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID",
     "CAP_SYS_CHROOT"});

constexpr auto kSets =
    std::to_array<std::string_view>({"bounding", "effective", "inheritable", "permitted", "ambient"});

template <class Wanted>
void eraseCapabilities(Node& root, Wanted wanted) {
    Node& sets = mapFor(mapFor(root, "process"), "capabilities");
    for (const std::string_view set : kSets) {
        if (Node* list = valueAt(sets, set); list != nullptr && list->isList()) {
            std::erase_if(list->items, [&](const Node& entry) { return wanted(entry.text); });
        }
    }
}

std::string textAt(const Node& map, std::string_view key) {
    const Node* value = map.find(key);
    return value == nullptr ? "" : value->text;
}

/// The entry of a list of maps whose key has a value.
Node* entryWith(Node& map, std::string_view list, std::string_view key, std::string_view value) {
    Node* entries = valueAt(map, list);
    if (entries == nullptr || !entries->isList()) {
        return nullptr;
    }
    const auto found =
        std::ranges::find_if(entries->items, [&](const Node& entry) { return textAt(entry, key) == value; });
    return found == entries->items.end() ? nullptr : &*found;
}

void setOption(Node& mount, std::string_view option, std::initializer_list<std::string_view> instead) {
    Node& options = listFor(mount, "options");
    std::erase_if(options.items, [&](const Node& entry) {
        return std::ranges::find(instead, std::string_view(entry.text)) != instead.end();
    });
    addText(mount, "options", option);
}

base::Status editMount(Node& root, const ChangeAsk& change) {
    if (change.kind == ChangeKind::removeMount) {
        eraseItems(root, "mounts", [&](const Node& entry) {
            const std::string target = cleanPath(textAt(entry, "destination"));
            return target == change.object || target.starts_with(change.object + "/");
        });
        return {};
    }
    Node* mounts = valueAt(root, "mounts");
    for (std::size_t i = 0; mounts != nullptr && i < mounts->items.size(); ++i) {
        Node& mount = mounts->items[i];
        if (cleanPath(textAt(mount, "destination")) != change.object) {
            continue;
        }
        if (change.kind == ChangeKind::readOnlyMount) {
            setOption(mount, "ro", {"rw"});
        } else {
            setOption(mount, "rprivate", {"shared", "rshared", "slave", "rslave", "private"});
        }
    }
    return {};
}

/// A file system that shows a namespace is mounted only where the user namespace owns that one.
base::Status mayOwnUsers(Node& root, const Node& linux) {
    constexpr auto kShown = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"pid", "proc"}, {"network", "sysfs"}, {"ipc", "mqueue"}});
    const Node* listed = linux.find("namespaces");
    const Node* mounts = root.find("mounts");
    for (const auto& [type, fsType] : kShown) {
        const auto isOwn = [&, wanted = type](const Node& entry) {
            return textAt(entry, "type") == wanted && textAt(entry, "path").empty();
        };
        const auto shows = [&, wanted = fsType](const Node& entry) {
            return textAt(entry, "type") == wanted;
        };
        if (listed != nullptr && std::ranges::none_of(listed->items, isOwn) && mounts != nullptr &&
            std::ranges::any_of(mounts->items, shows)) {
            return base::fail(
                base::ErrorKind::unsupported,
                fmt::format(
                    "linux.namespaces: the kernel mounts no {} in a user namespace that does not own the {} "
                    "namespace; that must become its own first",
                    fsType, type));
        }
    }
    return {};
}

base::Status ownNamespace(Node& root, std::string_view type) {
    const std::string_view word = type == "net" ? "network" : type;
    Node& linux = mapFor(root, "linux");
    Node& list = listFor(linux, "namespaces");
    if (const auto may = type == "user" ? mayOwnUsers(root, linux) : base::Status(); !may) {
        return may;
    }
    if (Node* entry = entryWith(linux, "namespaces", "type", word)) {
        eraseKey(*entry, "path");
    } else {
        Node added = mapNode();
        valueFor(added, "type") = textNode(word);
        list.items.push_back(std::move(added));
    }
    if (type != "user") {
        return {};
    }
    for (const std::string_view key : {"uidMappings", "gidMappings"}) {
        Node map = mapNode();
        valueFor(map, "containerID") = plainNode("0");
        valueFor(map, "hostID") = plainNode(std::to_string(kMappedFrom));
        valueFor(map, "size") = plainNode(std::to_string(kMappedIds));
        valueFor(linux, key) = listNode({std::move(map)});
    }
    return {};
}

void protectPaths(Node& root) {
    const EngineChoice docker{"docker", ""};
    Node& linux = mapFor(root, "linux");
    for (const auto& [key, paths] :
         {std::pair{"maskedPaths", maskedBy(docker, {})}, std::pair{"readonlyPaths", readOnlyBy(docker)}}) {
        for (const std::string& path : paths) {
            addText(linux, key, path);
        }
    }
}

void readOnlyKernelFiles(Node& root) {
    if (Node* mounts = valueAt(root, "mounts"); mounts != nullptr && mounts->isList()) {
        for (Node& mount : mounts->items) {
            const std::string type = textAt(mount, "type");
            if (type == "sysfs" || type == "cgroup" || type == "cgroup2") {
                setOption(mount, "ro", {"rw"});
            }
        }
    }
}

/// Nothing, and then what every container has; the runtime adds the making of nodes.
void standardDevicePolicy(Node& root) {
    Node rules = listNode({});
    const auto add =
        [&rules](bool allow, std::string_view type, int major, int minor, std::string_view access) {
            Node rule = mapNode();
            valueFor(rule, "allow") = plainNode(allow ? "true" : "false");
            if (!type.empty()) {
                valueFor(rule, "type") = textNode(type);
                valueFor(rule, "major") = plainNode(std::to_string(major));
                valueFor(rule, "minor") = plainNode(std::to_string(minor));
            }
            valueFor(rule, "access") = textNode(access);
            rules.items.push_back(std::move(rule));
        };
    add(false, "", 0, 0, "rwm");
    for (const auto& [major, minor] :
         {std::pair{1, 5}, std::pair{1, 3}, std::pair{1, 9}, std::pair{1, 8}, std::pair{5, 0},
          std::pair{5, 1}}) {
        add(true, "c", major, minor, "rwm");
    }
    valueFor(mapFor(mapFor(root, "linux"), "resources"), "devices") = std::move(rules);
}

model::CapabilitySet boundingOf(const Node& root) {
    model::CapabilitySet out;
    const Node* process = root.find("process");
    const Node* sets = process == nullptr ? nullptr : process->find("capabilities");
    const Node* bounding = sets == nullptr ? nullptr : sets->find("bounding");
    if (bounding == nullptr) {
        return out;
    }
    for (const Node& name : bounding->items) {
        if (const auto capability = model::capabilityNamed(name.text)) {
            out.add(*capability);
        }
    }
    return out;
}

/// The engine's profile with its conditions decided: a runtime knows of none.
base::Status setFilter(Node& root, const Ground& ground) {
    const seccomp::Profile* profile = ordinaryFilter("runc", ground);
    const auto kernel = seccomp::parseKernelVersion(ground.kernelRelease);
    if (profile == nullptr || !kernel || ground.architecture.empty()) {
        return base::fail(
            base::ErrorKind::unsupported,
            "linux.seccomp: the engine's profile, or the machine that it is for, is not known here");
    }
    const seccomp::ProfileTarget target{boundingOf(root), ground.architecture, *kernel};
    auto filter =
        parseJsonNode(seccomp::writeProfile(seccomp::resolveProfile(*profile, target)), "the profile");
    if (!filter) {
        return std::unexpected(filter.error());
    }
    valueFor(mapFor(root, "linux"), "seccomp") = std::move(*filter);
    return {};
}

void setLimit(Node& root, std::string_view resource) {
    Node& resources = mapFor(mapFor(root, "linux"), "resources");
    if (resource == "cpu") {
        valueFor(mapFor(resources, "cpu"), "quota") = plainNode("100000");
        valueFor(mapFor(resources, "cpu"), "period") = plainNode("100000");
    } else {
        valueFor(mapFor(resources, resource), "limit") = plainNode(defaultLimit(resource));
    }
}

void runAs(Node& root) {
    Node& user = mapFor(mapFor(root, "process"), "user");
    valueFor(user, "uid") = plainNode(std::to_string(kPlainUser));
    valueFor(user, "gid") = plainNode(std::to_string(kPlainUser));
    for (const std::string_view set : {"effective", "permitted", "inheritable", "ambient"}) {
        Node& sets = mapFor(mapFor(root, "process"), "capabilities");
        valueFor(sets, set) = listNode({});
    }
}

} // namespace

base::Status editOci(Node& root, const ChangeAsk& change, const Ground& ground) {
    switch (change.kind) {
    case ChangeKind::defaultCapabilities:
        eraseCapabilities(root, [](const std::string& name) {
            return std::ranges::find(kDockerCapabilities, name) == kDockerCapabilities.end();
        });
        return {};
    case ChangeKind::dropCapability:
        eraseCapabilities(root, [&](const std::string& name) { return name == change.object; });
        return {};
    case ChangeKind::noNewPrivileges:
        valueFor(mapFor(root, "process"), "noNewPrivileges") = plainNode("true");
        return {};
    case ChangeKind::runAsUser:
        runAs(root);
        return {};
    case ChangeKind::dropGroups:
        eraseKey(mapFor(mapFor(root, "process"), "user"), "additionalGids");
        return {};
    case ChangeKind::ownNamespace:
        return ownNamespace(root, change.object);
    case ChangeKind::removeMount:
    case ChangeKind::readOnlyMount:
    case ChangeKind::privateMount:
        return editMount(root, change);
    case ChangeKind::readOnlyRoot:
        valueFor(mapFor(root, "root"), "readonly") = plainNode("true");
        return {};
    case ChangeKind::protectPaths:
        protectPaths(root);
        return {};
    case ChangeKind::readOnlyKernelFiles:
        readOnlyKernelFiles(root);
        return {};
    case ChangeKind::removeDevice:
        eraseItems(mapFor(root, "linux"), "devices", [&](const Node& entry) {
            return textAt(entry, "path") == change.object;
        });
        return {};
    case ChangeKind::standardDevices:
        eraseKey(mapFor(root, "linux"), "devices");
        return {};
    case ChangeKind::defaultDevicePolicy:
        standardDevicePolicy(root);
        return {};
    case ChangeKind::enforceAppArmor:
        valueFor(mapFor(root, "process"), "apparmorProfile") = textNode("docker-default");
        return {};
    case ChangeKind::limit:
        setLimit(root, change.object);
        return {};
    case ChangeKind::defaultSeccomp:
        return setFilter(root, ground);
    case ChangeKind::notPrivileged:
        break;
    }
    return std::unexpected(cannotSay("an OCI configuration", "not privileged"));
}

} // namespace bulkhead::claims
