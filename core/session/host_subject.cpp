#include "core/session/host_subject.h"

#include "core/kernel/host_reference.h"
#include "core/session/capture.h"

#include <string>

namespace bulkhead::session {

base::Result<model::Snapshot> captureHost() {
    const kernel::HostReference host = kernel::readHostReference(os::ProcRoot());
    if (!host.known) {
        return base::fail(
            base::ErrorKind::unsupported,
            "host: " + host.evidence +
                ", so this seems to be inside a container; the machine itself can be "
                "named where bulkhead runs on it");
    }
    auto snapshot = capturePid(1, "host");
    if (!snapshot) {
        return std::unexpected(snapshot.error().in("host"));
    }
    for (const auto& [type, space] : snapshot->namespaces) {
        if (!space.sharedWithHost.valueOr(true)) {
            return base::fail(
                base::ErrorKind::unsupported,
                "host: pid 1 here is not in the host's " + std::string(model::nameOf(type)) +
                    " namespace, so the machine's first process cannot be seen; "
                    "run bulkhead in the host's pid namespace");
        }
    }
    snapshot->subject.name = "host";
    return snapshot;
}

} // namespace bulkhead::session
