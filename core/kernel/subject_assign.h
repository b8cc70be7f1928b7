#pragma once

#include "core/kernel/known_container.h"
#include "core/kernel/sweep.h"

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace bulkhead::kernel {

/// A subject in the making: who belongs to it and what says so.
struct Assembly {
    const KnownContainer* known = nullptr; ///< a state file that fits its main process
    bool verified = false;                 ///< by pid and start time
    std::string id;                        ///< by control group path; empty: none
    std::vector<std::size_t> members;      ///< indices in Sweep::processes; the main process first
    std::set<std::string> doubts;
};

/// What tells a namespace of the machine from one of a container.
class Spaces {
public:
    Spaces(const Sweep& sweep, const HostReference& host) : m_sweep(sweep), m_host(host) {}

    /// The inode, where it was read and is not the host's; else 0.
    [[nodiscard]] std::uint64_t own(const SweptProcess& process, model::NamespaceType type) const;
    /// `inner` lies below `outer` in the tree of pid namespaces.
    [[nodiscard]] bool isBelow(std::uint64_t inner, std::uint64_t outer) const;

private:
    const Sweep& m_sweep;
    const HostReference& m_host;
};

/// Every process of a sweep in exactly one assembly.
[[nodiscard]] std::vector<Assembly>
assignProcesses(const Sweep& sweep, const Spaces& spaces, std::span<const KnownContainer> known);

} // namespace bulkhead::kernel
