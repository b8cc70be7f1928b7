#include "core/engines/state_folder.h"

#include "core/os/file.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <memory>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bulkhead::engines {

using base::ErrorKind;

namespace {

constexpr std::size_t kMaxEntries = 10000;
constexpr std::size_t kMaxState = 4UL * 1024 * 1024;

/// openat2(2) below a folder, on its file system and through no link.
base::Result<os::Fd> openStrictly(int directory, const std::filesystem::path& relative, std::uint64_t flags) {
    open_how how{};
    how.flags = flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
    os::Fd fd(static_cast<int>(::syscall(SYS_openat2, directory, relative.c_str(), &how, sizeof how)));
    if (!fd.valid()) {
        return base::failErrno(errno, relative.string());
    }
    return fd;
}

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

} // namespace

base::Result<StateFolder> StateFolder::open(const std::filesystem::path& path) {
    auto fd = os::openAt(AT_FDCWD, path.string(), O_RDONLY | O_DIRECTORY);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    return StateFolder(std::move(*fd), path);
}

base::Result<StateFolder> StateFolder::openWithin(const std::filesystem::path& relative) const {
    auto fd = openStrictly(m_directory.get(), relative, O_RDONLY | O_DIRECTORY);
    if (!fd) {
        return std::unexpected(fd.error().in(m_path.string()));
    }
    return StateFolder(std::move(*fd), m_path / relative);
}

base::Result<std::vector<std::string>> StateFolder::names() const {
    auto again = openStrictly(m_directory.get(), ".", O_RDONLY | O_DIRECTORY);
    if (!again) {
        return std::unexpected(again.error().in(m_path.string()));
    }
    const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(again->get()));
    if (!directory) {
        return base::failErrno(errno, m_path.string());
    }
    static_cast<void>(again->release());
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string name = static_cast<const char*>(entry->d_name);
        if (name == "." || name == "..") {
            continue;
        }
        if (names.size() == kMaxEntries) {
            return base::fail(ErrorKind::io, m_path.string() + ": more than 10000 entries");
        }
        names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

base::Result<OwnedText> StateFolder::read(const std::string& relative) const {
    const std::string name = (m_path / relative).string();
    const auto fd = openStrictly(m_directory.get(), relative, O_RDONLY);
    if (!fd) {
        return std::unexpected(fd.error().in(m_path.string()));
    }
    struct stat facts{};
    if (::fstat(fd->get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return base::fail(ErrorKind::malformed, name + ": not a regular file");
    }
    auto text = os::readAll(*fd, name, kMaxState);
    if (!text) {
        return std::unexpected(text.error());
    }
    return OwnedText{std::move(*text), facts.st_uid};
}

} // namespace bulkhead::engines
