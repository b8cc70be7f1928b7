#include "core/kernel/judged_path.h"

#include "core/base/bytes.h"
#include "core/kernel/mount_kind.h"
#include "core/kernel/text.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bulkhead::kernel {

namespace {

constexpr std::uint64_t kOneName = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

std::expected<os::Fd, int> open2(int directory, const std::string& name, int flags, std::uint64_t resolve) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.resolve = resolve;
    const long number = ::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how);
    if (number < 0) {
        return std::unexpected(errno);
    }
    return os::Fd(static_cast<int>(number));
}

Failure refused(const std::string& path, const char* why) {
    return {0, {"root" + base::textFromBytes(path) + ": " + why, ""}};
}

} // namespace

const MountEntry* mountUnder(int fd, const MountTree& mounts) {
    struct statx facts{};
    constexpr int kQuiet = AT_EMPTY_PATH | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;
    if (::statx(fd, "", kQuiet, STATX_MNT_ID, &facts) != 0 || (facts.stx_mask & STATX_MNT_ID) == 0) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(mounts.mounts, [&](const PlacedMount& mount) {
        return mount.entry.id == static_cast<std::int64_t>(facts.stx_mnt_id);
    });
    return found == mounts.mounts.end() ? nullptr : &found->entry;
}

std::expected<os::Fd, int> openBeside(int directory, const std::string& name, int flags) {
    return open2(directory, name, flags, kOneName | RESOLVE_NO_XDEV);
}

Reading<os::Fd> openJudged(int root, const std::string& path, const MountTree& mounts) {
    auto here = open2(root, ".", O_PATH | O_DIRECTORY, kOneName);
    if (!here) {
        return std::unexpected(failureOf(here.error(), "root"));
    }
    const MountEntry* mount = mountUnder(here->get(), mounts);
    for (const std::string_view name : splitAt(path, '/')) {
        if (mount == nullptr) {
            return std::unexpected(refused(path, "a mount on the way is new since the mounts were read"));
        }
        if (mayStall(mount->fsType)) {
            return std::unexpected(refused(path, "lies on a file system that may keep a reader waiting"));
        }
        if (name.empty()) {
            continue;
        }
        auto next = open2(here->get(), std::string(name), O_PATH | O_NOFOLLOW, kOneName);
        if (!next) {
            return std::unexpected(failureOf(next.error(), "root" + base::textFromBytes(path), kNeedsPtrace));
        }
        here = std::move(next);
        mount = mountUnder(here->get(), mounts);
    }
    if (mount == nullptr || mayStall(mount->fsType)) {
        return std::unexpected(
            mount == nullptr ? refused(path, "a mount there is new since the mounts were read")
                             : refused(path, "lies on a file system that may keep a reader waiting"));
    }
    return std::move(*here);
}

} // namespace bulkhead::kernel
