#pragma once

#include "core/base/error.h"
#include "core/model/snapshot.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::wire {

/// The snapshot document (`bulkhead.snapshot/1`): one object, keys in the order of the tables, two-space
/// indent. A fact that could not be read is null and an entry of "gaps"; one that the vantage does not state
/// is left out.
[[nodiscard]] std::string writeSnapshot(const model::Snapshot& snapshot);

/// One document for one snapshot, an array for several.
[[nodiscard]] std::string writeSnapshots(const std::vector<model::Snapshot>& snapshots);

/// Reads one document or an array of them. Malformed: names `name` and the field; a document of another major
/// version is refused. Bounded: at most 64 MiB and 64 levels of nesting.
[[nodiscard]] base::Result<std::vector<model::Snapshot>>
parseSnapshots(std::string_view text, std::string_view name);

/// True where the text is a JSON document that names a Bulkhead snapshot schema (whatever its version).
[[nodiscard]] bool looksLikeSnapshot(std::string_view text);

/// The JSON Schema (draft 2020-12) of the document, made from the tables; resources/schema/snapshot-1.json.
[[nodiscard]] std::string writeSnapshotSchema();

} // namespace bulkhead::wire
