#include "core/twin/launch.h"

#include "core/twin/held_child.h"
#include "core/twin/read_back.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
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

const char* wordsOf(TwinStep step) {
    constexpr std::array kWords = {
        "starting",
        "hiding from other processes (prctl PR_SET_DUMPABLE)",
        "leaving our session keyring (keyctl)",
        "waiting to be held (ptrace)",
        "closing descriptors (close_range)",
        "joining the control groups",
        "taking the supplementary groups (setgroups)",
        "joining the namespaces (setns)",
        "entering the root directory (chroot)",
        "taking the resource limits (prlimit64)",
        "installing the filters (seccomp)",
        "lowering the bounding set (prctl)",
        "taking the group ids (setresgid)",
        "taking the user ids (setresuid)",
        "taking the capabilities (capset)",
        "raising the ambient set (prctl)",
        "taking the label of the security module (attr)",
        "setting no_new_privs (prctl)",
        "hiding from other processes again (prctl PR_SET_DUMPABLE)",
        "starting a process inside (clone)",
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

/// Why the process that joins did not come to have a child inside.
base::Error failureToJoin(const HeldChild& joiner, const wire::ProbePlan& plan) {
    if (plan.step.load() == static_cast<std::uint32_t>(TwinStep::born) && plan.error.load() == EAGAIN) {
        return {
            ErrorKind::unsupported,
            "the container may start no further process (clone: EAGAIN; RLIMIT_NPROC or pids.max)"};
    }
    return {ErrorKind::io, "the twin failed while " + failureOf(plan) + "; it " + endOf(joiner.status())};
}

/// The process that joins, forked and held. Seccomp does not stop it: its filters are installed before what
/// must follow them. The child it will have is held from its first moment on.
Result<pid_t> startJoiner(const Launch& launch) {
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
    return pid;
}

/// Goes on until the joiner has a child inside, and returns it; the joiner stands still then.
Result<pid_t> awaitTwin(HeldChild& joiner, const Launch& launch, Clock::time_point until) {
    for (;;) {
        switch (joiner.next()) {
        case HeldChild::Turn::forked:
            if (const auto child = joiner.forkedChild()) {
                return *child;
            }
            return base::fail(ErrorKind::io, "the kernel does not name the twin (ptrace)");
        case HeldChild::Turn::ended:
            return std::unexpected(failureToJoin(joiner, launch.plan));
        case HeldChild::Turn::stopped:
            joiner.resume();
            break;
        case HeldChild::Turn::nothing:
            pauseShortly();
        }
        if (launch.stop.stop_requested()) {
            return base::fail(ErrorKind::canceled, "interrupted");
        }
        if (Clock::now() >= until) {
            return base::fail(ErrorKind::io, "no answer while " + failureOf(launch.plan));
        }
    }
}

/// It stops by itself before its first instruction (PTRACE_EVENT_STOP of an automatically attached child).
Status awaitBirth(HeldChild& twin, Clock::time_point until) {
    while (Clock::now() < until) {
        switch (twin.next()) {
        case HeldChild::Turn::stopped:
            return {};
        case HeldChild::Turn::ended:
            return base::fail(ErrorKind::io, "the twin " + endOf(twin.status()) + " before it could look");
        case HeldChild::Turn::forked:
            twin.resume();
            break;
        case HeldChild::Turn::nothing:
            pauseShortly();
        }
    }
    return base::fail(ErrorKind::io, "the twin gives no answer: it is kept from running");
}

bool allTried(const wire::ProbePlan& plan) {
    return plan.step.load() == static_cast<std::uint32_t>(TwinStep::done);
}

/// Lets it try; the reason why it did not come to the end. It stays traced: nobody else can hold it, and it
/// dies with us.
std::string letTry(HeldChild& twin, const Launch& launch, Clock::time_point until) {
    if (const int error = twin.setOptions(PTRACE_O_EXITKILL); error != 0) { // its filters count from here on
        return "could not be let go (ptrace): " + base::errnoName(error);
    }
    twin.resume();
    for (;;) {
        const HeldChild::Turn turn = twin.next();
        if (allTried(launch.plan)) {
            return "";
        }
        if (turn == HeldChild::Turn::ended) {
            return endOf(twin.status());
        }
        if (turn != HeldChild::Turn::nothing) {
            twin.resume();
        }
        if (launch.stop.stop_requested()) {
            return "interrupted";
        }
        if (Clock::now() >= until) {
            return "gave no answer within " + std::to_string(launch.patience.count()) + " ms";
        }
        pauseShortly();
    }
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
    const auto started = startJoiner(launch);
    if (!started) {
        return std::unexpected(started.error());
    }
    HeldChild joiner(*started);
    constexpr int kOptions = kSuspendSeccomp | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE;
    if (const int error = joiner.seize(kOptions); error != 0) {
        return base::failErrno(error, "holding the twin (ptrace)");
    }
    launch.plan.go = 1;
    const auto pid = awaitTwin(joiner, launch, until);
    if (!pid) {
        return std::unexpected(pid.error());
    }
    HeldChild twin(*pid);
    joiner.resume();
    if (auto born = awaitBirth(twin, until); !born) {
        return std::unexpected(born.error());
    }
    joiner.endsWithin(std::chrono::milliseconds(500));
    Outcome outcome;
    outcome.same = readBack(launch.target, twin.pid(), launch.plan.labelError.load());
    outcome.broken = letTry(twin, launch, until);
    if (launch.stop.stop_requested()) {
        return base::fail(ErrorKind::canceled, "interrupted");
    }
    takeAnswers(launch.plan, count, outcome);
    return outcome;
}

} // namespace bulkhead::twin
