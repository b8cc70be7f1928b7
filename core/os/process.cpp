#include "core/os/process.h"

#include "core/os/fd.h"
#include "core/os/file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bulkhead::os {

namespace {

using base::ErrorKind;
using Clock = std::chrono::steady_clock;

/// Everything the child needs, prepared before the fork: between fork and exec only async-signal-safe calls
/// are allowed (signal-safety(7)).
struct Prepared {
    std::vector<char*> arguments;
    std::vector<char*> environment;
    std::string directory;
    std::optional<RunAs> runAs;
    pid_t parent = 0;
    int input = -1;
    int output = -1;
    int error = -1;
    int failure = -1; ///< close-on-exec: carries errno of whatever failed before the exec
};

std::vector<char*> pointersTo(const std::vector<std::string>& strings) {
    std::vector<char*> out;
    out.reserve(strings.size() + 1);
    for (const std::string& text : strings) {
        out.push_back(const_cast<char*>(text.c_str()));
    }
    out.push_back(nullptr);
    return out;
}

bool dropTo(const RunAs& ids) {
    return ::setgroups(0, nullptr) == 0 && ::setresgid(ids.gid, ids.gid, ids.gid) == 0 &&
           ::setresuid(ids.uid, ids.uid, ids.uid) == 0;
}

bool resetSignals() {
    for (int number = 1; number < 32; ++number) {
        ::signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    return ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

bool setUpStreams(const Prepared& p) {
    return ::dup2(p.input, 0) == 0 && ::dup2(p.output, 1) == 1 && ::dup2(p.error, 2) == 2 &&
           ::syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) == 0;
}

/// The owner may have died before PR_SET_PDEATHSIG took hold; a change of ids clears it (prctl(2)).
bool dieWithOwner(const Prepared& p) {
    return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == p.parent;
}

[[noreturn]] void runChild(const Prepared& p) {
    const bool ready = ::setsid() >= 0 && resetSignals() && dieWithOwner(p) && setUpStreams(p) &&
                       (!p.runAs || dropTo(*p.runAs)) && dieWithOwner(p) && ::chdir(p.directory.c_str()) == 0;
    if (ready) {
        ::execve(p.arguments.front(), p.arguments.data(), p.environment.data());
    }
    const int number = errno;
    [[maybe_unused]] const ssize_t put = ::write(p.failure, &number, sizeof number);
    ::_exit(127);
}

struct Pipe {
    Fd read;
    Fd write;
};

base::Result<Pipe> makePipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return base::failErrno(errno, "pipe");
    }
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

/// A started child: killed and reaped on destruction unless it was waited for.
class Child {
public:
    explicit Child(pid_t pid) : m_pid(pid), m_handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (m_pid > 0) {
            ::kill(m_pid, SIGKILL);
            reap();
        }
    }

    [[nodiscard]] int handle() const { return m_handle.get(); }
    int reap() {
        int status = 0;
        while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
        }
        m_pid = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    pid_t m_pid;
    Fd m_handle;
};

/// Reads what is there without waiting; false at end of file.
bool drain(const Fd& from, std::string& into, std::size_t limit) {
    std::array<char, 8192> buffer{};
    for (;;) {
        const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
        if (got < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        if (got == 0) {
            return false;
        }
        const std::size_t room = limit - std::min(limit, into.size());
        into.append(buffer.data(), std::min(static_cast<std::size_t>(got), room));
    }
}

/// Waits for the end of the child, keeping its pipes empty. Its descendants may hold them open longer, so the
/// end of the child, not end of file, is the end.
base::Status waitFor(const Command& command, const Child& child, Pipe& out, Pipe& err, Finished& finished) {
    const auto deadline = Clock::now() + command.timeout;
    std::array<pollfd, 3> polled = {
        pollfd{child.handle(), POLLIN, 0}, pollfd{out.read.get(), POLLIN, 0},
        pollfd{err.read.get(), POLLIN, 0}};
    for (;;) {
        if (command.stop.stop_requested()) {
            return base::fail(ErrorKind::canceled, "interrupted");
        }
        if (Clock::now() >= deadline) {
            return base::fail(
                ErrorKind::io, "no answer within " + std::to_string(command.timeout.count()) + " ms");
        }
        ::poll(polled.data(), polled.size(), 20);
        for (const auto& [slot, pipe, text] :
             {std::tuple{1, &out, &finished.output}, std::tuple{2, &err, &finished.error}}) {
            if (!drain(pipe->read, *text, command.outputLimit)) {
                polled[static_cast<std::size_t>(slot)].fd = -1;
            }
        }
        if ((polled[0].revents & POLLIN) != 0) {
            drain(out.read, finished.output, command.outputLimit);
            drain(err.read, finished.error, command.outputLimit);
            return {};
        }
    }
}

base::Result<Finished> startAndWait(const Command& command, Prepared& prepared, Pipe& out, Pipe& err) {
    auto failure = makePipe();
    if (!failure) {
        return std::unexpected(failure.error());
    }
    prepared.failure = failure->write.get();
    const pid_t pid = ::fork();
    if (pid == 0) {
        runChild(prepared);
    }
    if (pid < 0) {
        return base::failErrno(errno, command.arguments.front());
    }
    Child child(pid);
    for (Fd* ours : {&failure->write, &out.write, &err.write}) {
        ours->reset();
    }
    int number = 0;
    if (::read(failure->read.get(), &number, sizeof number) == sizeof number) {
        return base::failErrno(number, command.arguments.front());
    }
    if (child.handle() < 0) {
        return base::fail(ErrorKind::unsupported, "pidfd_open(2) is missing: Linux 5.3 is needed");
    }
    Finished finished;
    if (auto waited = waitFor(command, child, out, err, finished); !waited) {
        return std::unexpected(waited.error().in(command.arguments.front()));
    }
    finished.exitCode = child.reap();
    return finished;
}

} // namespace

base::Result<Finished> runCommand(const Command& command) {
    auto out = makePipe();
    auto err = makePipe();
    auto null = openAt(AT_FDCWD, "/dev/null", O_RDWR);
    for (const auto* result : {&out, &err}) {
        if (!*result) {
            return std::unexpected(result->error());
        }
    }
    if (!null) {
        return std::unexpected(null.error());
    }
    ::fcntl(out->read.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(err->read.get(), F_SETFL, O_NONBLOCK);
    Prepared prepared;
    prepared.arguments = pointersTo(command.arguments);
    prepared.environment = pointersTo(command.environment);
    prepared.directory = command.workingDirectory.string();
    prepared.runAs = command.runAs;
    prepared.parent = ::getpid();
    prepared.input = null->get();
    prepared.output = command.captureOutput ? out->write.get() : null->get();
    prepared.error = command.captureOutput ? err->write.get() : null->get();
    return startAndWait(command, prepared, *out, *err);
}

std::optional<std::filesystem::path> findProgram(const std::string& name, const std::string& searchPath) {
    std::size_t from = 0;
    while (from <= searchPath.size()) {
        const std::size_t end = std::min(searchPath.find(':', from), searchPath.size());
        auto candidate = std::filesystem::path(searchPath.substr(from, end - from)) / name;
        struct stat info{};
        const bool runnable = candidate.is_absolute() && ::stat(candidate.c_str(), &info) == 0 &&
                              S_ISREG(info.st_mode) && ::access(candidate.c_str(), X_OK) == 0;
        if (runnable) {
            return candidate;
        }
        from = end + 1;
    }
    return std::nullopt;
}

namespace {

/// A number of proc(5)'s stat by its field; the text begins with the third, the state.
std::optional<std::uint64_t> statNumber(std::string_view fields, int field) {
    for (int at = 3; at < field; ++at) {
        const std::size_t space = fields.find(' ');
        if (space == std::string_view::npos) {
            return std::nullopt;
        }
        fields.remove_prefix(space + 1);
    }
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(fields.data(), fields.data() + fields.size(), number);
    return error == std::errc{} ? std::optional(number) : std::nullopt;
}

} // namespace

std::optional<std::uint64_t> startTimeOf(std::int64_t pid) {
    const auto stat = readFile("/proc/" + std::to_string(pid) + "/stat", 4096);
    if (!stat) {
        return std::nullopt;
    }
    // the command name may hold spaces and parentheses: fields count from the last ')'
    const std::size_t name = stat->rfind(") ");
    if (name == std::string::npos || name + 2 >= stat->size()) {
        return std::nullopt;
    }
    const std::string_view fields = std::string_view(*stat).substr(name + 2);
    const auto threads = statNumber(fields, 20);
    const bool zombie = fields.front() == 'Z' || fields.front() == 'X';
    if (zombie && threads.value_or(0) <= 1) { // else its leader alone has ended, and the threads run on
        return std::nullopt;
    }
    return statNumber(fields, 22);
}

} // namespace bulkhead::os
