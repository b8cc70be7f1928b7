#pragma once

#include "core/base/error.h"
#include "core/kernel/known_container.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::engines {

/// Where this machine's runtimes keep what they started.
struct StatePlaces {
    std::filesystem::path run = "/run";
    std::vector<std::filesystem::path> further; ///< folders that a user named: `runc --root`
};

/// What state files say, and which folders could not be read.
struct ContainerStates {
    std::vector<kernel::KnownContainer> containers; ///< by source
    std::vector<std::string> gaps;
};

/// The containers of every state folder of runc, crun and youki: root's (/run/runc), Docker's and
/// containerd's below theirs, those of users below /run/user/UID. Names and images come from the engine's own
/// records, where the state file that leads to them is root's or ours. A state file is a claim until a
/// process of its pid and start time is seen.
[[nodiscard]] ContainerStates readContainerStates(const StatePlaces& places = {});

/// The containers below one state folder.
[[nodiscard]] ContainerStates readStateFolder(const std::filesystem::path& folder);

/// A state file of runc (state.json), crun (status) or youki (state.json). Malformed names file and field.
[[nodiscard]] base::Result<kernel::KnownContainer>
parseContainerState(std::string_view text, const std::filesystem::path& file);

} // namespace bulkhead::engines
