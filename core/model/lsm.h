#pragma once

#include "core/model/fact.h"
#include "core/model/table.h"

#include <string>

namespace bulkhead::model {

/// A label of a Linux security module on the process. An empty label: no such module confines it.
struct LsmLabel {
    std::string label; ///< AppArmor profile or SELinux context; empty where the module is not active
    std::string mode;  ///< "enforce", "complain", "unconfined"; empty where the module has none
    bool enforcing = false;

    auto operator<=>(const LsmLabel&) const = default;
};

/// Mandatory access control over the process.
struct Lsm {
    Fact<LsmLabel> apparmor;
    Fact<LsmLabel> selinux;

    bool operator==(const Lsm&) const = default;
};

template <>
struct Table<LsmLabel> {
    static constexpr auto rows = rowsOf(
        Row{"label", &LsmLabel::label, "profile or context; empty where the module is not active"},
        Row{"mode", &LsmLabel::mode, "enforce, complain, unconfined"},
        Row{"enforcing", &LsmLabel::enforcing, "the label is enforced, not only logged"});
};

template <>
struct Table<Lsm> {
    static constexpr auto rows = rowsOf(
        Row{"apparmor", &Lsm::apparmor, "AppArmor profile (attr/apparmor/current)"},
        Row{"selinux", &Lsm::selinux, "SELinux context (attr/current)"});
};

} // namespace bulkhead::model
