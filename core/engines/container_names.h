#pragma once

#include "core/kernel/known_container.h"

#include <map>
#include <string>
#include <vector>

namespace bulkhead::engines {

/// Fills engine, name, image and pod of a container: from the annotations that Kubernetes runtimes leave, and
/// from Podman's containers.json and Docker's config.v2.json, whose places the state file leads to. Those
/// files are opened only where `mayFollow` says that the state file's paths can be trusted.
void nameContainer(
    kernel::KnownContainer& container, const std::map<std::string, std::string>& annotations,
    const std::vector<std::string>& mountSources, bool mayFollow);

} // namespace bulkhead::engines
