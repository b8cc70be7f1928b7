#pragma once

#include "core/model/named_enum.h"

#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace bulkhead::model {

/// What an attacker can hold: the closed list. Weaknesses turn some of them into a further one; paths start
/// at `codeInContainer`.
enum class AttackAuthority {
    codeInContainer,
    rootInContainer,
    capabilityOverHost,
    hostFileRead,
    hostFileWrite,
    runtimeControl,
    hostProcessMemory,
    blockDevice,
    deviceAccess,
    kernelCode,
    nodeCredentials,
    otherContainer,
    hostNetwork,
    hostDenialOfService,
    hostRoot,
    noTrace,
};

using AttackAuthorities = std::set<AttackAuthority>;

template <>
struct Names<AttackAuthority> {
    using enum AttackAuthority;
    static constexpr std::array names{
        std::pair{codeInContainer, std::string_view("code-in-container")},
        std::pair{rootInContainer, std::string_view("root-in-container")},
        std::pair{capabilityOverHost, std::string_view("capability-over-host")},
        std::pair{hostFileRead, std::string_view("host-file-read")},
        std::pair{hostFileWrite, std::string_view("host-file-write")},
        std::pair{runtimeControl, std::string_view("runtime-control")},
        std::pair{hostProcessMemory, std::string_view("host-process-memory")},
        std::pair{blockDevice, std::string_view("block-device")},
        std::pair{deviceAccess, std::string_view("device-access")},
        std::pair{kernelCode, std::string_view("kernel-code")},
        std::pair{nodeCredentials, std::string_view("node-credentials")},
        std::pair{otherContainer, std::string_view("other-container")},
        std::pair{hostNetwork, std::string_view("host-network")},
        std::pair{hostDenialOfService, std::string_view("host-denial-of-service")},
        std::pair{hostRoot, std::string_view("host-root")},
        std::pair{noTrace, std::string_view("no-trace")},
    };
};

} // namespace bulkhead::model
