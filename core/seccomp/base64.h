#pragma once

#include "core/base/error.h"

#include <string>
#include <string_view>

namespace bulkhead::seccomp {

/// Base64 with padding (RFC 4648, section 4), the form in which documents carry programs.
[[nodiscard]] std::string base64Of(std::string_view bytes);

/// Strict: a foreign character, missing padding or a bit that stands for nothing is an error.
[[nodiscard]] base::Result<std::string> bytesFromBase64(std::string_view text);

} // namespace bulkhead::seccomp
