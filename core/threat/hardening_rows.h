#pragma once

#include "core/threat/hardening.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>

// What the rows of the table of hardenings do, by kind: the objects each applies to, and its effect.

namespace bulkhead::threat {

using Objects = std::vector<std::string>;
using Targets = std::set<std::string, std::less<>>;

/// Effects carry this evidence: nothing was read, a change was assumed.
template <class T>
void assume(model::Fact<T>& fact, T value) {
    fact = {std::move(value), {model::EvidenceKind::inferred, "with the change", "", 0}};
}

/// Changes what is known; what is not stays so.
template <class T, class Edit>
void adjust(model::Fact<T>& fact, Edit edit) {
    if (fact.known()) {
        T value = fact.value();
        edit(value);
        assume(fact, std::move(value));
    }
}

/// A list to look through without a copy; empty where it is not known.
template <class T>
const T& listIn(const model::Fact<T>& fact) {
    static const T kNone;
    return fact.known() ? fact.value() : kNone;
}

/// Takes what is gone out of a list, which is copied only where something is.
template <class T, class Gone>
void removeFrom(model::Fact<std::vector<T>>& list, Gone gone) {
    if (list.known() && std::ranges::any_of(list.value(), gone)) {
        adjust(list, [&](std::vector<T>& all) { std::erase_if(all, gone); });
    }
}

/// Engines let a container open the nodes that it is given; an OCI configuration says both for itself.
[[nodiscard]] inline bool nodesBringRules(const Ordinary& ordinary) {
    return ordinary.form != claims::ConfigForm::oci;
}

/// A directory, file or socket that the configuration brings in from the host.
[[nodiscard]] bool isBrought(const model::Mount& mount);

// Who the process is and what it may do (harden_authority.cpp)
Objects whenPrivileged(const model::Snapshot& snapshot, const Ordinary& ordinary);
void leavePrivileged(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects whenBeyondDefault(const model::Snapshot& snapshot, const Ordinary& ordinary);
void keepDefaultCapabilities(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects heldCapabilities(const model::Snapshot& snapshot, const Ordinary& ordinary);
void dropCapability(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects whenPrivilegesCanGrow(const model::Snapshot& snapshot, const Ordinary& ordinary);
void setNoNewPrivileges(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects whenRootOrUnknown(const model::Snapshot& snapshot, const Ordinary& ordinary);
void runAsPlainUser(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects whenGroupsAreGiven(const model::Snapshot& snapshot, const Ordinary& ordinary);
void dropGroups(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects foreignNamespaces(const model::Snapshot& snapshot, const Ordinary& ordinary);
void makeOwnNamespace(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);

// Files and devices (harden_files.cpp)
Objects mountsFromHost(const model::Snapshot& snapshot, const Ordinary& ordinary);
void removeMount(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
/// Several at once: of a thousand mounts each would copy the list.
void removeMounts(model::Snapshot& snapshot, const Targets& targets);
Objects writableMountsFromHost(const model::Snapshot& snapshot, const Ordinary& ordinary);
void makeMountReadOnly(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects sharedMounts(const model::Snapshot& snapshot, const Ordinary& ordinary);
void makeMountPrivate(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects whenRootIsWritable(const model::Snapshot& snapshot, const Ordinary& ordinary);
void makeRootReadOnly(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects whenPathsAreOpen(const model::Snapshot& snapshot, const Ordinary& ordinary);
void protectPaths(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects whenKernelFilesAreWritable(const model::Snapshot& snapshot, const Ordinary& ordinary);
void makeKernelFilesReadOnly(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects extraDevices(const model::Snapshot& snapshot, const Ordinary& ordinary);
void removeDevice(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects whenSeveralDevices(const model::Snapshot& snapshot, const Ordinary& ordinary);
void keepStandardDevices(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);

// What the kernel is asked to refuse (harden_guards.cpp)
Objects whenDevicePolicyIsOpen(const model::Snapshot& snapshot, const Ordinary& ordinary);
void setDevicePolicy(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects whenNotConfinedByAppArmor(const model::Snapshot& snapshot, const Ordinary& ordinary);
void enforceAppArmor(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects whenNotFiltered(const model::Snapshot& snapshot, const Ordinary& ordinary);
void setDefaultFilter(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);
Objects missingLimits(const model::Snapshot& snapshot, const Ordinary& ordinary);
void setLimit(model::Snapshot& snapshot, const std::string& object, const Ordinary& ordinary);

} // namespace bulkhead::threat
