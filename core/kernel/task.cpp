#include "core/kernel/task.h"

#include "core/os/file.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <dirent.h>
#include <fcntl.h>
#include <limits>
#include <memory>
#include <unistd.h>

namespace bulkhead::kernel {

using base::ErrorKind;

namespace {

/// kill(2) with signal 0 knows processes that /proc does not show.
bool isHidden(const os::ProcRoot& root, std::int64_t pid) {
    return root.live && (::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM);
}

} // namespace

base::Result<Task> Task::open(const os::ProcRoot& root, std::int64_t pid) {
    const std::string name = std::to_string(pid);
    if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) {
        return base::fail(ErrorKind::notFound, "pid " + name + ": no such process");
    }
    auto directory = os::tryOpenAt(AT_FDCWD, (root.proc / name).string(), O_RDONLY | O_DIRECTORY);
    if (directory) {
        return Task(std::move(*directory), name, root.live);
    }
    if (directory.error() != ENOENT && directory.error() != ESRCH) {
        return base::failErrno(directory.error(), "pid " + name);
    }
    if (isHidden(root, pid)) {
        return base::fail(
            ErrorKind::denied, "pid " + name + ": hidden, /proc is mounted with hidepid; root can see it");
    }
    return base::fail(ErrorKind::notFound, "pid " + name + ": no such process");
}

std::expected<Task, int> Task::openIn(const os::Fd& proc, std::int64_t pid, bool live) {
    std::string name = std::to_string(pid);
    os::Fd directory(::openat(proc.get(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid()) {
        return std::unexpected(errno);
    }
    return Task(std::move(directory), std::move(name), live);
}

std::expected<Task, int> Task::openThread(std::int64_t thread) const {
    const std::string name = "task/" + std::to_string(thread);
    os::Fd directory(::openat(m_directory.get(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid()) {
        return std::unexpected(errno);
    }
    return Task(std::move(directory), m_name + "/" + name, m_live);
}

base::Result<Task> Task::openSelf(const os::ProcRoot& root) {
    auto directory = os::tryOpenAt(AT_FDCWD, (root.proc / "self").string(), O_RDONLY | O_DIRECTORY);
    if (!directory) {
        return base::failErrno(directory.error(), "/proc/self");
    }
    return Task(std::move(*directory), "self", root.live);
}

Reading<os::Fd> Task::openFile(const std::string& name, int flags) const {
    auto fd = os::tryOpenAt(m_directory.get(), name, flags | O_NONBLOCK);
    if (!fd) {
        return std::unexpected(failureOf(fd.error(), name, kNeedsPtrace));
    }
    return std::move(*fd);
}

Reading<std::string> Task::read(const std::string& name) const {
    const auto fd = openFile(name, O_RDONLY);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    auto content = os::tryReadAll(*fd);
    if (!content) {
        return std::unexpected(failureOf(content.error(), name, kNeedsPtrace));
    }
    return std::move(*content);
}

Reading<std::string> Task::readLink(const std::string& name) const {
    if (!m_live) {
        return read(name);
    }
    std::string text(PATH_MAX, '\0');
    const ssize_t length = ::readlinkat(m_directory.get(), name.c_str(), text.data(), text.size());
    if (length < 0) {
        return std::unexpected(failureOf(errno, name, kNeedsPtrace));
    }
    text.resize(static_cast<std::size_t>(length));
    return text;
}

Reading<std::vector<std::string>> Task::list(const std::string& name) const {
    constexpr std::size_t kMost = 100000;
    auto fd = openFile(name, O_RDONLY | O_DIRECTORY);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    const std::unique_ptr<DIR, decltype([](DIR* open) { ::closedir(open); })> directory(
        ::fdopendir(fd->get()));
    if (!directory) {
        return std::unexpected(failureOf(errno, name));
    }
    (void)fd->release();
    std::vector<std::string> names;
    for (errno = 0; const dirent* entry = ::readdir(directory.get()); errno = 0) {
        const std::string_view text = entry->d_name;
        if (text != "." && text != "..") {
            names.emplace_back(text);
        }
        if (names.size() > kMost) {
            return std::unexpected(failureOf(EFBIG, name));
        }
    }
    if (errno != 0) {
        return std::unexpected(failureOf(errno, name));
    }
    std::ranges::sort(names);
    return names;
}

std::string Task::source(std::string_view name) const {
    return "/proc/" + m_name + "/" + std::string(name);
}

} // namespace bulkhead::kernel
