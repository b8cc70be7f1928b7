#include "core/kernel/rooted.h"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bulkhead::kernel {

namespace {

std::expected<os::Fd, int> open2(int directory, const std::string& path, int flags, std::uint64_t resolve) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_DIRECTORY | O_CLOEXEC);
    how.resolve = resolve;
    const long number = ::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
    if (number < 0) {
        return std::unexpected(errno);
    }
    return os::Fd(static_cast<int>(number));
}

/// Listing a directory leaves its access time alone where that may be asked for (open(2), O_NOATIME).
std::expected<os::Fd, int> openQuietly(int directory, const std::string& path, std::uint64_t resolve) {
    auto fd = open2(directory, path, O_RDONLY | O_NOATIME, resolve);
    return fd || fd.error() != EPERM ? std::move(fd) : open2(directory, path, O_RDONLY, resolve);
}

} // namespace

std::expected<os::Fd, int> openRootedDirectory(int root, const std::string& path) {
    return openQuietly(root, path, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

std::expected<os::Fd, int> findRootedDirectory(int root, const std::string& path) {
    return open2(root, path, O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

std::expected<os::Fd, int> openSubdirectory(int directory, const std::string& name) {
    return openQuietly(directory, name, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

} // namespace bulkhead::kernel
