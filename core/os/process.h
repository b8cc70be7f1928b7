#pragma once

#include "core/base/error.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::os {

/// Ids a program is started with; supplementary groups are dropped with them.
struct RunAs {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

/// A program to run to its end. No shell: `arguments.front()` is an absolute path. The environment is exactly
/// what stands here, standard input is empty, and no other descriptor is inherited.
struct Command {
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    std::filesystem::path workingDirectory = "/";
    std::optional<RunAs> runAs;
    std::chrono::milliseconds timeout{30000};
    std::size_t outputLimit = 1024UL * 1024; ///< bytes kept of each stream; what is beyond is dropped
    bool captureOutput = true;               ///< false: both streams go to /dev/null
    std::stop_token stop;
};

/// How a program ended.
struct Finished {
    int exitCode = 0; ///< 128 + signal where a signal ended it
    std::string output;
    std::string error;
};

/// Runs the program in a session of its own and waits. It is killed at the timeout (Io), on stop (Canceled),
/// and by the kernel should this process die (PR_SET_PDEATHSIG), so it never outlives its owner. NotFound or
/// Denied where it could not be started.
[[nodiscard]] base::Result<Finished> runCommand(const Command& command);

/// The first executable regular file of that name in the folders of a PATH-like list.
[[nodiscard]] std::optional<std::filesystem::path>
findProgram(const std::string& name, const std::string& searchPath);

/// When a process started, in clock ticks since boot (proc(5), stat field 22): pid and start time together
/// name a process for as long as the machine is up. nullopt where it is gone, or a zombie without threads.
[[nodiscard]] std::optional<std::uint64_t> startTimeOf(std::int64_t pid);

} // namespace bulkhead::os
