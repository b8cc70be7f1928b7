#pragma once

#include <compare>
#include <cstdint>

namespace bulkhead::model {

/// A 64-bit word that documents write as a hex string ("0x7e020000"), since a JSON number of a reader may
/// lose its low bits (RFC 8259, section 6).
struct Hex64 {
    std::uint64_t value = 0;

    auto operator<=>(const Hex64&) const = default;
};

} // namespace bulkhead::model
