#include "core/diagram/posture.h"

#include "core/diagram/words.h"
#include "core/model/gaps.h"
#include "core/seccomp/arch.h"
#include "core/seccomp/verdict_changes.h"

#include <algorithm>
#include <optional>

namespace bulkhead::diagram {

using model::CapabilitySet;
using model::Evidence;
using model::EvidenceKind;
using model::Fact;
using model::NamespaceType;
using model::Posture;
using model::Snapshot;
using model::Unreadable;

namespace {

Evidence inferredFrom(std::string_view facts) {
    return {EvidenceKind::inferred, std::string(facts), "", 0};
}

template <class T, class U>
Fact<U> gapOf(const Fact<T>& fact) {
    return fact.unreadable() ? Fact<U>(fact.gap()) : Fact<U>();
}

Fact<CapabilitySet> overHost(const Snapshot& snapshot) {
    const auto found = snapshot.capabilities.over.find(NamespaceType::user);
    return found == snapshot.capabilities.over.end() ? Fact<CapabilitySet>() : found->second;
}

/// All of the parts; false as soon as one is known to be false, unknown as long as one is unknown.
class Conjunction {
public:
    template <class T, class Holds>
    void add(const Fact<T>& fact, Holds holds) {
        if (fact.known()) {
            m_denied = m_denied || !holds(fact.value());
        } else if (fact.unreadable()) {
            m_gap = m_gap ? m_gap : std::optional(fact.gap());
        } else {
            m_unstated = true;
        }
    }
    [[nodiscard]] Fact<bool> result(std::string_view facts) const {
        if (m_denied) {
            return {false, inferredFrom(facts)};
        }
        if (m_gap) {
            return *m_gap;
        }
        return m_unstated ? Fact<bool>() : Fact<bool>(true, inferredFrom(facts));
    }

private:
    bool m_denied = false;
    bool m_unstated = false;
    std::optional<Unreadable> m_gap;
};

/// What `--privileged` amounts to in the kernel. The full set is what the bounding set of the process leaves:
/// a machine that lacks a capability itself cannot give it away.
Fact<bool> privileged(const Snapshot& snapshot) {
    Conjunction all;
    const auto admin = *model::capabilityNamed("CAP_SYS_ADMIN");
    const auto rawio = *model::capabilityNamed("CAP_SYS_RAWIO");
    const auto modules = *model::capabilityNamed("CAP_SYS_MODULE");
    all.add(overHost(snapshot), [&](const CapabilitySet& set) {
        return set.has(admin) && set.has(rawio) && set.has(modules);
    });
    all.add(
        snapshot.seccomp.mode, [](model::SeccompMode mode) { return mode == model::SeccompMode::disabled; });
    all.add(snapshot.cgroup.devicePolicy.effective, [](const model::DeviceRules& rules) {
        return rules.allowsAll();
    });
    return all.result("capabilities.over.user, seccomp.mode, cgroup.devicePolicy.effective");
}

Fact<bool> rootOnHost(const Snapshot& snapshot) {
    const auto& uid = snapshot.identity.uid;
    const auto& map = snapshot.identity.uidMap;
    if (!uid.known()) {
        return gapOf<model::Ids, bool>(uid);
    }
    if (!map.known()) {
        return gapOf<model::IdMap, bool>(map);
    }
    return {
        map.value().toHost(uid.value().effective) == std::uint32_t{0},
        inferredFrom("identity.uid, identity.uidMap")};
}

/// Named calls of the machine's architecture that pass, under some arguments at least.
Fact<std::int64_t> callsLeft(const Snapshot& snapshot) {
    const auto& verdicts = snapshot.seccomp.verdicts;
    if (!verdicts.known()) {
        return gapOf<std::map<std::string, model::ArchVerdicts>, std::int64_t>(verdicts);
    }
    const std::string name = snapshot.host.arch.valueOr("");
    const auto found = verdicts.value().find(name);
    const seccomp::Arch* arch = seccomp::findArch(name);
    if (found == verdicts.value().end() || arch == nullptr) {
        return Unreadable{"no verdicts for the machine's architecture", ""};
    }
    if (seccomp::allowsSome(found->second.others)) {
        return {}; // everything that is not named passes: there is no number to give
    }
    const std::size_t left = seccomp::countCalls(found->second, *arch).allowed;
    return {static_cast<std::int64_t>(left), inferredFrom("seccomp.verdicts")};
}

Fact<std::string> lsmOf(const Snapshot& snapshot) {
    const model::Lsm& lsm = snapshot.lsm;
    for (const auto* fact : {&lsm.apparmor, &lsm.selinux}) {
        if (fact->known() && !fact->value().label.empty()) {
            const model::LsmLabel& label = fact->value();
            const bool said = label.mode.empty() || label.mode == label.label;
            return {label.label + (said ? "" : " (" + label.mode + ")"), fact->evidence()};
        }
    }
    for (const auto* fact : {&lsm.apparmor, &lsm.selinux}) {
        if (fact->unreadable()) {
            return fact->gap();
        }
    }
    return lsm.apparmor.known() || lsm.selinux.known() ? Fact<std::string>("none", inferredFrom("lsm"))
                                                       : Fact<std::string>();
}

Fact<std::vector<NamespaceType>> hostNamespaces(const Snapshot& snapshot) {
    std::vector<NamespaceType> shared;
    for (const auto& [type, space] : snapshot.namespaces) {
        if (space.sharedWithHost.unreadable()) {
            return space.sharedWithHost.gap();
        }
        if (space.sharedWithHost.valueOr(false)) {
            shared.push_back(type);
        }
    }
    return snapshot.namespaces.empty()
               ? Fact<std::vector<NamespaceType>>()
               : Fact<std::vector<NamespaceType>>(std::move(shared), inferredFrom("namespaces"));
}

void countMounts(const Snapshot& snapshot, Posture& posture) {
    const auto& mounts = snapshot.mounts;
    if (!mounts.known()) {
        posture.hostMounts = gapOf<std::vector<model::Mount>, std::int64_t>(mounts);
        posture.writableHostMounts = posture.hostMounts;
        return;
    }
    std::int64_t all = 0;
    std::int64_t writable = 0;
    for (const model::Mount& mount : mounts.value()) {
        const bool brought = isBroughtFromHost(mount);
        all += brought ? 1 : 0;
        writable += brought && !mount.readOnly ? 1 : 0;
    }
    posture.hostMounts = {all, inferredFrom("mounts")};
    posture.writableHostMounts = {writable, inferredFrom("mounts")};
}

} // namespace

Posture buildPosture(model::SubjectSummary subject, const Snapshot& snapshot) {
    Posture posture;
    posture.subject = std::move(subject);
    posture.privileged = privileged(snapshot);
    posture.rootOnHost = rootOnHost(snapshot);
    posture.capabilitiesOverHost = overHost(snapshot);
    posture.seccomp = snapshot.seccomp.mode;
    posture.callsLeft = callsLeft(snapshot);
    posture.lsm = lsmOf(snapshot);
    posture.hostNamespaces = hostNamespaces(snapshot);
    countMounts(snapshot, posture);
    const auto& sockets = snapshot.sockets;
    posture.sockets =
        sockets.known()
            ? Fact<std::int64_t>(static_cast<std::int64_t>(sockets.value().size()), inferredFrom("sockets"))
            : gapOf<std::vector<model::RuntimeSocket>, std::int64_t>(sockets);
    posture.unknowns = static_cast<std::int64_t>(model::gapsOf(snapshot).size());
    return posture;
}

} // namespace bulkhead::diagram
