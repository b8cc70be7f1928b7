#pragma once

#include "core/base/error.h"
#include "core/session/running_subject.h"

#include <string>

namespace bulkhead::session {

/// Finds `ID`, an unambiguous beginning of one, or the path of a state folder ("/run/runc/ID") among the
/// state folders of this machine. NotFound where nothing by that name runs, Denied where the only state by
/// that name could not be read, Malformed for a beginning that several share.
[[nodiscard]] base::Result<RunningSubject> findOciSubject(const std::string& idOrPath);

} // namespace bulkhead::session
