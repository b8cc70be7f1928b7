#pragma once

#include "core/model/snapshot.h"

#include <cstdint>
#include <string>

namespace bulkhead::session {

/// What a container was asked to be: the document, as its engine or its runtime keeps it.
struct Declaration {
    std::string name; ///< in messages: a file, or the engine's answer
    std::string text; ///< JSON; empty where there is none to read
    std::string why;  ///< why there is none
    std::string
        engine; ///< which engine resolves it, with its version: "docker@20.10.24"; empty: the document says
};

/// A container that runs here, as a state file or an engine names it; its pid was checked against the kernel.
struct RunningSubject {
    std::int64_t pid = 0;
    std::uint64_t startTime = 0; ///< clock ticks after boot
    std::string id;
    std::string name;
    model::Engine engine;
    std::string runtime;
    model::ImageRef image;
    Declaration declaration;
};

} // namespace bulkhead::session
