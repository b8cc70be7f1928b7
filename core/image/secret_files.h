#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::image {

/// How much of a file is looked at: keys and files of credentials are smaller.
inline constexpr std::size_t kLookedAt = 64UL << 10U;

/// What a secret a file is, by its place and its shape: "private key", "registry credentials". Empty for
/// none. `path` has no slash in front; `content` is the whole of a file of at most kLookedAt bytes. Values
/// are looked at and never kept.
[[nodiscard]] std::string_view secretKind(std::string_view path, std::string_view content);

/// The names of build arguments that look like secrets, in what a history says of a step:
/// "|2 NPM_TOKEN=x A=b /bin/sh -c npm ci".
[[nodiscard]] std::vector<std::string> secretArguments(std::string_view createdBy);

} // namespace bulkhead::image
