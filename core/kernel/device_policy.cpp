#include "core/kernel/device_policy.h"

#include "core/base/bytes.h"
#include "core/kernel/machine.h"
#include "core/kernel/text.h"
#include "core/os/file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bulkhead::kernel {

using model::DeviceRules;
using model::Fact;
using model::Unreadable;

namespace {

constexpr std::size_t kMaxRules = 4096;

/// bpf(2), BPF_PROG_QUERY with BPF_F_QUERY_EFFECTIVE: programs of this group and its ancestors.
Reading<std::int64_t> queryPrograms(const std::filesystem::path& directory, const std::string& name) {
    const auto fd = os::tryOpenAt(AT_FDCWD, directory.string(), O_RDONLY | O_DIRECTORY);
    if (!fd) {
        return std::unexpected(failureOf(fd.error(), name));
    }
    union bpf_attr query{};
    query.query.target_fd = static_cast<__u32>(fd->get());
    query.query.attach_type = BPF_CGROUP_DEVICE;
    query.query.query_flags = BPF_F_QUERY_EFFECTIVE;
    if (::syscall(SYS_bpf, BPF_PROG_QUERY, &query, sizeof query) != 0) {
        return std::unexpected(failureOf(
            errno, name + " BPF_PROG_QUERY", "CAP_SYS_ADMIN or CAP_NET_ADMIN in the host's user namespace"));
    }
    return query.query.prog_cnt;
}

/// A captured tree states the count beside the group's files.
Reading<std::int64_t> capturedPrograms(const os::ProcRoot& root, const std::string& directory) {
    const std::string file = directory + "/bulkhead.device_programs";
    const auto text = readMachineFile(root, file);
    if (!text) {
        return std::unexpected(failureOf(ENOENT, base::textFromBytes(file)));
    }
    const auto count = numberOf<std::int64_t>(trimmed(*text));
    if (!count) {
        return std::unexpected(Failure{0, {base::textFromBytes(file) + ": expected a number", ""}});
    }
    return *count;
}

Fact<std::int64_t> collectPrograms(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts) {
    const bool mounted = std::ranges::any_of(
        hostMounts.mounts, [](const PlacedMount& mount) { return mount.entry.fsType == "cgroup2"; });
    if (!mounted) {
        return {0, inferred("the host mounts no cgroup v2 tree")};
    }
    const auto directories = findCgroupDirectories(places, hostMounts, "");
    if (!directories) {
        return failureOf(directories.error()).why;
    }
    const std::string& leaf = directories->leafFirst.front();
    const std::string name = base::textFromBytes(leaf);
    const auto place = placeOf(root, leaf);
    if (!root.live || !place) {
        return factOf(capturedPrograms(root, leaf), name + " BPF_PROG_QUERY");
    }
    return factOf(queryPrograms(*place, name), name + " BPF_PROG_QUERY");
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
    return factOf(parsed(readMachineFile(root, file), parseDeviceList), base::textFromBytes(file));
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

Fact<DeviceRules> conjunctionOf(const Fact<DeviceRules>& v1, const Fact<std::int64_t>& programs) {
    if (v1.unreadable()) {
        return v1.gap();
    }
    if (!programs.known()) {
        return programs.unreadable() ? programs.gap() : Unreadable{"device programs were not counted", ""};
    }
    if (programs.value() > 0) {
        const bool one = programs.value() == 1;
        return Unreadable{
            std::to_string(programs.value()) + (one ? " device program is" : " device programs are") +
                " not interpreted by this version",
            "a version of Bulkhead that reads BPF_PROG_TYPE_CGROUP_DEVICE programs"};
    }
    if (v1.known()) {
        return v1;
    }
    return {DeviceRules::everything(), inferred("no device controller and no device program")};
}

model::DevicePolicy collectDevicePolicy(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts) {
    model::DevicePolicy policy;
    policy.v1 = collectList(root, places, hostMounts);
    policy.bpf = collectPrograms(root, places, hostMounts);
    policy.effective = conjunctionOf(policy.v1, policy.bpf);
    return policy;
}

} // namespace bulkhead::kernel
