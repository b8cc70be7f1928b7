#pragma once

#include "core/model/surroundings.h"
#include "core/os/proc_root.h"

#include <string>
#include <string_view>

namespace bulkhead::kernel {

/// Would anyone see a breach: the kernel's audit subsystem asked over its own socket (AUDIT_GET and
/// AUDIT_LIST_RULES change nothing), and which seccomp actions are logged.
[[nodiscard]] model::Audit collectAudit(const os::ProcRoot& root);

/// One rule of AUDIT_LIST_RULES (linux/audit.h, struct audit_rule_data) in the words of auditctl(8):
/// "always,exit 3 system calls key=mounts". Malformed where it is cut short.
[[nodiscard]] base::Result<std::string> describeAuditRule(std::string_view bytes);

} // namespace bulkhead::kernel
