#pragma once

#include "core/model/capability.h"
#include "core/model/fact.h"
#include "core/model/namespaces.h"
#include "core/model/seccomp.h"
#include "core/model/subject_summary.h"
#include "core/model/table.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bulkhead::model {

/// The authority of one subject in one line: what a person scans for when many containers run on a machine.
struct Posture {
    SubjectSummary subject;
    Fact<std::string>
        worstPath; ///< the gravest end of an attack path, of certain ones first; "none": no way known
    Fact<bool> worstPathCertain; ///< false: only possible; unstated where there is no path
    Fact<bool> privileged;       ///< every capability the machine has, over the host; no filter; every device
    Fact<bool> rootOnHost;       ///< effective uid 0 is the host's uid 0
    Fact<CapabilitySet> capabilitiesOverHost;
    Fact<SeccompMode> seccomp;
    Fact<std::int64_t> callsLeft; ///< system calls of the native architecture that a filter lets pass
    Fact<std::string> lsm;        ///< "docker-default (enforce)", "unconfined"; "none": no module confines it
    Fact<std::vector<NamespaceType>> hostNamespaces; ///< those of the eight that are the host's
    Fact<std::int64_t> hostMounts;                   ///< directories and files of the host mounted into it
    Fact<std::int64_t> writableHostMounts;
    Fact<std::int64_t> sockets; ///< control sockets of container runtimes within reach
    std::int64_t unknowns = 0;  ///< gaps of its snapshot
    std::string failure;        ///< why there is no snapshot of it; empty where there is

    [[nodiscard]] const std::string& key() const { return subject.ref; }
    bool operator==(const Posture&) const = default;
};

template <>
struct Table<Posture> {
    static constexpr auto rows = rowsOf(
        Row{"subject", &Posture::subject, "which subject", Compare::identity},
        Row{"worstPath", &Posture::worstPath, "where the gravest attack path ends", Compare::content,
            Order::unordered},
        Row{"worstPathCertain", &Posture::worstPathCertain, "every fact of that path is known",
            Compare::content, Order::trueIsWeaker},
        Row{"privileged", &Posture::privileged,
            "every capability over the host, no system-call filter, every device", Compare::content,
            Order::trueIsWeaker},
        Row{"rootOnHost", &Posture::rootOnHost, "its effective user is the host's root", Compare::content,
            Order::trueIsWeaker},
        Row{"capabilitiesOverHost", &Posture::capabilitiesOverHost,
            "effective capabilities that count against the host"},
        Row{"seccomp", &Posture::seccomp, "disabled, strict or filter", Compare::content, Order::unordered},
        Row{"callsLeft", &Posture::callsLeft,
            "system calls of the native architecture that can still be made", Compare::content,
            Order::moreIsWeaker},
        Row{"lsm", &Posture::lsm, "label of the security module", Compare::content, Order::unordered},
        Row{"hostNamespaces", &Posture::hostNamespaces, "namespaces that are the host's", Compare::content,
            Order::moreIsWeaker},
        Row{"hostMounts", &Posture::hostMounts, "directories and files of the host", Compare::content,
            Order::moreIsWeaker},
        Row{"writableHostMounts", &Posture::writableHostMounts, "of these, mounted writable",
            Compare::content, Order::moreIsWeaker},
        Row{"sockets", &Posture::sockets, "runtime sockets within reach", Compare::content,
            Order::moreIsWeaker},
        Row{"unknowns", &Posture::unknowns, "facts that could not be read", Compare::identity},
        Row{"failure", &Posture::failure, "why it could not be read at all", Compare::identity});
};

} // namespace bulkhead::model
