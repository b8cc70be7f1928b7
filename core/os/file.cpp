#include "core/os/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::os {

using base::ErrorKind;

std::expected<Fd, int> tryOpenAt(int directory, const std::string& path, int flags) {
    const int number = ::openat(directory, path.c_str(), flags | O_CLOEXEC | O_NOCTTY);
    if (number < 0) {
        return std::unexpected(errno);
    }
    return Fd(number);
}

std::expected<std::string, int> tryReadAll(const Fd& fd, std::size_t limit) {
    std::string content;
    constexpr std::size_t kChunk = 16384;
    for (;;) {
        const std::size_t used = content.size();
        content.resize(used + kChunk);
        const ssize_t got = ::read(fd.get(), content.data() + used, kChunk);
        const int number = errno;
        content.resize(used + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0) {
            return content;
        }
        if (got < 0 && number != EINTR) {
            return std::unexpected(number);
        }
        if (content.size() > limit) {
            return std::unexpected(EFBIG);
        }
    }
}

base::Result<Fd> openAt(int directory, const std::string& path, int flags) {
    auto fd = tryOpenAt(directory, path, flags);
    if (!fd) {
        return base::failErrno(fd.error(), path);
    }
    return std::move(*fd);
}

base::Result<std::string> readAll(const Fd& fd, std::string_view name, std::size_t limit) {
    auto content = tryReadAll(fd, limit);
    if (!content && content.error() == EFBIG) {
        return base::fail(
            ErrorKind::io, std::string(name) + ": larger than " + std::to_string(limit) + " bytes");
    }
    if (!content) {
        return base::failErrno(content.error(), name);
    }
    return std::move(*content);
}

base::Result<std::string> readFile(const std::filesystem::path& path, std::size_t limit) {
    auto fd = openAt(AT_FDCWD, path.string(), O_RDONLY);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    return readAll(*fd, path.string(), limit);
}

namespace {

base::Status writeAll(const Fd& fd, std::string_view content, const std::string& name) {
    while (!content.empty()) {
        const ssize_t put = ::write(fd.get(), content.data(), content.size());
        if (put < 0 && errno != EINTR) {
            return base::failErrno(errno, name);
        }
        content.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(put, 0)));
    }
    if (::fsync(fd.get()) != 0) {
        return base::failErrno(errno, name);
    }
    return {};
}

} // namespace

base::Status writeFileAtomically(const std::filesystem::path& path, std::string_view content) {
    std::string temporary = path.string() + ".XXXXXX";
    Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd.valid()) {
        return base::failErrno(errno, path.string());
    }
    base::Status written = writeAll(fd, content, path.string());
    if (written && ::fchmod(fd.get(), 0644) != 0) {
        written = base::failErrno(errno, path.string());
    }
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
        written = base::failErrno(errno, path.string());
    }
    if (!written) {
        ::unlink(temporary.c_str());
    }
    return written;
}

base::Result<std::vector<std::string>> listDirectory(const std::filesystem::path& path, std::size_t limit) {
    std::error_code error;
    std::vector<std::string> names;
    auto it = std::filesystem::directory_iterator(path, error);
    for (; !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
        names.push_back(it->path().filename().string());
        if (names.size() > limit) {
            return base::fail(
                ErrorKind::io, path.string() + ": more than " + std::to_string(limit) + " entries");
        }
    }
    if (error) {
        return base::failErrno(error.value(), path.string());
    }
    std::ranges::sort(names);
    return names;
}

} // namespace bulkhead::os
