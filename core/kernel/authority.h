#pragma once

#include "core/kernel/namespace_files.h"
#include "core/kernel/reading.h"
#include "core/model/capability.h"
#include "core/model/fact.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::kernel {

/// Whose authority is judged: what decides capable() for a task (kernel/capability.c, security/commoncap.c).
struct Holder {
    NamespaceIdentity userNamespace;
    std::uint32_t effectiveUid = 0; ///< in our numbering, as owners are
    model::CapabilitySet effective;
    model::CapabilitySet all; ///< every capability this kernel knows
};

/// Which capabilities count over an object that `owners.front()` owns (cap_capable()): the task's effective
/// ones if that is its own user namespace or one below it, every one if a user namespace below was created by
/// its effective uid from its own, and none otherwise. nullopt where the chain ends before that can be told.
[[nodiscard]] std::optional<model::CapabilitySet>
worthOver(const Holder& holder, const std::vector<UserNamespace>& owners, bool chainIsWhole);

/// What may decide how an execve raises capabilities.
struct ExecveConditions {
    bool noNewPrivileges = false;
    bool isRoot = false;       ///< real or effective uid 0 of its user namespace
    bool honoursFiles = false; ///< some mount in reach honours setuid bits and file capabilities
};

/// What one execve can give (capabilities(7), "Transformation of capabilities during execve"): under
/// no_new_privs nothing beyond permitted; to root everything that is bounding or inheritable; to others the
/// same by a setuid-root program, which is assumed to exist wherever a mount would honour it.
[[nodiscard]] model::CapabilitySet obtainableBy(
    const ExecveConditions& conditions, model::CapabilitySet permitted, model::CapabilitySet bounding,
    model::CapabilitySet inheritable);

[[nodiscard]] std::string wordsOf(const ExecveConditions& conditions);

} // namespace bulkhead::kernel
