#include "core/watch/group_limits.h"

#include "core/kernel/cgroup_file.h"
#include "core/kernel/host_mounts.h"
#include "core/watch/mix.h"

#include <array>
#include <fcntl.h>
#include <string_view>

namespace bulkhead::watch {

namespace {

/// A file of a group and the controller whose hierarchy it is in; the files of version 2 all are in one.
struct LimitFile {
    std::string_view controller;
    const char* name;
    const char* unifiedName;
};

constexpr std::array kFiles = {
    LimitFile{"pids", "pids.max", "pids.max"},
    LimitFile{"memory", "memory.limit_in_bytes", "memory.max"},
    LimitFile{"memory", "memory.memsw.limit_in_bytes", "memory.swap.max"},
    LimitFile{"cpu", "cpu.cfs_quota_us", "cpu.max"},
    LimitFile{"cpuset", "cpuset.cpus", "cpuset.cpus"},
    LimitFile{"blkio", "blkio.throttle.read_bps_device", "io.max"},
    LimitFile{"blkio", "blkio.throttle.write_bps_device", nullptr},
    LimitFile{"devices", "devices.list", nullptr},
};

} // namespace

GroupLimits::GroupLimits(const os::ProcRoot& root, const kernel::HostReference& host) {
    if (auto mounts = kernel::readHostMounts(root, host)) {
        m_mounts = std::move(mounts->tree);
    }
}

std::size_t GroupLimits::of(const std::string& cgroupFile) {
    const auto [known, fresh] = m_known.try_emplace(cgroupFile, 0);
    if (fresh) {
        known->second = read(cgroupFile);
    }
    return known->second;
}

std::size_t GroupLimits::read(const std::string& cgroupFile) {
    const auto places = kernel::parseCgroupFile(cgroupFile);
    if (!places || !m_mounts) {
        return 0;
    }
    std::size_t out = 0;
    for (const LimitFile& file : kFiles) {
        const auto steps = kernel::findCgroupDirectories(*places, *m_mounts, file.controller);
        const char* name = !steps ? nullptr : steps->unified ? file.unifiedName : file.name;
        if (name == nullptr || steps->leafFirst.empty()) {
            continue;
        }
        const std::string path = steps->leafFirst.front() + "/" + name;
        const auto text = m_buffer.readOnce(AT_FDCWD, path.c_str());
        mix(out, text ? hashOf(*text) : static_cast<std::size_t>(text.error()));
    }
    return out;
}

} // namespace bulkhead::watch
