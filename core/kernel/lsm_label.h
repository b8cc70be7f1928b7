#pragma once

#include "core/base/error.h"
#include "core/kernel/task.h"
#include "core/model/lsm.h"
#include "core/os/proc_root.h"

#include <string_view>

namespace bulkhead::kernel {

/// The labels of AppArmor and SELinux on a process; empty where the module is not active.
[[nodiscard]] model::Lsm collectLsm(const os::ProcRoot& root, const Task& task);

/// Whose label attr/current of a process holds: the one major module that is active.
enum class LabelOwner { apparmor, selinux, other };

/// By the list of active modules; where securityfs is not mounted, by the look of the label.
[[nodiscard]] LabelOwner labelOwner(const os::ProcRoot& root, const Task& task, std::string_view text);

/// "unconfined", "NAME (MODE)" (apparmor(7), security/apparmor/procattr.c): names may hold spaces and
/// parentheses, the mode stands after the last " (". Enforced are enforce, kill and user (in some kernels
/// prompt); a stack "a//&b" of several modes is mixed, and whether one of them is enforced is not in it. A
/// label of nothing but unconfined has no mode.
[[nodiscard]] base::Result<model::LsmLabel> parseAppArmorLabel(std::string_view text);

/// The six fields of an access decision (security/selinux/selinuxfs.c, sel_write_access); true where the
/// last, flags, has AVD_FLAGS_PERMISSIVE: the policy makes the type that was asked about permissive.
[[nodiscard]] base::Result<bool> parsePermissive(std::string_view text);

/// "user:role:type:level"; unconfined types count as not enforced.
[[nodiscard]] base::Result<model::LsmLabel> parseSelinuxLabel(std::string_view text, bool enforcing);

} // namespace bulkhead::kernel
