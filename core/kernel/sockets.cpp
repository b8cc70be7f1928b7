#include "core/kernel/sockets.h"

#include "core/base/bytes.h"
#include "core/kernel/mount_kind.h"
#include "core/kernel/rooted.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>

namespace bulkhead::kernel {

using model::RuntimeSocket;

namespace {

constexpr std::size_t kMaxSockets = 64;

/// Nothing on the way may keep us waiting: every mount from the root to the socket's directory is a plain
/// one.
bool wayIsSafe(std::string_view target, const MountTree& tree) {
    for (std::string_view up = target;; up = parentOf(up)) {
        const MountEntry* mount = tree.at(up);
        if (mount == nullptr || mayStall(mount->fsType)) {
            return false;
        }
        if (up == "/") {
            return true;
        }
    }
}

/// nullopt: what is there is no socket.
Reading<std::optional<SocketFile>>
lookAt(const Task& task, const MountTree& tree, const std::string& target) {
    const std::string name = "root" + base::textFromBytes(target);
    if (!task.live()) {
        return std::unexpected(Failure{0, {name + ": a captured tree holds no sockets", ""}});
    }
    if (!wayIsSafe(target, tree)) {
        return std::unexpected(
            Failure{0, {name + ": lies on a file system that may keep a reader waiting", ""}});
    }
    const auto root = task.openFile("root", O_PATH | O_DIRECTORY);
    if (!root) {
        return std::unexpected(root.error());
    }
    const auto directory = findRootedDirectory(root->get(), std::string(parentOf(target)));
    if (!directory) {
        return std::unexpected(failureOf(directory.error(), name, kNeedsPtrace));
    }
    struct stat facts{};
    const std::string leaf = target.substr(target.rfind('/') + 1);
    if (::fstatat(directory->get(), leaf.c_str(), &facts, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
        return std::unexpected(failureOf(errno, name, kNeedsPtrace));
    }
    if (!S_ISSOCK(facts.st_mode)) {
        return std::optional<SocketFile>();
    }
    return SocketFile{facts.st_uid, facts.st_gid, facts.st_mode & 07777U};
}

/// The names a mounted socket goes by: here, in its file system, and on the host.
std::string_view runtimeOfMount(const MountEntry& entry, const model::Mount& mount) {
    const auto onHost = mount.hostPaths.valueOr({});
    std::string_view runtime = runtimeOfSocket(entry.target);
    runtime = runtime.empty() ? runtimeOfSocket(entry.root) : runtime;
    for (const std::string& path : onHost) {
        runtime = runtime.empty() ? runtimeOfSocket(path) : runtime;
    }
    return runtime;
}

/// A directory of the host in which runtimes put their sockets, or one above it.
bool holdsSocketDirectory(std::string_view hostPath) {
    constexpr std::array<std::string_view, 8> kDirectories = {
        "/run/containerd",     "/run/podman",     "/run/crio",     "/run/docker",
        "/var/run/containerd", "/var/run/podman", "/var/run/crio", "/var/run/docker"};
    const std::string_view top = hostPath == "/" ? "" : hostPath;
    const auto isAbove = [&](std::string_view directory) {
        return directory.starts_with(top) && (directory.size() == top.size() || directory[top.size()] == '/');
    };
    // Rootless engines: /run/user/UID/docker.sock, /run/user/UID/podman/podman.sock.
    constexpr std::string_view kUsers = "/run/user/";
    const auto below = hostPath.starts_with(kUsers) ? hostPath.substr(kUsers.size()) : "";
    const auto inside = below.substr(std::min(below.find('/'), below.size()));
    return std::ranges::any_of(kDirectories, isAbove) || hostPath == "/run/user" ||
           (!below.empty() && (inside.empty() || inside == "/podman"));
}

bool mayHoldSockets(const std::vector<model::Mount>& mounts) {
    return std::ranges::any_of(mounts, [](const model::Mount& mount) {
        return mount.visible && std::ranges::any_of(mount.hostPaths.valueOr({}), holdsSocketDirectory);
    });
}

} // namespace

std::string_view runtimeOfSocket(std::string_view path) {
    constexpr std::array kNames = {
        std::pair{std::string_view("docker.sock"), std::string_view("docker")},
        std::pair{std::string_view("cri-dockerd.sock"), std::string_view("docker")},
        std::pair{std::string_view("dockershim.sock"), std::string_view("docker")},
        std::pair{std::string_view("containerd.sock"), std::string_view("containerd")},
        std::pair{std::string_view("crio.sock"), std::string_view("crio")},
        std::pair{std::string_view("podman.sock"), std::string_view("podman")},
    };
    const std::string_view leaf = path.substr(path.rfind('/') + 1);
    for (const auto& [name, runtime] : kNames) {
        if (leaf == name) {
            return runtime;
        }
    }
    return {};
}

bool mayConnect(const SocketFile& file, const TaskStatus& status, const model::Identity& identity) {
    constexpr std::uint32_t kWrite = 2;
    const bool inGroup =
        status.gid.fs == file.group || std::ranges::find(status.groups, file.group) != status.groups.end();
    const std::uint32_t bits = status.uid.fs == file.owner ? file.mode >> 6U
                               : inGroup                   ? file.mode >> 3U
                                                           : file.mode;
    if ((bits & kWrite) != 0) {
        return true;
    }
    const bool override =
        status.effective && status.effective->has(*model::capabilityNamed("CAP_DAC_OVERRIDE"));
    const bool mapped = identity.uidMap.known() && identity.uidMap.value().fromHost(file.owner) &&
                        identity.gidMap.known() && identity.gidMap.value().fromHost(file.group);
    return override && mapped;
}

Reading<std::vector<RuntimeSocket>> readRuntimeSockets(
    const Task& task, const MountTree& tree, const std::vector<model::Mount>& mounts,
    const Reading<TaskStatus>& status, const model::Identity& identity) {
    std::vector<RuntimeSocket> sockets;
    for (std::size_t i = 0; i < mounts.size(); ++i) {
        const std::string& target = tree.mounts[i].entry.target;
        const std::string_view runtime = runtimeOfMount(tree.mounts[i].entry, mounts[i]);
        if (mounts[i].kind != model::MountKind::socket || !mounts[i].visible || runtime.empty()) {
            continue;
        }
        if (sockets.size() == kMaxSockets) {
            return std::unexpected(Failure{0, {"more than 64 runtime sockets are mounted", ""}});
        }
        const auto file = lookAt(task, tree, target);
        if (!file || !status) {
            return std::unexpected(file ? status.error() : file.error());
        }
        if (*file) {
            sockets.push_back(
                {std::string(runtime), mounts[i].target, mounts[i].target, (*file)->owner, (*file)->mode,
                 mayConnect(**file, *status, identity)});
        }
    }
    if (sockets.empty() && mayHoldSockets(mounts)) {
        return std::unexpected(Failure{
            0,
            {"a mounted host directory may hold runtime sockets; it is not searched by this version",
             "a version of Bulkhead that searches mounted directories"}});
    }
    return sockets;
}

} // namespace bulkhead::kernel
