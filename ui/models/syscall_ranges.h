#pragma once

#include "core/model/seccomp.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::models {

/// System calls without a name, several in a row: both ends belong to it.
struct CallRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    auto operator<=>(const CallRange&) const = default;
};

/// "#512" and "#512..600"; nullopt for a name.
[[nodiscard]] std::optional<CallRange> callRange(std::string_view call);
[[nodiscard]] std::string callRangeText(const CallRange& range);

/// The coarsest runs such that each account treats a run as one: subjects may part the numbers differently.
[[nodiscard]] std::vector<CallRange> commonRanges(const std::vector<const model::ArchVerdicts*>& accounts);

/// The verdict of an account for a call by name or run; its `others` where it is not listed.
[[nodiscard]] const model::SeccompVerdict&
verdictOf(const model::ArchVerdicts& account, const std::string& call);

} // namespace bulkhead::models
