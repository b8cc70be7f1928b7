#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bulkhead::base {

/// SHA-256 (FIPS 180-4) of bytes that arrive in pieces; names content, protects nothing secret.
class Sha256 {
public:
    void add(std::string_view bytes);
    /// The digest of everything added, 64 lower-case hex digits; the object is spent afterwards.
    [[nodiscard]] std::string finish();

private:
    void compress();

    std::array<std::uint32_t, 8> m_state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::uint8_t, 64> m_block{};
    std::size_t m_used = 0;
    std::uint64_t m_total = 0;
};

[[nodiscard]] std::string sha256(std::string_view bytes);

} // namespace bulkhead::base
