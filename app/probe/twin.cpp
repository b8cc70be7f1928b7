// A twin of a running process: a process of the host's takes over everything, and then has a child in the pid
// namespace of the target. Nothing of the container sees the first one; the second is born with no right, no
// descriptor and no memory that the container might want. The order is not free: namespaces before ids
// (joining needs privilege), filters before ids (installing needs it too), ids before capabilities (a change
// of ids clears them), the pid namespace last (who holds CAP_SYS_PTRACE in there could take over whoever
// appears in it), and nothing is executed after joining (an execve recomputes capabilities, and would read a
// file of the container's). The label of a security module comes after all of that, since what it confines us
// to may deny any of those steps, and before no_new_privs, under which AppArmor lets a confined process move
// to a subset of its own rules alone (security/apparmor/domain.c, aa_change_profile). Its file is opened
// while /proc is the host's; it takes a write of the process that opened it only (fs/proc/base.c,
// proc_pid_attr_write).

#include "app/probe/twin.h"

#include "app/probe/copy_credentials.h"
#include "app/probe/copy_label.h"
#include "app/probe/tries.h"
#include "core/wire/probe_plan.h"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bulkhead::probe {

namespace {

using wire::ProbePlan;
using wire::TwinStep;

[[noreturn]] void end(const ProbePlan& plan) {
    if (plan.mayExit != 0) {
        ::syscall(SYS_exit_group, 0);
    }
    for (;;) { // no call is allowed that would end us: the launcher does
        __builtin_ia32_pause();
    }
}

/// The session keyring of the launcher would be ours, and with it its keys.
bool leaveKeyring() {
    return ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) >= 0 || errno == ENOSYS;
}

bool closeOthers(const ProbePlan& plan) {
    const unsigned last = wire::kCgroupDescriptors + plan.hierarchies;
    return ::syscall(SYS_close_range, 0U, static_cast<unsigned>(wire::kPlanDescriptor) - 1, 0U) == 0 &&
           ::syscall(SYS_close_range, last, ~0U, 0U) == 0;
}

bool joinCgroups(const ProbePlan& plan) {
    for (unsigned i = 0; i < plan.hierarchies; ++i) {
        const int file = wire::kCgroupDescriptors + static_cast<int>(i);
        if (::write(file, "0", 1) != 1) {
            return false;
        }
    }
    return true;
}

bool joinNamespaces(ProbePlan& plan) {
    if (plan.namespaces != 0 && ::setns(wire::kTargetDescriptor, plan.namespaces) != 0) {
        return false;
    }
    struct stat ours{};
    if (::fstat(wire::kPlanDescriptor, &ours) == 0) { // a file of the host's root, seen from in here
        plan.facts.hostRoot = ours.st_uid;
    }
    return ::prctl(PR_SET_DUMPABLE, 0) == 0;
}

/// Nothing stays open but the file that takes the label, which is closed as soon as it has it.
bool closeAllBut(int label) {
    const auto kept = static_cast<unsigned>(label);
    return label < 0 ? ::syscall(SYS_close_range, 0U, ~0U, 0U) == 0
                     : (kept == 0 || ::syscall(SYS_close_range, 0U, kept - 1, 0U) == 0) &&
                           ::syscall(SYS_close_range, kept + 1, ~0U, 0U) == 0;
}

bool enterRoot(int label) {
    return ::fchdir(wire::kRootDescriptor) == 0 && ::chroot(".") == 0 && ::chdir("/") == 0 &&
           closeAllBut(label);
}

/// The launcher holds us from now on: under PTRACE_O_SUSPEND_SECCOMP the filters that are installed next do
/// not stop what must follow them.
bool waitUntilHeld(const ProbePlan& plan) {
    constexpr int kTurns = 25000; // of 0.2 ms: five seconds
    for (int turn = 0; turn < kTurns; ++turn) {
        if (plan.go.load() != 0) {
            return true;
        }
        const timespec pause{0, 200'000};
        ::nanosleep(&pause, nullptr);
    }
    errno = ETIMEDOUT;
    return false;
}

/// A change of ids may have made us dumpable again (/proc/sys/fs/suid_dumpable).
bool hideAgain() {
    return ::prctl(PR_SET_DUMPABLE, 0) == 0;
}

/// Signals of the container's root must not run anything; those that cannot be blocked end or stop us.
void ignoreSignals() {
    sigset_t all;
    sigfillset(&all);
    sigdelset(&all, SIGALRM);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
}

void makeTries(ProbePlan& plan) {
    plan.step = static_cast<std::uint32_t>(TwinStep::trying);
    for (std::uint32_t i = 0; i < plan.tryCount && i < wire::kMaxTries; ++i) {
        const wire::PlannedTry& one = plan.tries[i];
        if (one.skip == 0 && one.path < wire::kPathBytes) {
            plan.answers[i] = attempt(one.what, plan.paths.data() + one.path);
        }
    }
    plan.step = static_cast<std::uint32_t>(TwinStep::done);
}

/// Notes the step, does it, and ends where it fails.
template <class Act>
void step(ProbePlan& plan, TwinStep which, Act act) {
    plan.step = static_cast<std::uint32_t>(which);
    if (!act()) {
        plan.error = errno;
        plan.failed = 1;
        ::syscall(SYS_exit_group, 1);
    }
}

/// Inside, as a child of the launcher, which held us before we ran: the filters are on.
[[noreturn]] void beTwin(ProbePlan& plan) {
    if (plan.mayAskParent != 0) {
        plan.facts.parent = static_cast<std::uint32_t>(::syscall(SYS_getppid));
        plan.facts.parentTold = 1;
    }
    makeTries(plan);
    end(plan);
}

/// On the host still, for the kernel's list of processes; in every other respect inside when it is done.
void becomeLikeTarget(ProbePlan& plan) {
    step(plan, TwinStep::hidden, [] { return ::prctl(PR_SET_DUMPABLE, 0) == 0; });
    step(plan, TwinStep::keyring, [] { return leaveKeyring(); });
    step(plan, TwinStep::waiting, [&] { return waitUntilHeld(plan); });
    step(plan, TwinStep::descriptors, [&] { return closeOthers(plan); });
    const int label = openLabel("/proc/self/attr", plan);
    step(plan, TwinStep::cgroup, [&] { return joinCgroups(plan); });
    step(plan, TwinStep::groups, [&] { return ::setgroups(plan.groupCount, plan.hostGroups.data()) == 0; });
    step(plan, TwinStep::namespaces, [&] { return joinNamespaces(plan); });
    step(plan, TwinStep::root, [&] { return enterRoot(label); });
    step(plan, TwinStep::limits, [&] { return copyLimits(plan); });
    step(plan, TwinStep::filters, [&] { return copyFilters(plan); });
    step(plan, TwinStep::bounding, [&] { return copyBounding(plan); });
    step(plan, TwinStep::gid, [&] { return copyGids(plan); });
    step(plan, TwinStep::uid, [&] { return copyUids(plan); });
    step(plan, TwinStep::capabilities, [&] { return copyCapabilities(plan); });
    step(plan, TwinStep::ambient, [&] { return copyAmbient(plan); });
    plan.step = static_cast<std::uint32_t>(TwinStep::label); // refused, it is a gap and not an end
    copyLabel(label, plan);
    step(plan, TwinStep::noNewPrivileges, [&] { return copyNoNewPrivileges(plan); });
    step(plan, TwinStep::hiddenAgain, [] { return hideAgain(); });
}

ProbePlan* mapPlan() {
    struct stat facts{};
    if (::fstat(wire::kPlanDescriptor, &facts) != 0 ||
        facts.st_size < static_cast<off_t>(sizeof(ProbePlan))) {
        return nullptr;
    }
    void* at =
        ::mmap(nullptr, sizeof(ProbePlan), PROT_READ | PROT_WRITE, MAP_SHARED, wire::kPlanDescriptor, 0);
    if (at == MAP_FAILED) {
        return nullptr;
    }
    auto* plan = static_cast<ProbePlan*>(at);
    return plan->magic == wire::kPlanMagic && plan->version == wire::kPlanVersion ? plan : nullptr;
}

} // namespace

bool startedAsTwin(int count, char** arguments) {
    return count == 0 || (count == 1 && arguments[0][0] == '\0');
}

void becomeTwin() {
    ProbePlan* mapped = mapPlan();
    if (mapped == nullptr) {
        ::_exit(2);
    }
    ProbePlan& plan = *mapped;
    ignoreSignals();
    ::prctl(PR_SET_NAME, "bulkhead-probe");
    becomeLikeTarget(plan);
    readFacts(plan.facts);
    plan.step = static_cast<std::uint32_t>(TwinStep::born);
    // a child of the launcher and not of ours: one process in there, which the launcher itself reaps
    const unsigned long flags = CLONE_PARENT | SIGCHLD;
    const long twin = ::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, 0UL);
    if (twin == 0) {
        beTwin(plan);
    }
    if (twin < 0) {
        plan.error = errno;
        plan.failed = 1;
    }
    ::syscall(SYS_exit_group, twin < 0 ? 1 : 0);
    __builtin_unreachable();
}

} // namespace bulkhead::probe
