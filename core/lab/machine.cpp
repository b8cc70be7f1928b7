#include "core/lab/machine.h"

#include "core/lab/cgroups.h"
#include "core/os/file.h"
#include "core/session/ground.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::lab {

namespace fs = std::filesystem;

namespace {

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

/// Controllers that can limit: those of version 2 that the root offers, and every mounted one of version 1.
std::vector<std::string> findControllers() {
    std::vector<std::string> controllers;
    for (const kernel::MountEntry& mount : cgroupMounts()) {
        if (mount.fsType != "cgroup2") {
            std::ranges::copy(mount.superOptions, std::back_inserter(controllers));
            continue;
        }
        std::istringstream words(firstLine(fs::path(mount.target) / "cgroup.controllers"));
        for (std::string word; words >> word;) {
            controllers.push_back(std::move(word));
        }
    }
    return controllers;
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

Machine readMachine() {
    Machine machine;
    machine.uid = ::geteuid();
    machine.gid = ::getegid();
    machine.ground = session::readGround();
    machine.controllers = findControllers();
    for (const auto& [name, resource] : kResources) {
        rlimit limit{};
        if (::getrlimit(resource, &limit) == 0 && limit.rlim_max != RLIM_INFINITY) {
            machine.hardLimits[std::string(name)] = limit.rlim_max;
        }
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
