#pragma once

#include <QString>
#include <string>

namespace bulkhead::main_window {

/// Writes a text to a file, whole or not at all. Empty on success, else what happened.
[[nodiscard]] QString writeTextFile(const QString& path, const std::string& text);

} // namespace bulkhead::main_window
