#include "core/kernel/file_buffer.h"

#include "core/os/fd.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace bulkhead::kernel {

namespace {

os::Fd openFor(int directory, const char* name) {
    return os::Fd(::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

ssize_t readSome(int fd, char* into, std::size_t room) {
    ssize_t got = 0;
    do {
        got = ::read(fd, into, room);
    } while (got < 0 && errno == EINTR);
    return got;
}

} // namespace

std::expected<std::string_view, int> FileBuffer::readOnce(int directory, const char* name) {
    const os::Fd fd = openFor(directory, name);
    if (!fd.valid()) {
        return std::unexpected(errno);
    }
    std::size_t used = 0;
    for (;;) {
        const ssize_t got = readSome(fd.get(), m_bytes.data() + used, m_bytes.size() - used);
        if (got < 0) {
            return std::unexpected(errno);
        }
        used += static_cast<std::size_t>(got);
        if (used < m_bytes.size()) {
            return std::string_view(m_bytes.data(), used);
        }
        if (used >= kLargestOnce) {
            return std::unexpected(EFBIG);
        }
        m_bytes.resize(m_bytes.size() * 2);
    }
}

std::expected<std::string_view, int> FileBuffer::readAll(int directory, const char* name, std::size_t limit) {
    const os::Fd fd = openFor(directory, name);
    if (!fd.valid()) {
        return std::unexpected(errno);
    }
    std::size_t used = 0;
    for (;;) {
        const ssize_t got = readSome(fd.get(), m_bytes.data() + used, m_bytes.size() - used);
        if (got < 0) {
            return std::unexpected(errno);
        }
        if (got == 0) {
            return std::string_view(m_bytes.data(), used);
        }
        used += static_cast<std::size_t>(got);
        if (used > limit) {
            return std::unexpected(EFBIG);
        }
        if (used == m_bytes.size()) {
            m_bytes.resize(m_bytes.size() * 2);
        }
    }
}

std::expected<std::string_view, int> FileBuffer::readLink(int directory, const char* name) {
    const ssize_t got = ::readlinkat(directory, name, m_bytes.data(), m_bytes.size());
    if (got < 0) {
        return std::unexpected(errno);
    }
    return std::string_view(m_bytes.data(), static_cast<std::size_t>(got));
}

} // namespace bulkhead::kernel
