#pragma once

#include "core/kernel/bpf_machine.h"
#include "core/model/device_rule.h"

#include <span>

namespace bulkhead::kernel {

/// What a program of type BPF_PROG_TYPE_CGROUP_DEVICE permits, exactly: every way through it is followed for
/// both types of node, for reading, writing, both at once and mknod(2), and for all numbers. Unsupported,
/// with the reason, where the answer is not in the program, or where no list of rules can say it.
[[nodiscard]] base::Result<model::DeviceRules> evaluateDeviceProgram(std::span<const BpfInstruction> program);

} // namespace bulkhead::kernel
