#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::model {

/// One line of a cgroup v1 devices.list (Documentation/admin-guide/cgroup-v1/devices.rst).
struct DeviceRule {
    char type = 'a';                    ///< 'b', 'c', or 'a' for both
    std::optional<std::uint32_t> major; ///< nullopt: every number
    std::optional<std::uint32_t> minor;
    bool read = false;
    bool write = false;
    bool mknod = false;

    /// Everything this rule permits is permitted by `other` alone.
    [[nodiscard]] bool coveredBy(const DeviceRule& other) const;
    [[nodiscard]] std::string toText() const; ///< "c 1:3 rwm"

    auto operator<=>(const DeviceRule&) const = default;
};

[[nodiscard]] std::optional<DeviceRule> parseDeviceRule(std::string_view text);

/// A list of permitted accesses; whatever no rule permits is refused.
struct DeviceRules {
    std::vector<DeviceRule> allowed;

    [[nodiscard]] bool allowsAll() const;
    /// Every access these rules permit, `other` permits too.
    [[nodiscard]] bool permitsNoMoreThan(const DeviceRules& other) const;
    [[nodiscard]] bool permitsAny() const { return !allowed.empty(); }
    [[nodiscard]] static DeviceRules everything();

    bool operator==(const DeviceRules&) const = default;
    auto operator<=>(const DeviceRules&) const = default;
};

} // namespace bulkhead::model
