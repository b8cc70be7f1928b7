#pragma once

#include "core/model/fact.h"
#include "core/model/table.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bulkhead::model {

/// The eight kinds of namespaces(7), in the order in which people list them.
enum class NamespaceType { user, pid, mnt, net, ipc, uts, cgroup, time };

template <>
struct Names<NamespaceType> {
    static constexpr std::array names{
        std::pair{NamespaceType::user, std::string_view("user")},
        std::pair{NamespaceType::pid, std::string_view("pid")},
        std::pair{NamespaceType::mnt, std::string_view("mnt")},
        std::pair{NamespaceType::net, std::string_view("net")},
        std::pair{NamespaceType::ipc, std::string_view("ipc")},
        std::pair{NamespaceType::uts, std::string_view("uts")},
        std::pair{NamespaceType::cgroup, std::string_view("cgroup")},
        std::pair{NamespaceType::time, std::string_view("time")},
    };
};

/// One namespace of a process: what it is and who owns it (ioctl_nsfs(2)).
struct Namespace {
    Fact<std::uint64_t> inode;
    Fact<std::uint64_t> device;
    Fact<bool> initial;
    Fact<bool> sharedWithHost;
    Fact<std::uint64_t> ownerUserNamespace;
    Fact<std::uint32_t> ownerUid;
    Fact<bool> ownedByHost;
    Fact<std::uint64_t> parent;
    Fact<std::int64_t> level;
    Fact<std::uint64_t> forChildren;
    Fact<std::string> declared; ///< "host", "new" or "join(path)"
    std::vector<std::string> sharedWith;

    bool operator==(const Namespace&) const = default;
};

using Namespaces = std::map<NamespaceType, Namespace>;

template <>
struct Table<Namespace> {
    static constexpr auto rows = rowsOf(
        Row{"inode", &Namespace::inode, "inode number on nsfs", Compare::identity},
        Row{"device", &Namespace::device, "device number of nsfs (makedev(3))", Compare::identity},
        Row{"initial", &Namespace::initial, "the namespace the machine booted with", Compare::content,
            Order::trueIsWeaker},
        Row{"sharedWithHost", &Namespace::sharedWithHost, "the same namespace as the host's",
            Compare::content, Order::trueIsWeaker},
        Row{"ownerUserNamespace", &Namespace::ownerUserNamespace,
            "inode of the user namespace that owns it (NS_GET_USERNS)", Compare::identity},
        Row{"ownerUid", &Namespace::ownerUid,
            "host uid that created the owning user namespace (NS_GET_OWNER_UID)", Compare::identity},
        Row{"ownedByHost", &Namespace::ownedByHost,
            "owned by the initial user namespace: capabilities over it are the host's", Compare::content,
            Order::trueIsWeaker},
        Row{"parent", &Namespace::parent, "inode of the parent, pid and user only (NS_GET_PARENT)",
            Compare::identity},
        Row{"level", &Namespace::level, "depth below the initial one, pid and user only", Compare::content,
            Order::unordered},
        Row{"forChildren", &Namespace::forChildren, "inode that children will enter, pid and time only",
            Compare::identity},
        Row{"declared", &Namespace::declared, "what the configuration asked for: host, new or join(path)",
            Compare::identity},
        Row{"sharedWith", &Namespace::sharedWith, "other subjects in the same namespace", Compare::identity});
};

} // namespace bulkhead::model
