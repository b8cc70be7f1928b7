#pragma once

#include "core/model/named_enum.h"
#include "core/model/table.h"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bulkhead::model {

/// What became of one harmless try from inside.
enum class ProbeResult {
    allowed,
    denied,
    absent,  ///< there is no such thing in there
    skipped, ///< not tried: the predicted verdict of the filters does not allow the call
    failed,  ///< it could not be tried for a reason of its own
};

template <>
struct Names<ProbeResult> {
    static constexpr std::array names{
        std::pair{ProbeResult::allowed, std::string_view("allowed")},
        std::pair{ProbeResult::denied, std::string_view("denied")},
        std::pair{ProbeResult::absent, std::string_view("absent")},
        std::pair{ProbeResult::skipped, std::string_view("skipped")},
        std::pair{ProbeResult::failed, std::string_view("failed")},
    };
};

/// One test of the experienced vantage, and what the enforced facts had predicted for it.
struct Probe {
    std::string test;   ///< "write", "connect", "unshare-user", "see-processes", ...
    std::string target; ///< what it was tried on: a path, a namespace type; empty where the test says it all
    ProbeResult result = ProbeResult::failed;
    std::int64_t errorNumber = 0; ///< errno(3) of the try; 0 where it succeeded
    std::optional<ProbeResult> predicted;
    std::optional<bool> agrees; ///< absent where nothing was predicted
    std::string cause;          ///< of a disagreement, where a known one explains it

    auto operator<=>(const Probe&) const = default;
};

template <>
struct Table<Probe> {
    static constexpr auto rows = rowsOf(
        Row{"test", &Probe::test, "what was tried", Compare::identity},
        Row{"target", &Probe::target, "on what", Compare::identity},
        Row{"result", &Probe::result, "allowed, denied, absent, skipped or failed", Compare::identity},
        Row{"errno", &Probe::errorNumber, "errno(3) of the try; 0 where it succeeded", Compare::identity},
        Row{"predicted", &Probe::predicted, "what the enforced facts say", Compare::identity},
        Row{"agrees", &Probe::agrees, "result and prediction are the same", Compare::identity},
        Row{"cause", &Probe::cause, "known cause of a disagreement", Compare::identity});
};

} // namespace bulkhead::model
