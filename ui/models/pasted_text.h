#pragma once

#include <QString>
#include <cstddef>

namespace bulkhead::models {

/// More text than this is not read: larger than any document that is accepted.
inline constexpr std::size_t kMostPastedText = 32UL * 1024 * 1024;

/// What a pasted text is called where it is named: "pasted Pod web", "pasted docker run line". Looks at its
/// beginning alone and promises nothing about the rest.
[[nodiscard]] QString pastedName(const QString& text);

/// Whether a text is a reference or an absolute path, and no document: "docker:web", "/etc/pod.yaml".
[[nodiscard]] bool isReference(const QString& text);

} // namespace bulkhead::models
