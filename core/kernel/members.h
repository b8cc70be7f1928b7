#pragma once

#include "core/kernel/process_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// What told the members of a subject from other processes.
enum class MemberRule { pidNamespace, pidNamespaceAndCgroup, cgroup, descendants };

[[nodiscard]] std::string_view wordsOf(MemberRule rule);

/// A process of the subject, and by which way it came in.
struct Member {
    std::size_t index = 0; ///< in the table
    bool exec = false;     ///< it or an ancestor of it entered from outside (docker exec, nsenter)

    bool operator==(const Member&) const = default;
};

/// The processes of one subject.
struct Members {
    std::size_t main = 0; ///< the process the subject is named by, in the table
    MemberRule rule = MemberRule::pidNamespace;
    std::vector<Member> processes;            ///< by pid
    std::optional<model::Unreadable> missing; ///< why members may be missing

    [[nodiscard]] bool has(std::size_t index) const;
};

/// The tasks of the pid namespace of `main` and of those below it, and what else is in its control group if
/// nobody else is there. A process that shares the host's pid namespace: its control group under the same
/// condition, else its descendants and a gap. A container that joined another's pid namespace (its control
/// group is not that of the namespace's init) has its control group alone. NotFound where `main` is not in
/// the table.
[[nodiscard]] base::Result<Members>
findMembers(ProcessTable& table, const HostReference& host, std::int64_t main);

} // namespace bulkhead::kernel
