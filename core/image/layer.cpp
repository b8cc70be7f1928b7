#include "core/image/layer.h"

#include "core/base/sha256.h"
#include "core/image/archive_reader.h"
#include "core/image/secret_files.h"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <cerrno>
#include <cstring>

namespace bulkhead::image {

namespace {

constexpr std::size_t kLongestName = 4096; // PATH_MAX
constexpr std::size_t kMaxClimbing = 100;
constexpr std::string_view kWhiteout = ".wh.";

/// A name of an entry in one form; nullopt where it leads out of the layer.
std::optional<std::string> plainPath(std::string_view name) {
    std::string out;
    while (!name.empty()) {
        const auto slash = std::min(name.find('/'), name.size());
        const std::string_view part = name.substr(0, slash);
        name.remove_prefix(std::min(slash + 1, name.size()));
        if (part == "..") {
            return std::nullopt;
        }
        if (!part.empty() && part != ".") {
            out += out.empty() ? "" : "/";
            out += part;
        }
    }
    return out;
}

/// The permitted and inheritable sets of security.capability (linux/capability.h, vfs_cap_data: a magic, then
/// pairs of 32 bits, all little-endian).
std::optional<std::uint64_t> fileCapabilities(archive_entry& entry) {
    constexpr std::size_t kMagic = 4;
    constexpr std::size_t kPair = 8;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    ::archive_entry_xattr_reset(&entry);
    while (::archive_entry_xattr_next(&entry, &name, &value, &size) == ARCHIVE_OK) {
        if (name == nullptr || std::string_view(name) != "security.capability") {
            continue;
        }
        std::array<unsigned char, kMagic + 2 * kPair> bytes{};
        if (value != nullptr) {
            std::memcpy(bytes.data(), value, std::min(size, bytes.size()));
        }
        const auto word = [&](std::size_t at) {
            return std::uint64_t{bytes[at]} | std::uint64_t{bytes[at + 1]} << 8U |
                   std::uint64_t{bytes[at + 2]} << 16U | std::uint64_t{bytes[at + 3]} << 24U;
        };
        return word(kMagic) | word(kMagic + 4) | (word(kMagic + kPair) | word(kMagic + kPair + 4)) << 32U;
    }
    return std::nullopt;
}

/// Reads one layer; its bytes are hashed as they pass.
class Walk {
public:
    Walk(const Pieces& pieces, std::string name, LayerBudget& budget)
        : m_pieces(&pieces), m_name(std::move(name)), m_budget(&budget) {}

    base::Result<Layer> read() {
        if (::archive_read_open(m_reader.get(), this, nullptr, readBlock, nullptr) != ARCHIVE_OK) {
            return failed("not an archive that is understood: " + problemOf(*m_reader));
        }
        for (;;) {
            archive_entry* entry = nullptr;
            const int state = ::archive_read_next_header(m_reader.get(), &entry);
            if (state == ARCHIVE_EOF) {
                break;
            }
            if (state < ARCHIVE_WARN) {
                return failed("not an archive that is understood: " + problemOf(*m_reader));
            }
            if (const base::Status taken = take(*entry); !taken) {
                return std::unexpected(taken.error());
            }
        }
        m_layer.packed = ::archive_filter_count(m_reader.get()) > 1;
        return finish();
    }

private:
    static la_ssize_t readBlock(archive* reader, void* self, const void** block) {
        auto& walk = *static_cast<Walk*>(self);
        auto piece = (*walk.m_pieces)();
        if (!piece) {
            ::archive_set_error(reader, EIO, "%s", piece.error().message.c_str());
            walk.m_problem = piece.error();
            return -1;
        }
        walk.m_hash.add(*piece);
        *block = piece->data();
        return static_cast<la_ssize_t>(piece->size());
    }

    [[nodiscard]] std::unexpected<base::Error> failed(const std::string& what) const {
        return m_problem ? std::unexpected(*m_problem)
                         : base::fail(base::ErrorKind::malformed, m_name + ": " + what);
    }

    /// What follows the end of the archive belongs to the digest.
    base::Result<Layer> finish() {
        for (;;) {
            const auto piece = (*m_pieces)();
            if (!piece) {
                return std::unexpected(piece.error());
            }
            if (piece->empty()) {
                break;
            }
            m_hash.add(*piece);
        }
        m_layer.sha256 = m_hash.finish();
        return std::move(m_layer);
    }

    base::Status take(archive_entry& entry) {
        const char* bytes = ::archive_entry_pathname(&entry);
        bytes = bytes == nullptr ? ::archive_entry_pathname_utf8(&entry) : bytes;
        if (bytes == nullptr) {
            return failed("an entry whose name cannot be read");
        }
        const std::string_view name(bytes);
        if (m_budget->entries == 0 || m_budget->nameBytes < name.size() || name.size() > kLongestName) {
            return failed(
                name.size() > kLongestName ? "a name that is too long" : "more entries than an image has");
        }
        --m_budget->entries;
        m_budget->nameBytes -= name.size();
        auto path = plainPath(name);
        if (!path) {
            return climbs(name);
        }
        return path->empty() ? passOver() : add(entry, std::move(*path));
    }

    base::Status add(archive_entry& entry, std::string path) {
        const auto slash = path.rfind('/');
        const std::size_t from = slash == std::string::npos ? 0 : slash + 1;
        const std::string_view leaf = std::string_view(path).substr(from);
        if (leaf == ".wh..wh..opq") {
            path.resize(slash == std::string::npos ? 0 : slash);
            m_layer.entries.push_back({EntryKind::opaque, -1, std::move(path)});
            return passOver();
        }
        if (leaf.starts_with(".wh..wh.")) {
            return passOver(); // notes of aufs, which are no files
        }
        if (leaf.starts_with(kWhiteout)) {
            path.erase(from, kWhiteout.size());
            m_layer.entries.push_back({EntryKind::whiteout, -1, std::move(path)});
            return passOver();
        }
        const char* hard = ::archive_entry_hardlink(&entry);
        const auto type = ::archive_entry_filetype(&entry);
        if (hard != nullptr || type == AE_IFLNK) {
            const char* soft = ::archive_entry_symlink(&entry);
            return addLink(
                hard != nullptr,
                hard != nullptr   ? hard
                : soft != nullptr ? soft
                                  : "",
                std::move(path));
        }
        if (type != AE_IFREG) {
            const EntryKind kind = type == AE_IFDIR ? EntryKind::folder : EntryKind::other;
            EntryDetail detail;
            detail.mode = ::archive_entry_perm(&entry);
            if (kind == EntryKind::folder && (detail.mode & 0002U) != 0) {
                keep(kind, std::move(path), std::move(detail));
            } else {
                m_layer.entries.push_back({kind, -1, std::move(path)});
            }
            return passOver();
        }
        return addFile(entry, std::move(path));
    }

    base::Status climbs(std::string_view name) {
        if (m_layer.climbing.size() < kMaxClimbing) {
            m_layer.climbing.emplace_back(name);
        }
        return passOver();
    }

    base::Status addLink(bool hard, std::string_view to, std::string path) {
        m_budget->nameBytes -= std::min(m_budget->nameBytes, to.size());
        EntryDetail detail;
        if (hard) {
            auto plain = plainPath(to);
            if (!plain) {
                return climbs(to);
            }
            detail.link = std::move(*plain);
        } else {
            detail.link = to;
        }
        keep(hard ? EntryKind::hardlink : EntryKind::symlink, std::move(path), std::move(detail));
        return passOver();
    }

    base::Status addFile(archive_entry& entry, std::string path) {
        EntryDetail detail;
        detail.mode = ::archive_entry_perm(&entry);
        detail.uid = ::archive_entry_uid(&entry);
        detail.gid = ::archive_entry_gid(&entry);
        detail.capabilities = fileCapabilities(entry);
        auto content = beginning();
        if (!content) {
            return std::unexpected(content.error());
        }
        if (::archive_entry_size(&entry) <= static_cast<la_int64_t>(kLookedAt)) {
            detail.secret = secretKind(path, *content);
            if (path == "etc/passwd" || path == "etc/group") {
                detail.text = std::move(*content);
            }
        }
        const bool special = (detail.mode & 06000U) != 0 || (detail.mode & 0002U) != 0;
        if (special || detail.capabilities || !detail.secret.empty() || !detail.text.empty()) {
            keep(EntryKind::file, std::move(path), std::move(detail));
        } else {
            m_layer.entries.push_back({EntryKind::file, -1, std::move(path)});
        }
        return {};
    }

    void keep(EntryKind kind, std::string path, EntryDetail detail) {
        m_layer.entries.push_back({kind, static_cast<std::int32_t>(m_layer.details.size()), std::move(path)});
        m_layer.details.push_back(std::move(detail));
    }

    /// The first bytes of a file, and the rest passed over. Holes are not filled: a terabyte of nothing fits
    /// into a header.
    base::Result<std::string> beginning() {
        std::string out;
        for (;;) {
            const void* block = nullptr;
            std::size_t size = 0;
            la_int64_t offset = 0;
            const int state = ::archive_read_data_block(m_reader.get(), &block, &size, &offset);
            if (state == ARCHIVE_EOF) {
                return out;
            }
            if (state < ARCHIVE_WARN) {
                return failed("damaged: " + problemOf(*m_reader));
            }
            if (const base::Status bounded = checkUnpacked(*m_reader, m_name); !bounded) {
                return std::unexpected(bounded.error());
            }
            if (offset >= 0 && static_cast<std::uint64_t>(offset) == out.size() && out.size() < kLookedAt) {
                out.append(static_cast<const char*>(block), std::min(size, kLookedAt - out.size()));
            }
        }
    }

    base::Status passOver() {
        const auto passed = beginning();
        return passed ? base::Status() : std::unexpected(passed.error());
    }

    const Pieces* m_pieces;
    std::string m_name;
    LayerBudget* m_budget;
    base::Sha256 m_hash;
    std::optional<base::Error> m_problem;
    Layer m_layer;
    Reader m_reader = makeReader();
};

} // namespace

base::Result<Layer> readLayer(const Pieces& pieces, const std::string& name, LayerBudget& budget) {
    return Walk(pieces, name, budget).read();
}

} // namespace bulkhead::image
