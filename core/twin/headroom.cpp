#include "core/twin/headroom.h"

#include "core/kernel/cgroup_limits.h"
#include "core/kernel/freezer.h"
#include "core/kernel/text.h"
#include "core/os/file.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace bulkhead::twin {

using base::ErrorKind;
using base::Status;

namespace {

constexpr std::uint64_t kLeastPids = 8;
constexpr std::uint64_t kLeastMemory = 32ULL * 1024 * 1024;

/// Files of one resource in both versions of control groups.
struct Resource {
    std::string_view controller;
    std::string_view name;
    std::string_view limit;
    std::string_view used;
    std::string_view limit1;
    std::string_view used1;
    std::string_view cache; ///< line of memory.stat that is given back; version 2, then version 1
    std::string_view cache1;
    std::uint64_t least;
};

constexpr Resource kPids{"pids", "8 processes", "pids.max", "pids.current", "pids.max", "pids.current", "",
                         "",     kLeastPids};
constexpr Resource kMemory{"memory",         "32 MiB of memory",      "memory.max",
                           "memory.current", "memory.limit_in_bytes", "memory.usage_in_bytes",
                           "inactive_file",  "total_inactive_file",   kLeastMemory};

std::string trimmedFile(const std::string& path) {
    const auto text = os::readFile(path, 65536);
    return text ? std::string(kernel::trimmed(*text)) : "";
}

std::uint64_t statLine(const std::string& directory, std::string_view name) {
    if (name.empty()) {
        return 0;
    }
    const std::string text = "\n" + trimmedFile(directory + "/memory.stat") + "\n";
    const auto at = text.find("\n" + std::string(name) + " ");
    if (at == std::string::npos) {
        return 0;
    }
    const auto from = at + name.size() + 2;
    return kernel::numberOf<std::uint64_t>(text.substr(from, text.find('\n', from) - from)).value_or(0);
}

Status checkResource(
    const Resource& resource, const std::vector<kernel::CgroupPlace>& places,
    const kernel::MountTree& hostMounts) {
    const auto directories = kernel::findCgroupDirectories(places, hostMounts, resource.controller);
    if (!directories) {
        return {}; // no hierarchy limits it
    }
    for (const std::string& directory : directories->leafFirst) {
        const bool v2 = directories->unified;
        const auto limit = kernel::parseBound(
            trimmedFile(directory + "/" + std::string(v2 ? resource.limit : resource.limit1)));
        const auto used = kernel::numberOf<std::uint64_t>(
            trimmedFile(directory + "/" + std::string(v2 ? resource.used : resource.used1)));
        if (!limit || !*limit || !used) {
            continue; // the root of a hierarchy has no limit
        }
        const Usage usage{*limit, *used, statLine(directory, v2 ? resource.cache : resource.cache1)};
        if (!leaves(usage, resource.least)) {
            return base::fail(
                ErrorKind::unsupported, directory + ": fewer than " + std::string(resource.name) +
                                            " are left below its limit; a process of ours in there could "
                                            "starve the workload");
        }
    }
    return {};
}

/// A frozen task neither runs nor, with version 1, dies.
Status checkFrozen(const std::vector<kernel::CgroupPlace>& places, const kernel::MountTree& hostMounts) {
    if (kernel::isFrozen(os::ProcRoot{}, places, hostMounts).value_or(false)) {
        return base::fail(ErrorKind::unsupported, "the container is paused; nothing can run in it");
    }
    return {};
}

} // namespace

bool leaves(const Usage& usage, std::uint64_t least) {
    if (!usage.limit) {
        return true;
    }
    const std::uint64_t busy = usage.used - std::min(usage.used, usage.reclaimable);
    return *usage.limit >= busy && *usage.limit - busy >= least;
}

Status checkHeadroom(const std::vector<kernel::CgroupPlace>& places, const kernel::MountTree& hostMounts) {
    if (auto frozen = checkFrozen(places, hostMounts); !frozen) {
        return frozen;
    }
    if (auto pids = checkResource(kPids, places, hostMounts); !pids) {
        return pids;
    }
    return checkResource(kMemory, places, hostMounts);
}

} // namespace bulkhead::twin
