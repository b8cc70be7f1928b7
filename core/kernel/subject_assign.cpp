#include "core/kernel/subject_assign.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace bulkhead::kernel {

using model::NamespaceType;

std::uint64_t Spaces::own(const SweptProcess& process, NamespaceType type) const {
    const std::uint64_t inode = process.namespaces[slotOf(type)];
    const auto host = m_host.of(type);
    return host && host->inode == inode ? 0 : inode;
}

bool Spaces::isBelow(std::uint64_t inner, std::uint64_t outer) const {
    constexpr int kDeepest = 33; // pid_namespaces(7): 32 levels
    std::uint64_t at = inner;
    for (int step = 0; step < kDeepest && at != 0; ++step) {
        const auto found = m_sweep.pidParents.find(at);
        at = found == m_sweep.pidParents.end() ? 0 : found->second;
        if (at == outer && at != 0) {
            return true;
        }
    }
    return false;
}

namespace {

/// What processes of one subject have in common: a word for the kind, then a number or a text.
using Key = std::tuple<std::string, std::uint64_t, std::string>;

class Assigner {
public:
    Assigner(const Sweep& sweep, const Spaces& spaces) : m_sweep(sweep), m_spaces(spaces) {
        for (std::size_t i = 0; i < sweep.processes.size(); ++i) {
            m_byPid[sweep.processes[i].pid] = i;
        }
    }

    void anchorKnown(std::span<const KnownContainer> known);
    void anchorIds();
    void assign(std::size_t index);
    [[nodiscard]] std::vector<Assembly> finish() &&;

private:
    [[nodiscard]] const SweptProcess& at(std::size_t index) const { return m_sweep.processes[index]; }
    [[nodiscard]] std::string idOf(std::size_t index) const;
    [[nodiscard]] bool mayName(const KnownContainer& known, const SweptProcess& process) const;
    [[nodiscard]] std::size_t rankOf(std::size_t index) const;
    [[nodiscard]] bool sameSpace(std::size_t left, std::size_t right) const;
    [[nodiscard]] Key spaceKey(std::size_t index) const;
    [[nodiscard]] std::size_t treeTop(std::size_t index) const;
    [[nodiscard]] std::optional<std::size_t> byAnchor(std::size_t index);
    [[nodiscard]] std::optional<std::size_t> byId(std::size_t index);
    [[nodiscard]] std::size_t byKey(const Key& key);

    const Sweep& m_sweep;
    const Spaces& m_spaces;
    std::map<std::int64_t, std::size_t> m_byPid;
    std::vector<Assembly> m_all;
    std::map<std::size_t, std::size_t> m_mains; ///< process that anchors an assembly: the assembly
    std::map<std::string, std::size_t> m_byId;  ///< id: the assembly
    std::map<std::size_t, std::size_t> m_anchorOf;
    std::map<Key, std::size_t> m_byKey;
    std::multimap<std::uint64_t, std::size_t> m_anchorsByPidSpace; ///< known ones alone
    std::multimap<std::uint64_t, std::size_t> m_anchorsByMountSpace;
};

std::string Assigner::idOf(std::size_t index) const {
    const auto& origins = m_sweep.cgroups[at(index).cgroup].origins;
    return origins.empty() ? std::string() : origins.back().id;
}

/// Root may name any process; anybody else only those of user namespaces that are theirs.
bool Assigner::mayName(const KnownContainer& known, const SweptProcess& process) const {
    if (known.fileOwner == 0 || known.fileOwner == process.uid) {
        return true;
    }
    const auto owner = process.user ? m_sweep.users[*process.user].ownerUid : std::nullopt;
    return owner && *owner == known.fileOwner && !m_sweep.users[*process.user].initialMap;
}

void Assigner::anchorKnown(std::span<const KnownContainer> known) {
    for (const KnownContainer& container : known) {
        const auto found = m_byPid.find(container.pid);
        if (found == m_byPid.end() || m_mains.contains(found->second)) {
            continue;
        }
        const SweptProcess& process = at(found->second);
        const bool sameStart = container.startTime && *container.startTime == process.startTime;
        const bool unsaid = !container.startTime && idOf(found->second) == container.id;
        if (!(sameStart || unsaid) || !mayName(container, process)) {
            continue; // the pid was given to another process since, or the file is not its owner's
        }
        const std::size_t number = m_all.size();
        Assembly& assembly = m_all.emplace_back();
        assembly.known = &container;
        assembly.verified = sameStart;
        assembly.id = container.id;
        m_mains[found->second] = number;
        m_anchorOf[number] = found->second;
        m_byId.try_emplace(container.id, number);
        if (const auto space = m_spaces.own(process, NamespaceType::pid); space != 0) {
            m_anchorsByPidSpace.emplace(space, number);
        }
        if (const auto space = m_spaces.own(process, NamespaceType::mnt); space != 0) {
            m_anchorsByMountSpace.emplace(space, number);
        }
    }
}

/// Lower is likelier the first process: fewer pid namespaces deep, pid 1 in its own, older.
std::size_t Assigner::rankOf(std::size_t index) const {
    return at(index).depth * 2 + (at(index).innerPid == 1 ? 0 : 1);
}

/// Ids that no state file anchors are anchored by their likeliest first process.
void Assigner::anchorIds() {
    std::map<std::string, std::size_t> best;
    for (std::size_t i = 0; i < m_sweep.processes.size(); ++i) {
        const std::string id = idOf(i);
        if (id.empty() || m_byId.contains(id)) {
            continue;
        }
        const auto [place, fresh] = best.try_emplace(id, i);
        const auto rank = [&](std::size_t index) {
            return std::tuple(rankOf(index), at(index).startTime, at(index).pid);
        };
        if (!fresh && rank(i) < rank(place->second)) {
            place->second = i;
        }
    }
    for (const auto& [id, index] : best) {
        if (const auto anchored = byAnchor(index); anchored) {
            continue; // its namespaces are those of a container we know: the path is a claim against that
        }
        m_byId[id] = m_all.size();
        m_anchorOf[m_all.size()] = index;
        m_all.emplace_back().id = id;
    }
}

bool Assigner::sameSpace(std::size_t left, std::size_t right) const {
    if (at(left).inferred || at(right).inferred) {
        return at(left).depth == at(right).depth;
    }
    constexpr std::size_t kPid = slotOf(NamespaceType::pid);
    constexpr std::size_t kMount = slotOf(NamespaceType::mnt);
    return at(left).namespaces[kPid] == at(right).namespaces[kPid] &&
           (m_spaces.own(at(left), NamespaceType::pid) != 0 ||
            at(left).namespaces[kMount] == at(right).namespaces[kMount] ||
            m_spaces.own(at(left), NamespaceType::mnt) != 0);
}

/// The known container whose mount namespace this is, in the same pid namespace: kernel facts, which no
/// control group path outweighs.
std::optional<std::size_t> Assigner::byAnchor(std::size_t index) {
    const std::uint64_t space = m_spaces.own(at(index), NamespaceType::mnt);
    const auto [first, last] = m_anchorsByMountSpace.equal_range(space);
    for (auto found = first; space != 0 && found != last; ++found) {
        const std::size_t main = m_anchorOf.at(found->second);
        if (at(main).namespaces[slotOf(NamespaceType::pid)] ==
            at(index).namespaces[slotOf(NamespaceType::pid)]) {
            const std::string id = idOf(index);
            if (!id.empty() && id != m_all[found->second].id && id != idOf(main)) {
                m_all[found->second].doubts.insert(
                    "a process of it sits in the control group of " + base::textFromBytes(id));
            }
            return found->second;
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> Assigner::byId(std::size_t index) {
    const std::string id = idOf(index);
    const auto found = id.empty() ? m_byId.end() : m_byId.find(id);
    if (found == m_byId.end()) {
        return std::nullopt;
    }
    const std::size_t main = m_anchorOf.at(found->second);
    if (sameSpace(index, main)) {
        return found->second;
    }
    const bool nested = at(index).inferred ? at(index).depth > at(main).depth
                                           : m_spaces.isBelow(
                                                 at(index).namespaces[slotOf(NamespaceType::pid)],
                                                 at(main).namespaces[slotOf(NamespaceType::pid)]);
    if (nested) {
        return std::nullopt; // a sandbox of its own inside the container
    }
    const std::size_t odd = byKey({"odd", at(index).namespaces[slotOf(NamespaceType::pid)], id});
    m_all[odd].doubts.insert(
        "it sits in the control group of " + base::textFromBytes(id) + " and in other namespaces");
    return odd;
}

std::size_t Assigner::treeTop(std::size_t index) const {
    constexpr int kSteps = 64;
    for (int step = 0; step < kSteps; ++step) {
        const auto parent = m_byPid.find(at(index).parent);
        if (parent == m_byPid.end() || at(parent->second).namespaces != at(index).namespaces) {
            break;
        }
        index = parent->second;
    }
    return index;
}

Key Assigner::spaceKey(std::size_t index) const {
    const SweptProcess& process = at(index);
    if (process.inferred) {
        return {
            "group", process.depth,
            m_sweep.cgroups[process.cgroup].text + std::to_string(process.mounts.value_or(0))};
    }
    if (const std::uint64_t space = m_spaces.own(process, NamespaceType::pid); space != 0) {
        return {"pid", space, ""};
    }
    if (!m_sweep.cgroups[process.cgroup].unit.empty()) {
        return {"unit", 0, m_sweep.cgroups[process.cgroup].path};
    }
    for (const NamespaceType type : {NamespaceType::mnt, NamespaceType::user, NamespaceType::net}) {
        if (const std::uint64_t space = m_spaces.own(process, type); space != 0) {
            return {std::string(model::nameOf(type)), space, ""};
        }
    }
    return {"tree", treeTop(index), ""};
}

std::size_t Assigner::byKey(const Key& key) {
    const auto [place, fresh] = m_byKey.try_emplace(key, m_all.size());
    if (fresh) {
        m_all.emplace_back();
    }
    return place->second;
}

void Assigner::assign(std::size_t index) {
    std::optional<std::size_t> found;
    if (const auto main = m_mains.find(index); main != m_mains.end()) {
        found = main->second;
    }
    found = found ? found : byAnchor(index);
    found = found ? found : byId(index);
    if (!found) {
        const std::uint64_t space = m_spaces.own(at(index), NamespaceType::pid);
        const auto [first, last] = m_anchorsByPidSpace.equal_range(space);
        if (space != 0 && first != last && std::next(first) == last) {
            found = first->second;
        }
    }
    const std::size_t number = found ? *found : byKey(spaceKey(index));
    m_all[number].members.push_back(index);
    const SweptCgroup& cgroup = m_sweep.cgroups[at(index).cgroup];
    if (cgroup.contradictory) {
        m_all[number].doubts.insert("control group hierarchies name different containers");
    }
}

std::vector<Assembly> Assigner::finish() && {
    for (std::size_t i = 0; i < m_all.size(); ++i) {
        const auto anchor = m_anchorOf.find(i);
        const auto rank = [&](std::size_t index) {
            const bool main = anchor != m_anchorOf.end() && anchor->second == index;
            return std::tuple(main ? 0 : 1, rankOf(index), at(index).startTime, at(index).pid);
        };
        std::ranges::sort(m_all[i].members, {}, rank);
    }
    std::erase_if(m_all, [](const Assembly& assembly) { return assembly.members.empty(); });
    return std::move(m_all);
}

} // namespace

std::vector<Assembly>
assignProcesses(const Sweep& sweep, const Spaces& spaces, std::span<const KnownContainer> known) {
    Assigner assigner(sweep, spaces);
    assigner.anchorKnown(known);
    assigner.anchorIds();
    for (std::size_t i = 0; i < sweep.processes.size(); ++i) {
        assigner.assign(i);
    }
    return std::move(assigner).finish();
}

} // namespace bulkhead::kernel
