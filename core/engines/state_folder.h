#pragma once

#include "core/base/error.h"
#include "core/os/fd.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bulkhead::engines {

/// A small file and whose it is.
struct OwnedText {
    std::string text;
    std::uint32_t owner = 0;
};

/// A folder that may belong to anybody, read without following what its owner may have put there: no symbolic
/// link, no other file system, no file but regular ones.
class StateFolder {
public:
    /// NotFound where there is none, Denied where it may not be read. `within` opens it below another folder
    /// under the same rule; else the path is trusted.
    [[nodiscard]] static base::Result<StateFolder> open(const std::filesystem::path& path);
    [[nodiscard]] base::Result<StateFolder> openWithin(const std::filesystem::path& relative) const;

    /// Names of its entries, sorted; Io above ten thousand.
    [[nodiscard]] base::Result<std::vector<std::string>> names() const;
    /// At most 4 MiB.
    [[nodiscard]] base::Result<OwnedText> read(const std::string& relative) const;
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

private:
    StateFolder(os::Fd directory, std::filesystem::path path)
        : m_directory(std::move(directory)), m_path(std::move(path)) {}

    os::Fd m_directory;
    std::filesystem::path m_path;
};

} // namespace bulkhead::engines
