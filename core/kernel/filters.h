#pragma once

#include "core/kernel/filter_tracer.h"
#include "core/kernel/loaded_filter.h"
#include "core/kernel/reading.h"
#include "core/kernel/task.h"
#include "core/os/proc_root.h"

#include <chrono>
#include <cstdint>
#include <vector>

namespace bulkhead::kernel {

/// Threads of one process that have the same filters.
struct FilteredThreads {
    std::vector<std::int64_t> tids;
    int mode = 0;                      ///< as /proc/PID/status says it: 0 disabled, 1 strict, 2 filter
    std::vector<LoadedFilter> filters; ///< oldest first
};

/// The filters of a live process. One stack for most; a process may install some in single threads
/// (seccomp(2), without SECCOMP_FILTER_FLAG_TSYNC).
struct LiveFilters {
    FilteredThreads widest; ///< whose filters are the beginning of all others', else those of the main thread
    std::vector<FilteredThreads> others;
    bool ordered = true;                     ///< false: of the stacks none is the beginning of all others
    std::int64_t unread = 0;                 ///< threads beyond the bound, or gone while they were read
    std::chrono::nanoseconds longestStop{0}; ///< no thread stood longer
};

/// At most so many threads of one process are stopped; of the others mode and count are compared.
inline constexpr std::size_t kMaxStoppedThreads = 64;

/// Reads the programs of all threads, each stopped for a moment. `frozen`: what isHeldByOldFreezer said; a
/// task frozen by the version 1 freezer is left alone, it could not stop. A gap says who holds it or what we
/// lack.
[[nodiscard]] Reading<LiveFilters>
readFilters(const os::ProcRoot& root, const Task& task, std::int64_t pid, const Reading<bool>& frozen);

/// Of the calling thread of another process alone, without looking at the freezer: for a process that we
/// started and hold ourselves.
[[nodiscard]] Reading<StoppedReading> readThreadFilters(const Task& task, std::int64_t tid);

} // namespace bulkhead::kernel
