#pragma once

#include "core/threat/attack.h"

#include <string>
#include <vector>

namespace bulkhead::threat {

/// A change that a document of its form cannot say, and the configuration of what runs it can: of a daemon,
/// of a kubelet. It is for every container there.
struct OutsideChange {
    Change change;
    std::string words;               ///< "\"userns-remap\": \"default\" in /etc/docker/daemon.json"
    std::vector<std::string> closes; ///< ids of paths that it closes alone
    model::Truth certainty = model::Truth::yes; ///< unknown: every path that it closes is only possible
};

/// Those that close a path of the attack by themselves, without any change of the document.
[[nodiscard]] std::vector<OutsideChange> outsideOf(
    const model::Snapshot& snapshot, const Attack& attack, const Judge& judge, const Ordinary& ordinary,
    claims::ConfigForm form);

} // namespace bulkhead::threat
