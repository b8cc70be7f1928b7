#include "core/image/archive_reader.h"

#include "core/base/bytes.h"
#include "core/image/image_files.h"
#include "core/os/file.h"

#include <archive.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace bulkhead::image {

void CloseReader::operator()(archive* reader) const {
    ::archive_read_free(reader);
}

Reader makeReader() {
    Reader reader(::archive_read_new());
    // no other formats: each is a parser more for hostile bytes
    ::archive_read_support_format_tar(reader.get());
    ::archive_read_support_filter_gzip(reader.get());
    ::archive_read_support_filter_zstd(reader.get());
    return reader;
}

std::string problemOf(archive& reader) {
    const char* text = ::archive_error_string(&reader);
    return text == nullptr ? "damaged" : base::textFromBytes(text);
}

/// A gigabyte of zeros packs into a megabyte; layers of images do not.
base::Status checkUnpacked(archive& reader, const std::string& name) {
    const auto unpacked = ::archive_filter_bytes(&reader, 0);
    const auto packed = ::archive_filter_bytes(&reader, -1);
    if (unpacked > kMaxUnpacked) {
        return base::fail(
            base::ErrorKind::malformed,
            name + ": unpacks to more than " + std::to_string(kMaxUnpacked) + " bytes");
    }
    if (unpacked > kFreeUnpacked && unpacked / kMaxRatio > packed) {
        return base::fail(
            base::ErrorKind::malformed,
            name + ": unpacks to more than " + std::to_string(kMaxRatio) + " times its size");
    }
    return {};
}

base::Result<OpenArchive> openArchive(const std::filesystem::path& path) {
    auto file = os::openAt(AT_FDCWD, path.string(), O_NONBLOCK);
    if (!file) {
        return std::unexpected(file.error());
    }
    struct stat info{};
    if (::fstat(file->get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return base::fail(base::ErrorKind::malformed, path.string() + ": not a regular file");
    }
    OpenArchive out{std::move(*file), makeReader()};
    if (::archive_read_open_fd(out.reader.get(), out.file.get(), kBlock) != ARCHIVE_OK) {
        return base::fail(
            base::ErrorKind::malformed,
            path.string() + ": not an archive that is understood: " + problemOf(*out.reader));
    }
    return out;
}

} // namespace bulkhead::image
