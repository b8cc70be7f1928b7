#pragma once

#include "core/model/device.h"

#include <cstdint>

namespace bulkhead::kernel {

/// What a node of these numbers can do to the host (Documentation/admin-guide/devices.txt). Numbers that are
/// handed out at boot are `other`.
[[nodiscard]] model::DeviceClass deviceClassOf(bool block, std::uint32_t major, std::uint32_t minor);

/// null zero full random urandom, tty, ptmx: harmless by their numbers, whatever they are called.
[[nodiscard]] bool isStandardDevice(bool block, std::uint32_t major, std::uint32_t minor);

} // namespace bulkhead::kernel
