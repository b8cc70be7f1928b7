#pragma once

#include "core/compare/change.h"
#include "core/diagram/diagram.h"
#include "core/diagram/palette.h"

#include <QString>
#include <vector>

namespace bulkhead::models {

/// Where what was seen from inside departs from the kernel's account, of one question or, with nullptr, of
/// all. What one of the two does not say is no disagreement.
[[nodiscard]] std::vector<compare::Change>
insideDisagreements(const diagram::SubjectView& subject, const diagram::Slot* slot);

/// The same with direction and reason; empty where they agree.
[[nodiscard]] QString
insideHtml(const diagram::SubjectView& subject, const diagram::Slot* slot, const diagram::Palette& palette);

/// In what the process that tried differs from the subject's own; empty where in nothing.
[[nodiscard]] QString twinHtml(const diagram::SubjectView& subject);

} // namespace bulkhead::models
