#pragma once

#include "core/base/error.h"
#include "core/claims/ground.h"
#include "core/model/named_enum.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bulkhead::claims {

/// A change of a configuration that makes a boundary stronger, whatever the format.
enum class ChangeKind {
    notPrivileged,
    defaultCapabilities, ///< those of the engine and no more
    dropCapability,      ///< object: CAP_SYS_ADMIN
    noNewPrivileges,
    runAsUser, ///< object: the id
    dropGroups,
    ownNamespace, ///< object: pid, net, ipc, uts, cgroup, user
    removeMount,  ///< object: the target
    readOnlyMount,
    privateMount,
    readOnlyRoot,
    protectPaths,
    readOnlyKernelFiles,
    removeDevice, ///< object: its path
    standardDevices,
    defaultDevicePolicy,
    enforceAppArmor,
    defaultSeccomp,
    limit, ///< object: pids, memory, cpu
};

/// One change asked for.
struct ChangeAsk {
    ChangeKind kind = ChangeKind::notPrivileged;
    std::string object;

    auto operator<=>(const ChangeAsk&) const = default;
};

/// How the configuration of a subject is written.
enum class ConfigForm { docker, podman, compose, kubernetes, oci, scenario };

inline constexpr std::size_t kConfigForms = 6;

/// A document with changes made.
struct EditedDocument {
    std::string text;
    std::vector<std::string> notes; ///< what a reader must know: "comments are not kept"
};

/// The document with the changes made to one of its containers, everything else kept: OCI config.json,
/// Kubernetes, Compose, a docker or podman run line, a scenario of the lab. `subject` is the container's name
/// as importDocument gives it. Unsupported where a format has no way to say a change. An OCI configuration is
/// given the filter that is the ground's own, resolved for its machine.
[[nodiscard]] base::Result<EditedDocument> editDocument(
    std::string_view text, const std::string& file, std::string_view subject,
    std::span<const ChangeAsk> changes, const Ground& ground = {});

/// The form of a document that editDocument takes; Unsupported names those that there are.
[[nodiscard]] base::Result<ConfigForm> formOf(std::string_view text, const std::string& file);

/// What a limit is set to that nobody chose: room for most services, and an end.
[[nodiscard]] std::string_view defaultLimit(std::string_view resource);

/// The user namespace that a change asks for: inside 0 is this id of the host, for kMappedIds ids.
inline constexpr std::uint32_t kMappedFrom = 200000;
inline constexpr std::uint32_t kMappedIds = 65536;
/// The user that a change asks for: nobody's id, which no file of an image belongs to.
inline constexpr std::uint32_t kPlainUser = 65534;

} // namespace bulkhead::claims
