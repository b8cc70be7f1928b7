// filter_tool live PID                       the filters of a process, oldest first, each a line of
// hexadecimal digits filter_tool profile FILE RUNTIME CAPS      the program that a profile becomes; CAPS:
// names divided by commas filter_tool unknown FILE                   its names that this libseccomp does not
// know

#include "core/kernel/filters.h"
#include "core/os/file.h"
#include "core/seccomp/profile.h"

#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <sstream>
#include <sys/utsname.h>

namespace bulkhead {
namespace {

int failed(const std::string& message) {
    std::cerr << message << '\n';
    return 1;
}

void printHex(const std::string& bytes) {
    for (const char c : bytes) {
        fmt::print("{:02x}", static_cast<unsigned char>(c));
    }
    fmt::print("\n");
}

int printLive(std::int64_t pid) {
    const os::ProcRoot machine;
    const auto task = kernel::Task::open(machine, pid);
    if (!task) {
        return failed(task.error().message);
    }
    const auto live = kernel::readFilters(machine, *task, pid, false);
    if (!live) {
        return failed(live.error().why.reason);
    }
    for (const kernel::LoadedFilter& filter : live->widest.filters) {
        printHex(filter.program);
    }
    std::cerr << "stopped for at most " << live->longestStop.count() / 1000 << " us\n";
    return 0;
}

model::CapabilitySet capabilitiesOf(const std::string& names) {
    model::CapabilitySet set;
    std::istringstream in(names);
    for (std::string name; std::getline(in, name, ',');) {
        if (const auto capability = model::capabilityNamed(name)) {
            set.add(*capability);
        }
    }
    return set;
}

int printProfile(
    const std::string& file, const std::string& runtime, const std::string& capabilities, bool unknown) {
    const auto text = os::readFile(file);
    const auto profile = text ? seccomp::parseProfile(*text, file) : std::unexpected(text.error());
    if (!profile) {
        return failed(profile.error().message);
    }
    utsname names{};
    ::uname(&names);
    const seccomp::ProfileTarget target{
        capabilitiesOf(capabilities), names.machine,
        seccomp::parseKernelVersion(names.release).value_or(seccomp::KernelVersion{})};
    const auto compiled = seccomp::compileProfile(
        seccomp::resolveProfile(*profile, target),
        runtime == "runc" ? seccomp::ProfileRuntime::runc : seccomp::ProfileRuntime::crun);
    if (!compiled) {
        return failed(compiled.error().message);
    }
    if (!unknown) {
        printHex(seccomp::bytesOf(compiled->program));
        return 0;
    }
    for (const std::string& name : compiled->unknown.names) {
        fmt::print("{}\n", name);
    }
    return 0;
}

int run(const std::vector<std::string>& words) {
    if (words.size() == 2 && words[0] == "live") {
        return printLive(std::stoll(words[1]));
    }
    if (words.size() == 4 && words[0] == "profile") {
        return printProfile(words[1], words[2], words[3], false);
    }
    if (words.size() == 2 && words[0] == "unknown") {
        return printProfile(words[1], "crun", "", true);
    }
    return failed("usage: filter_tool live PID | profile FILE RUNTIME CAPS | unknown FILE");
}

} // namespace
} // namespace bulkhead

int main(int count, char** words) {
    return bulkhead::run({words + 1, words + count});
}
