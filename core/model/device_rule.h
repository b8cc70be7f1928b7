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

/// A list of permitted accesses, less the refused ones; whatever no rule permits is refused. Reading and
/// writing at once is permitted where each is.
struct DeviceRules {
    std::vector<DeviceRule> allowed;
    std::vector<DeviceRule> denied = {}; // NOLINT(readability-redundant-member-init): {allowed} stays whole

    [[nodiscard]] bool allowsAll() const;
    /// Every access these rules permit, `other` permits too.
    [[nodiscard]] bool permitsNoMoreThan(const DeviceRules& other) const;
    [[nodiscard]] bool permitsAny() const;
    [[nodiscard]] static DeviceRules everything();
    /// "c 1:3 rwm", and "deny c 1:1 rwm" for an exception.
    [[nodiscard]] std::vector<std::string> lines() const;

    bool operator==(const DeviceRules&) const = default;
    auto operator<=>(const DeviceRules&) const = default;
};

} // namespace bulkhead::model
