#pragma once

#include "core/engines/container_states.h"

#include <filesystem>
#include <vector>

namespace bulkhead::session {

/// Every container that a state file of this machine or an engine's API names, each once: an engine fills
/// what the state file leaves open. Engines that do not answer within two seconds, and sockets that may not
/// be opened, are gaps.
[[nodiscard]] engines::ContainerStates
knownContainers(const std::vector<std::filesystem::path>& furtherStateFolders);

} // namespace bulkhead::session
