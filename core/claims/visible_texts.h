#pragma once

namespace bulkhead::model {
struct Snapshot;
}

namespace bulkhead::claims {

/// Writes control characters, bidirectional controls and invalid UTF-8 in any text of a snapshot as `\xNN`:
/// names, values, keys, reasons and sources all hold what somebody wrote into a file.
void makeTextsVisible(model::Snapshot& snapshot);

} // namespace bulkhead::claims
