#pragma once

#include "core/model/device.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace bulkhead::kernel {

/// What a node of these numbers can do to the host (Documentation/admin-guide/devices.txt). Numbers that are
/// handed out at boot are `other`.
[[nodiscard]] model::DeviceClass deviceClassOf(bool block, std::uint32_t major, std::uint32_t minor);

/// What a driver's nodes can do, by the name under which it registered (/proc/devices, /proc/misc): for
/// numbers that are handed out at boot. `other` for a name that is not known.
[[nodiscard]] model::DeviceClass deviceClassNamed(std::string_view driver);

/// The drivers of character devices of /proc/devices by major, and of /proc/misc by minor of major 10.
[[nodiscard]] std::map<std::uint32_t, std::string> parseCharacterDrivers(std::string_view text);
[[nodiscard]] std::map<std::uint32_t, std::string> parseMiscDrivers(std::string_view text);

/// null zero full random urandom, tty, ptmx: harmless by their numbers, whatever they are called.
[[nodiscard]] bool isStandardDevice(bool block, std::uint32_t major, std::uint32_t minor);

} // namespace bulkhead::kernel
