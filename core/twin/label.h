#pragma once

#include "core/kernel/task.h"
#include "core/model/fact.h"
#include "core/os/proc_root.h"
#include "core/wire/probe_plan.h"

#include <string>

namespace bulkhead::twin {

/// What of a target's label (AppArmor, SELinux) a twin takes over, and how. It is taken over at once by a
/// write to attr/current, not with an execve: that would recompute the capabilities, and neither asks
/// no_new_privs nor a nosuid mount as an execve does (SELinux, check_nnp_nosuid).
struct LabelCopy {
    std::string source; ///< below /proc/PID: where the label is read; empty where no module labels processes
    std::string module; ///< "AppArmor", "SELinux"
    std::string own;    ///< ours, as text
    wire::LabelFile file = wire::LabelFile::none; ///< none: it is ours already, or nothing to take over
    std::string text;                             ///< what is written
    std::string whyNot; ///< why it is not taken over; empty where it is, or is ours already

    bool operator==(const LabelCopy&) const = default;
};

/// Reads both labels, and says how ours becomes the target's.
[[nodiscard]] LabelCopy
planLabel(const os::ProcRoot& machine, const kernel::Task& target, const kernel::Task& self);

/// Holds the twin's label against the target's: true where they are the same, else a gap with the reason.
/// `error` is the errno of taking it over.
[[nodiscard]] model::Fact<bool>
judgeLabel(const LabelCopy& copy, const kernel::Task& target, const kernel::Task& twin, int error);

} // namespace bulkhead::twin
