#include "core/kernel/host_settings.h"

#include "core/base/bytes.h"
#include "core/kernel/machine.h"
#include "core/kernel/text.h"
#include "core/model/knob.h"
#include "core/os/file.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace bulkhead::kernel {

using model::Fact;

namespace {

constexpr std::size_t kMaxVulnerabilities = 256;

std::string knobFile(std::string_view name) {
    std::string path = "/proc/sys/";
    for (const char c : name) {
        path += c == '.' ? '/' : c;
    }
    return path;
}

/// A knob that this kernel lacks is left out: there is nothing to turn.
std::map<std::string, Fact<std::string>> readKnobs(const os::ProcRoot& root) {
    std::map<std::string, Fact<std::string>> values;
    for (const model::Knob& knob : model::knobs()) {
        const std::string path = knobFile(knob.name);
        auto value = readMachineValue(root, path);
        if (value || value.error().number != ENOENT) {
            values.emplace(
                knob.name, factOf(std::move(value), path + " (" + std::string(knob.meaning) + ")"));
        }
    }
    return values;
}

std::map<std::string, Fact<std::string>> readVulnerabilities(const os::ProcRoot& root) {
    const std::string folder = "/sys/devices/system/cpu/vulnerabilities/";
    std::map<std::string, Fact<std::string>> flaws;
    const auto place = placeOf(root, folder);
    const auto names = place ? os::listDirectory(*place, kMaxVulnerabilities)
                             : base::Result<std::vector<std::string>>(std::vector<std::string>());
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        const std::string path = folder + name;
        flaws.emplace(base::textFromBytes(name), factOf(readMachineValue(root, path), path));
    }
    return flaws;
}

} // namespace

std::vector<std::string> protectionParameters(std::string_view commandLine) {
    constexpr std::array<std::string_view, 37> kNames = {
        "apparmor",
        "audit",
        "audit_backlog_limit",
        "cgroup_enable",
        "cgroup_disable",
        "cgroup_no_v1",
        "debugfs",
        "enforcing",
        "init_on_alloc",
        "init_on_free",
        "intel_iommu",
        "amd_iommu",
        "iommu",
        "iommu.strict",
        "kpti",
        "l1tf",
        "lockdown",
        "lsm",
        "mds",
        "mitigations",
        "module.sig_enforce",
        "namespace.unpriv_enable",
        "nokaslr",
        "nopti",
        "nosmap",
        "nosmep",
        "nospectre_v1",
        "nospectre_v2",
        "pti",
        "randomize_kstack_offset",
        "security",
        "selinux",
        "slab_nomerge",
        "spec_store_bypass_disable",
        "spectre_v2",
        "systemd.unified_cgroup_hierarchy",
        "vsyscall"};
    std::vector<std::string> found;
    for (const std::string_view word : wordsOf(commandLine)) {
        if (std::ranges::find(kNames, word.substr(0, word.find('='))) != kNames.end()) {
            found.push_back(base::textFromBytes(word));
        }
    }
    return found;
}

void collectHostSettings(const os::ProcRoot& root, model::Host& host) {
    host.knobs = readKnobs(root);
    host.vulnerabilities = readVulnerabilities(root);
    const std::string path = "/proc/cmdline";
    const auto text = readMachineFile(root, path);
    host.bootParameters = text ? Fact<std::vector<std::string>>(protectionParameters(*text), observed(path))
                               : Fact<std::vector<std::string>>(text.error().why);
}

} // namespace bulkhead::kernel
