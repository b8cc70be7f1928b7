#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bulkhead::session {

/// `compose:FILE,FILE#SERVICE`: one project of Compose, the later file merged over the earlier.
struct ComposeReference {
    std::vector<std::string> files;     ///< at least one
    std::optional<std::string> service; ///< nothing: every service
};

/// The parts of a reference; nullopt where it is of another kind. A "#" that is part of the last file's name
/// names no service.
[[nodiscard]] std::optional<ComposeReference> readComposeReference(const std::string& reference);

} // namespace bulkhead::session
