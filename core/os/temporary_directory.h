#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string_view>

namespace bulkhead::os {

/// Removes a directory and everything below it. Follows no symbolic link and crosses into no other file
/// system, so whatever is still mounted below is refused and left whole. Nothing there is no error.
[[nodiscard]] base::Status removeTree(const std::filesystem::path& path);

/// A directory of our own (mode 0700) below the system's temporary folder, removed on destruction.
class TemporaryDirectory {
public:
    [[nodiscard]] static base::Result<TemporaryDirectory> make(std::string_view prefix);

    TemporaryDirectory(TemporaryDirectory&& other) noexcept;
    TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

private:
    explicit TemporaryDirectory(std::filesystem::path path) : m_path(std::move(path)) {}

    std::filesystem::path m_path;
};

} // namespace bulkhead::os
