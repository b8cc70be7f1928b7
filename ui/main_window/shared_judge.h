#pragma once

#include "ui/main_window/services.h"

namespace bulkhead::main_window {

/// The same service, which reads the catalogue once, whoever asks first; from any thread. A failure is not
/// kept.
[[nodiscard]] decltype(Services::openJudge) openedOnce(decltype(Services::openJudge) open);

} // namespace bulkhead::main_window
