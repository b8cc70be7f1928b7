#pragma once

#include "core/base/error.h"
#include "core/lab/run_id.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bulkhead::lab {

/// Where a run keeps what it makes. `folder` holds the journal and the runtime's state; the bundles stand in
/// another place where that file system lets nothing be executed (Debian mounts /run noexec).
struct Place {
    RunId run;
    std::filesystem::path stateRoot;
    std::filesystem::path folder;  ///< STATEROOT/RUN
    std::filesystem::path bundles; ///< one folder a container; empty where the run died before it was chosen
};

/// /run/bulkhead/lab for root, else $XDG_RUNTIME_DIR/bulkhead/lab, else a folder of the user's in /tmp.
[[nodiscard]] std::filesystem::path defaultStateRoot();

/// Every place where bundles of a run with this state root may stand, the state root first.
[[nodiscard]] std::vector<std::filesystem::path> bundleRoots(const std::filesystem::path& stateRoot);

/// Makes the folders of a new run and writes its journal, flushed to disk, before anything else exists.
/// Denied where a shared folder is a link, is another user's or may be written to by others.
[[nodiscard]] base::Result<Place> makePlace(const std::filesystem::path& stateRoot);

/// Adds a line to the journal and flushes it: what is about to exist.
[[nodiscard]] base::Status addToJournal(const Place& place, const std::string& line);

/// The runs that left a folder under the state root and belong to this user, living or dead.
[[nodiscard]] base::Result<std::vector<Place>> findPlaces(const std::filesystem::path& stateRoot);

/// Removes the run's folders, and the shared ones above them once they are empty.
[[nodiscard]] base::Status removePlace(const Place& place);

/// A folder with exactly these permissions, whatever the umask.
[[nodiscard]] base::Status makeFolder(const std::filesystem::path& path, unsigned mode);

} // namespace bulkhead::lab
