#include "core/os/temporary_directory.h"

#include "core/os/fd.h"
#include "core/os/file.h"

#include <cerrno>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace bulkhead::os {

namespace {

constexpr int kMaxDepth = 256;

base::Result<std::vector<std::string>> namesIn(const Fd& directory, const std::string& shown) {
    const int copy = ::fcntl(directory.get(), F_DUPFD_CLOEXEC, 0);
    DIR* stream = copy < 0 ? nullptr : ::fdopendir(copy);
    if (stream == nullptr) {
        return base::failErrno(errno, shown);
    }
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(stream)) {
        const std::string name = static_cast<const char*>(entry->d_name);
        if (name != "." && name != "..") {
            names.push_back(name);
        }
    }
    ::closedir(stream);
    return names;
}

/// openat2(2) with RESOLVE_NO_XDEV refuses mount points, bind mounts of the same file system among them.
base::Result<Fd> openDirectoryHere(int parent, const std::string& name, const std::string& shown) {
    open_how how{};
    how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    how.resolve = RESOLVE_NO_XDEV;
    const auto number = ::syscall(SYS_openat2, parent, name.c_str(), &how, sizeof how);
    if (number < 0 && errno == EXDEV) {
        return base::fail(base::ErrorKind::denied, shown + ": something is mounted here");
    }
    if (number < 0) {
        return base::failErrno(errno, shown);
    }
    return Fd(static_cast<int>(number));
}

base::Status removed(int result, const std::string& shown) {
    return result == 0 || errno == ENOENT ? base::Status{} : base::failErrno(errno, shown);
}

base::Status removeBelow(int parent, const std::string& name, const std::string& shown, int depth) {
    struct stat info{};
    if (::fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return removed(-1, shown);
    }
    if (!S_ISDIR(info.st_mode)) {
        return removed(::unlinkat(parent, name.c_str(), 0), shown);
    }
    if (depth > kMaxDepth) {
        return base::fail(base::ErrorKind::io, shown + ": nested too deeply");
    }
    auto directory = openDirectoryHere(parent, name, shown);
    auto names = directory ? namesIn(*directory, shown) : std::unexpected(directory.error());
    if (!names) {
        return std::unexpected(names.error());
    }
    for (const std::string& child : *names) {
        std::string below = shown;
        below.append("/").append(child);
        if (auto done = removeBelow(directory->get(), child, below, depth + 1); !done) {
            return done;
        }
    }
    return removed(::unlinkat(parent, name.c_str(), AT_REMOVEDIR), shown);
}

} // namespace

base::Status removeTree(const std::filesystem::path& path) {
    auto directory = openAt(AT_FDCWD, path.parent_path().string(), O_RDONLY | O_DIRECTORY);
    if (!directory && directory.error().kind == base::ErrorKind::notFound) {
        return {};
    }
    if (!directory) {
        return std::unexpected(directory.error());
    }
    return removeBelow(directory->get(), path.filename().string(), path.string(), 0);
}

base::Result<TemporaryDirectory> TemporaryDirectory::make(std::string_view prefix) {
    std::error_code error;
    auto folder = std::filesystem::temp_directory_path(error);
    if (error) {
        return base::failErrno(error.value(), "the temporary folder");
    }
    std::string name = (folder / (std::string(prefix) + ".XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) {
        return base::failErrno(errno, name);
    }
    return TemporaryDirectory(name);
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : m_path(std::exchange(other.m_path, {})) {}

TemporaryDirectory& TemporaryDirectory::operator=(TemporaryDirectory&& other) noexcept {
    std::swap(m_path, other.m_path);
    return *this;
}

TemporaryDirectory::~TemporaryDirectory() {
    if (!m_path.empty()) {
        [[maybe_unused]] const base::Status removed = removeTree(m_path);
    }
}

} // namespace bulkhead::os
