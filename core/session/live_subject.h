#pragma once

#include "core/base/error.h"
#include "core/diagram/diagram.h"
#include "core/model/snapshot.h"
#include "core/model/subject_summary.h"
#include "core/session/experienced.h"

#include <cstddef>
#include <functional>
#include <string>

namespace bulkhead::session {

/// Writes into a snapshot what a sweep knows of its subject: engine, id, name, image and group.
void nameSnapshot(const model::SubjectSummary& subject, model::Snapshot& snapshot);

/// A subject that a sweep found, as it is now, with what it was asked to be where its engine or runtime keeps
/// that. NotFound where its main process has
/// ended since, also where another one has its pid by now.
[[nodiscard]] base::Result<diagram::SubjectView> captureSubject(const model::SubjectSummary& subject);

/// Told before each step of a look: "Reading web as it is now".
using TellStep = std::function<void(std::size_t done, std::size_t total, const std::string& what)>;

/// A subject that was read before, as it is now, and what a twin of its main process experiences beside it:
/// both accounts are of one moment. NotFound where its main process has ended since, also where another one
/// has its pid by now; else the errors of captureExperienced.
[[nodiscard]] base::Result<diagram::SubjectView>
captureInside(const diagram::SubjectView& subject, const ExperiencedOptions& options, const TellStep& tell);

} // namespace bulkhead::session
