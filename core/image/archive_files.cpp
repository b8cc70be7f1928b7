#include "core/base/bytes.h"
#include "core/image/image_files.h"
#include "core/os/file.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>

namespace bulkhead::image {

namespace fs = std::filesystem;

namespace {

struct Close {
    void operator()(archive* reader) const { ::archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, Close>;

constexpr std::size_t kBlock = 65536;

/// One pass over an archive that somebody else made.
class Pass {
public:
    Pass(Reader reader, std::string name) : m_reader(std::move(reader)), m_name(std::move(name)) {}

    base::Result<std::map<std::string, std::string>> read() {
        for (std::size_t entries = 0;; ++entries) {
            archive_entry* entry = nullptr;
            const int state = ::archive_read_next_header(m_reader.get(), &entry);
            if (state == ARCHIVE_EOF) {
                return std::move(m_texts);
            }
            if (state < ARCHIVE_WARN) {
                return refuse("not an archive that is understood: " + problem());
            }
            if (entries >= kMaxEntries) {
                return refuse("more than " + std::to_string(kMaxEntries) + " entries");
            }
            const auto taken = take(*entry);
            if (!taken) {
                return std::unexpected(taken.error());
            }
        }
    }

private:
    [[nodiscard]] std::unexpected<base::Error> refuse(const std::string& what) const {
        return base::fail(base::ErrorKind::malformed, m_name + ": " + what);
    }
    [[nodiscard]] std::string problem() const {
        const char* text = ::archive_error_string(m_reader.get());
        return text == nullptr ? "damaged" : base::textFromBytes(text);
    }

    base::Status take(archive_entry& entry) {
        const char* path = ::archive_entry_pathname(&entry);
        std::string name = path == nullptr ? "" : path;
        name = name.starts_with("./") ? name.substr(2) : name;
        const bool regular = ::archive_entry_filetype(&entry) == AE_IFREG;
        const auto size = ::archive_entry_size(&entry);
        const bool wanted = regular && size >= 0 && static_cast<std::size_t>(size) <= kMaxText &&
                            (name.ends_with(".json") || name.starts_with("blobs/") || name == "oci-layout");
        if (!wanted && ::archive_filter_count(m_reader.get()) <= 1) {
            return {}; // not packed: the next header is looked for in the file
        }
        std::string text;
        for (;;) {
            char block[kBlock];
            const auto got = ::archive_read_data(m_reader.get(), block, kBlock);
            if (got < 0) {
                return refuse("damaged: " + problem());
            }
            if (const auto bounded = checkBounds(); !bounded) {
                return bounded;
            }
            if (got == 0) {
                break;
            }
            if (wanted && text.size() <= kMaxText) {
                text.append(block, static_cast<std::size_t>(got));
            }
        }
        if (wanted && text.size() <= kMaxText) {
            m_kept += text.size();
            if (m_kept > kMaxTexts) {
                return refuse("more than " + std::to_string(kMaxTexts) + " bytes of small files");
            }
            m_texts.insert_or_assign(std::move(name), std::move(text));
        }
        return {};
    }

    /// A gigabyte of zeros packs into a megabyte; layers of images do not.
    [[nodiscard]] base::Status checkBounds() const {
        const auto unpacked = ::archive_filter_bytes(m_reader.get(), 0);
        const auto packed = ::archive_filter_bytes(m_reader.get(), -1);
        if (unpacked > kMaxUnpacked) {
            return refuse("unpacks to more than " + std::to_string(kMaxUnpacked) + " bytes");
        }
        if (unpacked > kFreeUnpacked && unpacked / kMaxRatio > packed) {
            return refuse("unpacks to more than " + std::to_string(kMaxRatio) + " times its size");
        }
        return {};
    }

    Reader m_reader;
    std::string m_name;
    std::map<std::string, std::string> m_texts;
    std::size_t m_kept = 0;
};

} // namespace

base::Result<std::map<std::string, std::string>> readArchive(const fs::path& path) {
    const auto file = os::openAt(AT_FDCWD, path.string(), O_NONBLOCK);
    if (!file) {
        return std::unexpected(file.error());
    }
    struct stat info{};
    if (::fstat(file->get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return base::fail(base::ErrorKind::malformed, path.string() + ": not a regular file");
    }
    Reader reader(::archive_read_new());
    // no other formats: each is a parser more for hostile bytes
    ::archive_read_support_format_tar(reader.get());
    ::archive_read_support_filter_gzip(reader.get());
    ::archive_read_support_filter_zstd(reader.get());
    if (::archive_read_open_fd(reader.get(), file->get(), kBlock) != ARCHIVE_OK) {
        const char* text = ::archive_error_string(reader.get());
        return base::fail(
            base::ErrorKind::malformed,
            path.string() + ": not an archive that is understood: " + (text == nullptr ? "" : text));
    }
    return Pass(std::move(reader), path.string()).read();
}

} // namespace bulkhead::image
