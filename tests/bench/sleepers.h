#pragma once

#include <cstddef>
#include <sys/types.h>
#include <vector>

namespace bulkhead::bench {

/// Confined processes that sleep: `groups` sets of namespaces with `each` processes in every one. They die
/// with this object, and with this program whatever ends it (PR_SET_PDEATHSIG).
class Sleepers {
public:
    /// `pidSpaces`: every group has pid, net and cgroup namespaces too, as a container has. Ends the program
    /// with a message where the machine refuses.
    Sleepers(std::size_t groups, std::size_t each, bool pidSpaces);
    ~Sleepers();
    Sleepers(const Sleepers&) = delete;
    Sleepers& operator=(const Sleepers&) = delete;

    /// The first process of the first group, in our numbering.
    [[nodiscard]] pid_t first() const { return m_first; }
    /// The first process of each group, where groups have pid namespaces.
    [[nodiscard]] std::vector<pid_t> leaders() const;

private:
    std::vector<pid_t> m_holders;
    pid_t m_first = 0;
};

} // namespace bulkhead::bench
