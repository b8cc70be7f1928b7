#include "core/kernel/filter_tracer.h"

#include "core/kernel/status.h"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace bulkhead::kernel {

using Clock = std::chrono::steady_clock;

namespace {

// kernel/seccomp.c: BPF_MAXINSNS of one program, MAX_INSNS_PER_PATH of a stack (each program counts 4 more).
constexpr std::size_t kMaxProgram = 4096;
constexpr std::size_t kMaxStack = 32768;
constexpr std::size_t kMaxFilters = kMaxStack / 5; // of one instruction each
constexpr std::size_t kInstructionSize = 8;        // struct sock_filter

// A running thread stops within microseconds; one that sleeps uninterruptibly may never.
constexpr std::chrono::milliseconds kDeadline{250};
constexpr std::chrono::milliseconds kSpin{1};

/// When the thread started (task/TID/stat); a failure where it is none of the pinned process's.
Reading<std::uint64_t> startOf(const Task& task, std::int64_t tid) {
    const auto stat = parsed(task.read("task/" + std::to_string(tid) + "/stat"), parseStat);
    if (!stat) {
        return std::unexpected(stat.error());
    }
    return stat->startTime;
}

Failure goneThread(std::int64_t tid) {
    return failureOf(ESRCH, "thread " + std::to_string(tid));
}

/// What waitpid(2) saw: a ptrace-stop, with the signal to hand on when letting go.
struct Stop {
    int signal = 0;
};

/// The stop of a seized thread. A signal that is just being delivered stops it too: it is handed on. Group
/// stops (PTRACE_EVENT_STOP) stay in force by themselves after PTRACE_DETACH.
Reading<Stop> awaitStop(pid_t tid, Clock::time_point asked) {
    for (;;) {
        int status = 0;
        const pid_t found = ::waitpid(tid, &status, WNOHANG | __WALL);
        if (found == tid && WIFSTOPPED(status)) {
            const int event = status >> 16;
            return Stop{event == 0 ? WSTOPSIG(status) : 0};
        }
        if (found != 0 && !(found < 0 && errno == EINTR)) {
            return std::unexpected(goneThread(tid));
        }
        const auto waited = Clock::now() - asked;
        if (waited > kDeadline) {
            return std::unexpected(Failure{
                ETIMEDOUT,
                {"thread " + std::to_string(tid) + " did not stop within 250 ms (uninterruptible sleep)",
                 "the thread to leave its system call; try again later"}});
        }
        if (waited < kSpin) {
            ::sched_yield();
        } else {
            const timespec pause{0, 100'000};
            ::nanosleep(&pause, nullptr);
        }
    }
}

/// Lets go of a stopped thread on every way out.
class Hold {
public:
    Hold(pid_t tid, Stop stop) : m_tid(tid), m_stop(stop) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() { ::ptrace(PTRACE_DETACH, m_tid, nullptr, static_cast<long>(m_stop.signal)); }

private:
    pid_t m_tid;
    Stop m_stop;
};

/// The errors of PTRACE_SECCOMP_GET_FILTER beyond the two that end a list (kernel/seccomp.c).
Failure filterFailure(int number) {
    Failure failure = failureOf(number, "PTRACE_SECCOMP_GET_FILTER");
    if (number == EACCES) {
        failure.why.needs =
            "CAP_SYS_ADMIN in the initial user namespace, and no seccomp filter on the reader";
    }
    return failure;
}

} // namespace

FilterTracer::FilterTracer() : m_programs(kMaxStack + kMaxProgram), m_taken(kMaxFilters) {}

Reading<StoppedReading> FilterTracer::read(const Task& task, std::int64_t tid) {
    const auto before = startOf(task, tid);
    if (!before) {
        return std::unexpected(before.error());
    }
    if (::ptrace(PTRACE_SEIZE, static_cast<pid_t>(tid), nullptr, nullptr) != 0) {
        return std::unexpected(failureOf(errno, "PTRACE_SEIZE", kNeedsPtrace));
    }
    // Only now the number cannot change hands: the thread we hold is the pinned one if that one still lives.
    const auto held = startOf(task, tid);
    if (!held || *held != *before) {
        return std::unexpected(goneThread(tid));
    }
    return readStopped(tid);
}

Reading<StoppedReading> FilterTracer::readStopped(std::int64_t tid) {
    const auto thread = static_cast<pid_t>(tid);
    const auto asked = Clock::now();
    if (::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) != 0) {
        return std::unexpected(failureOf(errno, "PTRACE_INTERRUPT"));
    }
    const auto stop = awaitStop(thread, asked);
    if (!stop) {
        return std::unexpected(stop.error());
    }
    std::size_t count = 0;
    std::size_t used = 0;
    int number = 0;
    {
        const Hold hold(thread, *stop);
        while (count < m_taken.size() && used + kMaxProgram <= m_programs.size()) {
            const long length = ::ptrace(PTRACE_SECCOMP_GET_FILTER, thread, count, m_programs.data() + used);
            if (length < 0) {
                number = errno;
                break;
            }
            __ptrace_seccomp_metadata metadata{count, 0}; // of the filter at that index
            ::ptrace(PTRACE_SECCOMP_GET_METADATA, thread, sizeof metadata, &metadata);
            m_taken[count++] = {
                static_cast<std::size_t>(length), (metadata.flags & SECCOMP_FILTER_FLAG_LOG) != 0};
            used += static_cast<std::size_t>(length);
        }
    }
    const auto stopped = Clock::now() - asked;
    if (number != ENOENT) {
        return std::unexpected(filterFailure(number));
    }
    return StoppedReading{takeOut(count), stopped};
}

std::vector<LoadedFilter> FilterTracer::takeOut(std::size_t count) const {
    std::vector<LoadedFilter> filters;
    filters.reserve(count);
    const auto* bytes = reinterpret_cast<const char*>(m_programs.data());
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t size = m_taken[i].instructions * kInstructionSize;
        filters.push_back({std::string(bytes, size), m_taken[i].log});
        bytes += size;
    }
    return filters;
}

} // namespace bulkhead::kernel
