#pragma once

#include "core/kernel/file_buffer.h"
#include "core/kernel/sweep.h"
#include "core/kernel/task.h"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace bulkhead::kernel {

/// Which mounts a process sees, and whether their table is to be read too.
struct MountsWanted {
    std::uint64_t space; ///< its mount namespace, 0 where the number is refused
    std::string root;    ///< its root directory, raw
    bool table;
};

/// What several processes of a sweep share, each read once for all of them, by several threads at a time.
/// Nothing is read while others wait: two threads may read the same, and the first one's is kept.
class SharedObjects {
public:
    explicit SharedObjects(const os::ProcRoot& root);

    /// By the whole text of /proc/PID/cgroup.
    [[nodiscard]] std::size_t cgroupOf(std::string_view text);
    /// By mount namespace and root directory; where the namespace's number is refused, by the first mount's
    /// id.
    [[nodiscard]] std::size_t mountsOf(FileBuffer& buffer, int directory, const MountsWanted& wanted);
    /// By the namespace; where its number is refused, by its id map.
    [[nodiscard]] std::size_t userOf(FileBuffer& buffer, const Task& task, std::uint64_t space);
    void addPidSpace(const Task& task, std::uint64_t space);

    [[nodiscard]] bool namesContainer(std::size_t cgroup) const;
    [[nodiscard]] std::string_view ourFirstMount() const { return m_ourFirstMount; }
    void moveInto(Sweep& sweep) &&;

private:
    mutable std::mutex m_mutex;
    std::vector<SweptCgroup> m_cgroups;
    std::vector<SweptMounts> m_mounts;
    std::vector<SweptUserNamespace> m_users;
    std::map<std::uint64_t, std::uint64_t> m_pidParents;
    std::map<std::string, std::size_t, std::less<>> m_cgroupByText;
    std::map<std::pair<std::uint64_t, std::string>, std::size_t, std::less<>> m_mountsByKey;
    std::map<std::pair<std::uint64_t, std::string>, std::size_t, std::less<>> m_userByKey;
    SweptMounts m_ours;
    std::string m_ourFirstMount;
    bool m_hidden = false;
};

/// The id of the first mount in /proc/PID/mountinfo: unique on a running kernel.
[[nodiscard]] std::string_view firstMountId(FileBuffer& buffer, int directory);

/// An id map that maps everything to itself.
[[nodiscard]] bool isInitialMap(std::string_view map);

} // namespace bulkhead::kernel
