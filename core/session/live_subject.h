#pragma once

#include "core/base/error.h"
#include "core/diagram/diagram.h"
#include "core/model/snapshot.h"
#include "core/model/subject_summary.h"

namespace bulkhead::session {

/// Writes into a snapshot what a sweep knows of its subject: engine, id, name, image and group.
void nameSnapshot(const model::SubjectSummary& subject, model::Snapshot& snapshot);

/// The enforced vantage of a subject that a sweep found, as it is now. NotFound where its main process has
/// ended since, also where another one has its pid by now.
[[nodiscard]] base::Result<diagram::SubjectView> captureSubject(const model::SubjectSummary& subject);

} // namespace bulkhead::session
