#include "core/kernel/idmapped.h"

#include "core/kernel/id_maps.h"
#include "core/kernel/reading.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bulkhead::kernel {

using model::Fact;
using model::IdMap;

namespace {

// include/uapi/linux/mount.h of Linux 6.15, newer than the headers of the distributions we build on.
constexpr long kStatMount = 457;
constexpr long kListMount = 458;
constexpr std::uint64_t kFromTheRoot = ~0ULL;      // LSMT_ROOT
constexpr std::uint64_t kBasic = 0x2;              // STATMOUNT_MNT_BASIC
constexpr std::uint64_t kUidMap = 0x2000;          // STATMOUNT_MNT_UIDMAP
constexpr std::uint64_t kGidMap = 0x4000;          // STATMOUNT_MNT_GIDMAP
constexpr std::size_t kMaxListed = 100000;         // fs.mount-max
constexpr std::size_t kBufferSize = 512UL + 65536; // 340 extents of at most 32 bytes, twice
constexpr unsigned long kMountNamespaceId = _IOR(0xb7, 5, std::uint64_t); // NS_GET_MNTNS_ID

/// struct mnt_id_req
struct Request {
    std::uint32_t size = sizeof(Request);
    std::uint32_t spare = 0;
    std::uint64_t mount = 0;
    std::uint64_t param = 0;
    std::uint64_t mountNamespace = 0;
};

/// struct statmount, up to its strings
struct Answer {
    std::uint32_t size;
    std::uint32_t options;
    std::uint64_t mask;
    std::array<std::uint32_t, 2> device;
    std::uint64_t magic;
    std::array<std::uint32_t, 2> superFlags;
    std::uint64_t id;
    std::uint64_t parent;
    std::uint32_t oldId;
    std::uint32_t oldParent;
    std::array<std::uint64_t, 5> flags;
    std::array<std::uint32_t, 2> rootAndPoint;
    std::uint64_t mountNamespace;
    std::array<std::uint32_t, 6> strings;
    std::uint64_t supported;
    std::uint32_t uids;
    std::uint32_t uidsAt;
    std::uint32_t gids;
    std::uint32_t gidsAt;
    std::array<std::uint64_t, 43> spare;
};
static_assert(sizeof(Answer) == 512);

/// Strings one after the other from an offset; fewer where the answer ends before.
std::vector<std::string> stringsAt(std::string_view text, std::uint32_t offset, std::uint32_t count) {
    std::vector<std::string> all;
    std::string_view rest = text.substr(std::min<std::size_t>(offset, text.size()));
    for (std::uint32_t i = 0; i < count && !rest.empty(); ++i) {
        all.emplace_back(rest.substr(0, rest.find('\0')));
        rest.remove_prefix(std::min(all.back().size() + 1, rest.size()));
    }
    return all;
}

struct Mappings {
    Fact<IdMap> uids;
    Fact<IdMap> gids;
};

Fact<IdMap>
mappingOf(const Answer& answer, std::uint64_t bit, std::string_view text, const std::string& source) {
    if ((answer.mask & bit) == 0) {
        return model::Unreadable{"statmount: this kernel does not tell the mapping", "Linux 6.15 or later"};
    }
    const bool uids = bit == kUidMap;
    const std::uint32_t count = uids ? answer.uids : answer.gids;
    if (count == 0) {
        return model::Unreadable{
            "statmount: the mapping reaches ids outside Bulkhead's own user namespace",
            "running Bulkhead in the host's user namespace"};
    }
    return factOf(parseIdMappings(stringsAt(text, uids ? answer.uidsAt : answer.gidsAt, count)), source);
}

/// Asks for every mount of a namespace; answers those that are wanted, by the id that mountinfo shows.
class Asker {
public:
    explicit Asker(std::uint64_t mountNamespace) : m_namespace(mountNamespace), m_buffer(kBufferSize) {}

    [[nodiscard]] Reading<std::map<std::int64_t, Mappings>> ask(const std::string& source) {
        std::map<std::int64_t, Mappings> found;
        Request request;
        request.mount = kFromTheRoot;
        request.mountNamespace = m_namespace;
        std::array<std::uint64_t, 1024> ids{};
        for (std::size_t total = 0; total < kMaxListed;) {
            const long got = ::syscall(kListMount, &request, ids.data(), ids.size(), 0);
            if (got < 0) {
                return std::unexpected(
                    failureOf(errno, "listmount", "CAP_SYS_ADMIN over the container's mount namespace"));
            }
            if (got == 0) {
                break;
            }
            for (long i = 0; i < got; ++i) {
                addMappings(ids[static_cast<std::size_t>(i)], source, found);
            }
            total += static_cast<std::size_t>(got);
            request.param = ids[static_cast<std::size_t>(got) - 1];
        }
        return found;
    }

private:
    void addMappings(std::uint64_t id, const std::string& source, std::map<std::int64_t, Mappings>& found) {
        Request request;
        request.mount = id;
        request.param = kBasic | kUidMap | kGidMap;
        request.mountNamespace = m_namespace;
        if (::syscall(kStatMount, &request, m_buffer.data(), m_buffer.size(), 0) != 0) {
            return; // unmounted meanwhile
        }
        Answer answer{};
        std::memcpy(&answer, m_buffer.data(), sizeof answer);
        const std::size_t end =
            std::min<std::size_t>(std::max<std::size_t>(answer.size, sizeof answer), m_buffer.size());
        const std::string_view text(m_buffer.data() + sizeof answer, end - sizeof answer);
        found[answer.oldId] = {
            mappingOf(answer, kUidMap, text, source), mappingOf(answer, kGidMap, text, source)};
    }

    std::uint64_t m_namespace;
    std::vector<char> m_buffer;
};

Reading<std::map<std::int64_t, Mappings>> askMappings(const Task& task) {
    if (!task.live()) {
        return std::unexpected(Failure{0, {"a captured tree holds no mappings of idmapped mounts", ""}});
    }
    const auto fd = task.openFile("ns/mnt", O_RDONLY);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    std::uint64_t id = 0;
    if (::ioctl(fd->get(), kMountNamespaceId, &id) != 0) {
        return std::unexpected(failureOf(errno, "ns/mnt NS_GET_MNTNS_ID"));
    }
    return Asker(id).ask("statmount of " + task.source("ns/mnt"));
}

} // namespace

Reading<IdMap> parseIdMappings(const std::vector<std::string>& extents) {
    std::string text;
    for (const std::string& extent : extents) {
        text += extent + "\n";
    }
    auto map = parseIdMap("statmount", text);
    return map ? Reading<IdMap>(std::move(*map)) : std::unexpected(failureOf(map.error()));
}

void addIdMappings(const Task& task, const MountTree& tree, std::vector<model::Mount>& mounts) {
    Reading<std::map<std::int64_t, Mappings>> all;
    bool asked = false;
    for (std::size_t i = 0; i < mounts.size(); ++i) {
        if (!tree.mounts[i].entry.has("idmapped")) {
            continue;
        }
        if (!asked) {
            all = askMappings(task);
            asked = true;
        }
        const auto found = all ? all->find(mounts[i].id) : decltype(all->end()){};
        if (!all || found == all->end()) {
            const model::Unreadable why =
                all ? model::Unreadable{"statmount: the mount is gone", ""} : all.error().why;
            mounts[i].idmapUids = why;
            mounts[i].idmapGids = why;
        } else {
            mounts[i].idmapUids = found->second.uids;
            mounts[i].idmapGids = found->second.gids;
        }
    }
}

} // namespace bulkhead::kernel
