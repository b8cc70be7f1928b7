#include "core/base/bytes.h"
#include "core/image/archive_reader.h"
#include "core/image/image_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <optional>

namespace bulkhead::image {

namespace fs = std::filesystem;

namespace {

std::string nameOf(archive_entry& entry) {
    const char* path = ::archive_entry_pathname(&entry);
    std::string name = path == nullptr ? "" : path;
    return name.starts_with("./") ? name.substr(2) : name;
}

/// One pass over an archive that somebody else made.
class Pass {
public:
    Pass(OpenArchive opened, std::string name) : m_archive(std::move(opened)), m_name(std::move(name)) {}

    template <class Take>
    base::Status read(Take take) {
        for (std::size_t entries = 0;; ++entries) {
            archive_entry* entry = nullptr;
            const int state = ::archive_read_next_header(m_archive.reader.get(), &entry);
            if (state == ARCHIVE_EOF) {
                return {};
            }
            if (state < ARCHIVE_WARN) {
                return refuse("not an archive that is understood: " + problemOf(*m_archive.reader));
            }
            if (entries >= kMaxEntries) {
                return refuse("more than " + std::to_string(kMaxEntries) + " entries");
            }
            if (const base::Status taken = take(*entry); !taken) {
                return taken;
            }
            if (const base::Status passed = passOver(); !passed) {
                return passed;
            }
        }
    }

    /// The next bytes of the entry; the view holds until the next call.
    base::Result<std::string_view> piece() {
        const auto got = ::archive_read_data(m_archive.reader.get(), m_block.data(), m_block.size());
        if (got < 0) {
            return refuse("damaged: " + problemOf(*m_archive.reader));
        }
        if (const base::Status bounded = checkUnpacked(*m_archive.reader, m_name); !bounded) {
            return std::unexpected(bounded.error());
        }
        return std::string_view(m_block.data(), static_cast<std::size_t>(got));
    }

    [[nodiscard]] std::unexpected<base::Error> refuse(const std::string& what) const {
        return base::fail(base::ErrorKind::malformed, m_name + ": " + what);
    }

private:
    /// The rest of an entry. Of a packed archive it has to be unpacked, within bounds; else the next header
    /// is looked for in the file.
    base::Status passOver() {
        while (::archive_filter_count(m_archive.reader.get()) > 1) {
            const auto got = piece();
            if (!got) {
                return std::unexpected(got.error());
            }
            if (got->empty()) {
                break;
            }
        }
        return {};
    }

    OpenArchive m_archive;
    std::string m_name;
    std::array<char, kBlock> m_block{};
};

/// Collects an archive's small files and its links.
class Texts {
public:
    explicit Texts(Pass& pass) : m_pass(&pass) {}

    base::Status take(archive_entry& entry) {
        std::string name = nameOf(entry);
        if (auto link = linkOf(entry, name)) {
            m_kept += name.size() + link->size();
            m_out.links.insert_or_assign(std::move(name), std::move(*link));
            return checkKept();
        }
        const auto size = ::archive_entry_size(&entry);
        const bool wanted = ::archive_entry_filetype(&entry) == AE_IFREG && size >= 0 &&
                            static_cast<std::size_t>(size) <= kMaxText &&
                            (name.ends_with(".json") || name.starts_with("blobs/") || name == "oci-layout");
        std::string text;
        while (wanted && text.size() <= kMaxText) {
            const auto piece = m_pass->piece();
            if (!piece) {
                return std::unexpected(piece.error());
            }
            if (piece->empty()) {
                break;
            }
            text += *piece;
        }
        if (wanted && text.size() <= kMaxText) {
            m_kept += text.size();
            m_out.texts.insert_or_assign(std::move(name), std::move(text));
        }
        return checkKept();
    }

    ArchiveTexts result() { return std::move(m_out); }

private:
    static std::optional<std::string> linkOf(archive_entry& entry, const std::string& name) {
        if (const char* hard = ::archive_entry_hardlink(&entry)) {
            return std::string(hard);
        }
        const char* soft = ::archive_entry_symlink(&entry);
        if (::archive_entry_filetype(&entry) != AE_IFLNK || soft == nullptr) {
            return std::nullopt;
        }
        return (fs::path(name).parent_path() / soft).lexically_normal().string();
    }
    [[nodiscard]] base::Status checkKept() const {
        return m_kept <= kMaxTexts
                   ? base::Status()
                   : m_pass->refuse("more than " + std::to_string(kMaxTexts) + " bytes of small files");
    }

    Pass* m_pass;
    ArchiveTexts m_out;
    std::size_t m_kept = 0;
};

} // namespace

base::Result<ArchiveTexts> readArchive(const fs::path& path) {
    auto opened = openArchive(path);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    Pass pass(std::move(*opened), path.string());
    Texts texts(pass);
    const base::Status read = pass.read([&](archive_entry& entry) { return texts.take(entry); });
    if (!read) {
        return std::unexpected(read.error());
    }
    return texts.result();
}

base::Status streamArchive(const fs::path& path, const std::set<std::string>& names, const TakeFile& take) {
    auto opened = openArchive(path);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    Pass pass(std::move(*opened), path.string());
    const Pieces pieces = [&pass] { return pass.piece(); };
    std::set<std::string> seen;
    return pass.read([&](archive_entry& entry) -> base::Status {
        const std::string name = nameOf(entry);
        const bool wanted = ::archive_entry_filetype(&entry) == AE_IFREG && names.contains(name);
        return wanted && seen.insert(name).second ? take(name, pieces) : base::Status();
    });
}

} // namespace bulkhead::image
