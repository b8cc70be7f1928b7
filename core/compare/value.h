#pragma once

#include "core/model/fact.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace bulkhead::compare {

/// The fact is not there on this side: a mount, a capability, a label that does not exist.
struct Absent {
    auto operator<=>(const Absent&) const = default;
};

/// One side of a change, ready to be shown or written.
using Value =
    std::variant<Absent, model::Unreadable, bool, std::int64_t, std::string, std::vector<std::string>>;

/// "absent", "not readable: EACCES", "yes", "12", "text", "a, b, c".
[[nodiscard]] std::string toText(const Value& value);

} // namespace bulkhead::compare
