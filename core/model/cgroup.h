#pragma once

#include "core/model/device_rule.h"
#include "core/model/fact.h"
#include "core/model/table.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace bulkhead::model {

/// One limit of a cgroup: the smallest over the ancestors. nullopt: none is set.
struct Limit {
    std::optional<std::uint64_t> value;
    std::string where; ///< the file that sets it; empty where none does

    auto operator<=>(const Limit&) const = default;
};

/// Who may open which device: the v1 list, the v2 programs, and their conjunction.
struct DevicePolicy {
    Fact<DeviceRules> v1;
    Fact<std::int64_t> bpf;     ///< BPF_CGROUP_DEVICE programs in effect on the way to the root
    Fact<DeviceRules> programs; ///< what those programs permit together
    Fact<DeviceRules> effective;

    bool operator==(const DevicePolicy&) const = default;
};

/// The control group of the process and what it limits.
struct Cgroup {
    Fact<std::string> version; ///< "v1", "v2" or "hybrid"
    Fact<std::string> path;
    std::map<std::string, Fact<Limit>>
        limits; ///< pids (tasks), memory, swap (bytes), cpu (thousandths), io (bytes/s), cpus (processors)
    DevicePolicy devicePolicy;

    bool operator==(const Cgroup&) const = default;
};

template <>
struct Table<Limit> {
    static constexpr auto rows = rowsOf(
        Row{"value", &Limit::value, "the limit; null where none is set"},
        Row{"where", &Limit::where, "the file that sets it", Compare::identity});
};

template <>
struct Table<DevicePolicy> {
    static constexpr auto rows = rowsOf(
        Row{"v1", &DevicePolicy::v1, "devices.list of the v1 controller", Compare::identity},
        Row{"bpf", &DevicePolicy::bpf, "device programs in effect in the v2 tree (BPF_PROG_QUERY)",
            Compare::identity},
        Row{"programs", &DevicePolicy::programs, "what the device programs of the v2 tree permit together",
            Compare::identity},
        Row{"effective", &DevicePolicy::effective, "what both together permit"});
};

template <>
struct Table<Cgroup> {
    static constexpr auto rows = rowsOf(
        Row{"version", &Cgroup::version, "v1, v2 or hybrid", Compare::host},
        Row{"path", &Cgroup::path, "path of the cgroup (proc(5), cgroup)", Compare::identity},
        Row{"limits", &Cgroup::limits,
            "pids in tasks, memory and swap in bytes, cpu in thousandths of a core, io in bytes a second, "
            "cpus in "
            "processors"},
        Row{"devicePolicy", &Cgroup::devicePolicy, "who may open which device"});
};

} // namespace bulkhead::model
