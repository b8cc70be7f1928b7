#pragma once

#include "core/kernel/bpf_machine.h"
#include "core/kernel/reading.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// The device programs that decide for a control group; each is there as instructions, or as the reason why
/// it could not be read.
using DevicePrograms = std::vector<Reading<std::vector<BpfInstruction>>>;

/// Programs of the version 2 group and of all its ancestors, seen or not (bpf(2), BPF_PROG_QUERY with
/// BPF_F_QUERY_EFFECTIVE), with their instructions as the verifier left them. `name` stands in reasons.
[[nodiscard]] Reading<DevicePrograms>
readDevicePrograms(const std::filesystem::path& directory, const std::string& name);

/// The same from a captured tree's file: the count, then a line of hexadecimal digits for each program whose
/// instructions were kept.
[[nodiscard]] base::Result<DevicePrograms> parseCapturedPrograms(std::string_view text);

} // namespace bulkhead::kernel
