#pragma once

#include "core/kernel/sweep.h"

#include <string_view>

namespace bulkhead::kernel {

/// PF_KTHREAD of include/linux/sched.h, in field 9 of /proc/PID/stat.
struct SweptStat {
    std::string_view command;
    char state = '?';
    std::int64_t parent = 0;
    bool kernelThread = false;
    std::uint32_t threads = 0;
    std::uint64_t startTime = 0;
};

/// nullopt where the text is not what proc(5) describes.
[[nodiscard]] std::optional<SweptStat> parseSweptStat(std::string_view text);

/// Takes what a sweep keeps of /proc/PID/status; lines that are missing leave their fields as they are.
void takeSweptStatus(std::string_view text, SweptProcess& process);

/// "net:[4026531840]": the number; 0 for anything else.
[[nodiscard]] std::uint64_t inodeOf(std::string_view link);

/// What is mounted at / and how many mounts there are; `hostRoot` is nullptr for the host itself.
[[nodiscard]] SweptMounts parseSweptMounts(std::string_view mountinfo, const SweptMounts* hostRoot);

/// /proc/PID/cgroup.
[[nodiscard]] SweptCgroup parseSweptCgroup(std::string_view text);

} // namespace bulkhead::kernel
