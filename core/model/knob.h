#pragma once

#include <span>
#include <string_view>

namespace bulkhead::model {

/// A setting of the whole machine that decides what a breach reaches, and what its values mean.
struct Knob {
    std::string_view name; ///< as sysctl(8) writes it
    std::string_view meaning;
};

/// The settings that a snapshot records, by name (Documentation/admin-guide/sysctl, user_namespaces(7)).
[[nodiscard]] std::span<const Knob> knobs();

/// The meaning of a setting; empty for another name.
[[nodiscard]] std::string_view knobMeaning(std::string_view name);

} // namespace bulkhead::model
