#pragma once

#include "core/kernel/host_reference.h"
#include "core/kernel/reading.h"
#include "core/kernel/status.h"
#include "core/os/fd.h"
#include "core/os/proc_root.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace bulkhead::kernel {

/// One process of the machine, as one small read of its status tells it.
struct Process {
    std::int64_t pid = 0; ///< in our own pid namespace, as are the parents
    TaskStatus status;

    /// Pid namespaces it is nested in, from ours on: 1 for our own. 0 where the kernel does not say.
    [[nodiscard]] std::size_t depth() const { return status.namespacePids.size(); }
    /// It is pid 1 of its pid namespace, which dies with it (pid_namespaces(7)).
    [[nodiscard]] bool isNamespaceInit() const {
        return !status.namespacePids.empty() && status.namespacePids.back() == 1;
    }
};

/// Every process of the machine, each read once through one descriptor of /proc; kernel threads and zombies
/// left out. What more is asked of a process (its pid namespace, its control group) is read when first asked
/// and kept. One table serves one subject or a sweep over all.
class ProcessTable {
public:
    /// Denied where /proc cannot be listed. A process that ends meanwhile is simply not there.
    [[nodiscard]] static base::Result<ProcessTable> read(const os::ProcRoot& root);

    [[nodiscard]] std::span<const Process> all() const { return m_processes; } ///< by pid
    [[nodiscard]] std::optional<std::size_t> indexOf(std::int64_t pid) const;
    /// Index of the parent; nullopt where it is not in the table.
    [[nodiscard]] std::optional<std::size_t> parentOf(std::size_t index) const;
    /// The process and everything that descends from it now, ascending.
    [[nodiscard]] std::vector<std::size_t> descendantsOf(std::size_t index) const;

    /// A parent's pid namespace is that of its child or one above (pid_namespaces(7)); so a child as deep as
    /// its parent shares it, and only the others are looked up.
    [[nodiscard]] Reading<NamespaceIdentity> pidNamespaceOf(std::size_t index);
    /// The pid namespaces above that of the process, nearest first, as far as we may see (NS_GET_PARENT).
    [[nodiscard]] std::vector<NamespaceIdentity> pidNamespaceAncestorsOf(std::size_t index) const;
    /// One readlinkat(2) of a namespace link; kept by nobody.
    [[nodiscard]] Reading<NamespaceIdentity>
    namespaceOf(std::int64_t pid, std::int64_t thread, model::NamespaceType type) const;
    /// pathOf() the process's control group; bytes of whoever named it.
    [[nodiscard]] const Reading<std::string>& cgroupOf(std::size_t index);

    /// Threads of a process but its leader, ascending; empty once it is gone. At most `limit`.
    [[nodiscard]] std::vector<std::int64_t> threadsOf(std::int64_t pid, std::size_t limit) const;
    /// /proc/PID/task/THREAD/NAME, or /proc/PID/NAME for the leader itself. The view lives until the next
    /// call.
    [[nodiscard]] Reading<std::string_view>
    readFile(std::int64_t pid, std::int64_t thread, std::string_view name);

    [[nodiscard]] Reading<TaskStatus> readStatus(std::int64_t pid, std::int64_t thread);

    [[nodiscard]] bool live() const { return m_live; }

private:
    os::Fd m_proc;
    bool m_live = true;
    std::uint64_t m_nsfs = 0; ///< device of every namespace link
    std::string m_buffer;
    std::vector<Process> m_processes;
    std::unordered_map<std::int64_t, std::size_t> m_byPid;
    std::map<std::size_t, Reading<NamespaceIdentity>> m_pidNamespaces; ///< only those that were looked up
    std::unordered_map<std::size_t, Reading<std::string>> m_cgroups;
};

} // namespace bulkhead::kernel
