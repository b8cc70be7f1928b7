#include "core/engines/docker_defaults.h"

#include <algorithm>
#include <array>

namespace bulkhead::engines {

namespace {

using Options = std::vector<std::string>;

Options kernelOptions(bool readOnly, Options options) {
    if (readOnly) {
        options.emplace_back("ro");
    }
    return options;
}

model::DeviceRule rule(std::string_view text) {
    return *model::parseDeviceRule(text);
}

} // namespace

std::vector<OciMount> dockerMounts(bool readOnlyKernelFiles) {
    return {
        {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}},
        {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
        {"/dev/pts",
         "devpts",
         "devpts",
         {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
        {"/sys", "sysfs", "sysfs", kernelOptions(readOnlyKernelFiles, {"nosuid", "noexec", "nodev"})},
        {"/sys/fs/cgroup", "cgroup", "cgroup",
         kernelOptions(readOnlyKernelFiles, {"nosuid", "noexec", "nodev"})},
        {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
        {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=67108864"}},
    };
}

std::vector<std::string> dockerMaskedPaths(const std::vector<std::string>& throttlePaths) {
    std::vector<std::string> paths = {
        "/proc/acpi",        "/proc/asound",        "/proc/interrupts", "/proc/kcore",
        "/proc/keys",        "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/proc/scsi",          "/sys/firmware",    "/sys/devices/virtual/powercap",
    };
    std::ranges::copy(throttlePaths, std::back_inserter(paths));
    return paths;
}

std::vector<std::string> dockerReadonlyPaths() {
    return {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
}

std::vector<OciDeviceRule> dockerDeviceRules() {
    std::vector<OciDeviceRule> rules = {{false, rule("a *:* rwm")}};
    for (const std::string_view node :
         {"c 1:5 rwm", "c 1:3 rwm", "c 1:9 rwm", "c 1:8 rwm", "c 5:0 rwm", "c 5:1 rwm"}) {
        rules.push_back({true, rule(node)});
    }
    rules.push_back({false, rule("c 10:229 rwm")});
    return rules;
}

} // namespace bulkhead::engines
