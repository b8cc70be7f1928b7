#include "core/os/output_file.h"

#include "core/os/fd.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <linux/magic.h>
#include <optional>
#include <random>
#include <string>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>

namespace bulkhead::os {

namespace fs = std::filesystem;

namespace {

base::Status writeAll(int fd, std::string_view content, const std::string& name) {
    while (!content.empty()) {
        const ssize_t put = ::write(fd, content.data(), content.size());
        if (put < 0 && errno != EINTR) {
            return base::failErrno(errno, name);
        }
        content.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(put, 0)));
    }
    return {};
}

fs::path folderOf(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// Links below /proc lead to open files, not to the names that they show.
bool isOfProc(const fs::path& link) {
    struct statfs system{};
    return ::statfs(folderOf(link).c_str(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

/// As the kernel has it (protected_symlinks): in a folder where everyone may put a link, only one's own and
/// those of the folder's owner are followed.
bool mayFollow(const fs::path& link, const struct stat& about) {
    struct stat folder{};
    if (::stat(folderOf(link).c_str(), &folder) != 0) {
        return false;
    }
    constexpr mode_t kOpenToAll = S_ISVTX | S_IWOTH;
    return (folder.st_mode & kOpenToAll) != kOpenToAll || about.st_uid == ::geteuid() ||
           about.st_uid == folder.st_uid;
}

/// Where the name leads, and whether that is a file to be replaced there.
struct Target {
    fs::path path;
    bool replaced = true;
    std::optional<struct stat> present;
};

base::Result<Target> targetOf(const fs::path& named) {
    constexpr int kMostLinks = 40; // as the kernel
    Target out{named, true, std::nullopt};
    for (int followed = 0; followed <= kMostLinks; ++followed) {
        struct stat about{};
        if (::lstat(out.path.c_str(), &about) != 0) {
            return errno == ENOENT ? base::Result<Target>(out) : base::failErrno(errno, named.string());
        }
        if (!S_ISLNK(about.st_mode)) {
            out.present = about;
            out.replaced = S_ISREG(about.st_mode);
            return out;
        }
        if (isOfProc(out.path)) {
            out.replaced = false;
            return out;
        }
        if (!mayFollow(out.path, about)) {
            return base::fail(
                base::ErrorKind::io, named.string() + ": a link that another user put into a folder which "
                                                      "is open to all; name the file itself");
        }
        std::error_code error;
        const fs::path next = fs::read_symlink(out.path, error);
        if (error) {
            return base::failErrno(error.value(), named.string());
        }
        out.path = folderOf(out.path) / next; // an absolute one stands alone
    }
    return base::failErrno(ELOOP, named.string());
}

/// Our own descriptor of what the name leads to: its place in a file is kept, and a socket cannot be opened.
std::optional<int> ownDescriptor(const fs::path& path) {
    struct stat named{};
    if (::stat(path.c_str(), &named) != 0) {
        return std::nullopt;
    }
    for (const int fd : std::array{STDOUT_FILENO, STDERR_FILENO}) {
        struct stat own{};
        if (::fstat(fd, &own) == 0 && own.st_dev == named.st_dev && own.st_ino == named.st_ino) {
            return fd;
        }
    }
    return std::nullopt;
}

base::Status writeThrough(const fs::path& path, std::string_view content, const std::string& name) {
    if (const auto own = ownDescriptor(path)) {
        std::fflush(nullptr); // what was printed before stands before
        return writeAll(*own, content, name);
    }
    const Fd fd(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY));
    return fd.valid() ? writeAll(fd.get(), content, name) : base::failErrno(errno, name);
}

/// The mode and the owner of what was there. Bits that run a program as its owner are dropped, as by any
/// write.
base::Status keepAttributes(const Fd& fd, const struct stat& present, const std::string& name) {
    constexpr mode_t kKept = 0777;
    if (::fchown(fd.get(), present.st_uid, present.st_gid) != 0) {
        // only root may give files away; the group may still be one of ours
        static_cast<void>(::fchown(fd.get(), static_cast<uid_t>(-1), present.st_gid) == 0);
    }
    return ::fchmod(fd.get(), present.st_mode & kKept) == 0 ? base::Status{} : base::failErrno(errno, name);
}

/// A file of a name that nobody has, beside the one that it will replace.
struct Beside {
    std::string path;
    Fd fd;
};

/// A new file gets the mode that the umask, or the default access control list of its folder, leaves; what
/// takes the place of another is for us alone until it has that one's mode.
base::Result<Beside> createBeside(const Target& target, const std::string& name) {
    constexpr mode_t kNew = 0666;
    constexpr mode_t kOursAlone = 0600;
    constexpr int kTries = 100;
    std::random_device random;
    for (int i = 0; i < kTries; ++i) {
        std::string path = target.path.string() + "." + std::to_string(random());
        const mode_t mode = target.present ? kOursAlone : kNew;
        Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
        if (fd.valid()) {
            return Beside{std::move(path), std::move(fd)};
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return base::failErrno(errno, name);
}

base::Status replace(const Target& target, std::string_view content, const std::string& name) {
    const auto made = createBeside(target, name);
    if (!made) {
        return std::unexpected(made.error());
    }
    const auto& [temporary, fd] = *made;
    base::Status done = writeAll(fd.get(), content, name);
    if (done && target.present) {
        done = keepAttributes(fd, *target.present, name);
    }
    if (done && (::fsync(fd.get()) != 0 || ::rename(temporary.c_str(), target.path.c_str()) != 0)) {
        done = base::failErrno(errno, name);
    }
    if (!done) {
        ::unlink(temporary.c_str());
    }
    return done;
}

} // namespace

base::Status writeOutputFile(const fs::path& path, std::string_view content) {
    const auto target = targetOf(path);
    if (!target) {
        return std::unexpected(target.error());
    }
    const std::string name = path.string();
    return target->replaced ? replace(*target, content, name) : writeThrough(target->path, content, name);
}

} // namespace bulkhead::os
