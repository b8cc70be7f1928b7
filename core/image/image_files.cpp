#include "core/image/image_files.h"

#include "core/base/bytes.h"
#include "core/os/file.h"

#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <utility>

namespace bulkhead::image {

namespace fs = std::filesystem;

namespace {

base::Result<std::string> readBelow(const os::Fd& folder, const std::string& name) {
    os::Fd at;
    int above = folder.get();
    std::size_t begin = 0;
    for (;;) {
        const auto slash = name.find('/', begin);
        const bool last = slash == std::string::npos;
        const std::string part = name.substr(begin, last ? slash : slash - begin);
        if (part.empty() || part == "." || part == "..") {
            return base::fail(base::ErrorKind::malformed, name + ": no name of a file in an image");
        }
        auto next = os::openAt(above, part, O_NOFOLLOW | O_NONBLOCK | (last ? 0 : O_DIRECTORY));
        if (!next) {
            return std::unexpected(next.error());
        }
        at = std::move(*next);
        above = at.get();
        if (last) {
            break;
        }
        begin = slash + 1;
    }
    struct stat info{};
    if (::fstat(at.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return base::fail(base::ErrorKind::malformed, name + ": not a regular file");
    }
    return os::readAll(at, name, kMaxText);
}

} // namespace

ImageFiles filesOfFolder(const fs::path& folder) {
    return [folder](const std::string& name) -> base::Result<std::string> {
        const auto opened = os::openAt(AT_FDCWD, folder.string(), O_DIRECTORY);
        if (!opened) {
            return std::unexpected(opened.error());
        }
        return readBelow(*opened, name);
    };
}

base::Result<ImageFiles> openImage(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
        return filesOfFolder(path);
    }
    if (!fs::exists(path, error)) {
        return base::fail(base::ErrorKind::notFound, path.string() + ": no such file or folder");
    }
    auto texts = readArchive(path);
    if (!texts) {
        return std::unexpected(texts.error());
    }
    const auto kept = std::make_shared<const std::map<std::string, std::string>>(std::move(*texts));
    return [kept](const std::string& name) -> base::Result<std::string> {
        const auto found = kept->find(name);
        if (found == kept->end()) {
            return base::fail(
                base::ErrorKind::notFound, base::textFromBytes(name) + ": not in the archive, or too large");
        }
        return found->second;
    };
}

} // namespace bulkhead::image
