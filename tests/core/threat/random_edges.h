#pragma once

#include "core/threat/graph.h"

#include <random>
#include <string>
#include <vector>

namespace bulkhead::threat::test {

/// Authorities that random graphs are made of: the start, steps between, and ends.
inline std::vector<model::AttackAuthority> someAuthorities() {
    using enum model::AttackAuthority;
    return {codeInContainer, rootInContainer, capabilityOverHost, noTrace, hostFileWrite,
            kernelCode,      hostRoot};
}

/// Edges that need none to two authorities and give one or two; some possible, some barred.
inline std::vector<Edge> randomEdges(std::mt19937& random, std::size_t count, bool barred) {
    const auto authorities = someAuthorities();
    std::uniform_int_distribution<std::size_t> any(0, authorities.size() - 1);
    std::uniform_int_distribution<int> percent(0, 99);
    std::vector<Edge> out;
    for (std::size_t i = 0; i < count; ++i) {
        Edge edge;
        edge.id = "e" + std::to_string(i);
        for (int needs = percent(random) % 3; needs > 0; --needs) {
            edge.needs.insert(authorities[any(random)]);
        }
        for (int gives = 1 + percent(random) / 80; gives > 0; --gives) {
            edge.gives.insert(authorities[any(random)]);
        }
        const int sure = percent(random);
        edge.sure = barred && sure < 25 ? model::Truth::no
                    : sure < 50         ? model::Truth::unknown
                                        : model::Truth::yes;
        out.push_back(std::move(edge));
    }
    return out;
}

} // namespace bulkhead::threat::test
