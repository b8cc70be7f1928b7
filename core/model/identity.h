#pragma once

#include "core/model/fact.h"
#include "core/model/id_map.h"
#include "core/model/table.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::model {

/// The four ids of a process (credentials(7)), as the container counts them; the overflow id where unmapped.
struct Ids {
    std::uint32_t real = 0;
    std::uint32_t effective = 0;
    std::uint32_t saved = 0;
    std::uint32_t fs = 0;

    auto operator<=>(const Ids&) const = default;
};

/// One resource limit (getrlimit(2)); nullopt is unlimited. In the unit of the resource.
struct ResourceLimit {
    std::optional<std::uint64_t> soft;
    std::optional<std::uint64_t> hard;

    auto operator<=>(const ResourceLimit&) const = default;
};

/// Who the process is, in its own numbering and in the host's.
struct Identity {
    Fact<Ids> uid;
    Fact<Ids> gid;
    Fact<std::vector<std::uint32_t>> groups;
    Fact<std::vector<std::uint32_t>> groupsOnHost;
    Fact<IdMap> uidMap;
    Fact<IdMap> gidMap;
    Fact<bool> noNewPrivileges;
    Fact<bool> userNamespaceIsHost;
    std::map<std::string, Fact<ResourceLimit>> rlimits; ///< by RLIMIT_ name
    Fact<std::int64_t> oomScoreAdj;

    bool operator==(const Identity&) const = default;
};

template <>
struct Table<Ids> {
    static constexpr auto rows = rowsOf(
        Row{"real", &Ids::real, "real id", Compare::content, Order::rootIsWeaker},
        Row{"effective", &Ids::effective, "effective id", Compare::content, Order::rootIsWeaker},
        Row{"saved", &Ids::saved, "saved set-id", Compare::content, Order::rootIsWeaker},
        Row{"fs", &Ids::fs, "file system id", Compare::content, Order::rootIsWeaker});
};

template <>
struct Table<Identity> {
    static constexpr auto rows = rowsOf(
        Row{"uid", &Identity::uid, "user ids in the container's numbering (proc(5), status Uid)"},
        Row{"gid", &Identity::gid, "group ids in the container's numbering (proc(5), status Gid)"},
        Row{"groups", &Identity::groups, "supplementary groups in the container's numbering",
            Compare::content, Order::moreIsWeaker},
        Row{"groupsOnHost", &Identity::groupsOnHost, "the same groups in the host's numbering",
            Compare::content, Order::moreIsWeaker},
        Row{"uidMap", &Identity::uidMap, "user id map to the host (user_namespaces(7))"},
        Row{"gidMap", &Identity::gidMap, "group id map to the host (user_namespaces(7))"},
        Row{"noNewPrivileges", &Identity::noNewPrivileges,
            "execve cannot raise privileges (PR_SET_NO_NEW_PRIVS(2const))", Compare::content,
            Order::trueIsStronger},
        Row{"userNamespaceIsHost", &Identity::userNamespaceIsHost,
            "the process lives in the host's initial user namespace", Compare::content, Order::trueIsWeaker},
        Row{"rlimits", &Identity::rlimits,
            "resource limits by RLIMIT_ name (proc(5), limits); null: unlimited"},
        Row{"oomScoreAdj", &Identity::oomScoreAdj, "out-of-memory score adjustment, -1000 to 1000",
            Compare::content, Order::unordered});
};

} // namespace bulkhead::model
