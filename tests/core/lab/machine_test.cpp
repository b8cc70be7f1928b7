// What the lab finds out of this machine, against the kernel's own words read another way.

#include "core/lab/doctor.h"
#include "core/lab/machine.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace bulkhead::lab {
namespace {

/// The word behind a key of /proc/self/status.
std::string statusWord(const std::string& key) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(key + ":")) {
            std::istringstream words(line.substr(key.size() + 1));
            std::string word;
            words >> word;
            return word;
        }
    }
    return {};
}

TEST(ReadMachine, WhoLaunches) {
    const Machine machine = readMachine();
    EXPECT_EQ(machine.uid, ::geteuid());
    EXPECT_EQ(machine.ground.launcher.mask(), std::stoull(statusWord("CapPrm"), nullptr, 16));
    utsname name{};
    ::uname(&name);
    EXPECT_EQ(machine.ground.kernelRelease, name.release);
    EXPECT_EQ(machine.ground.architecture, name.machine);
}

TEST(ReadMachine, HardLimitsAreThoseOfThisProcess) {
    const Machine machine = readMachine();
    for (const auto& [name, resource] :
         {std::pair{"RLIMIT_NOFILE", RLIMIT_NOFILE}, std::pair{"RLIMIT_CORE", RLIMIT_CORE},
          std::pair{"RLIMIT_NPROC", RLIMIT_NPROC}}) {
        rlimit limit{};
        ASSERT_EQ(::getrlimit(resource, &limit), 0);
        const auto found = machine.hardLimits.find(name);
        EXPECT_EQ(found != machine.hardLimits.end(), limit.rlim_max != RLIM_INFINITY) << name;
        EXPECT_TRUE(found == machine.hardLimits.end() || found->second == limit.rlim_max) << name;
    }
}

TEST(ReadMachine, TheControllersOfItsHierarchies) {
    const Machine machine = readMachine();
    std::ifstream file("/proc/cgroups"); // subsys_name hierarchy num_cgroups enabled
    std::string line;
    std::getline(file, line);
    int compared = 0;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string name;
        int hierarchy = 0;
        words >> name >> hierarchy;
        if (hierarchy != 0 && !machine.ground.cgroupUnified) {
            EXPECT_NE(std::ranges::find(machine.controllers, name), machine.controllers.end()) << name;
            ++compared;
        }
    }
    EXPECT_TRUE(compared > 0 || machine.ground.hierarchies.empty() || machine.ground.cgroupUnified);
}

TEST(WriteFindings, WrapsBelowItsWordAndSaysHowToChangeIt) {
    const std::vector<Finding> findings = {
        {"a", "namespaces of other processes", Ability::partial, "one two three four five six seven",
         "be root"},
        {"b", "filters", Ability::full, "read", ""}};
    EXPECT_EQ(
        writeFindings(findings, 30), "partly  namespaces of other processes\n"
                                     "        one two three four\n"
                                     "        five six seven\n"
                                     "        To change it: be root\n"
                                     "yes     filters\n"
                                     "        read\n");
}

TEST(WriteFindings, NothingRawReachesTheTerminal) {
    const std::string text = writeFindings({{"a", "s", Ability::none, "\x1b[31m\x07", "\u202e"}}, 80);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\x07'), std::string::npos);
    EXPECT_EQ(text.find("\u202e"), std::string::npos);
}

TEST(ExamineMachine, EachFindingOnceAndWithItsReason) {
    const auto findings = examineMachine();
    ASSERT_FALSE(findings.empty());
    for (const Finding& finding : findings) {
        EXPECT_EQ(std::ranges::count(findings, finding.id, &Finding::id), 1) << finding.id;
        EXPECT_FALSE(finding.subject.empty() || finding.why.empty()) << finding.id;
    }
}

} // namespace
} // namespace bulkhead::lab
