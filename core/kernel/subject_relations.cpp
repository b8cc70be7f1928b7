#include "core/kernel/subject_relations.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <ranges>
#include <tuple>

namespace bulkhead::kernel {

using model::NamespaceType;
using model::SubjectKind;
using model::SubjectSummary;

namespace {

/// What a pod's containers share, and what --net, --pid and --ipc container:NAME join.
constexpr std::array kJoined = {
    NamespaceType::net, NamespaceType::pid, NamespaceType::ipc, NamespaceType::uts};

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

class Relations {
public:
    Relations(
        const Sweep& sweep, const Spaces& spaces, const std::vector<Assembly>& assemblies,
        std::vector<SubjectSummary>& subjects)
        : m_sweep(sweep), m_spaces(spaces), m_assemblies(assemblies), m_subjects(subjects),
          m_parents(subjects.size(), kNone), m_leaders(subjects.size()) {
        std::iota(m_leaders.begin(), m_leaders.end(), std::size_t{0});
    }

    void findParents();
    void findGroups();

private:
    [[nodiscard]] const SweptProcess& mainOf(std::size_t subject) const {
        return m_sweep.processes[m_assemblies[subject].members.front()];
    }
    [[nodiscard]] std::string podOf(std::size_t subject) const;
    [[nodiscard]] std::size_t parentByPids(std::size_t subject) const;
    [[nodiscard]] std::size_t parentByPath(std::size_t subject) const;
    [[nodiscard]] bool isAncestor(std::size_t outer, std::size_t inner) const;
    [[nodiscard]] std::size_t leaderOf(std::size_t subject) const;
    void unite(std::size_t left, std::size_t right);
    void nameGroup(const std::vector<std::size_t>& members);

    const Sweep& m_sweep;
    const Spaces& m_spaces;
    const std::vector<Assembly>& m_assemblies;
    std::vector<SubjectSummary>& m_subjects;
    std::vector<std::size_t> m_parents;
    std::vector<std::size_t> m_leaders;
    std::map<std::uint64_t, std::size_t> m_byPidSpace; ///< the oldest subject that lives there
    std::map<std::string, std::size_t> m_byId;
};

std::string Relations::podOf(std::size_t subject) const {
    const KnownContainer* known = m_assemblies[subject].known;
    if (known != nullptr && !known->pod.empty()) {
        return known->pod;
    }
    const auto& origins = m_sweep.cgroups[mainOf(subject).cgroup].origins;
    return origins.empty() ? std::string() : origins.back().pod;
}

std::size_t Relations::parentByPids(std::size_t subject) const {
    constexpr int kDeepest = 33;
    std::uint64_t at = m_spaces.own(mainOf(subject), NamespaceType::pid);
    for (int step = 0; step < kDeepest && at != 0; ++step) {
        const auto up = m_sweep.pidParents.find(at);
        at = up == m_sweep.pidParents.end() ? 0 : up->second;
        const auto found = m_byPidSpace.find(at);
        if (at != 0 && found != m_byPidSpace.end() && found->second != subject) {
            return found->second;
        }
    }
    return kNone;
}

std::size_t Relations::parentByPath(std::size_t subject) const {
    const auto& origins = m_sweep.cgroups[mainOf(subject).cgroup].origins;
    for (const CgroupOrigin& origin : std::views::reverse(origins)) {
        const auto found = m_byId.find(origin.id);
        if (found != m_byId.end() && found->second != subject) {
            return found->second;
        }
    }
    return kNone;
}

void Relations::findParents() {
    for (std::size_t i = 0; i < m_subjects.size(); ++i) {
        const std::uint64_t space = m_spaces.own(mainOf(i), NamespaceType::pid);
        const auto [place, fresh] = m_byPidSpace.try_emplace(space, i);
        if (!fresh && mainOf(i).startTime < mainOf(place->second).startTime) {
            place->second = i;
        }
        if (!m_assemblies[i].id.empty()) {
            m_byId.try_emplace(m_assemblies[i].id, i);
        }
    }
    for (std::size_t i = 0; i < m_subjects.size(); ++i) {
        const std::size_t byPids = parentByPids(i);
        std::size_t parent = byPids != kNone ? byPids : parentByPath(i);
        // a path cannot make a subject the parent of one that is its own parent
        parent = parent != kNone && isAncestor(i, parent) ? kNone : parent;
        m_parents[i] = parent;
        if (parent != kNone) {
            m_subjects[i].parent = m_subjects[parent].ref;
        }
    }
}

bool Relations::isAncestor(std::size_t outer, std::size_t inner) const {
    std::size_t at = inner;
    for (std::size_t step = 0; at != kNone && step <= m_parents.size(); ++step) {
        if (at == outer) {
            return true;
        }
        at = m_parents[at];
    }
    return false;
}

std::size_t Relations::leaderOf(std::size_t subject) const {
    while (m_leaders[subject] != subject) {
        subject = m_leaders[subject];
    }
    return subject;
}

void Relations::unite(std::size_t left, std::size_t right) {
    const std::size_t a = leaderOf(left);
    const std::size_t b = leaderOf(right);
    const auto age = [&](std::size_t subject) {
        return std::tuple(mainOf(subject).startTime, mainOf(subject).pid);
    };
    m_leaders[age(a) <= age(b) ? b : a] = age(a) <= age(b) ? a : b;
}

void Relations::findGroups() {
    std::map<std::string, std::size_t> pods;
    std::map<std::pair<NamespaceType, std::uint64_t>, std::vector<std::size_t>> spaces;
    for (std::size_t i = 0; i < m_subjects.size(); ++i) {
        if (m_subjects[i].kind != SubjectKind::container) {
            continue;
        }
        if (const std::string pod = podOf(i); !pod.empty()) {
            unite(pods.try_emplace(pod, i).first->second, i);
        }
        for (const NamespaceType type : kJoined) {
            const std::uint64_t space = m_spaces.own(mainOf(i), type);
            std::vector<std::size_t>& sharers = spaces[{type, space}];
            const auto other = std::ranges::find_if(sharers, [&](std::size_t sharer) {
                return !isAncestor(sharer, i) && !isAncestor(i, sharer);
            });
            if (space != 0 && other != sharers.end()) {
                unite(*other, i);
            }
            sharers.push_back(i);
        }
    }
    std::map<std::size_t, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < m_subjects.size(); ++i) {
        groups[leaderOf(i)].push_back(i);
    }
    for (const auto& [leader, members] : groups) {
        nameGroup(members);
    }
}

void Relations::nameGroup(const std::vector<std::size_t>& members) {
    std::string pod;
    std::string name;
    for (const std::size_t member : members) {
        pod = pod.empty() ? podOf(member) : pod;
        const KnownContainer* known = m_assemblies[member].known;
        name = name.empty() && known != nullptr ? known->podName : name;
    }
    const bool alone = members.size() == 1 && pod.empty();
    std::vector<NamespaceType> shared;
    for (const NamespaceType type : kJoined) {
        const std::uint64_t space = m_spaces.own(mainOf(members.front()), type);
        const bool all = std::ranges::all_of(
            members, [&](std::size_t member) { return m_spaces.own(mainOf(member), type) == space; });
        if (space != 0 && all && members.size() > 1) {
            shared.push_back(type);
        }
    }
    for (const std::size_t member : members) {
        SubjectSummary& subject = m_subjects[member];
        subject.groupKind = alone ? "none" : pod.empty() ? "shared" : "pod";
        subject.group = alone         ? ""
                        : pod.empty() ? m_subjects[leaderOf(member)].ref
                                      : base::textFromBytes(pod);
        subject.groupName = alone ? "" : base::textFromBytes(name);
        subject.sharedInGroup = shared;
    }
}

} // namespace

void relateSubjects(
    const Sweep& sweep, const Spaces& spaces, const std::vector<Assembly>& assemblies,
    std::vector<SubjectSummary>& subjects) {
    Relations relations(sweep, spaces, assemblies, subjects);
    relations.findParents();
    relations.findGroups();
}

std::vector<std::size_t> orderOf(
    const Sweep& sweep, const std::vector<Assembly>& assemblies,
    const std::vector<SubjectSummary>& subjects) {
    const auto age = [&](std::size_t subject) {
        return sweep.processes[assemblies[subject].members.front()].startTime;
    };
    std::map<std::string, std::uint64_t> groupAge;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        const auto [place, fresh] = groupAge.try_emplace(subjects[i].group, age(i));
        place->second = std::min(place->second, age(i));
    }
    std::vector<std::size_t> byAge(subjects.size());
    std::iota(byAge.begin(), byAge.end(), std::size_t{0});
    std::ranges::sort(byAge, {}, [&](std::size_t i) {
        const bool alone = subjects[i].group.empty();
        return std::tuple(
            subjects[i].kind, alone ? age(i) : groupAge[subjects[i].group], subjects[i].group, age(i),
            subjects[i].pid);
    });
    std::multimap<std::string, std::size_t> children;
    std::vector<std::size_t> waiting;
    for (const std::size_t i : std::views::reverse(byAge)) {
        const bool child = !subjects[i].parent.empty();
        child ? void(children.emplace(subjects[i].parent, i)) : waiting.push_back(i);
    }
    std::vector<std::size_t> order;
    while (!waiting.empty()) {
        const std::size_t next = waiting.back();
        waiting.pop_back();
        order.push_back(next);
        const auto [first, last] = children.equal_range(subjects[next].ref);
        for (auto child = first; child != last; ++child) {
            waiting.push_back(child->second);
        }
    }
    return order;
}

} // namespace bulkhead::kernel
