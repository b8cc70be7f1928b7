#include "core/kernel/namespace_files.h"

#include "core/kernel/text.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace bulkhead::kernel {

using base::ErrorKind;
using os::Fd;

namespace {

constexpr std::uint64_t kCapturedDevice = 4;
constexpr int kDeepest = 33; // pid and user namespaces nest 32 deep (pid_namespaces(7))

Reading<Fd> ask(const Fd& fd, unsigned long request, std::string_view name) {
    const int number = ::ioctl(fd.get(), request);
    if (number < 0) {
        return std::unexpected(failureOf(errno, name, kNeedsPtrace));
    }
    Fd answer(number);
    ::fcntl(answer.get(), F_SETFD, FD_CLOEXEC);
    return answer;
}

Reading<NamespaceIdentity> identify(const Reading<Fd>& fd, std::string_view name) {
    if (!fd) {
        return std::unexpected(fd.error());
    }
    struct stat facts{};
    if (::fstat(fd->get(), &facts) != 0) {
        return std::unexpected(failureOf(errno, name));
    }
    return NamespaceIdentity{facts.st_dev, facts.st_ino};
}

Reading<std::uint32_t> askOwnerUid(const Fd& userNamespace, const std::string& name) {
    uid_t uid = 0;
    if (::ioctl(userNamespace.get(), NS_GET_OWNER_UID, &uid) != 0) {
        return std::unexpected(failureOf(errno, name + " NS_GET_OWNER_UID"));
    }
    return uid;
}

Reading<std::int64_t> countParents(Reading<Fd> parent) {
    std::int64_t level = 0;
    while (parent && level < kDeepest) {
        ++level;
        parent = ask(*parent, NS_GET_PARENT, "");
    }
    if (!parent && parent.error().number != EPERM) {
        return std::unexpected(parent.error());
    }
    return level;
}

/// From a user namespace upwards; ends where the next one is out of our sight, or is the first.
std::vector<UserNamespace> walkOwners(Reading<Fd> at) {
    std::vector<UserNamespace> owners;
    while (at && owners.size() < static_cast<std::size_t>(kDeepest)) {
        const auto self = identify(at, "");
        const auto uid = askOwnerUid(*at, "");
        if (!self || !uid) {
            break;
        }
        owners.push_back({*self, *uid});
        at = ask(*at, NS_GET_PARENT, "");
    }
    return owners;
}

Reading<NamespaceFile> askNamespace(const Fd& fd, const std::string& name) {
    struct stat facts{};
    if (::fstat(fd.get(), &facts) != 0) {
        return std::unexpected(failureOf(errno, name));
    }
    const auto owner = ask(fd, NS_GET_USERNS, name + " NS_GET_USERNS");
    auto ownerUid =
        owner ? askOwnerUid(*owner, name) : Reading<std::uint32_t>(std::unexpected(owner.error()));
    if (name == "ns/user") {
        ownerUid = askOwnerUid(fd, name);
    }
    auto parent = ask(fd, NS_GET_PARENT, name + " NS_GET_PARENT");
    auto parentIdentity = identify(parent, name);
    auto owners = walkOwners(
        name == "ns/user" ? Reading<Fd>(Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0)))
                          : ask(fd, NS_GET_USERNS, ""));
    return NamespaceFile{{facts.st_dev, facts.st_ino}, identify(owner, name),           std::move(ownerUid),
                         std::move(parentIdentity),    countParents(std::move(parent)), std::move(owners)};
}

std::optional<UserNamespace> capturedOwner(const std::vector<std::string_view>& words) {
    const auto inode = words.size() == 3 ? numberOf<std::uint64_t>(words[1]) : std::nullopt;
    const auto uid = words.size() == 3 ? numberOf<std::uint32_t>(words[2]) : std::nullopt;
    return inode && uid && words[0] == "chain" ? std::optional(UserNamespace{{kCapturedDevice, *inode}, *uid})
                                               : std::nullopt;
}

/// Without lines of the whole chain, what owner and uid say of its beginning.
void addCapturedOwners(std::string_view name, NamespaceFile& file) {
    if (!file.owners.empty()) {
        return;
    }
    const std::uint32_t uid = file.ownerUid ? *file.ownerUid : 0;
    if (name == "ns/user") {
        file.owners.push_back({file.self, uid});
    }
    if (file.owner) {
        file.owners.push_back({*file.owner, name == "ns/user" ? 0 : uid});
    }
}

Failure notCaptured(std::string_view name, std::string_view fact) {
    return {0, {std::string(name) + ": the captured tree does not state its " + std::string(fact), ""}};
}

base::Result<std::uint64_t> capturedInode(std::string_view name, std::string_view line) {
    const auto open = line.find(":[");
    const bool closed = line.ends_with(']') && open != std::string_view::npos;
    const auto inode =
        closed ? numberOf<std::uint64_t>(line.substr(open + 2, line.size() - open - 3)) : std::nullopt;
    if (!inode) {
        return base::fail(ErrorKind::malformed, std::string(name) + ": expected TYPE:[INODE]");
    }
    return *inode;
}

} // namespace

std::vector<NamespaceIdentity> parentsOf(const Fd& fd) {
    std::vector<NamespaceIdentity> parents;
    auto at = ask(fd, NS_GET_PARENT, "");
    while (at && parents.size() < static_cast<std::size_t>(kDeepest)) {
        const auto self = identify(at, "");
        if (!self) {
            break;
        }
        parents.push_back(*self);
        at = ask(*at, NS_GET_PARENT, "");
    }
    return parents;
}

Reading<NamespaceFile> readNamespaceFile(const Task& task, std::string_view name) {
    const std::string path = "ns/" + std::string(name);
    if (!task.live()) {
        return parsed(
            task.read(path), [&](std::string_view text) { return parseCapturedNamespace(path, text); });
    }
    const auto fd = task.openFile(path, O_RDONLY);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    return askNamespace(*fd, path);
}

base::Result<NamespaceFile> parseCapturedNamespace(std::string_view name, std::string_view text) {
    const auto lines = linesOf(text);
    const auto inode = capturedInode(name, lines.empty() ? std::string_view() : lines[0]);
    if (!inode) {
        return std::unexpected(inode.error());
    }
    NamespaceFile file{
        {kCapturedDevice, *inode},
        std::unexpected(notCaptured(name, "owner")),
        std::unexpected(notCaptured(name, "owner's uid")),
        std::unexpected(notCaptured(name, "parent")),
        std::unexpected(notCaptured(name, "level")),
        {}};
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto words = wordsOf(lines[i]);
        const auto number = words.size() == 2 ? numberOf<std::uint32_t>(words[1]) : std::nullopt;
        if (words.size() == 2 && words[0] == "parent" && words[1] == "EPERM") {
            file.parent = std::unexpected(failureOf(EPERM, std::string(name) + " NS_GET_PARENT"));
            file.level = 0;
        } else if (number && words[0] == "owner") {
            file.owner = NamespaceIdentity{kCapturedDevice, *number};
        } else if (number && words[0] == "ownerUid") {
            file.ownerUid = *number;
        } else if (number && words[0] == "parent") {
            file.parent = NamespaceIdentity{kCapturedDevice, *number};
        } else if (number && words[0] == "level") {
            file.level = *number;
        } else if (const auto owner = capturedOwner(words)) {
            file.owners.push_back(*owner);
        } else {
            return base::fail(
                ErrorKind::malformed, std::string(name) + " line " + std::to_string(i + 1) +
                                          ": expected owner, ownerUid, parent or level and a number");
        }
    }
    addCapturedOwners(name, file);
    return file;
}

} // namespace bulkhead::kernel
