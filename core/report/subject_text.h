#pragma once

#include "core/model/snapshot.h"
#include "core/report/table_text.h"

#include <string>

namespace bulkhead::report {

/// The table form of `inspect`: one subject, every slot in a full sentence by stage, then capabilities,
/// namespaces, mounts and gaps. Foreign text is escaped for a terminal.
[[nodiscard]] std::string writeSubject(const model::Snapshot& snapshot, const TableOptions& options);

} // namespace bulkhead::report
