#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <string>

namespace bulkhead::session {

/// A running container as the state file of its OCI runtime names it, its pid checked by start time.
struct OciSubject {
    std::int64_t pid = 0;
    std::uint64_t startTime = 0; ///< clock ticks after boot
    std::string id;
    std::string name;
    std::string engine;
    std::string runtime;
    std::string image;
};

/// Finds `ID`, an unambiguous beginning of one, or the path of a state folder ("/run/runc/ID") among the
/// state folders of this machine. NotFound where nothing by that name runs, Denied where the only state by
/// that name could not be read, Malformed for a beginning that several share.
[[nodiscard]] base::Result<OciSubject> findOciSubject(const std::string& idOrPath);

} // namespace bulkhead::session
