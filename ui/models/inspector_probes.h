#pragma once

#include "core/diagram/diagram.h"
#include "core/diagram/palette.h"

#include <QString>
#include <string_view>

namespace bulkhead::models {

/// What was tried from inside beside what the kernel's account predicts: disagreements first, with their
/// cause. `slot` leaves only what belongs to one question; empty means all. Empty where nothing was tried.
[[nodiscard]] QString
probesHtml(const diagram::SubjectView& subject, std::string_view slot, const diagram::Palette& palette);

/// The slot whose question a probe answers; "systemCalls" for one that only asks the kernel.
[[nodiscard]] std::string_view slotOfProbe(const model::Probe& probe);

} // namespace bulkhead::models
