#pragma once

#include "core/model/capability.h"
#include "core/model/device_rule.h"
#include "core/model/fact.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bulkhead::threat {

/// There is none, as of a limit that is not set.
struct Absent {};

/// A list or map that is only counted.
struct Counted {
    std::size_t size = 0;
};

/// The value of a stored fact, seen and not copied.
using FactValue = std::variant<
    Absent, bool, std::int64_t, std::string_view, const std::vector<std::string>*,
    const std::vector<std::uint32_t>*, model::CapabilitySet, const model::DeviceRules*,
    const std::map<std::string, std::string>*, Counted>;

/// A stored fact as it stands in a snapshot. `missing`: its list or map is filled and has no such entry.
struct FactReading {
    enum class State { known, unreadable, unstated, missing };

    State state = State::unstated;
    FactValue value;
    const model::Evidence* evidence = nullptr;
    const model::Unreadable* why = nullptr;

    [[nodiscard]] bool known() const { return state == State::known; }
};

/// "true", "3", "none", "CAP_KILL, CAP_MKNOD"; long lists are cut.
[[nodiscard]] std::string toText(const FactValue& value);

} // namespace bulkhead::threat
