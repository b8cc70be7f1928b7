#include "core/twin/launch.h"

#include "core/os/file.h"
#include "core/twin/read_back.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bulkhead::twin {

using base::ErrorKind;
using base::Result;
using base::Status;
using Clock = std::chrono::steady_clock;
using wire::TwinStep;

namespace {

constexpr int kSuspendSeccomp = 1 << 21; // PTRACE_O_SUSPEND_SECCOMP
constexpr unsigned kLongestLife = 30;

/// Moves a dying task out of a group that version 1 froze meanwhile: frozen it would never die.
void thaw(pid_t pid) {
    const auto file = os::tryOpenAt(AT_FDCWD, "/sys/fs/cgroup/freezer/cgroup.procs", O_WRONLY);
    const std::string text = std::to_string(pid);
    if (file) {
        [[maybe_unused]] const ssize_t put = ::write(file->get(), text.data(), text.size());
    }
}

/// A child of ours: killed and reaped on destruction.
class Child {
public:
    explicit Child(pid_t pid)
        : m_pid(pid), m_handle(pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)) : -1) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (m_pid <= 0) {
            return;
        }
        ::kill(m_pid, SIGKILL);
        if (!endsWithin(std::chrono::milliseconds(500))) {
            thaw(m_pid);
            endsWithin(std::chrono::milliseconds(2000));
        }
    }

    [[nodiscard]] pid_t pid() const { return m_pid; }

    /// Reaps it if it ends in time.
    bool endsWithin(std::chrono::milliseconds patience) {
        const auto until = Clock::now() + patience;
        while (m_pid > 0) {
            const pid_t got = ::waitpid(m_pid, &m_status, WNOHANG | __WALL);
            const bool gone = got < 0 && errno != EINTR; // somebody else's by now: nothing of ours is left
            if (gone || (got == m_pid && !WIFSTOPPED(m_status))) {
                m_pid = 0;
            } else if (Clock::now() >= until) {
                return false;
            } else if (got == 0) {
                pollfd ended{m_handle.get(), POLLIN, 0};
                ::poll(&ended, 1, 1);
            }
        }
        return true;
    }
    /// Waits for a stop under ptrace; false where it ended instead, or nothing happened in time.
    bool stopsWithin(std::chrono::milliseconds patience, int wanted) {
        const auto until = Clock::now() + patience;
        while (Clock::now() < until) {
            const pid_t got = ::waitpid(m_pid, &m_status, WNOHANG | __WALL);
            if (got == m_pid && !WIFSTOPPED(m_status)) {
                m_pid = 0;
                return false;
            }
            if (got == m_pid && WSTOPSIG(m_status) == wanted && m_status >> 16 == 0) {
                return true;
            }
            if (got == m_pid) { // a signal from inside, or a group stop: goes on without it
                ::ptrace(PTRACE_CONT, m_pid, nullptr, nullptr);
                continue;
            }
            const timespec pause{0, 200'000};
            ::nanosleep(&pause, nullptr);
        }
        return false;
    }
    [[nodiscard]] bool ended() const { return m_pid == 0; }
    [[nodiscard]] int status() const { return m_status; }

private:
    pid_t m_pid;
    os::Fd m_handle;
    int m_status = 0;
};

const char* wordsOf(TwinStep step) {
    constexpr std::array kWords = {
        "starting",
        "hiding from other processes (prctl PR_SET_DUMPABLE)",
        "leaving our session keyring (keyctl)",
        "closing descriptors (close_range)",
        "joining the control groups",
        "taking the supplementary groups (setgroups)",
        "joining the namespaces (setns)",
        "entering the root directory (chroot)",
        "starting a process inside (clone)",
        "waiting to be held (ptrace)",
        "taking the resource limits (prlimit64)",
        "setting no_new_privs (prctl)",
        "installing the filters (seccomp)",
        "lowering the bounding set (prctl)",
        "taking the group ids (setresgid)",
        "taking the user ids (setresuid)",
        "taking the capabilities (capset)",
        "raising the ambient set (prctl)",
        "binding its life to ours (prctl)",
        "being read back",
        "trying",
        "ending",
    };
    const auto index = static_cast<std::size_t>(step);
    return index < kWords.size() ? kWords[index] : "at an unknown step";
}

/// The step and errno that the twin left behind; both are its own word.
std::string failureOf(const wire::ProbePlan& plan) {
    std::string text = wordsOf(static_cast<TwinStep>(plan.step.load()));
    if (plan.failed.load() != 0) {
        text += ": " + base::errnoName(plan.error.load());
    }
    return text;
}

std::string endOf(int status) {
    if (WIFSIGNALED(status)) {
        return "ended by signal " + std::to_string(WTERMSIG(status));
    }
    return "ended with " + std::to_string(WEXITSTATUS(status));
}

/// Descriptors at the numbers the twin expects, via high ones so that none is overwritten before it is moved.
bool placeDescriptors(const std::vector<int>& wanted) {
    constexpr int kHigh = 200;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (::dup3(wanted[i], kHigh + static_cast<int>(i), O_CLOEXEC) < 0) {
            return false;
        }
    }
    for (std::size_t i = 1; i < wanted.size(); ++i) { // the first is the program, which stays close-on-exec
        const int at = wire::kPlanDescriptor + static_cast<int>(i) - 1;
        if (::dup2(kHigh + static_cast<int>(i), at) < 0) {
            return false;
        }
    }
    const auto free = static_cast<unsigned>(wire::kPlanDescriptor) + static_cast<unsigned>(wanted.size()) - 1;
    return ::syscall(SYS_close_range, free, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) == 0;
}

/// Between fork and exec: async-signal-safe calls only (signal-safety(7)).
[[noreturn]] void startProgram(const std::vector<int>& descriptors, pid_t launcher, wire::ProbePlan& plan) {
    std::array<char, 1> nothing{};
    std::array<char*, 2> arguments = {nothing.data(), nullptr};
    std::array<char*, 1> environment = {nullptr};
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::alarm(kLongestLife); // stays over the execve
    const bool ready = ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == launcher &&
                       ::setsid() >= 0 && ::chdir("/") == 0 && placeDescriptors(descriptors);
    if (ready) {
        ::syscall(SYS_execveat, 200, "", arguments.data(), environment.data(), 0x1000 /* AT_EMPTY_PATH */);
    }
    plan.error = errno;
    plan.failed = 1;
    ::_exit(127);
}

/// The number stands in memory that others may have written to: nobody but a child of ours is held or killed.
bool isOurs(pid_t pid) {
    siginfo_t none{};
    return pid > 0 &&
           ::waitid(P_PID, static_cast<id_t>(pid), &none, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

/// The process that joins, and leaves one in there that is our child.
Status startInside(const Launch& launch, Clock::time_point until) {
    std::vector<int> descriptors = {
        launch.program, launch.planFile, launch.target.handle.get(), launch.target.root.get()};
    for (const os::Fd& group : launch.groups) {
        descriptors.push_back(group.get());
    }
    const pid_t self = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) {
        startProgram(descriptors, self, launch.plan);
    }
    if (pid < 0) {
        return base::failErrno(errno, "starting bulkhead-probe");
    }
    Child joiner(pid);
    while (!joiner.endsWithin(std::chrono::milliseconds(20))) {
        if (launch.stop.stop_requested()) {
            return base::fail(ErrorKind::canceled, "interrupted");
        }
        if (Clock::now() >= until) {
            return base::fail(ErrorKind::io, "no answer while " + failureOf(launch.plan));
        }
    }
    return {};
}

/// Holds the twin while it takes over what would keep it from taking over the rest.
Status holdUntilCopied(Child& twin, wire::ProbePlan& plan, Clock::time_point until) {
    const int options = kSuspendSeccomp | PTRACE_O_EXITKILL;
    if (::ptrace(PTRACE_SEIZE, twin.pid(), nullptr, options) != 0) {
        return base::failErrno(errno, "holding the twin (ptrace)");
    }
    plan.go = 1;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (!twin.stopsWithin(left, SIGSTOP)) {
        const std::string how = twin.ended() ? endOf(twin.status()) : "no answer";
        return base::fail(ErrorKind::io, "the twin failed while " + failureOf(plan) + "; " + how);
    }
    if (plan.step.load() != static_cast<std::uint32_t>(TwinStep::copied)) {
        return base::fail(ErrorKind::io, "the twin was stopped from inside while " + failureOf(plan));
    }
    return {};
}

bool allTried(const wire::ProbePlan& plan) {
    return plan.step.load() == static_cast<std::uint32_t>(TwinStep::done);
}

/// Lets it try; the reason why it did not come to the end.
std::string letTry(Child& twin, const Launch& launch, Clock::time_point until) {
    if (::ptrace(PTRACE_DETACH, twin.pid(), nullptr, nullptr) != 0) {
        return "letting it go (ptrace): " + base::errnoName(errno);
    }
    while (!twin.endsWithin(std::chrono::milliseconds(2))) {
        if (allTried(launch.plan)) {
            return "";
        }
        if (launch.stop.stop_requested()) {
            return "interrupted";
        }
        if (Clock::now() >= until) {
            return "no answer within " + std::to_string(launch.patience.count()) + " ms";
        }
    }
    return allTried(launch.plan) ? "" : endOf(twin.status());
}

/// A copy that no longer changes while it is judged.
void takeAnswers(const wire::ProbePlan& plan, std::size_t count, Outcome& outcome) {
    outcome.answers.assign(plan.answers.begin(), plan.answers.begin() + static_cast<std::ptrdiff_t>(count));
    outcome.facts = plan.facts;
}

} // namespace

Result<Outcome> runTwin(Launch launch) {
    const auto until = Clock::now() + launch.patience;
    const std::size_t count = std::min<std::size_t>(launch.plan.tryCount, wire::kMaxTries);
    launch.plan.hierarchies = static_cast<std::uint32_t>(launch.groups.size());
    const Status started = startInside(launch, until);
    const pid_t pid = launch.plan.twin;
    Child twin(isOurs(pid) ? pid : 0);
    if (!started) {
        return std::unexpected(started.error());
    }
    if (twin.ended() || launch.plan.failed.load() != 0) {
        return base::fail(ErrorKind::io, "the twin failed while " + failureOf(launch.plan));
    }
    if (auto held = holdUntilCopied(twin, launch.plan, until); !held) {
        return std::unexpected(held.error());
    }
    Outcome outcome;
    outcome.same = readBack(launch.target, twin.pid());
    outcome.broken = letTry(twin, launch, until);
    if (launch.stop.stop_requested()) {
        return base::fail(ErrorKind::canceled, "interrupted");
    }
    takeAnswers(launch.plan, count, outcome);
    return outcome;
}

} // namespace bulkhead::twin
