#include "core/claims/engine_ids.h"
#include "core/threat/hardening_rows.h"

#include <algorithm>
#include <array>

namespace bulkhead::threat {

using model::CapabilitySet;
using model::Fact;
using model::NamespaceType;
using model::Snapshot;

namespace {

/// Every capability set of a snapshot, those that are counted over namespaces too.
template <class Edit>
void eachSet(Snapshot& snapshot, Edit edit) {
    const auto adjustOne = [&edit](Fact<CapabilitySet>& fact) {
        CapabilitySet set = fact.valueOr(CapabilitySet());
        edit(set);
        if (fact.known() && set != fact.value()) {
            assume(fact, set);
        }
    };
    model::Capabilities& all = snapshot.capabilities;
    for (Fact<CapabilitySet>* set :
         {&all.effective, &all.permitted, &all.inheritable, &all.bounding, &all.ambient, &all.obtainable}) {
        adjustOne(*set);
    }
    for (auto* counted : {&all.over, &all.within}) {
        for (auto& [type, set] : *counted) {
            adjustOne(set);
        }
    }
}

/// What an ordinary container may ever hold; nullptr where that is not known.
const CapabilitySet* ordinarySet(const Ordinary& ordinary) {
    return ordinary.container == nullptr ? nullptr : ordinary.container->capabilities.bounding.get();
}

/// The most that the subject may come to hold.
CapabilitySet heldBy(const Snapshot& snapshot) {
    const model::Capabilities& all = snapshot.capabilities;
    std::uint64_t mask = 0;
    for (const Fact<CapabilitySet>* set : {&all.effective, &all.permitted, &all.bounding, &all.ambient}) {
        mask |= set->valueOr(CapabilitySet()).mask();
    }
    return CapabilitySet(mask);
}

/// Sockets that belong to others of the host: only what everybody may do is left. A configuration does not
/// know the permissions of a socket, so there nothing is closed.
void connectAsOther(Snapshot& snapshot) {
    if (snapshot.vantage == model::Vantage::declared) {
        return;
    }
    constexpr std::uint32_t kOthersMayWrite = 02;
    adjust(snapshot.sockets, [](std::vector<model::RuntimeSocket>& sockets) {
        for (model::RuntimeSocket& socket : sockets) {
            socket.connectable = socket.connectable && (socket.mode & kOthersMayWrite) != 0;
        }
    });
}

/// An OCI configuration and a scenario say which ids it is mapped to; else the engine chooses.
void mapIds(model::Identity& identity, const std::optional<claims::ConfigForm>& form) {
    using enum claims::ConfigForm;
    if (form && *form != oci && *form != scenario) {
        identity.uidMap = claims::idsOfEngine();
        identity.gidMap = claims::idsOfEngine();
        return;
    }
    const model::IdMap map{{{0, claims::kMappedFrom, claims::kMappedIds}}};
    assume(identity.uidMap, map);
    assume(identity.gidMap, map);
}

/// Volumes of a Pod keep their files' owners: they are mounted by the Pod's map.
void mapVolumes(Snapshot& snapshot) {
    adjust(snapshot.mounts, [](std::vector<model::Mount>& mounts) {
        for (model::Mount& mount : mounts) {
            if (isBrought(mount)) {
                mount.idmap = true;
                mount.idmapUids = claims::idsOfEngine();
                mount.idmapGids = claims::idsOfEngine();
            }
        }
    });
}

void leaveHostUsers(Snapshot& snapshot, const std::optional<claims::ConfigForm>& form) {
    model::Identity& identity = snapshot.identity;
    assume(identity.userNamespaceIsHost, false);
    mapIds(identity, form);
    assume(identity.groupsOnHost, std::vector<std::uint32_t>());
    for (auto& [type, over] : snapshot.capabilities.over) {
        assume(over, CapabilitySet());
    }
    for (auto& [type, entry] : snapshot.namespaces) {
        if (entry.sharedWithHost.known() && !entry.sharedWithHost.value()) {
            assume(entry.ownedByHost, false);
        }
    }
    if (form == claims::ConfigForm::kubernetes) {
        mapVolumes(snapshot);
    } else {
        connectAsOther(snapshot);
    }
}

} // namespace

Objects whenPrivileged(const Snapshot& snapshot, const Ordinary& ordinary) {
    const bool known = ordinary.container != nullptr && snapshot.config.privileged.valueOr(false);
    return known ? Objects{""} : Objects{};
}

void leavePrivileged(Snapshot& snapshot, const std::string& object, const Ordinary& ordinary) {
    assume(snapshot.config.privileged, false);
    removeFrom(snapshot.config.asks, [](const std::string& ask) { return ask == "privileged"; });
    keepDefaultCapabilities(snapshot, object, ordinary);
    if (!whenNotFiltered(snapshot, ordinary).empty()) {
        setDefaultFilter(snapshot, object, ordinary);
    }
    if (!whenNotConfinedByAppArmor(snapshot, ordinary).empty()) {
        enforceAppArmor(snapshot, object, ordinary);
    }
    protectPaths(snapshot, object, ordinary);
    makeKernelFilesReadOnly(snapshot, object, ordinary);
    keepStandardDevices(snapshot, object, ordinary);
    setDevicePolicy(snapshot, object, ordinary);
}

Objects whenBeyondDefault(const Snapshot& snapshot, const Ordinary& ordinary) {
    const CapabilitySet* usual = ordinarySet(ordinary);
    const bool several = usual != nullptr && heldBy(snapshot).minus(*usual).size() > 1;
    return several ? Objects{""} : Objects{};
}

void keepDefaultCapabilities(Snapshot& snapshot, const std::string& /*object*/, const Ordinary& ordinary) {
    if (const CapabilitySet* usual = ordinarySet(ordinary)) {
        eachSet(snapshot, [usual](CapabilitySet& set) { set = set.intersected(*usual); });
        assume(snapshot.kernel.modulesLoadable, false);
    }
}

Objects heldCapabilities(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    return heldBy(snapshot).sortedNames();
}

void dropCapability(Snapshot& snapshot, const std::string& object, const Ordinary& /*ordinary*/) {
    const auto capability = model::capabilityNamed(object);
    if (!capability) {
        return; // a number without a name: not of the table's making
    }
    eachSet(snapshot, [&](CapabilitySet& set) { set.remove(*capability); });
    if (object == "CAP_SYS_MODULE") {
        assume(snapshot.kernel.modulesLoadable, false);
    }
}

Objects whenPrivilegesCanGrow(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    return snapshot.identity.noNewPrivileges.valueOr(true) ? Objects{} : Objects{""};
}

void setNoNewPrivileges(Snapshot& snapshot, const std::string& /*object*/, const Ordinary& /*ordinary*/) {
    assume(snapshot.identity.noNewPrivileges, true);
    snapshot.capabilities.obtainable = snapshot.capabilities.permitted;
}

Objects whenRootOrUnknown(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    const auto* uid = snapshot.identity.uid.get();
    const bool plain = uid != nullptr && uid->real != 0 && uid->effective != 0 && uid->saved != 0;
    return plain ? Objects{} : Objects{std::to_string(claims::kPlainUser)};
}

void runAsPlainUser(Snapshot& snapshot, const std::string& /*object*/, const Ordinary& /*ordinary*/) {
    const std::uint32_t id = claims::kPlainUser;
    model::Identity& identity = snapshot.identity;
    assume(identity.uid, model::Ids{id, id, id, id});
    assume(identity.gid, model::Ids{id, id, id, id});
    model::Capabilities& all = snapshot.capabilities;
    for (Fact<CapabilitySet>* set : {&all.effective, &all.permitted, &all.ambient}) {
        assume(*set, CapabilitySet());
    }
    for (auto* counted : {&all.over, &all.within}) {
        for (auto& [type, set] : *counted) {
            assume(set, CapabilitySet());
        }
    }
    if (identity.noNewPrivileges.valueOr(false)) {
        assume(all.obtainable, CapabilitySet());
    } else if (!all.obtainable.known() && all.bounding.known()) {
        assume(all.obtainable, all.bounding.value()); // by an execve of a set-user-ID program
    }
    connectAsOther(snapshot);
}

Objects whenGroupsAreGiven(const Snapshot& snapshot, const Ordinary& /*ordinary*/) {
    const auto* groups = snapshot.identity.groups.get();
    return groups != nullptr && !groups->empty() ? Objects{""} : Objects{};
}

void dropGroups(Snapshot& snapshot, const std::string& /*object*/, const Ordinary& /*ordinary*/) {
    assume(snapshot.identity.groups, std::vector<std::uint32_t>());
    assume(snapshot.identity.groupsOnHost, std::vector<std::uint32_t>());
}

Objects foreignNamespaces(const Snapshot& snapshot, const Ordinary& ordinary) {
    Objects out;
    for (const NamespaceType type :
         {NamespaceType::pid, NamespaceType::net, NamespaceType::ipc, NamespaceType::uts,
          NamespaceType::cgroup, NamespaceType::user}) {
        const auto found = snapshot.namespaces.find(type);
        if (found == snapshot.namespaces.end()) {
            continue;
        }
        const model::Namespace& entry = found->second;
        const bool joined = entry.declared.known() && entry.declared.value().starts_with("join");
        const bool usual = ordinary.container != nullptr && type == NamespaceType::cgroup &&
                           ordinary.container->namespaces.contains(type) &&
                           ordinary.container->namespaces.at(type).sharedWithHost.valueOr(false);
        if ((entry.sharedWithHost.valueOr(false) || joined) && !usual) {
            out.emplace_back(model::nameOf(type));
        }
    }
    return out;
}

void makeOwnNamespace(Snapshot& snapshot, const std::string& object, const Ordinary& ordinary) {
    const auto type = model::valueNamed<NamespaceType>(object);
    if (!type) {
        return;
    }
    model::Namespace& entry = snapshot.namespaces[*type];
    assume(entry.sharedWithHost, false);
    assume(entry.initial, false);
    assume(entry.declared, std::string("new"));
    entry.sharedWith.clear();
    if (*type == NamespaceType::user) {
        leaveHostUsers(snapshot, ordinary.form);
    } else if (*type == NamespaceType::net) {
        assume(snapshot.network.hostNetwork, false);
        assume(snapshot.network.hostServices, std::vector<std::string>());
        assume(snapshot.network.abstractSockets, std::vector<std::string>());
    } else if (*type == NamespaceType::pid) {
        assume(snapshot.kernel.hostProcesses, false);
    }
}

} // namespace bulkhead::threat
