#include "core/model/capability.h"

#include <algorithm>
#include <array>

namespace bulkhead::model {

namespace {

/// include/uapi/linux/capability.h, in order of number.
constexpr std::array<std::string_view, kKnownCapabilities> kNames = {
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};

} // namespace

std::string capabilityName(Capability capability) {
    const auto number = static_cast<std::size_t>(capability);
    return number < kNames.size() ? std::string(kNames[number]) : "CAP_" + std::to_string(number);
}

std::optional<Capability> capabilityNamed(std::string_view name) {
    if (const auto* found = std::ranges::find(kNames, name); found != kNames.end()) {
        return static_cast<Capability>(found - kNames.begin());
    }
    for (std::size_t number = kNames.size(); number < 64; ++number) {
        const auto capability = static_cast<Capability>(number);
        if (capabilityName(capability) == name) {
            return capability;
        }
    }
    return std::nullopt;
}

CapabilitySet CapabilitySet::upTo(int last) const {
    CapabilitySet kept;
    for (const Capability c : members()) {
        if (static_cast<int>(c) <= last) {
            kept.add(c);
        }
    }
    return kept;
}

std::vector<Capability> CapabilitySet::members() const {
    std::vector<Capability> out;
    for (std::size_t number = 0; number < m_bits.size(); ++number) {
        if (m_bits.test(number)) {
            out.push_back(static_cast<Capability>(number));
        }
    }
    return out;
}

std::vector<std::string> CapabilitySet::sortedNames() const {
    std::vector<std::string> names;
    for (const Capability c : members()) {
        names.push_back(capabilityName(c));
    }
    std::ranges::sort(names);
    return names;
}

} // namespace bulkhead::model
