#pragma once

#include "core/diagram/diagram.h"
#include "core/model/seccomp.h"

#include <QString>

namespace bulkhead::models {

/// "allow", "errno 1 (EPERM)".
[[nodiscard]] QString actionText(model::SeccompAction action, std::int64_t data);

/// "arg0 & 0x7e020000 == 0".
[[nodiscard]] QString conditionText(const model::ArgumentCondition& condition);

/// A verdict in one line: "allow if arg0 & 0x7e020000 == 0; else errno 1 (EPERM)".
[[nodiscard]] QString verdictText(const model::SeccompVerdict& verdict);

/// The same with a line for each case, what the kernel exempts and what defies an exact answer.
[[nodiscard]] QString verdictToolTip(const model::SeccompVerdict& verdict);

} // namespace bulkhead::models
