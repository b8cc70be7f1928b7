#include "core/twin/rights.h"

#include "core/kernel/status.h"
#include "core/os/file.h"

#include <sched.h>

namespace bulkhead::twin {

using model::CapabilitySet;

CapabilitySet neededFor(const Target& target) {
    CapabilitySet needed;
    for (const char* name :
         {"CAP_SYS_PTRACE", "CAP_SYS_ADMIN", "CAP_DAC_READ_SEARCH", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP",
          "CAP_SYS_CHROOT", "CAP_DAC_OVERRIDE"}) {
        needed.add(*model::capabilityNamed(name));
    }
    const bool same = (target.namespaces & CLONE_NEWUSER) == 0;
    if (!same) {
        return needed;
    }
    const auto none = CapabilitySet();
    const std::uint64_t held =
        target.status.permitted.value_or(none).mask() | target.status.inheritable.value_or(none).mask();
    return CapabilitySet(needed.mask() | held);
}

base::Status checkRights(const Target& target, const CapabilitySet& held) {
    const CapabilitySet missing = neededFor(target).minus(held);
    if (missing.empty()) {
        return {};
    }
    std::string names;
    for (const std::string& name : missing.sortedNames()) {
        names += (names.empty() ? "" : ", ") + name;
    }
    return base::fail(
        base::ErrorKind::denied, "a look from inside pid " + std::to_string(target.pid) + " needs " + names +
                                     ", which this user does not hold; root of the machine does");
}

CapabilitySet ownCapabilities() {
    const auto text = os::readFile("/proc/thread-self/status");
    const auto status = text ? kernel::parseStatus(*text) : std::unexpected(text.error());
    return status ? status->effective.value_or(CapabilitySet()) : CapabilitySet();
}

} // namespace bulkhead::twin
