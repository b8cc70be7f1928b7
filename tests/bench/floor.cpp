#include "tests/bench/floor.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <span>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bulkhead::bench {

namespace {

std::array<char, 262144> g_buffer;

std::size_t readFile(int directory, const char* name, int flags) {
    const int fd = ::openat(directory, name, flags | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    std::size_t total = 0;
    if ((flags & (O_DIRECTORY | O_PATH)) == 0) {
        for (ssize_t got = 0; (got = ::read(fd, g_buffer.data(), g_buffer.size())) > 0;) {
            total += static_cast<std::size_t>(got);
        }
    }
    ::close(fd);
    return total;
}

std::string textAt(pid_t child, std::uint64_t address) {
    std::string text(PATH_MAX, '\0');
    iovec here{text.data(), text.size()};
    // stay within the page: the next one need not be mapped
    here.iov_len = std::min<std::size_t>(text.size(), 4096 - address % 4096);
    iovec there{reinterpret_cast<void*>(address), here.iov_len};
    const ssize_t got = ::process_vm_readv(child, &here, 1, &there, 1, 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text.substr(0, text.find('\0'));
}

std::string absolute(pid_t child, std::uint64_t directory, const std::string& path) {
    const int number = static_cast<int>(directory);
    if (path.starts_with('/') || number == AT_FDCWD) {
        return path;
    }
    std::string base(PATH_MAX, '\0');
    const std::string link = "/proc/" + std::to_string(child) + "/fd/" + std::to_string(number);
    const ssize_t got = ::readlink(link.c_str(), base.data(), base.size());
    base.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return path.empty() ? base : base + "/" + path;
}

void note(pid_t child, const __ptrace_syscall_info& info, std::vector<FileCall>& calls) {
    const auto& args = info.entry.args;
    const std::string path = [&] {
        switch (info.entry.nr) {
        case SYS_openat:
        case SYS_readlinkat:
        case SYS_newfstatat:
        case SYS_faccessat:
        case SYS_faccessat2:
        case SYS_statx:
            return absolute(child, args[0], textAt(child, args[1]));
        default:
            return std::string();
        }
    }();
    if (path.empty()) {
        return;
    }
    if (info.entry.nr == SYS_openat) {
        calls.push_back({FileCall::Kind::read, path, static_cast<std::int64_t>(args[2])});
    } else {
        const auto kind = info.entry.nr == SYS_readlinkat ? FileCall::Kind::link : FileCall::Kind::look;
        calls.push_back({kind, path, 0});
    }
}

} // namespace

std::vector<FileCall> recordFileCalls(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::raise(SIGSTOP);
        work();
        ::_exit(0);
    }
    std::vector<FileCall> calls;
    int status = 0;
    ::waitpid(child, &status, 0);
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    while (::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) == 0 && ::waitpid(child, &status, 0) == child &&
           WIFSTOPPED(status)) {
        __ptrace_syscall_info info{};
        const bool call = WSTOPSIG(status) == (SIGTRAP | 0x80);
        if (call && ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) > 0 &&
            info.op == PTRACE_SYSCALL_INFO_ENTRY) {
            note(child, info, calls);
        }
    }
    return calls;
}

std::size_t replay(const std::vector<FileCall>& calls) {
    std::size_t total = 0;
    struct stat facts{};
    for (const FileCall& call : calls) {
        switch (call.kind) {
        case FileCall::Kind::read:
            total += readFile(AT_FDCWD, call.path.c_str(), static_cast<int>(call.flags) | O_NONBLOCK);
            break;
        case FileCall::Kind::link:
            total += static_cast<std::size_t>(
                std::max<ssize_t>(::readlink(call.path.c_str(), g_buffer.data(), g_buffer.size()), 0));
            break;
        case FileCall::Kind::look:
            total += ::lstat(call.path.c_str(), &facts) == 0 ? 1 : 0;
            break;
        }
    }
    return total;
}

std::size_t readEveryProcess(bool mounts) {
    constexpr std::array kAll = {"stat", "status", "cgroup", "uid_map", "mountinfo"};
    const std::span<const char* const> files(kAll.data(), kAll.size() - (mounts ? 0 : 1));
    constexpr std::array kLinks = {"ns/user", "ns/pid",    "ns/mnt",  "ns/net", "ns/ipc",
                                   "ns/uts",  "ns/cgroup", "ns/time", "root"};
    DIR* processes = ::opendir("/proc");
    std::size_t total = 0;
    while (const dirent* entry = ::readdir(processes)) {
        if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) == 0) {
            continue;
        }
        const int directory = ::openat(::dirfd(processes), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (directory < 0) {
            continue;
        }
        for (const char* name : files) {
            total += readFile(directory, name, O_RDONLY);
        }
        for (const char* name : kLinks) {
            const ssize_t got = ::readlinkat(directory, name, g_buffer.data(), g_buffer.size());
            total += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        }
        ::close(directory);
    }
    ::closedir(processes);
    return total;
}

} // namespace bulkhead::bench
