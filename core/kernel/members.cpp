#include "core/kernel/members.h"

#include "core/kernel/namespace_files.h"

#include <algorithm>

namespace bulkhead::kernel {

using model::NamespaceType;

namespace {

enum class Mark : std::uint8_t { unknown, inside, outside };

bool isBelow(std::string_view path, std::string_view top) {
    return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

/// Follows NS_GET_PARENT `steps` times from the pid namespace of a process.
bool descendsFrom(ProcessTable& table, std::size_t index, NamespaceIdentity top, std::size_t steps) {
    if (steps == 0) {
        const auto own = table.pidNamespaceOf(index);
        return own && *own == top;
    }
    const auto ancestors = table.pidNamespaceAncestorsOf(index);
    return ancestors.size() >= steps && ancestors[steps - 1] == top;
}

/// Members by pid namespace: a parent at least as deep as the namespace decides for its child, since its own
/// namespace lies between; only processes that entered from above are looked up.
std::vector<Mark> markNamespace(ProcessTable& table, std::size_t depth, NamespaceIdentity top) {
    std::vector<Mark> marks(table.all().size(), Mark::unknown);
    std::vector<std::size_t> way;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        way.clear();
        std::size_t at = i;
        while (marks[at] == Mark::unknown) {
            const std::size_t own = table.all()[at].depth();
            if (own < depth) {
                marks[at] = Mark::outside;
                break;
            }
            const auto parent = table.parentOf(at);
            if (!parent || table.all()[*parent].depth() < depth || way.size() > marks.size()) {
                marks[at] = descendsFrom(table, at, top, own - depth) ? Mark::inside : Mark::outside;
                break;
            }
            way.push_back(at);
            at = *parent;
        }
        for (const std::size_t passed : way) {
            marks[passed] = marks[at];
        }
    }
    return marks;
}

/// Processes of a control group and those below it that are not marked, or nullopt where some could not be
/// told.
std::vector<std::size_t>
othersIn(ProcessTable& table, const std::string& cgroup, const std::vector<Mark>& marks) {
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        if (marks[i] != Mark::inside) {
            const auto& path = table.cgroupOf(i);
            if (path && isBelow(*path, cgroup)) {
                others.push_back(i);
            }
        }
    }
    return others;
}

/// A process in the control group is the subject's if it descends from a member or shares the subject's mount
/// namespace, where that is not the host's. One that is neither makes the group somebody else's too.
bool addOthers(
    ProcessTable& table, const HostReference& host, std::size_t main, const std::vector<std::size_t>& others,
    std::vector<Mark>& marks) {
    const auto mountsOf = [&](std::size_t index) {
        const std::int64_t pid = table.all()[index].pid;
        return table.namespaceOf(pid, pid, NamespaceType::mnt);
    };
    const auto mine = mountsOf(main);
    const bool ownMounts = mine && host.known && host.of(NamespaceType::mnt) != *mine;
    std::vector<Mark> with = marks;
    std::vector<std::size_t> rest = others;
    for (bool grew = true; grew && !rest.empty();) {
        grew = std::erase_if(rest, [&](std::size_t index) {
                   const auto parent = table.parentOf(index);
                   const bool child = parent && with[*parent] == Mark::inside;
                   const auto mounts = ownMounts && !child ? mountsOf(index) : mine;
                   const bool ours = child || (ownMounts && mounts && *mounts == *mine);
                   with[index] = ours ? Mark::inside : with[index];
                   return ours;
               }) > 0;
    }
    if (rest.empty()) {
        marks = std::move(with);
    }
    return rest.empty();
}

bool isHostNamespace(ProcessTable& table, const HostReference& host, std::size_t main) {
    const auto hosts = host.of(NamespaceType::pid);
    const auto own = table.pidNamespaceOf(main);
    if (own && hosts) {
        return *own == *hosts;
    }
    // As deep as we are: our own namespace, whose other processes are not the subject's.
    return table.all()[main].depth() <= 1 && !table.all()[main].isNamespaceInit();
}

/// The init of the pid namespace of a process, where the table shows it.
std::optional<std::size_t> namespaceInitOf(ProcessTable& table, std::size_t main) {
    const auto own = table.pidNamespaceOf(main);
    for (std::size_t i = 0; own && i < table.all().size(); ++i) {
        const Process& process = table.all()[i];
        if (process.depth() == table.all()[main].depth() && process.isNamespaceInit()) {
            const auto theirs = table.pidNamespaceOf(i);
            if (theirs && *theirs == *own) {
                return i;
            }
        }
    }
    return std::nullopt;
}

/// Sessions begin where the parent is no member; the one that holds the namespace's init, or else the main
/// process, is the main one.
std::vector<Member>
membersOf(const ProcessTable& table, const std::vector<Mark>& marks, std::size_t main, std::size_t init) {
    const auto rootOf = [&](std::size_t index) {
        std::size_t at = index;
        for (std::size_t steps = 0; steps < marks.size(); ++steps) {
            const auto parent = table.parentOf(at);
            if (!parent || marks[*parent] != Mark::inside) {
                break;
            }
            at = *parent;
        }
        return at;
    };
    const std::size_t first = rootOf(marks[init] == Mark::inside ? init : main);
    std::vector<Member> members;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        if (marks[i] == Mark::inside) {
            members.push_back({i, rootOf(i) != first});
        }
    }
    return members;
}

model::Unreadable sharedGroup() {
    return {
        "the pid namespace is the host's and the control group holds other processes: only descendants of "
        "the "
        "main process can be told to be the subject's",
        "a control group of its own for the subject"};
}

/// The host's pid namespace, or another container's that was joined: the control group tells, or descent.
Members membersByGroup(ProcessTable& table, const HostReference& host, std::size_t main) {
    Members members{main, MemberRule::descendants, {}, std::nullopt};
    std::vector<Mark> marks(table.all().size(), Mark::outside);
    for (const std::size_t index : table.descendantsOf(main)) {
        marks[index] = Mark::inside;
    }
    const auto cgroup = table.cgroupOf(main);
    if (cgroup && *cgroup != "/" && !cgroup->empty() &&
        addOthers(table, host, main, othersIn(table, *cgroup, marks), marks)) {
        members.rule = MemberRule::cgroup;
    } else {
        members.missing = cgroup ? sharedGroup() : cgroup.error().why;
    }
    members.processes = membersOf(table, marks, main, main);
    return members;
}

} // namespace

std::string_view wordsOf(MemberRule rule) {
    switch (rule) {
    case MemberRule::pidNamespace:
        return "pid namespace";
    case MemberRule::pidNamespaceAndCgroup:
        return "pid namespace and cgroup";
    case MemberRule::cgroup:
        return "cgroup";
    default:
        return "descendants";
    }
}

bool Members::has(std::size_t index) const {
    return std::ranges::binary_search(processes, index, {}, &Member::index);
}

base::Result<Members> findMembers(ProcessTable& table, const HostReference& host, std::int64_t main) {
    const auto found = table.indexOf(main);
    if (!found) {
        return base::fail(base::ErrorKind::notFound, "pid " + std::to_string(main) + ": no such process");
    }
    const auto own = table.pidNamespaceOf(*found);
    if (isHostNamespace(table, host, *found)) {
        return membersByGroup(table, host, *found);
    }
    const auto cgroup = table.cgroupOf(*found);
    const std::size_t init = namespaceInitOf(table, *found).value_or(*found);
    const auto groupOfInit = table.cgroupOf(init);
    if (cgroup && groupOfInit && !isBelow(*cgroup, *groupOfInit)) {
        Members joined = membersByGroup(table, host, *found);
        if (joined.rule == MemberRule::cgroup) {
            return joined;
        }
    }
    Members members{*found, MemberRule::pidNamespace, {}, std::nullopt};
    if (!own) {
        // Links are closed to us: what descends from the main process is all that can be told.
        members = membersByGroup(table, host, *found);
        members.missing = own.error().why;
        return members;
    }
    auto marks = markNamespace(table, table.all()[*found].depth(), *own);
    if (cgroup && *cgroup != "/" && !cgroup->empty()) {
        const auto others = othersIn(table, *cgroup, marks);
        if (!others.empty() && addOthers(table, host, *found, others, marks)) {
            members.rule = MemberRule::pidNamespaceAndCgroup;
        }
    }
    members.processes = membersOf(table, marks, *found, init);
    return members;
}

} // namespace bulkhead::kernel
