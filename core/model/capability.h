#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::model {

/// A capability by number, as include/uapi/linux/capability.h counts them (CAP_CHOWN is 0).
enum class Capability : std::uint8_t {};

/// Capabilities this program has names for (CAP_CHOWN to CAP_CHECKPOINT_RESTORE, Linux 5.9 and later).
inline constexpr std::size_t kKnownCapabilities = 41;

/// "CAP_SYS_ADMIN" for 21; "CAP_57" for a number without a name.
[[nodiscard]] std::string capabilityName(Capability capability);

/// The inverse, exact spelling only; nullopt for a name that does not exist.
[[nodiscard]] std::optional<Capability> capabilityNamed(std::string_view name);

/// A set of capabilities, the 64-bit mask of /proc/PID/status (proc(5), CapEff).
class CapabilitySet {
public:
    CapabilitySet() = default;
    explicit CapabilitySet(std::uint64_t mask) : m_bits(mask) {}

    [[nodiscard]] bool has(Capability c) const { return m_bits.test(static_cast<std::size_t>(c)); }
    void add(Capability c) { m_bits.set(static_cast<std::size_t>(c)); }
    void remove(Capability c) { m_bits.reset(static_cast<std::size_t>(c)); }
    [[nodiscard]] std::size_t size() const { return m_bits.count(); }
    [[nodiscard]] bool empty() const { return m_bits.none(); }
    [[nodiscard]] std::uint64_t mask() const { return m_bits.to_ullong(); }
    [[nodiscard]] bool isSubsetOf(const CapabilitySet& other) const {
        return (m_bits & ~other.m_bits).none();
    }

    [[nodiscard]] CapabilitySet minus(const CapabilitySet& other) const {
        return CapabilitySet((m_bits & ~other.m_bits).to_ullong());
    }
    [[nodiscard]] CapabilitySet intersected(const CapabilitySet& other) const {
        return CapabilitySet((m_bits & other.m_bits).to_ullong());
    }
    /// The set without numbers above `last` (/proc/sys/kernel/cap_last_cap), which mean nothing.
    [[nodiscard]] CapabilitySet upTo(int last) const;

    /// Members in ascending number.
    [[nodiscard]] std::vector<Capability> members() const;
    /// Names in alphabetical order, as documents list them.
    [[nodiscard]] std::vector<std::string> sortedNames() const;

    bool operator==(const CapabilitySet&) const = default;
    auto operator<=>(const CapabilitySet& other) const { return mask() <=> other.mask(); }

private:
    std::bitset<64> m_bits;
};

} // namespace bulkhead::model
