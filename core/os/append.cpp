#include "core/os/append.h"

#include "core/os/fd.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace bulkhead::os {

base::Status appendLine(const std::filesystem::path& path, std::string_view line) {
    constexpr mode_t kOwnerOnly = 0600;
    const Fd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, kOwnerOnly));
    if (!fd.valid()) {
        return base::failErrno(errno, path.string());
    }
    const ssize_t put = ::write(fd.get(), line.data(), line.size());
    if (put < 0) {
        return base::failErrno(errno, path.string());
    }
    if (static_cast<std::size_t>(put) != line.size()) {
        return base::fail(base::ErrorKind::io, path.string() + ": the line could not be written whole");
    }
    return {};
}

} // namespace bulkhead::os
