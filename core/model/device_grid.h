#pragma once

#include "core/model/device_rule.h"

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace bulkhead::model {

/// Accesses as the kernel's device programs number them (linux/bpf.h, BPF_DEVCG_ACC_*).
inline constexpr unsigned kDeviceMknod = 1;
inline constexpr unsigned kDeviceRead = 2;
inline constexpr unsigned kDeviceWrite = 4;
inline constexpr unsigned kDeviceAll = 7;

/// Nodes that a list of rules cannot tell apart: one kind, and a number or (nullopt) every number that the
/// rules do not name.
struct DeviceCell {
    bool block = false;
    std::optional<std::uint32_t> major;
    std::optional<std::uint32_t> minor;

    auto operator<=>(const DeviceCell&) const = default;
};

/// Rules in a form that answers what a cell may be used for.
class DeviceGrid {
public:
    explicit DeviceGrid(const DeviceRules& rules);

    /// Bits of kDeviceMknod, kDeviceRead, kDeviceWrite.
    [[nodiscard]] unsigned accessAt(const DeviceCell& cell) const;

private:
    std::map<DeviceCell, unsigned> m_allowed;
    std::map<DeviceCell, unsigned> m_denied;
};

/// Cells that between them decide every node: whatever holds for all of them holds for every device.
[[nodiscard]] std::set<DeviceCell> cellsOf(const std::vector<const DeviceRules*>& rules);

/// Cells for the numbers given: every major beside every minor, and the rest of each. The second of a pair is
/// told apart below that major only, `everyMinors` below all.
[[nodiscard]] std::set<DeviceCell> cellsOf(
    const std::set<std::uint32_t>& majors, const std::set<std::uint32_t>& everyMinors,
    const std::set<std::pair<std::uint32_t, std::uint32_t>>& pairs);

/// Rules that permit in each cell what `accessAt` says; nullopt where no list of rules with exceptions does.
[[nodiscard]] std::optional<DeviceRules>
rulesFor(const std::set<DeviceCell>& cells, const std::function<unsigned(const DeviceCell&)>& accessAt);

/// What both permit. nullopt where no list says it.
[[nodiscard]] std::optional<DeviceRules> bothOf(const DeviceRules& left, const DeviceRules& right);

} // namespace bulkhead::model
