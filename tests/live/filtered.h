#pragma once

// What the tests of live filters share: reading a target, and whether it runs on.

#include "core/kernel/filters.h"
#include "target.h"

#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace bulkhead::kernel {

using live::instruction;
using live::Program;
using live::Target;

inline const os::ProcRoot kMachine;

inline Reading<LiveFilters> readOf(pid_t pid, const Reading<bool>& frozen = false) {
    const auto task = Task::open(kMachine, pid);
    EXPECT_TRUE(task);
    return readFilters(kMachine, *task, pid, frozen);
}

inline std::string field(pid_t pid, const std::string& name) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(name + ":")) {
            return line.substr(name.size() + 2);
        }
    }
    return "";
}

inline void expectRunning(Target& target) {
    const std::uint64_t before = target.shared().turns;
    for (int i = 0; i < 2000 && target.shared().turns == before; ++i) {
        ::usleep(1000);
    }
    EXPECT_GT(target.shared().turns, before) << "the target stands still";
    EXPECT_EQ(field(target.pid(), "TracerPid"), "0");
}

} // namespace bulkhead::kernel
