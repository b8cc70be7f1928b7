#include "core/threat/graph.h"

#include <array>
#include <cassert>

namespace bulkhead::threat {

namespace {

using enum model::AttackAuthority;

constexpr auto kRows = std::to_array<AuthorityRow>({
    {codeInContainer, false, 0, "code in the container", "code",
     "where every path starts: the workload was taken over"},
    {rootInContainer, false, 1, "root in the container", "user 0",
     "uid 0 of the container's user namespace; still inside, and the multiplier of most steps"},
    {capabilityOverHost, false, 2, "a capability over the host", "caps",
     "a capability that counts in the host's user namespace: a means, no resource of the host by itself"},
    {hostFileRead, true, 6, "reading files of the host", "read",
     "files that the container was not given as its own"},
    {hostFileWrite, true, 10, "writing files of the host", "write",
     "changes what the host itself will read or run"},
    {runtimeControl, true, 13, "control of the container runtime", "engine",
     "starts any container with any authority"},
    {hostProcessMemory, true, 11, "memory of host processes", "memory",
     "secrets and control flow of processes outside"},
    {blockDevice, true, 12, "a block device of the host", "disk",
     "the file systems on it, below every permission"},
    {deviceAccess, true, 5, "a device of the host", "device",
     "a node of hardware or of a driver that others use too"},
    {kernelCode, true, 14, "code in the host's kernel", "kernel",
     "ends every boundary that this kernel draws"},
    {nodeCredentials, true, 9, "credentials of the node", "keys",
     "acts as the node towards the cluster or the cloud"},
    {otherContainer, true, 7, "another container", "others",
     "a workload of the same machine that trusts its own boundary"},
    {hostNetwork, true, 4, "the host's network", "net",
     "services that only the machine itself is meant to reach"},
    {hostDenialOfService, true, 3, "exhausting the host", "exhaust",
     "takes time, memory or tasks from everyone on it"},
    {hostRoot, true, 15, "root on the host", "root", "the machine"},
    {noTrace, false, 2, "silence", "silence",
     "no evidence is left; worsens every path, and opens none by itself"},
});

} // namespace

std::span<const AuthorityRow> authorityRows() {
    return kRows;
}

const AuthorityRow& rowOf(model::AttackAuthority authority) {
    const auto& row = kRows.at(static_cast<std::size_t>(authority));
    assert(row.authority == authority);
    return row;
}

AuthorityMask maskOf(const model::AttackAuthorities& authorities) {
    AuthorityMask mask = 0;
    for (const model::AttackAuthority authority : authorities) {
        mask |= maskOf(authority);
    }
    return mask;
}

model::AttackAuthorities authoritiesOf(AuthorityMask mask) {
    model::AttackAuthorities out;
    for (const AuthorityRow& row : kRows) {
        if ((mask & maskOf(row.authority)) != 0) {
            out.insert(row.authority);
        }
    }
    return out;
}

AuthorityMask hostMask() {
    static const AuthorityMask mask = [] {
        AuthorityMask out = 0;
        for (const AuthorityRow& row : kRows) {
            out |= row.host ? maskOf(row.authority) : 0;
        }
        return out;
    }();
    return mask;
}

Link linkOf(const Edge& edge) {
    return {maskOf(edge.needs) & ~maskOf(codeInContainer), maskOf(edge.gives), edge.sure};
}

AuthorityMask closureOf(std::span<const Link> links) {
    AuthorityMask held = maskOf(codeInContainer);
    for (bool grew = true; grew;) {
        grew = false;
        for (const Link& link : links) {
            if ((link.needs & ~held) == 0 && (link.gives & ~held) != 0) {
                held |= link.gives;
                grew = true;
            }
        }
    }
    return held;
}

model::AttackAuthorities reachable(const std::vector<Edge>& edges, model::Truth least) {
    std::vector<Link> links;
    links.reserve(edges.size());
    for (const Edge& edge : edges) {
        if (edge.sure >= least) {
            links.push_back(linkOf(edge));
        }
    }
    return authoritiesOf(closureOf(links));
}

} // namespace bulkhead::threat
