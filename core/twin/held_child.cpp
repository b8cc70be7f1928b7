#include "core/twin/held_child.h"

#include "core/os/file.h"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bulkhead::twin {

using Clock = std::chrono::steady_clock;

namespace {

/// Moves a dying task out of a group that version 1 froze meanwhile: frozen it would never die.
void thaw(pid_t pid) {
    const auto file = os::tryOpenAt(AT_FDCWD, "/sys/fs/cgroup/freezer/cgroup.procs", O_WRONLY);
    const std::string text = std::to_string(pid);
    if (file) {
        [[maybe_unused]] const ssize_t put = ::write(file->get(), text.data(), text.size());
    }
}

} // namespace

HeldChild::HeldChild(pid_t pid) : m_pid(pid > 0 ? pid : 0) {}

HeldChild::~HeldChild() {
    if (m_pid <= 0) {
        return;
    }
    if (::kill(m_pid, SIGKILL) != 0) { // a profile it has taken over may refuse our signals, not our ptrace
        ::ptrace(PTRACE_KILL, m_pid, nullptr, nullptr);
    }
    if (!endsWithin(std::chrono::milliseconds(500))) {
        thaw(m_pid);
        endsWithin(std::chrono::milliseconds(2000));
    }
}

int HeldChild::seize(int options) const {
    return ::ptrace(PTRACE_SEIZE, m_pid, nullptr, options) == 0 ? 0 : errno;
}

int HeldChild::setOptions(int options) const {
    return ::ptrace(PTRACE_SETOPTIONS, m_pid, nullptr, options) == 0 ? 0 : errno;
}

HeldChild::Turn HeldChild::next() {
    if (m_pid == 0) {
        return Turn::ended;
    }
    int status = 0;
    const pid_t got = ::waitpid(m_pid, &status, WNOHANG | __WALL);
    if (got == 0 || (got < 0 && errno == EINTR)) {
        return Turn::nothing;
    }
    if (got < 0 || !WIFSTOPPED(status)) {
        m_status = got < 0 ? m_status : status;
        m_pid = 0;
        return Turn::ended;
    }
    const int event = status >> 16;
    if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_CLONE) {
        return Turn::forked;
    }
    if (event == PTRACE_EVENT_STOP) {
        return Turn::stopped;
    }
    // its own alarm is the one signal that is meant for it
    const long passed = event == 0 && WSTOPSIG(status) == SIGALRM ? SIGALRM : 0;
    ::ptrace(PTRACE_CONT, m_pid, nullptr, passed);
    return Turn::nothing;
}

void HeldChild::resume() const {
    ::ptrace(PTRACE_CONT, m_pid, nullptr, nullptr);
}

std::optional<pid_t> HeldChild::forkedChild() const {
    unsigned long pid = 0;
    if (::ptrace(PTRACE_GETEVENTMSG, m_pid, nullptr, &pid) != 0 || pid == 0) {
        return std::nullopt;
    }
    return static_cast<pid_t>(pid);
}

bool HeldChild::endsWithin(std::chrono::milliseconds patience) {
    const auto until = Clock::now() + patience;
    for (;;) {
        switch (next()) {
        case Turn::ended:
            return true;
        case Turn::forked:
        case Turn::stopped:
            resume();
            break;
        case Turn::nothing:
            if (Clock::now() >= until) {
                return false;
            }
            pauseShortly();
        }
    }
}

void pauseShortly() {
    const timespec pause{0, 200'000};
    ::nanosleep(&pause, nullptr);
}

} // namespace bulkhead::twin
