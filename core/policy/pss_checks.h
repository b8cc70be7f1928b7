#pragma once

#include "core/policy/pss.h"

#include <set>
#include <string>
#include <vector>

namespace bulkhead::policy {

/// Texts as the standard's messages have them: `"a", "b"`.
[[nodiscard]] std::string joinQuoted(const std::vector<std::string>& items);
[[nodiscard]] std::string joinQuoted(const std::set<std::string>& items);
[[nodiscard]] std::string joined(const std::vector<std::string>& items, std::string_view between);
[[nodiscard]] std::string oneOrMany(std::size_t count, std::string_view one, std::string_view many);
/// `containers "a", "b"`.
[[nodiscard]] std::string containersNamed(const std::vector<std::string>& names);

/// Who set a field of both the Pod and its containers to what may not be.
struct BadSetters {
    bool pod = false;
    std::vector<std::string> containers;
    std::set<std::string> values;

    [[nodiscard]] bool any() const { return pod || !containers.empty(); }
    /// `pod and container "a"`.
    [[nodiscard]] std::vector<std::string> words() const;
};

/// Whether a type of a seccomp or AppArmor profile confines.
[[nodiscard]] bool isConfining(std::string_view type);

/// The types of seccomp profiles that are set and do not confine.
[[nodiscard]] BadSetters badSeccomp(Pod& pod);
[[nodiscard]] PssResult badSeccompResult(const BadSetters& bad);

/// `containers "a" must not set securityContext.procMount to "Unmasked"`.
[[nodiscard]] PssResult procMountResult(Pod& pod);

// Baseline.
PssResult checkAppArmor(Pod& pod, int minor);
PssResult checkAddedCapabilities(Pod& pod, int minor);
PssResult checkHostNamespaces(Pod& pod, int minor);
PssResult checkHostPaths(Pod& pod, int minor);
PssResult checkHostPorts(Pod& pod, int minor);
PssResult checkProbeHosts(Pod& pod, int minor);
PssResult checkPrivileged(Pod& pod, int minor);
PssResult checkProcMount(Pod& pod, int minor);
PssResult checkSelinux(Pod& pod, int minor);
PssResult checkSeccompBaseline(Pod& pod, int minor);
PssResult checkSysctls(Pod& pod, int minor);
PssResult checkHostProcess(Pod& pod, int minor);

// Restricted.
PssResult checkEscalation(Pod& pod, int minor);
PssResult checkDroppedCapabilities(Pod& pod, int minor);
PssResult checkProcMountRestricted(Pod& pod, int minor);
PssResult checkVolumes(Pod& pod, int minor);
PssResult checkNonRoot(Pod& pod, int minor);
PssResult checkUser(Pod& pod, int minor);
PssResult checkSeccompRestricted(Pod& pod, int minor);

} // namespace bulkhead::policy
