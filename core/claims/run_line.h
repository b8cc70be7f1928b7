#pragma once

#include "core/claims/claim.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// What an option of the line does to the claim; false where its value is not understood.
using Take = bool (*)(Claim& claim, const std::string& value, const model::Evidence& from);

/// An option of docker run and podman run.
struct RunOption {
    std::string_view name;
    Take take;
    bool isFlag = false; ///< "--privileged", "--privileged=false"
};

/// Every option that bears on the boundary, and those that are known not to. A new one is a line.
[[nodiscard]] const std::vector<RunOption>& runOptions();

/// Those of them that no fact holds.
[[nodiscard]] std::vector<RunOption> otherRunOptions();

/// A flag's value as Go's strconv.ParseBool takes it; nullopt where it is none.
[[nodiscard]] std::optional<bool> goTruth(std::string_view text);

/// The words of one command.
using Words = std::vector<std::string>;

/// The commands of a text as a shell makes them: quotes, backslashes, line continuations, comments, pipes,
/// the ends of lines; without redirections and here-documents. Nothing is expanded: "$(id -u)" is a part of a
/// word.
struct ShellText {
    std::vector<Words> commands;
    std::string_view unclosed; ///< "a quote", "a $("; empty where all is closed
};
[[nodiscard]] ShellText readShell(std::string_view text);

/// A whole word that the shell puts there: "$OPTIONS", "${X:-a}", "$(x)"; it may be none, one or several
/// words.
[[nodiscard]] bool isOfShell(std::string_view word);

/// Where a command runs or creates a container: of which engine, and the places of its own options and of
/// those of the engine's client before them.
struct RunPlace {
    std::string engine;
    std::size_t client = 0;
    std::size_t options = 0;
};
[[nodiscard]] std::optional<RunPlace> findRun(const Words& words);

/// Takes short options from `first` on apart where one has a value or says anything: "-itv" is "-it" and
/// "-v".
void splitOptions(Words& words, std::size_t first);

/// The commands of a text that run or create a container, their options apart.
[[nodiscard]] base::Result<std::vector<Words>> runCommands(std::string_view text, const std::string& name);

} // namespace bulkhead::claims
