#pragma once

#include "core/model/capability.h"
#include "core/model/fact.h"
#include "core/model/namespaces.h"
#include "core/model/table.h"

#include <map>

namespace bulkhead::model {

/// The five capability sets of a process (capabilities(7)) and what they are worth. Sets count only over the
/// user namespace of the process and those below it; `over` says which of them hold over the host's own
/// namespaces, `within` over those the process is in.
struct Capabilities {
    Fact<CapabilitySet> effective;
    Fact<CapabilitySet> permitted;
    Fact<CapabilitySet> inheritable;
    Fact<CapabilitySet> bounding;
    Fact<CapabilitySet> ambient;
    Fact<CapabilitySet> obtainable; ///< after an execve: permitted, and bounding where it can still be raised
    std::map<NamespaceType, Fact<CapabilitySet>> over;
    std::map<NamespaceType, Fact<CapabilitySet>> within;

    bool operator==(const Capabilities&) const = default;
};

template <>
struct Table<Capabilities> {
    static constexpr auto rows = rowsOf(
        Row{"effective", &Capabilities::effective, "what the kernel checks (proc(5), status CapEff)"},
        Row{"permitted", &Capabilities::permitted, "what the process may make effective (CapPrm)"},
        Row{"inheritable", &Capabilities::inheritable, "kept across execve by file capabilities (CapInh)"},
        Row{"bounding", &Capabilities::bounding, "the most an execve can give (CapBnd)"},
        Row{"ambient", &Capabilities::ambient, "kept across execve of ordinary programs (CapAmb)"},
        Row{"obtainable", &Capabilities::obtainable,
            "one execve away: permitted, and bounding while no_new_privs is off"},
        Row{"over", &Capabilities::over,
            "by namespace type: effective capabilities that count against the host's own namespace",
            Compare::identity},
        Row{"within", &Capabilities::within,
            "by namespace type: capabilities that count over the namespace the process is in, by who owns it",
            Compare::identity});
};

} // namespace bulkhead::model
