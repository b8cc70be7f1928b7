#pragma once

#include "core/kernel/members.h"
#include "core/model/surroundings.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::kernel {

/// What decides the authority of a task. Tasks with equal traits are of one class.
struct TaskTraits {
    bool exec = false;
    /// By model::NamespaceType; nullopt where the link is closed to us.
    std::array<std::optional<NamespaceIdentity>, 8> namespaces;
    model::Ids uid; ///< our numbering
    model::Ids gid;
    std::vector<std::uint32_t> groups;
    std::uint64_t effective = 0;
    std::uint64_t permitted = 0;
    std::uint64_t inheritable = 0;
    std::uint64_t bounding = 0;
    std::uint64_t ambient = 0;
    bool noNewPrivileges = false;
    int seccomp = 0;
    std::int64_t seccompFilters = 0;
    std::string label; ///< attr/current, where a security module answers

    auto operator<=>(const TaskTraits&) const = default;
};

/// What a status alone tells; namespaces and label stay open.
[[nodiscard]] TaskTraits traitsOf(const TaskStatus& status, bool exec);

/// A thread, by the process it belongs to; the leader's number is the process's.
struct TaskId {
    std::int64_t process = 0;
    std::int64_t thread = 0;

    auto operator<=>(const TaskId&) const = default;
};

/// Tasks of one subject with the same traits.
struct ClassOfTasks {
    TaskTraits traits;
    std::vector<TaskId> sample;
    std::int64_t processes = 0; ///< that have a thread in the class
    std::int64_t threads = 0;
};

/// The classes of a subject's tasks, widest first.
struct TaskClasses {
    std::vector<ClassOfTasks> classes;
    std::int64_t processes = 0;
    std::int64_t threads = 0;
    bool truncated = false; ///< more threads than are read
};

/// Reads every thread of the members: one status each beyond the leaders' (which the table holds), and the
/// links of its namespaces, which no status tells.
[[nodiscard]] TaskClasses
classifyTasks(ProcessTable& table, const Members& members, const HostReference& host);

/// Which of two classes holds more: authority over the host first (its user namespace, capabilities now and
/// after an execve, root's id), then namespaces shared with it, then what filters leave.
[[nodiscard]] bool isWider(const TaskTraits& one, const TaskTraits& other, const HostReference& host);

/// What differs from the widest class, in words: "capabilities.effective: 26 more, 0 fewer".
[[nodiscard]] std::vector<std::string> differencesOf(const TaskTraits& widest, const TaskTraits& other);

/// The classes as a snapshot lists them; at most 64, the last then stands for all that follow.
[[nodiscard]] std::vector<model::TaskClass> listClasses(const TaskClasses& classes);

} // namespace bulkhead::kernel
