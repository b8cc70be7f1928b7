#pragma once

#include "core/kernel/host_mounts.h"
#include "core/kernel/task.h"
#include "core/model/namespaces.h"
#include "core/os/proc_root.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::kernel {

/// What is known of a process that may be the host's side of a sandbox. nullopt: it could not be told.
struct SandboxEvidence {
    std::string exe;                   ///< what /proc/PID/exe names
    std::optional<bool> fileOfHost;    ///< it is the very file that the host has under that name
    std::optional<bool> hasMachine;    ///< it holds a virtual machine of KVM (a descriptor of kvm-vm)
    std::string parentExe;             ///< of the nearest ancestor that is a shim of containerd; else empty
    std::optional<bool> ownNamespaces; ///< its pid or mount namespace is not the host's

    bool operator==(const SandboxEvidence&) const = default;
};

/// "none", "gvisor", "kata" or "microvm". A name alone never makes a sandbox: a container may hold a program
/// of any name, so the file must be the host's, and a virtual machine must be there. A gap where the
/// evidence is half.
[[nodiscard]] model::Fact<std::string> judgeSandbox(const SandboxEvidence& evidence);

/// Gathers the evidence for one process: links are read, the program's file is looked at without opening it,
/// and descriptors are listed only of programs that go by a sandbox's name.
[[nodiscard]] model::Fact<std::string> detectSandbox(
    const os::ProcRoot& root, const Task& task, const Reading<HostMounts>& hostMounts,
    const model::Namespaces& namespaces);

} // namespace bulkhead::kernel
