#pragma once

#include "core/model/snapshot.h"

#include <cstdint>

namespace bulkhead::session {

/// A container that runs here, as a state file or an engine names it; its pid was checked against the kernel.
struct RunningSubject {
    std::int64_t pid = 0;
    std::uint64_t startTime = 0; ///< clock ticks after boot
    std::string id;
    std::string name;
    model::Engine engine;
    std::string runtime;
    model::ImageRef image;
};

} // namespace bulkhead::session
