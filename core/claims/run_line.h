#pragma once

#include "core/claims/claim.h"

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

/// The words of a line as a shell makes them: quotes, backslashes, line continuations, comments; another
/// command ends it. Nothing is expanded.
[[nodiscard]] base::Result<std::vector<std::string>>
shellWords(std::string_view line, const std::string& name);

} // namespace bulkhead::claims
