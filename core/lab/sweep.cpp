#include "core/lab/sweep.h"

#include "core/lab/cgroups.h"
#include "core/os/fd.h"
#include "core/os/file.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <set>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace bulkhead::lab {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr auto kPause = std::chrono::milliseconds(5);

/// Through a handle, and only if the process is still one of the run: its number may have been given away.
void killMember(std::int64_t pid, const Place& place) {
    const os::Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0U)));
    if (handle.valid() && isOfRun(pid, place)) {
        ::syscall(SYS_pidfd_send_signal, handle.get(), SIGKILL, nullptr, 0U);
    }
}

/// Twice nothing in a row is the end: a process may have been between two shapes while it was looked for.
void killAll(const Place& place, Swept& swept) {
    std::set<std::int64_t> killed;
    const auto deadline = Clock::now() + kPatience;
    int emptyRounds = 0;
    while (emptyRounds < 2 && Clock::now() < deadline) {
        for (const fs::path& cgroup : cgroupsOf(place.run)) {
            thawCgroup(cgroup);
        }
        const auto members = processesOf(place);
        emptyRounds = members.empty() ? emptyRounds + 1 : 0;
        for (const std::int64_t pid : members) {
            killMember(pid, place);
            killed.insert(pid);
        }
        std::this_thread::sleep_for(kPause);
    }
    swept.processes = killed.size();
    for (const std::int64_t pid : processesOf(place)) {
        swept.left.push_back("process " + std::to_string(pid) + ": does not die");
    }
}

void removeCgroups(const Place& place, Swept& swept) {
    const auto deadline = Clock::now() + kPatience;
    for (const fs::path& cgroup : cgroupsOf(place.run)) {
        bool removed = removeCgroup(cgroup);
        while (!removed && Clock::now() < deadline) {
            std::this_thread::sleep_for(kPause);
            removed = removeCgroup(cgroup);
        }
        swept.cgroups += removed ? 1 : 0;
        if (!removed) {
            swept.left.push_back("control group " + cgroup.string() + ": " + base::errnoName(errno));
        }
    }
}

/// Runtimes mount in the container's namespace only; should one ever have mounted in ours, it goes here.
void unmountAll(const Place& place, Swept& swept) {
    const auto text = os::readFile("/proc/self/mountinfo");
    auto mounts = parseMountLines(text ? *text : "");
    std::ranges::reverse(mounts);
    for (const kernel::MountEntry& mount : mounts) {
        if (!mount.target.contains("/" + place.run.text() + "/")) {
            continue;
        }
        if (::umount2(mount.target.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) {
            ++swept.mounts;
        } else {
            swept.left.push_back("mount " + mount.target + ": " + base::errnoName(errno));
        }
    }
}

} // namespace

Swept sweepRun(const Place& place) {
    Swept swept;
    killAll(place, swept);
    removeCgroups(place, swept);
    unmountAll(place, swept);
    return swept;
}

} // namespace bulkhead::lab
