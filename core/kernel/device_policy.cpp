#include "core/kernel/device_policy.h"

#include "core/base/bytes.h"
#include "core/kernel/device_program.h"
#include "core/kernel/machine.h"
#include "core/kernel/text.h"
#include "core/model/device_grid.h"

#include <algorithm>

namespace bulkhead::kernel {

using model::DeviceRules;
using model::Fact;
using model::Unreadable;

namespace {

constexpr std::size_t kMaxRules = 4096;

/// The programs in effect, of the live machine or of a captured tree.
Reading<DevicePrograms>
readPrograms(const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts) {
    const auto directories = findCgroupDirectories(places, hostMounts, "");
    if (!directories) {
        return std::unexpected(failureOf(directories.error()));
    }
    const std::string& leaf = directories->leafFirst.front();
    const auto place = placeOf(root, leaf);
    if (root.live && place) {
        return readDevicePrograms(*place, base::textFromBytes(leaf));
    }
    return parsed(readMachineFile(root, leaf + "/bulkhead.device_programs"), parseCapturedPrograms);
}

/// Nothing of version 2 decides where the host mounts no such tree.
bool hasUnifiedTree(const MountTree& hostMounts) {
    return std::ranges::any_of(
        hostMounts.mounts, [](const PlacedMount& mount) { return mount.entry.fsType == "cgroup2"; });
}

/// Unstated where no version 1 controller exists: the version 2 programs decide alone.
Fact<DeviceRules>
collectList(const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts) {
    const bool bound = std::ranges::any_of(
        places, [](const CgroupPlace& place) { return place.hierarchy != 0 && place.has("devices"); });
    if (!bound) {
        return {};
    }
    const auto directories = findCgroupDirectories(places, hostMounts, "devices");
    if (!directories) {
        return failureOf(directories.error()).why;
    }
    const std::string file = directories->leafFirst.front() + "/devices.list";
    auto list = parsed(readMachineFile(root, file), parseDeviceList);
    if (list && list->allowsAll()) {
        // security/device_cgroup.c prints this one line for a group that permits by default, and keeps its
        // exceptions to itself: what is printed is the most that can be permitted.
        return {std::move(*list), inferred(base::textFromBytes(file) + ", which leaves out exceptions")};
    }
    return factOf(std::move(list), base::textFromBytes(file));
}

} // namespace

base::Result<DeviceRules> parseDeviceList(std::string_view text) {
    DeviceRules rules;
    const auto lines = linesOf(text);
    if (lines.size() > kMaxRules) {
        return base::fail(base::ErrorKind::malformed, "devices.list: more than 4096 lines");
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto rule = model::parseDeviceRule(lines[i]);
        if (!rule) {
            return base::fail(
                base::ErrorKind::malformed,
                "devices.list line " + std::to_string(i + 1) + ": expected TYPE MAJOR:MINOR ACCESS");
        }
        rules.allowed.push_back(*rule);
    }
    return rules;
}

Fact<DeviceRules> permittedBy(const DevicePrograms& programs, const std::string& source) {
    DeviceRules together = DeviceRules::everything();
    for (std::size_t i = 0; i < programs.size(); ++i) {
        const std::string which =
            "device program " + std::to_string(i + 1) + " of " + std::to_string(programs.size()) + ": ";
        if (!programs[i]) {
            return Unreadable{which + programs[i].error().why.reason, programs[i].error().why.needs};
        }
        const auto rules = evaluateDeviceProgram(*programs[i]);
        if (!rules) {
            return Unreadable{which + rules.error().message, ""};
        }
        auto both = model::bothOf(together, *rules);
        if (!both) {
            return Unreadable{which + "together with the others it permits exceptions from exceptions", ""};
        }
        together = std::move(*both);
    }
    return {
        std::move(together), programs.empty() ? inferred(source + ": no device program is in effect")
                                              : observed(source + ", each followed way by way")};
}

Fact<DeviceRules> conjunctionOf(const Fact<DeviceRules>& v1, const Fact<DeviceRules>& programs) {
    if (v1.unreadable() || programs.unreadable()) {
        return v1.unreadable() ? v1.gap() : programs.gap();
    }
    if (!v1.known() || !programs.known()) {
        return v1.known() ? v1 : programs;
    }
    auto both = model::bothOf(v1.value(), programs.value());
    if (!both) {
        return Unreadable{"the list and the programs together permit exceptions from exceptions", ""};
    }
    return {std::move(*both), inferred(v1.evidence().source + " and " + programs.evidence().source)};
}

model::DevicePolicy collectDevicePolicy(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts) {
    model::DevicePolicy policy;
    policy.v1 = collectList(root, places, hostMounts);
    if (!hasUnifiedTree(hostMounts)) {
        const auto evidence = inferred("the host mounts no cgroup v2 tree");
        policy.bpf = {0, evidence};
        policy.programs = {DeviceRules::everything(), evidence};
    } else if (const auto programs = readPrograms(root, places, hostMounts)) {
        const std::string source = "BPF_PROG_QUERY of the v2 group";
        policy.bpf = {static_cast<std::int64_t>(programs->size()), observed(source)};
        policy.programs = permittedBy(*programs, source);
    } else {
        policy.bpf = programs.error().why;
        policy.programs = programs.error().why;
    }
    policy.effective = conjunctionOf(policy.v1, policy.programs);
    return policy;
}

} // namespace bulkhead::kernel
