#pragma once

#include <cstddef>
#include <expected>
#include <string_view>
#include <vector>

namespace bulkhead::kernel {

/// Reads many small files of the kernel into one piece of memory. What a call returns is valid until the next
/// call; errors are the bare errno.
class FileBuffer {
public:
    FileBuffer() : m_bytes(kFirstSize) {}

    /// A file that the kernel makes in one piece (fs/seq_file.c, single_open): one read suffices as long as
    /// it fits, and a target that makes it larger (65,536 groups, deep control groups) makes it no less read.
    /// EFBIG above 4 MiB, which none of these files reaches.
    [[nodiscard]] std::expected<std::string_view, int> readOnce(int directory, const char* name);
    /// Everything up to the end of file; EFBIG above `limit`.
    [[nodiscard]] std::expected<std::string_view, int>
    readAll(int directory, const char* name, std::size_t limit);
    /// The text of a symbolic link, not followed.
    [[nodiscard]] std::expected<std::string_view, int> readLink(int directory, const char* name);

    [[nodiscard]] std::size_t capacity() const { return m_bytes.size(); }

private:
    static constexpr std::size_t kFirstSize = 32768;
    static constexpr std::size_t kLargestOnce = 4UL * 1024 * 1024;

    std::vector<char> m_bytes;
};

} // namespace bulkhead::kernel
