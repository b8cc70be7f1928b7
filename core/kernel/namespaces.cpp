#include "core/kernel/namespaces.h"

#include "core/kernel/id_maps.h"
#include "core/kernel/namespace_files.h"

#include <cerrno>

namespace bulkhead::kernel {

using model::Fact;
using model::Namespace;
using model::NamespaceType;
using model::Unreadable;

namespace {

bool nests(NamespaceType type) {
    return type == NamespaceType::user || type == NamespaceType::pid;
}

Unreadable noReference() {
    return {
        "the host's own namespaces are not known: Bulkhead may run inside a container",
        "running Bulkhead on the host itself"};
}

Fact<bool> sameAs(
    const Reading<NamespaceIdentity>& mine, const std::optional<NamespaceIdentity>& hosts,
    const std::string& source) {
    if (!mine) {
        return mine.error().why;
    }
    if (!hosts) {
        return noReference();
    }
    return {*mine == *hosts, observed(source)};
}

/// The first user namespace has no owner; it stands for the machine itself.
Fact<bool> ownedByHost(
    NamespaceType type, const NamespaceFile& file, const Namespace& facts, const HostReference& host,
    const std::string& source) {
    if (type == NamespaceType::user && facts.sharedWithHost.valueOr(false)) {
        return {true, inferred(source + ": the initial user namespace")};
    }
    return sameAs(file.owner, host.of(NamespaceType::user), source + " NS_GET_USERNS");
}

Fact<bool>
isInitial(NamespaceType type, const NamespaceFile& file, const Namespace& facts, const std::string& source) {
    if (file.self.inode == initialInode(type)) {
        return {true, observed(source)};
    }
    const bool numberIsFixed = type != NamespaceType::net && type != NamespaceType::mnt;
    if (numberIsFixed) {
        return {false, observed(source)};
    }
    if (!facts.sharedWithHost.known()) {
        return facts.sharedWithHost.gap();
    }
    return {facts.sharedWithHost.value(), inferred(source + " against the host's")};
}

/// Types that do not nest have neither a parent nor a level, and the first of a kind has no parent.
void addAncestry(NamespaceType type, const NamespaceFile& file, const std::string& source, Namespace& facts) {
    if (!nests(type)) {
        return;
    }
    const bool first = facts.initial.valueOr(false);
    if (!first) {
        facts.parent = file.parent
                           ? Fact<std::uint64_t>(file.parent->inode, observed(source + " NS_GET_PARENT"))
                           : Fact<std::uint64_t>(file.parent.error().why);
    }
    if (!file.level) {
        facts.level = file.level.error().why;
    } else if (first || facts.sharedWithHost.known()) {
        facts.level = Fact<std::int64_t>(*file.level, observed(source + " NS_GET_PARENT, repeated"));
    } else {
        facts.level = noReference();
    }
}

void addOwner(NamespaceType type, const NamespaceFile& file, const std::string& source, Namespace& facts) {
    const bool firstUser = type == NamespaceType::user && facts.initial.valueOr(false);
    if (!firstUser) {
        facts.ownerUserNamespace =
            file.owner ? Fact<std::uint64_t>(file.owner->inode, observed(source + " NS_GET_USERNS"))
                       : Fact<std::uint64_t>(file.owner.error().why);
    }
    facts.ownerUid = factOf(file.ownerUid, source + " NS_GET_OWNER_UID");
}

void addForChildren(const Task& task, std::string_view name, Namespace& facts) {
    const std::string link = std::string(name) + "_for_children";
    const auto file = readNamespaceFile(task, link);
    facts.forChildren = file ? Fact<std::uint64_t>(file->self.inode, observed(task.source("ns/" + link)))
                             : Fact<std::uint64_t>(file.error().why);
}

void failAll(NamespaceType type, const Unreadable& why, Namespace& facts) {
    facts.inode = why;
    facts.device = why;
    facts.initial = why;
    facts.sharedWithHost = why;
    facts.ownerUserNamespace = why;
    facts.ownerUid = why;
    facts.ownedByHost = why;
    if (nests(type)) {
        facts.parent = why;
        facts.level = why;
    }
}

void collectNamespace(
    const Task& task, NamespaceType type, const HostReference& host, NamespaceReadings& readings) {
    const std::string_view name = model::nameOf(type);
    const std::string source = task.source("ns/" + std::string(name));
    Namespace& facts = readings.facts[type];
    if (type == NamespaceType::pid || type == NamespaceType::time) {
        addForChildren(task, name, facts);
    }
    const auto file = readNamespaceFile(task, name);
    if (!file) {
        failAll(type, file.error().why, facts);
        return;
    }
    if (type == NamespaceType::user) {
        readings.user = file->self;
    }
    readings.owners.emplace(type, file->owners);
    facts.inode = {file->self.inode, observed(source)};
    facts.device = {file->self.device, observed(source)};
    facts.sharedWithHost = sameAs(file->self, host.of(type), source);
    facts.initial = isInitial(type, *file, facts, source);
    facts.ownedByHost = ownedByHost(type, *file, facts, host, source);
    addOwner(type, *file, source, facts);
    addAncestry(type, *file, source, facts);
}

} // namespace

NamespaceReadings collectNamespaces(const Task& task, const HostReference& host) {
    NamespaceReadings all;
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        collectNamespace(task, type, host, all);
    }
    return all;
}

Fact<bool> userNamespaceIsHost(const model::Namespaces& namespaces, const Task& task) {
    const auto& shared = namespaces.at(NamespaceType::user).sharedWithHost;
    if (shared.known()) {
        return shared;
    }
    // The initial map is full and can never be another; a full one proves nothing.
    const auto map =
        parsed(task.read("uid_map"), [](std::string_view text) { return parseIdMap("uid_map", text); });
    if (map && !map->isFullIdentity()) {
        return {false, inferred(task.source("uid_map") + ": not the full identity")};
    }
    return shared;
}

} // namespace bulkhead::kernel
