#include "core/claims/compose_files.h"

#include "core/base/bytes.h"
#include "core/os/file.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>

namespace bulkhead::claims {

namespace fs = std::filesystem;

namespace {

/// A pipe or a device would wait, or give without end.
base::Result<std::string>
readRegular(const fs::path& path, const std::string& name, int flags, std::size_t limit) {
    const auto opened = os::openAt(AT_FDCWD, path.string(), flags | O_NONBLOCK);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    struct stat info{};
    if (::fstat(opened->get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return base::fail(base::ErrorKind::malformed, name + ": not a regular file");
    }
    return os::readAll(*opened, name, limit);
}

} // namespace

base::Result<std::string> readBeneath(const fs::path& folder, const fs::path& file, std::size_t limit) {
    std::error_code error;
    const fs::path top = fs::canonical(folder, error);
    if (error) {
        return base::failErrno(error.value(), folder.string());
    }
    const fs::path real = fs::canonical(file, error);
    if (error) {
        return base::failErrno(error.value(), file.string());
    }
    if (std::mismatch(top.begin(), top.end(), real.begin(), real.end()).first != top.end()) {
        return base::fail(
            base::ErrorKind::denied, base::textFromBytes(file.string()) +
                                         ": not read: it lies outside the document's folder " +
                                         base::textFromBytes(top.string()));
    }
    return readRegular(real, base::textFromBytes(file.string()), O_NOFOLLOW, limit);
}

base::Result<std::string> readNamed(const fs::path& file, std::size_t limit) {
    return readRegular(file, base::textFromBytes(file.string()), 0, limit);
}

base::Result<ComposeContext> ComposeFiles::open(const std::string& file) {
    std::error_code error;
    m_folder = fs::absolute(file, error).parent_path();
    m_sources.push_back({file, m_folder});
    m_variables = readEnvironment();
    const fs::path beside = m_folder / ".env";
    if (fs::exists(beside, error)) {
        const auto text = readBeneath(m_folder, beside);
        if (!text) {
            return std::unexpected(text.error());
        }
        auto all = parseDotEnv(*text, beside.string(), std::move(m_variables));
        if (!all) {
            return std::unexpected(all.error());
        }
        m_variables = std::move(*all);
    }
    return ComposeContext{m_folder, m_variables};
}

base::Result<std::uint16_t> ComposeFiles::add(ComposeSource source) {
    constexpr std::size_t kMaxFiles = 256;
    if (m_sources.size() >= kMaxFiles) {
        return base::fail(
            base::ErrorKind::malformed, "a project of more than " + std::to_string(kMaxFiles) + " files");
    }
    m_sources.push_back(std::move(source));
    return static_cast<std::uint16_t>(m_sources.size() - 1);
}

base::Result<std::vector<Node>> ComposeFiles::readOther(const fs::path& path) const {
    const auto text = readBeneath(m_folder, path, kMaxYamlDocumentSize);
    return text ? parseNodes(*text, path.string()) : std::unexpected(text.error());
}

base::Result<std::vector<Node>> ComposeFiles::readGiven(const fs::path& path) {
    const auto text = readNamed(path, kMaxYamlDocumentSize);
    return text ? parseNodes(*text, path.string()) : std::unexpected(text.error());
}

bool ComposeFiles::spend(std::size_t values) {
    if (values > m_values) {
        return false;
    }
    m_values -= values;
    return true;
}

} // namespace bulkhead::claims
