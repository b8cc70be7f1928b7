#include "core/lab/machine.h"

#include "core/kernel/abis.h"
#include "core/lab/cgroups.h"
#include "core/os/file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <sstream>
#include <sys/capability.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace bulkhead::lab {

namespace fs = std::filesystem;

namespace {

constexpr int kMaxDepth = 16; // levels of folders, the first among them, as the collector reads them
constexpr std::size_t kMaxDevices = 4096;

constexpr std::array kResources = {
    std::pair{std::string_view("RLIMIT_AS"), RLIMIT_AS},
    std::pair{std::string_view("RLIMIT_CORE"), RLIMIT_CORE},
    std::pair{std::string_view("RLIMIT_CPU"), RLIMIT_CPU},
    std::pair{std::string_view("RLIMIT_DATA"), RLIMIT_DATA},
    std::pair{std::string_view("RLIMIT_FSIZE"), RLIMIT_FSIZE},
    std::pair{std::string_view("RLIMIT_MEMLOCK"), RLIMIT_MEMLOCK},
    std::pair{std::string_view("RLIMIT_MSGQUEUE"), RLIMIT_MSGQUEUE},
    std::pair{std::string_view("RLIMIT_NICE"), RLIMIT_NICE},
    std::pair{std::string_view("RLIMIT_NOFILE"), RLIMIT_NOFILE},
    std::pair{std::string_view("RLIMIT_NPROC"), RLIMIT_NPROC},
    std::pair{std::string_view("RLIMIT_RTPRIO"), RLIMIT_RTPRIO},
    std::pair{std::string_view("RLIMIT_SIGPENDING"), RLIMIT_SIGPENDING},
    std::pair{std::string_view("RLIMIT_STACK"), RLIMIT_STACK},
};

std::string firstLine(const fs::path& file) {
    const auto text = os::readFile(file, 65536);
    return text ? text->substr(0, text->find('\n')) : "";
}

model::CapabilitySet ownPermitted() {
    model::CapabilitySet set;
    const cap_t state = cap_get_proc();
    for (std::size_t number = 0; state != nullptr && number < model::kKnownCapabilities; ++number) {
        cap_flag_value_t value = CAP_CLEAR;
        if (cap_get_flag(state, static_cast<cap_value_t>(number), CAP_PERMITTED, &value) == 0 &&
            value == CAP_SET) {
            set.add(static_cast<model::Capability>(number));
        }
    }
    if (state != nullptr) {
        cap_free(state);
    }
    return set;
}

void readCgroups(Machine& machine) {
    bool legacy = false;
    bool unified = false;
    for (const kernel::MountEntry& mount : cgroupMounts()) {
        if (mount.fsType == "cgroup2") {
            unified = true;
            std::istringstream words(firstLine(fs::path(mount.target) / "cgroup.controllers"));
            for (std::string word; words >> word;) {
                machine.controllers.push_back(std::move(word));
            }
            continue;
        }
        legacy = true;
        machine.hierarchies.push_back(fs::path(mount.target).filename().string());
        std::ranges::copy(mount.superOptions, std::back_inserter(machine.controllers));
    }
    machine.cgroupUnified = unified && !legacy;
}

std::vector<std::string> findThrottlePaths() {
    const fs::path processors = "/sys/devices/system/cpu";
    std::vector<std::string> paths;
    const auto names = os::listDirectory(processors);
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        const fs::path path = processors / name / "thermal_throttle";
        std::error_code error;
        if (name.starts_with("cpu") && fs::exists(path, error)) {
            paths.push_back(path.string());
        }
    }
    return paths;
}

void addDevices(const fs::path& folder, int depth, std::vector<engines::OciDevice>& found) {
    constexpr std::array<std::string_view, 7> kSkipped = {"pts",  "shm",         "fd",   "mqueue",
                                                          ".lxc", ".lxd-mounts", ".udev"};
    const auto names = os::listDirectory(folder);
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        const fs::path path = folder / name;
        struct stat info{};
        if (::lstat(path.c_str(), &info) != 0 || found.size() >= kMaxDevices) {
            continue;
        }
        if (S_ISDIR(info.st_mode) && depth < kMaxDepth &&
            std::ranges::find(kSkipped, name) == kSkipped.end()) {
            addDevices(path, depth + 1, found);
        } else if ((S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)) && name != "console") {
            found.push_back(
                {path.string(), S_ISBLK(info.st_mode) ? 'b' : 'c', ::major(info.st_rdev),
                 ::minor(info.st_rdev), info.st_mode & 07777U, info.st_uid, info.st_gid});
        }
    }
}

/// Ranges "first, length" of /etc/subuid, and single ids of /etc/passwd, by field.
void addTaken(
    const fs::path& file, std::size_t idField, std::vector<std::pair<std::uint64_t, std::uint64_t>>& out) {
    const auto text = os::readFile(file);
    std::istringstream lines(text ? *text : "");
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::vector<std::uint64_t> numbers;
        for (std::string field; std::getline(fields, field, ':');) {
            std::uint64_t number = 0;
            std::from_chars(field.data(), field.data() + field.size(), number);
            numbers.push_back(number);
        }
        if (numbers.size() > idField) {
            const bool range = idField == 1 && numbers.size() > 2;
            out.emplace_back(numbers[idField], range ? numbers[2] : 1);
        }
    }
}

} // namespace

std::vector<engines::OciDevice> findDevices(const fs::path& folder) {
    std::vector<engines::OciDevice> found;
    addDevices(folder, 1, found);
    return found;
}

Machine readMachine() {
    Machine machine;
    machine.uid = ::geteuid();
    machine.gid = ::getegid();
    machine.permitted = ownPermitted();
    const std::string last = firstLine("/proc/sys/kernel/cap_last_cap");
    std::from_chars(last.data(), last.data() + last.size(), machine.lastCapability);
    utsname names{};
    if (::uname(&names) == 0) {
        machine.kernelRelease = static_cast<const char*>(names.release);
        machine.architecture = static_cast<const char*>(names.machine);
    }
    readCgroups(machine);
    machine.throttlePaths = findThrottlePaths();
    machine.devices = findDevices("/dev");
    for (const auto& [name, resource] : kResources) {
        rlimit limit{};
        if (::getrlimit(resource, &limit) == 0 && limit.rlim_max != RLIM_INFINITY) {
            machine.hardLimits[std::string(name)] = limit.rlim_max;
        }
    }
    machine.apparmor = firstLine("/sys/module/apparmor/parameters/enabled") == "Y";
    if (const auto abis = kernel::readAbis({}, machine.architecture)) {
        machine.abis = *abis;
    }
    return machine;
}

std::uint32_t chooseUnusedId(std::uint32_t seed) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> taken;
    addTaken("/etc/passwd", 2, taken);
    addTaken("/etc/group", 2, taken);
    addTaken("/etc/subuid", 1, taken);
    addTaken("/etc/subgid", 1, taken);
    const auto names = os::listDirectory("/proc", 5000000);
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        struct stat info{};
        if (::stat(("/proc/" + name).c_str(), &info) == 0) {
            taken.emplace_back(info.st_uid, 1);
        }
    }
    std::uint64_t id = 100000 + seed % 60000;
    const auto holder = [&] {
        return std::ranges::find_if(
            taken, [&](const auto& range) { return id >= range.first && id - range.first < range.second; });
    };
    for (auto range = holder(); range != taken.end() && id < 2000000000; range = holder()) {
        id = range->first + range->second;
    }
    return static_cast<std::uint32_t>(id);
}

} // namespace bulkhead::lab
