#pragma once

#include "core/kernel/loaded_filter.h"
#include "core/kernel/reading.h"
#include "core/kernel/task.h"

#include <chrono>
#include <cstdint>
#include <vector>

namespace bulkhead::kernel {

/// What one stop of one thread gave.
struct StoppedReading {
    std::vector<LoadedFilter> filters;   ///< oldest first
    std::chrono::nanoseconds stopped{0}; ///< from asking it to stop to letting it go: it stood no longer
};

/// Stops threads of one process for a moment and reads their filters (ptrace(2): PTRACE_SEIZE,
/// PTRACE_INTERRUPT, PTRACE_SECCOMP_GET_FILTER, PTRACE_DETACH). A signal or group stop that arrives in
/// between goes on to the thread as it came.
///
/// To be used on a thread of its own that ends afterwards: a target that does not stop within the deadline
/// (in uninterruptible sleep) cannot be detached, the kernel lets go of it when its tracer thread ends.
class FilterTracer {
public:
    FilterTracer();

    /// Of a thread of the pinned process; ESRCH where it is gone, or is no longer that process's.
    [[nodiscard]] Reading<StoppedReading> read(const Task& task, std::int64_t tid);

private:
    [[nodiscard]] Reading<StoppedReading> readStopped(std::int64_t tid);
    [[nodiscard]] std::vector<LoadedFilter> takeOut(std::size_t count) const;

    /// One filter in m_programs: how many instructions, and its flags.
    struct Taken {
        std::size_t instructions = 0;
        bool log = false;
    };

    std::vector<std::uint64_t> m_programs; ///< room for the longest stack the kernel admits
    std::vector<Taken> m_taken;
};

} // namespace bulkhead::kernel
