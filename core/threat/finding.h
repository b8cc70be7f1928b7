#pragma once

#include "core/catalog/weakness.h"
#include "core/model/fact.h"
#include "core/model/gaps.h"
#include "core/model/truth.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bulkhead::threat {

/// One fact a finding rests on. `truth` says whether it speaks for the weakness: yes, it is part of what
/// makes it hold; no, it stops it.
struct FactUsed {
    std::string path;
    std::string value; ///< as text: "true", "errno 1", "CAP_SYS_ADMIN held"
    model::Truth truth = model::Truth::yes;
    model::Evidence evidence;

    bool operator==(const FactUsed&) const = default;
};

/// What the catalogue says of one weakness in one snapshot. Where it binds one object (a mount, a socket, a
/// device), there is one finding for each that satisfies it, or may.
struct Finding {
    const catalog::Weakness* weakness = nullptr; ///< in the catalogue of the judge
    model::Truth truth = model::Truth::unknown;
    std::string object; ///< `mounts["/host"]`, `sockets["/run/docker.sock"]`; empty where none is bound
    std::vector<FactUsed> facts;      ///< those that decided it; of `no` the ones that fail, the blockers
    std::vector<model::Gap> deciding; ///< of `unknown`: the gaps that would decide it
    /// Of `unknown`: nothing in the snapshot points at the weakness, it could only be said with facts that no
    /// snapshot holds. Listed apart, never as a possible path.
    bool undecidable = false;
    /// Of `no`: how many parts of the condition hold nevertheless. None: nothing is there to be stopped.
    std::size_t partsHeld = 0;
};

} // namespace bulkhead::threat
