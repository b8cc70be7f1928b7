#pragma once

#include "core/base/error.h"
#include "core/model/posture.h"
#include "core/model/snapshot.h"
#include "core/model/subject_summary.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::session {

/// Told before each subject of a sweep is read: how many are done, of how many, and which is next.
using SweepProgress =
    std::function<void(std::size_t done, std::size_t total, const model::SubjectSummary& next)>;

/// How a machine is swept.
struct SweepOptions {
    std::vector<std::filesystem::path> stateFolders; ///< of runtimes, beyond those that are looked for
    std::stop_token stop;
    SweepProgress progress; ///< may be empty
};

/// Every confined subject of this machine: containers of any engine, nested ones, services and sandboxes.
/// What could not be seen is counted. Denied where /proc cannot be read.
[[nodiscard]] base::Result<model::SubjectList> listSubjects(const SweepOptions& options = {});

/// A list and the posture of each of its subjects, in its order.
struct PostureTable {
    model::SubjectList list;
    std::vector<model::Posture> postures;

    bool operator==(const PostureTable&) const = default;
};

/// Lists the subjects and reads each one's main process. A subject that exits meanwhile keeps its row, which
/// says so.
[[nodiscard]] base::Result<PostureTable> sweepPosture(const SweepOptions& options = {});

/// The enforced snapshot of every subject, one at a time: `take` gets each with why there is none where it
/// could not be read, and says whether to go on.
using TakeSnapshot =
    std::function<bool(const model::SubjectSummary& subject, base::Result<model::Snapshot> snapshot)>;
[[nodiscard]] base::Result<model::SubjectList>
sweepSnapshots(const SweepOptions& options, const TakeSnapshot& take);

} // namespace bulkhead::session
