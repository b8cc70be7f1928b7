#include "core/kernel/host_reference.h"

#include "core/kernel/id_maps.h"
#include "core/kernel/namespace_files.h"

#include <cerrno>

namespace bulkhead::kernel {

using model::NamespaceType;

namespace {

constexpr bool hasAlwaysFixedInode(NamespaceType type) {
    return type != NamespaceType::net && type != NamespaceType::mnt;
}

/// The user and pid namespaces of this task are the ones the machine booted with.
bool livesOnTheMachine(const Task& task) {
    const auto map =
        parsed(task.read("uid_map"), [](std::string_view text) { return parseIdMap("uid_map", text); });
    const auto user = readNamespaceFile(task, "user");
    const auto pid = readNamespaceFile(task, "pid");
    return map && map->isFullIdentity() && user && pid &&
           user->self.inode == initialInode(NamespaceType::user) &&
           pid->self.inode == initialInode(NamespaceType::pid) && !user->parent &&
           user->parent.error().number == EPERM;
}

/// A number given out at boot or later proves nothing; those below kFirstDynamicInode are built in.
bool isBuiltIn(const NamespaceIdentity& identity) {
    return identity.inode < kFirstDynamicInode;
}

/// net and mnt: the built-in number where the kernel has one, pid 1's where readable, else the task's own.
void addDynamic(
    const Task& task, const std::optional<Task>& init, HostReference& host, std::uint64_t device) {
    bool builtIn = false;
    for (const NamespaceType type : {NamespaceType::net, NamespaceType::mnt}) {
        const auto own = readNamespaceFile(task, model::nameOf(type));
        builtIn = builtIn || (own && isBuiltIn(own->self));
    }
    for (const NamespaceType type : {NamespaceType::net, NamespaceType::mnt}) {
        if (builtIn) {
            host.namespaces[type] = {device, initialInode(type)};
            continue;
        }
        auto file = init ? readNamespaceFile(*init, model::nameOf(type))
                         : Reading<NamespaceFile>(std::unexpected(Failure{}));
        if (!file) {
            file = readNamespaceFile(task, model::nameOf(type));
        }
        if (file) {
            host.namespaces[type] = file->self;
        }
    }
}

HostReference referenceFrom(const Task& task, const std::optional<Task>& init, std::string evidence) {
    HostReference host;
    const auto user = readNamespaceFile(task, "user");
    const std::uint64_t device = user ? user->self.device : 0;
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        // A kernel without the type has no such link, and then none of its tasks differ in it.
        if (hasAlwaysFixedInode(type) && readNamespaceFile(task, name)) {
            host.namespaces[type] = {device, initialInode(type)};
        }
    }
    addDynamic(task, init, host, device);
    host.known = true;
    host.evidence = std::move(evidence);
    return host;
}

} // namespace

std::optional<NamespaceIdentity> HostReference::of(NamespaceType type) const {
    const auto found = namespaces.find(type);
    return found == namespaces.end() ? std::nullopt : std::optional(found->second);
}

std::uint64_t initialInode(NamespaceType type) {
    switch (type) {
    case NamespaceType::ipc:
        return 0xEFFFFFFF;
    case NamespaceType::uts:
        return 0xEFFFFFFE;
    case NamespaceType::user:
        return 0xEFFFFFFD;
    case NamespaceType::pid:
        return 0xEFFFFFFC;
    case NamespaceType::cgroup:
        return 0xEFFFFFFB;
    case NamespaceType::time:
        return 0xEFFFFFFA;
    case NamespaceType::net:
        return 0xEFFFFFF9;
    default:
        return 0xEFFFFFF8; // mnt
    }
}

HostReference readHostReference(const os::ProcRoot& root) {
    auto self = Task::openSelf(root);
    auto first = Task::open(root, 1);
    std::optional<Task> init;
    if (first) {
        init = std::move(*first);
    }
    if (self && livesOnTheMachine(*self)) {
        return referenceFrom(
            *self, init,
            "our own user and pid namespaces: full uid_map, NS_GET_PARENT EPERM, initial inode numbers");
    }
    if (init && livesOnTheMachine(*init)) {
        return referenceFrom(
            *init, std::nullopt,
            "namespaces of pid 1: full uid_map, NS_GET_PARENT EPERM, initial inode numbers");
    }
    HostReference unknown;
    unknown.evidence = "neither our own namespaces nor pid 1's are those the machine booted with";
    return unknown;
}

} // namespace bulkhead::kernel
