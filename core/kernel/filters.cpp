#include "core/kernel/filters.h"

#include "core/kernel/host_reference.h"
#include "core/kernel/machine.h"
#include "core/kernel/status.h"
#include "core/kernel/text.h"
#include "core/os/file.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <pthread.h>
#include <thread>

namespace bulkhead::kernel {

namespace {

constexpr int kDisabled = 0;
constexpr int kStrictMode = 1;
constexpr int kFilterMode = 2;

/// A thread and what its status says before anything is stopped.
struct Thread {
    std::int64_t tid = 0;
    int mode = kDisabled;
    std::int64_t count = 0;
    char state = '?';
    std::int64_t tracer = 0;

    [[nodiscard]] bool gone() const { return state == 'Z' || state == 'X'; }
};

Reading<TaskStatus> statusOf(const Task& task, std::int64_t tid) {
    return parsed(task.read("task/" + std::to_string(tid) + "/status"), parseStatus);
}

std::optional<Thread> threadOf(const Task& task, std::int64_t tid) {
    const auto status = statusOf(task, tid);
    if (!status) {
        return std::nullopt;
    }
    return Thread{
        tid, status->seccomp.value_or(kDisabled), status->seccompFilters.value_or(0), status->state,
        status->tracer};
}

/// The threads of the process, its main thread first; single ones vanish while they are listed.
Reading<std::vector<Thread>> listThreads(const Task& task, std::int64_t pid) {
    const auto tids = task.list("task");
    if (!tids) {
        return std::unexpected(tids.error());
    }
    std::vector<Thread> threads;
    threads.reserve(tids->size());
    for (const std::string& name : *tids) {
        const auto tid = numberOf<std::int64_t>(name);
        const auto thread = tid ? threadOf(task, *tid) : std::nullopt;
        if (thread && !thread->gone()) {
            threads.push_back(*thread);
        }
    }
    if (threads.empty()) {
        return std::unexpected(failureOf(ESRCH, "task"));
    }
    std::ranges::stable_partition(threads, [&](const Thread& thread) { return thread.tid == pid; });
    return threads;
}

/// What stands against reading anybody's filters: two conditions of PTRACE_SECCOMP_GET_FILTER on the reader.
std::optional<Failure> whatWeLack(const os::ProcRoot& root) {
    const auto self = Task::openSelf(root);
    if (!self) {
        return failureOf(self.error());
    }
    const auto status = parsed(self->read("status"), parseStatus);
    if (!status) {
        return status.error();
    }
    if (status->seccomp.value_or(kDisabled) != kDisabled) {
        return Failure{
            EACCES,
            {"the kernel shows filters to no process that is under seccomp itself, and we are",
             "a reader without a seccomp filter (outside containers, no SystemCallFilter=)"}};
    }
    const auto link = self->readLink("ns/user");
    const bool initial =
        link && *link == "user:[" + std::to_string(initialInode(model::NamespaceType::user)) + "]";
    const auto admin = model::capabilityNamed("CAP_SYS_ADMIN");
    if (!initial || !status->effective || !status->effective->has(*admin)) {
        return Failure{EACCES, {"filter programs: EACCES", "CAP_SYS_ADMIN in the initial user namespace"}};
    }
    return std::nullopt;
}

/// A refused PTRACE_SEIZE, with the reason the kernel does not tell.
Failure explainRefusal(const os::ProcRoot& root, const Task& task, std::int64_t tid, Failure failure) {
    if (failure.number != EPERM) {
        return failure;
    }
    const auto thread = threadOf(task, tid);
    if (thread && thread->tracer != 0) {
        const std::string tracer = std::to_string(thread->tracer);
        return {
            EPERM, {"pid " + tracer + " traces the process already", "pid " + tracer + " to let go of it"}};
    }
    if (readMachineValue(root, "/proc/sys/kernel/yama/ptrace_scope").value_or("0") == "3") {
        return {
            EPERM,
            {"kernel.yama.ptrace_scope is 3: no process may trace another until the next boot",
             "a boot with a lower kernel.yama.ptrace_scope"}};
    }
    return failure;
}

std::optional<Failure> whyNotStopped(const Reading<bool>& frozen, const std::vector<Thread>& threads) {
    if (frozen && *frozen) {
        return Failure{
            EBUSY,
            {"paused: the version 1 freezer holds the process, it cannot stop for a reader",
             "the container to be resumed"}};
    }
    const bool sleeps =
        std::ranges::any_of(threads, [](const Thread& thread) { return thread.state == 'D'; });
    if (!frozen && sleeps) {
        return Failure{
            EBUSY,
            {"the process sleeps uninterruptibly, and whether the version 1 freezer holds it is not known (" +
                 frozen.error().why.reason + ")",
             "the container to be resumed"}};
    }
    return std::nullopt;
}

/// The stack of one thread, and where it was not read why.
struct ThreadReading {
    Thread thread;
    Reading<StoppedReading> reading;
};

/// On a thread of its own, which no signal handler of ours interrupts, and whose end lets go of everything.
template <class Work>
void onOwnThread(Work work) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(work));
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    thread.join();
}

std::vector<ThreadReading> readEach(const Task& task, const std::vector<Thread>& threads) {
    std::vector<ThreadReading> readings;
    onOwnThread([&] {
        FilterTracer tracer;
        for (const Thread& thread : threads) {
            readings.push_back(
                {thread, thread.mode == kFilterMode ? tracer.read(task, thread.tid)
                                                    : Reading<StoppedReading>(StoppedReading{})});
        }
    });
    return readings;
}

/// At most kMaxStoppedThreads, and of those beyond the ones whose mode or count nobody among them has.
std::vector<Thread> chooseThreads(const std::vector<Thread>& threads) {
    std::vector<Thread> chosen;
    for (const Thread& thread : threads) {
        const bool seen = std::ranges::any_of(chosen, [&](const Thread& other) {
            return other.mode == thread.mode && other.count == thread.count;
        });
        if (!seen || chosen.size() < kMaxStoppedThreads) {
            chosen.push_back(thread);
        }
        if (chosen.size() >= 2 * kMaxStoppedThreads) {
            break;
        }
    }
    return chosen;
}

bool isBeginningOf(const FilteredThreads& shorter, const FilteredThreads& longer) {
    if (shorter.mode == kStrictMode || longer.mode == kStrictMode) {
        return shorter.mode == kDisabled;
    }
    return shorter.filters.size() <= longer.filters.size() &&
           std::equal(shorter.filters.begin(), shorter.filters.end(), longer.filters.begin());
}

void addTo(std::vector<FilteredThreads>& groups, const Thread& thread, std::vector<LoadedFilter> filters) {
    auto group = std::ranges::find_if(groups, [&](const FilteredThreads& known) {
        return known.mode == thread.mode && known.filters == filters;
    });
    if (group == groups.end()) {
        groups.push_back({{}, thread.mode, std::move(filters)});
        group = groups.end() - 1;
    }
    group->tids.push_back(thread.tid);
}

/// Puts the stack first that all others begin with: filters are only ever added.
void putWidestFirst(std::vector<FilteredThreads>& groups, bool& ordered) {
    const auto widest = std::ranges::find_if(groups, [&](const FilteredThreads& group) {
        return std::ranges::all_of(groups, [&](const FilteredThreads& other) {
            return &group == &other || isBeginningOf(group, other);
        });
    });
    ordered = widest != groups.end();
    if (ordered) {
        std::ranges::rotate(groups.begin(), widest, widest + 1);
    }
}

} // namespace

Reading<LiveFilters>
readFilters(const os::ProcRoot& root, const Task& task, std::int64_t pid, const Reading<bool>& frozen) {
    if (!root.live) {
        return std::unexpected(Failure{0, {"a captured tree holds no filter programs", "the live process"}});
    }
    const auto threads = listThreads(task, pid);
    if (!threads) {
        return std::unexpected(threads.error());
    }
    const bool filtered =
        std::ranges::any_of(*threads, [](const Thread& t) { return t.mode == kFilterMode; });
    const auto lack = filtered ? whatWeLack(root) : std::nullopt;
    const auto obstacle = filtered && !lack ? whyNotStopped(frozen, *threads) : lack;
    if (obstacle) {
        return std::unexpected(*obstacle);
    }
    const auto chosen = chooseThreads(*threads);
    LiveFilters live;
    live.unread = static_cast<std::int64_t>(threads->size() - chosen.size());
    std::vector<FilteredThreads> groups;
    for (ThreadReading& read : readEach(task, chosen)) {
        if (read.reading) {
            live.longestStop = std::max(live.longestStop, read.reading->stopped);
            addTo(groups, read.thread, std::move(read.reading->filters));
        } else if (read.reading.error().number == ESRCH && read.thread.tid != pid) {
            ++live.unread; // ended meanwhile
        } else {
            return std::unexpected(explainRefusal(root, task, read.thread.tid, read.reading.error()));
        }
    }
    if (groups.empty()) {
        return std::unexpected(failureOf(ESRCH, "task"));
    }
    putWidestFirst(groups, live.ordered);
    live.widest = std::move(groups.front());
    live.others.assign(std::make_move_iterator(groups.begin() + 1), std::make_move_iterator(groups.end()));
    return live;
}

Reading<StoppedReading> readThreadFilters(const Task& task, std::int64_t tid) {
    Reading<StoppedReading> reading;
    onOwnThread([&] { reading = FilterTracer().read(task, tid); });
    if (!reading) {
        return std::unexpected(explainRefusal(os::ProcRoot{}, task, tid, reading.error()));
    }
    return reading;
}

} // namespace bulkhead::kernel
