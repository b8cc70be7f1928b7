#pragma once

#include "core/claims/node.h"

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

using VariableMap = std::map<std::string, std::string, std::less<>>;

/// The text if it is UTF-8, else its bytes escaped.
[[nodiscard]] std::string soundText(std::string_view text);

/// The variables of this process.
[[nodiscard]] VariableMap readEnvironment();

/// The variables of a .env file: NAME=VALUE lines, comments, quotes, "export"; a value may name variables of
/// the environment and of the lines before. What the environment has already stays as it is.
[[nodiscard]] base::Result<VariableMap>
parseDotEnv(std::string_view text, std::string_view file, VariableMap environment);

/// A text whose variables are written out, and those that are not set (read as empty, as Compose does).
struct Substituted {
    std::string text;
    std::vector<std::string> unset;
};

/// $NAME, ${NAME}, ${NAME:-otherwise}, ${NAME-otherwise}, ${NAME:?message}, ${NAME?message},
/// ${NAME:+instead},
/// ${NAME+instead}, one in another, and $$ for a dollar sign. The problem in words where it is none of these,
/// or a message is due.
[[nodiscard]] std::expected<Substituted, std::string>
substitute(std::string_view text, const VariableMap& variables);

/// What stands in a tree is replaced by what its variables make of it; keys stay. Unset variables are told
/// in `notes`, each with its line. Refuses at the place of the problem; `room`: the bytes that may be added.
[[nodiscard]] base::Status substituteIn(
    Node& tree, const std::string& path, std::string_view file, const VariableMap& variables,
    std::vector<std::string>& notes, std::size_t& room);

} // namespace bulkhead::claims
