#pragma once

#include "core/claims/ground.h"

#include <optional>
#include <string_view>

namespace bulkhead::claims {

/// The node that a name of /dev stands for on every Linux machine, where the machine itself cannot be asked:
/// numbers by admin-guide/devices.txt, owner and mode as udev's rules give them. Numbers that a kernel hands
/// out as it boots (NVMe, virtio, device mapper) are the usual ones. Nothing for other names.
[[nodiscard]] std::optional<AskedDevice> deviceNamed(std::string_view path);

} // namespace bulkhead::claims
