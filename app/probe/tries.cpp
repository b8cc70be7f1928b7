// Each try, and why it leaves no trace. Bare system calls: which ones a try makes is what its prediction is
// made from, and a library might make others.

#include "app/probe/tries.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <string_view>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <type_traits>
#include <unistd.h>

namespace bulkhead::probe {

namespace {

using wire::ProbeAnswer;
using wire::Try;

/// Every argument as a whole word: what filters see must be what was predicted.
template <class T>
unsigned long wordOf(T argument) {
    if constexpr (std::is_pointer_v<T>) {
        return reinterpret_cast<unsigned long>(argument);
    } else if constexpr (std::is_same_v<T, std::nullptr_t>) {
        return 0;
    } else {
        return static_cast<unsigned long>(static_cast<long>(argument));
    }
}

template <class... Args>
long call(long number, Args... arguments) {
    return ::syscall(number, wordOf(arguments)...);
}

constexpr int kOpenQuietly = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

ProbeAnswer answer(long result) {
    ProbeAnswer out;
    out.done = 1;
    out.error = result < 0 ? errno : 0;
    return out;
}

ProbeAnswer failure(int number) {
    ProbeAnswer out;
    out.done = 1;
    out.error = number;
    return out;
}

/// A descriptor that only had to be given.
ProbeAnswer closed(long descriptor) {
    ProbeAnswer out = answer(descriptor);
    if (descriptor >= 0) {
        call(SYS_close, descriptor);
    }
    return out;
}

/// The call reached the kernel and was refused for its arguments alone.
ProbeAnswer reached(long result, int refusal) {
    ProbeAnswer out = answer(result);
    out.error = out.error == refusal ? 0 : out.error;
    return out;
}

/// statfs(2) and stat(2) open nothing; stat changes no time.
ProbeAnswer look(const char* path) {
    struct statfs system{};
    struct stat file{};
    if (call(SYS_statfs, path, &system) != 0 ||
        call(SYS_newfstatat, AT_FDCWD, path, &file, AT_NO_AUTOMOUNT) != 0) {
        return answer(-1);
    }
    ProbeAnswer out = answer(0);
    out.values = {
        static_cast<std::uint64_t>(system.f_type), static_cast<std::uint64_t>(system.f_flags), file.st_mode,
        file.st_rdev};
    return out;
}

/// faccessat2(2) asks what an open would be told, without one: on overlayfs an open for writing copies the
/// file up.
ProbeAnswer access(const char* path, int mode) {
    return answer(call(SYS_faccessat2, AT_FDCWD, path, mode, AT_EACCESS));
}

/// Opening has no effect on the files this is used for (a write has); a masked one, or a file of the image
/// in its place, is left alone.
ProbeAnswer openKnob(const char* path) {
    struct statfs system{};
    if (call(SYS_statfs, path, &system) != 0) {
        return answer(-1);
    }
    const auto type = static_cast<std::uint64_t>(system.f_type);
    const bool kernels = type == PROC_SUPER_MAGIC || type == SYSFS_MAGIC || type == CGROUP_SUPER_MAGIC ||
                         type == CGROUP2_SUPER_MAGIC;
    if (!kernels) {
        return failure(ENOENT);
    }
    return closed(call(SYS_openat, AT_FDCWD, path, O_WRONLY | O_NOFOLLOW | kOpenQuietly, 0));
}

/// null, zero, full, random and urandom do nothing at open (drivers/char/mem.c, random.c). What stands at the
/// path must be one of them: other drivers act on an open.
ProbeAnswer openDevice(const char* path) {
    struct stat file{};
    if (call(SYS_newfstatat, AT_FDCWD, path, &file, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
        return answer(-1);
    }
    constexpr std::array<unsigned, 5> kHarmless = {3, 5, 7, 8, 9};
    bool harmless = false;
    for (const unsigned number : kHarmless) {
        harmless = harmless || (S_ISCHR(file.st_mode) && file.st_rdev == makedev(1, number));
    }
    if (!harmless) {
        return failure(ENOENT);
    }
    return closed(call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | kOpenQuietly, 0));
}

long connected(const char* path, ProbeAnswer& out) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (std::strlen(path) >= sizeof address.sun_path) {
        out = failure(ENAMETOOLONG);
        return -1;
    }
    std::memcpy(address.sun_path, path, std::strlen(path));
    const long socket = call(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) {
        out = answer(socket);
        return -1;
    }
    out = answer(call(SYS_connect, socket, &address, sizeof address));
    if (out.error != 0) {
        call(SYS_close, socket);
        return -1;
    }
    return socket;
}

/// A connection that is closed without a word; the other side sees its end.
ProbeAnswer connectOnly(const char* path) {
    ProbeAnswer out;
    const long socket = connected(path, out);
    if (socket >= 0) {
        call(SYS_close, socket);
    }
    return out;
}

/// GET /version reads; Docker and Podman log it at debug level at most.
ProbeAnswer askVersion(const char* path) {
    constexpr std::string_view kRequest = "GET /version HTTP/1.0\r\nHost: d\r\n\r\n";
    constexpr int kPatience = 500; // milliseconds
    ProbeAnswer out;
    const long socket = connected(path, out);
    if (socket < 0) {
        return out;
    }
    out = answer(call(SYS_sendto, socket, kRequest.data(), kRequest.size(), MSG_NOSIGNAL, nullptr, 0));
    pollfd waited{static_cast<int>(socket), POLLIN, 0};
    std::array<char, 64> text{};
    if (out.error == 0 && call(SYS_poll, &waited, 1, kPatience) == 1) {
        const long got = call(SYS_recvfrom, socket, text.data(), text.size(), MSG_DONTWAIT, nullptr, nullptr);
        const std::string_view said(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
        out.values[0] = said.starts_with("HTTP/1.") && said.substr(8).starts_with(" 200") ? 1 : 0;
    } else if (out.error == 0) {
        out.error = ETIMEDOUT;
    }
    call(SYS_close, socket);
    return out;
}

/// The number of a program after the last possible one: needs the right to walk programs, finds none.
ProbeAnswer askBpf() {
    bpf_attr attributes{};
    attributes.start_id = 0x7ffffffeU; // above it the kernel refuses the number before it asks for the right
    return reached(call(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attributes, sizeof attributes), ENOENT);
}

/// With the last argument 0 no keyring is made (keyctl(2), KEYCTL_GET_KEYRING_ID).
ProbeAnswer askKeyring() {
    return reached(call(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0), ENOKEY);
}

/// Reads one word of a process with a number that no machine gives out: no process is touched.
ProbeAnswer askPtrace() {
    constexpr int kNobody = 0x7fffffff;
    return reached(call(SYS_ptrace, PTRACE_PEEKDATA, kNobody, 0, 0), ESRCH);
}

/// io_uring_setup(2) asks for permission first and then for parameters, of which there are none.
ProbeAnswer askIoUring() {
    return reached(call(SYS_io_uring_setup, 1, 0), EFAULT);
}

/// SYSLOG_ACTION_SIZE_BUFFER reads a number (syslog(2)).
ProbeAnswer askKernelLog() {
    constexpr int kSizeOfBuffer = 10;
    return answer(call(SYS_syslog, kSizeOfBuffer, 0, 0));
}

/// finit_module(2) asks for permission first and then for the file, which is none: no module can come of it.
ProbeAnswer askModule() {
    return reached(call(SYS_finit_module, -1, "", 0), EBADF);
}

} // namespace

ProbeAnswer attempt(Try what, const char* path) {
    switch (what) {
    case Try::look:
        return look(path);
    case Try::read:
        return access(path, R_OK);
    case Try::write:
        return access(path, W_OK);
    case Try::knob:
        return openKnob(path);
    case Try::device:
        return openDevice(path);
    case Try::connect:
        return connectOnly(path);
    case Try::askVersion:
        return askVersion(path);
    case Try::rawSocket: // sends nothing; of a family every kernel has, so no module is loaded for it
        return closed(call(SYS_socket, AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
    case Try::packetSocket: // tried only where the kernel has the family already; protocol 0 hears nothing
        return closed(call(SYS_socket, AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    case Try::newMount: // a context that no file system is made of is gone with its descriptor
        return closed(call(SYS_fsopen, "proc", 1U /* FSOPEN_CLOEXEC */));
    case Try::bpf:
        return askBpf();
    case Try::keyring:
        return askKeyring();
    case Try::ptrace:
        return askPtrace();
    case Try::ioUring:
        return askIoUring();
    case Try::kernelLog:
        return askKernelLog();
    case Try::loadModule:
        return askModule();
    case Try::unshareUser: // the namespace is gone with the process, which ends next
        return answer(call(SYS_unshare, CLONE_NEWUSER));
    }
    return failure(EINVAL);
}

} // namespace bulkhead::probe
