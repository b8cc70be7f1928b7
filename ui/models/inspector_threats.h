#pragma once

#include "ui/models/threat_view.h"

#include <QString>

namespace bulkhead::models {

/// The weaknesses that the facts of a slot decide, as the inspector says them: whether they hold, what they
/// give, what would stop them, references. Empty slot: all that hold. Empty where there is none.
[[nodiscard]] QString
threatsOfSlotHtml(const ThreatView& threats, const model::Snapshot& snapshot, const std::string& slot);

} // namespace bulkhead::models
