// What the root of a container can do to a process that appears beside it: statically linked, the first
// process of a container in twin_hostile_test.py. usage: hostile_root spy|kill|stop|flood, or stall FOLDER It
// writes one line of JSON for each process it met, on standard output.

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr std::string_view kTwin = "bulkhead-probe\n";

std::string textOf(const std::string& path, std::size_t most = 8192) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return {};
    }
    std::string text(most, '\0');
    const ssize_t got = ::read(file, text.data(), text.size());
    ::close(file);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

std::string lineOf(const std::string& status, std::string_view name) {
    const auto at = status.find("\n" + std::string(name) + ":");
    if (at == std::string::npos) {
        return {};
    }
    const auto from = status.find_first_not_of(" \t", at + name.size() + 2);
    std::string line = status.substr(from, status.find('\n', from) - from);
    for (char& letter : line) {
        letter = letter == '\t' ? ' ' : letter;
    }
    return line;
}

std::string quoted(std::string_view bytes) {
    std::string out = "\"";
    for (const char letter : bytes) {
        const bool plain = letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\';
        out += plain ? letter : '?';
    }
    return out + "\"";
}

void field(std::string& line, const char* name, std::string_view value) {
    line += std::string(line.size() > 1 ? ", " : "") + "\"" + name + "\": " + quoted(value);
}

void field(std::string& line, const char* name, long value) {
    line += std::string(line.size() > 1 ? ", " : "") + "\"" + name + "\": " + std::to_string(value);
}

/// Names and targets of what stands below /proc/PID/fd, as far as they are told.
std::string descriptorsOf(const std::string& base) {
    DIR* directory = ::opendir((base + "/fd").c_str());
    std::string out;
    while (const dirent* entry = directory != nullptr ? ::readdir(directory) : nullptr) {
        std::array<char, 256> target{};
        const std::string link = base + "/fd/" + entry->d_name;
        if (entry->d_name[0] != '.' && ::readlink(link.c_str(), target.data(), target.size() - 1) > 0) {
            out += std::string(target.data()) + " ";
        }
    }
    if (directory != nullptr) {
        ::closedir(directory);
    }
    return out;
}

long errnoOf(long result) {
    return result < 0 ? errno : 0;
}

long openingOf(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK);
    const long error = errnoOf(file);
    if (file >= 0) {
        ::close(file);
    }
    return error;
}

/// Whether anybody has a number in its user namespace: 1, 0, or -1 where it is not told (it is gone).
long mappedOf(const std::string& base) {
    const int file = ::open((base + "/uid_map").c_str(), O_RDONLY | O_CLOEXEC);
    char first = 0;
    const ssize_t got = file < 0 ? -1 : ::read(file, &first, 1);
    if (file >= 0) {
        ::close(file);
    }
    return got;
}

/// Any descriptor of it, taken over (pidfd_getfd(2)); how many there were.
long descriptorsTaken(pid_t pid) {
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
    long taken = 0;
    for (int number = 0; number < 32 && handle >= 0; ++number) {
        const int got = static_cast<int>(::syscall(SYS_pidfd_getfd, handle, number, 0U));
        if (got >= 0) {
            ++taken;
            ::close(got);
        }
    }
    if (handle >= 0) {
        ::close(handle);
    }
    return taken;
}

/// One look at everything, most transient first; nothing of it harms the process.
std::string spiedOf(pid_t pid, const std::string& base, const std::string& status) {
    std::string line = "{";
    field(line, "pid", static_cast<long>(pid));
    for (const char* name :
         {"Uid", "CapPrm", "CapEff", "CapBnd", "Seccomp", "Seccomp_filters", "NoNewPrivs"}) {
        field(line, name, lineOf(status, name));
    }
    field(line, "mapped", mappedOf(base)); // after the sets: it joins a user namespace of its own at last
    field(line, "memory", openingOf(base + "/mem", O_RDWR));
    field(line, "attach", errnoOf(::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr)));
    ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
    field(line, "cmdline", textOf(base + "/cmdline"));
    field(line, "environ", textOf(base + "/environ"));
    field(line, "maps", textOf(base + "/maps"));
    field(line, "descriptors", descriptorsOf(base));
    field(line, "taken", descriptorsTaken(pid));
    for (const char* link : {"exe", "root", "cwd", "ns/user"}) {
        std::array<char, 256> target{};
        const ssize_t got = ::readlink((base + "/" + link).c_str(), target.data(), target.size() - 1);
        field(line, link, got > 0 ? std::string_view(target.data()) : std::string_view());
    }
    return line + "}\n";
}

void say(const std::string& line) {
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) {
        ::_exit(1);
    }
}

/// The last number given out in this pid namespace: the last word of loadavg (proc(5)).
pid_t lastGiven() {
    const std::string text = textOf("/proc/loadavg");
    const auto at = text.rfind(' ');
    return at == std::string::npos ? 1 : std::atoi(text.c_str() + at);
}

/// Numbers are given out in order, so whoever comes next is known before it comes.
[[noreturn]] void lieInWait(std::string_view act) {
    for (;;) {
        const pid_t next = std::max(lastGiven(), 2);
        for (pid_t pid = next; pid < next + 4; ++pid) {
            const std::string base = "/proc/" + std::to_string(pid);
            const std::string status = textOf(base + "/status");
            if (status.empty() || pid == ::getpid()) {
                continue;
            }
            if (act == "kill" || act == "stop") {
                const int number = act == "kill" ? SIGKILL : SIGSTOP;
                long sent = 0;
                while (::kill(pid, number) == 0 && sent < 1'000'000) {
                    ++sent;
                }
                say("{\"pid\": " + std::to_string(pid) + ", \"sent\": " + std::to_string(sent) + "}\n");
            } else if (textOf(base + "/comm") == kTwin) {
                say(spiedOf(pid, base, status));
            }
        }
    }
}

/// As many processes as the limits give, all the time.
[[noreturn]] void flood() {
    ::signal(SIGCHLD, SIG_IGN);
    for (;;) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::usleep(1000);
            ::_exit(0);
        }
        if (child < 0) {
            ::usleep(100);
        }
    }
}

/// A file system whose server never answers: whoever looks at anything below waits.
[[noreturn]] void stall(const char* folder) {
    const int device = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
    const std::string options =
        "fd=" + std::to_string(device) + ",rootmode=40000,user_id=0,group_id=0,allow_other";
    const bool mounted = device >= 0 && ::mount("stall", folder, "fuse", 0, options.c_str()) == 0;
    say(mounted ? "{\"stalls\": 1}\n" : "{\"failed\": " + std::to_string(errno) + "}\n");
    for (;;) {
        ::pause();
    }
}

} // namespace

int main(int count, char** arguments) {
    const std::string_view act = count > 1 ? arguments[1] : "spy";
    if (act == "flood") {
        flood();
    }
    if (act == "stall" && count > 2) {
        stall(arguments[2]);
    }
    lieInWait(act);
}
