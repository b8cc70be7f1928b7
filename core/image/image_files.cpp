#include "core/image/image_files.h"

#include "core/base/bytes.h"
#include "core/image/archive_reader.h"
#include "core/os/file.h"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace bulkhead::image {

namespace fs = std::filesystem;

namespace {

base::Result<os::Fd> openBelow(const os::Fd& folder, const std::string& name) {
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
            return next;
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
    return at;
}

base::Result<os::Fd> openIn(const fs::path& folder, const std::string& name) {
    const auto opened = os::openAt(AT_FDCWD, folder.string(), O_DIRECTORY);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    return openBelow(*opened, name);
}

base::Status streamFolder(const fs::path& folder, const std::set<std::string>& names, const TakeFile& take) {
    std::vector<char> block(kBlock);
    for (const std::string& name : names) {
        const auto file = openIn(folder, name);
        if (!file && file.error().kind == base::ErrorKind::notFound) {
            continue;
        }
        if (!file) {
            return std::unexpected(file.error());
        }
        const Pieces pieces = [&]() -> base::Result<std::string_view> {
            const auto got = ::read(file->get(), block.data(), block.size());
            if (got < 0) {
                return base::failErrno(errno, name);
            }
            return std::string_view(block.data(), static_cast<std::size_t>(got));
        };
        if (const base::Status taken = take(name, pieces); !taken) {
            return taken;
        }
    }
    return {};
}

constexpr int kMaxLinks = 16; // docker save links a layer that an image has twice

std::string followed(const std::map<std::string, std::string>& links, std::string name) {
    auto link = links.find(name);
    for (int i = 0; i < kMaxLinks && link != links.end(); ++i) {
        name = link->second;
        link = links.find(name);
    }
    return name;
}

} // namespace

ImageFiles filesOfFolder(const fs::path& folder) {
    ImageFiles out;
    out.text = [folder](const std::string& name) -> base::Result<std::string> {
        const auto file = openIn(folder, name);
        return file ? os::readAll(*file, name, kMaxText) : std::unexpected(file.error());
    };
    out.real = [](const std::string& name) { return name; };
    out.stream = [folder](const std::set<std::string>& names, const TakeFile& take) {
        return streamFolder(folder, names, take);
    };
    return out;
}

base::Result<ImageFiles> openImage(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
        return filesOfFolder(path);
    }
    if (!fs::exists(path, error)) {
        return base::fail(base::ErrorKind::notFound, path.string() + ": no such file or folder");
    }
    auto archive = readArchive(path);
    if (!archive) {
        return std::unexpected(archive.error());
    }
    const auto kept = std::make_shared<const ArchiveTexts>(std::move(*archive));
    ImageFiles out;
    out.text = [kept](const std::string& name) -> base::Result<std::string> {
        const auto found = kept->texts.find(name);
        if (found == kept->texts.end()) {
            return base::fail(
                base::ErrorKind::notFound, base::textFromBytes(name) + ": not in the archive, or too large");
        }
        return found->second;
    };
    out.real = [kept](const std::string& name) { return followed(kept->links, name); };
    out.stream = [path](const std::set<std::string>& names, const TakeFile& take) {
        return streamArchive(path, names, take);
    };
    return out;
}

} // namespace bulkhead::image
