#include "core/kernel/sockets.h"

#include "core/base/bytes.h"
#include "core/kernel/mount_kind.h"
#include "core/kernel/rooted.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <map>
#include <optional>
#include <sys/stat.h>

namespace bulkhead::kernel {

using model::RuntimeSocket;

namespace {

constexpr std::size_t kMaxSockets = 64;

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
    return SocketFile{facts.st_uid, facts.st_gid, facts.st_mode & 07777U, facts.st_dev, facts.st_ino};
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
        // these two speak the CRI over gRPC, not Docker's API
        std::pair{std::string_view("cri-dockerd.sock"), std::string_view("cri-dockerd")},
        std::pair{std::string_view("dockershim.sock"), std::string_view("dockershim")},
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

namespace {

/// Collects sockets, each by its path in the container once.
class Search {
public:
    explicit Search(const SocketSearch& in) : m_in(in) {}

    /// Single sockets by the names of runtimes; the failure ends the search.
    [[nodiscard]] std::optional<Failure> addNamed() {
        for (std::size_t i = 0; i < m_in.mounts.size(); ++i) {
            const model::Mount& mount = m_in.mounts[i];
            const MountEntry& entry = m_in.tree.mounts[i].entry;
            const std::string_view runtime = runtimeOfMount(entry, mount);
            if (mount.kind != model::MountKind::socket || !mount.visible || runtime.empty()) {
                continue;
            }
            const auto file = lookAt(m_in.task, m_in.tree, entry.target);
            if (!file || !m_in.status) {
                return file ? m_in.status.error() : file.error();
            }
            if (*file && !add(std::string(runtime), entry.target, mount.target, **file)) {
                return tooMany();
            }
        }
        return std::nullopt;
    }

    /// What the host listens on, through the mounts that show the host's directories.
    [[nodiscard]] std::optional<Failure> addListeners() {
        const auto byHostPath = mountsByHostPath();
        for (const HostSocket& listener : *m_in.listeners) {
            for (std::string_view up = listener.path;; up = parentOf(up)) {
                const auto [first, last] = byHostPath.equal_range(up);
                for (auto at = first; at != last; ++at) {
                    if (!addThrough(listener, up, at->second)) {
                        return tooMany();
                    }
                }
                if (up == "/") {
                    break;
                }
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::vector<RuntimeSocket> take() && { return std::move(m_sockets); }

private:
    [[nodiscard]] std::multimap<std::string_view, std::size_t> mountsByHostPath() const {
        std::multimap<std::string_view, std::size_t> byPath;
        for (std::size_t i = 0; i < m_in.mounts.size(); ++i) {
            if (!m_in.mounts[i].visible || !m_in.mounts[i].hostPaths.known()) {
                continue;
            }
            for (const std::string& path : m_in.mounts[i].hostPaths.value()) {
                byPath.emplace(path, i);
            }
        }
        return byPath;
    }

    /// false: the bound is reached.
    [[nodiscard]] bool addThrough(const HostSocket& listener, std::string_view hostPath, std::size_t mount) {
        const MountEntry& entry = m_in.tree.mounts[mount].entry;
        const std::string_view rest =
            std::string_view(listener.path).substr(hostPath == "/" ? 0 : hostPath.size());
        std::string target = entry.target == "/" ? "" : entry.target;
        target += rest;
        if (m_in.tree.at(target) != &entry) {
            return true; // covered in the container
        }
        const auto file = lookAt(m_in.task, m_in.tree, target);
        if (!file || !*file || (*file)->device != listener.device || (*file)->inode != listener.inode) {
            return true;
        }
        std::string runtime(runtimeOfSocket(listener.path));
        runtime = runtime.empty() ? runtimeOfListener(m_in.root, listener.listener) : runtime;
        return runtime.empty() || add(std::move(runtime), target, m_in.mounts[mount].target, **file);
    }

    [[nodiscard]] bool
    add(std::string runtime, const std::string& target, const std::string& viaMount, const SocketFile& file) {
        const std::string path = base::textFromBytes(target);
        if (std::ranges::find(m_sockets, path, &RuntimeSocket::path) != m_sockets.end()) {
            return true;
        }
        if (m_sockets.size() == kMaxSockets) {
            return false;
        }
        const bool connectable = m_in.status && mayConnect(file, *m_in.status, m_in.identity);
        m_sockets.push_back({std::move(runtime), path, viaMount, file.owner, file.mode, connectable});
        return true;
    }

    static Failure tooMany() { return {0, {"more than 64 runtime sockets are in reach", ""}}; }

    const SocketSearch& m_in;
    std::vector<RuntimeSocket> m_sockets;
};

} // namespace

Reading<std::vector<RuntimeSocket>> readRuntimeSockets(const SocketSearch& in) {
    Search search(in);
    if (const auto failure = search.addNamed()) {
        return std::unexpected(*failure);
    }
    if (in.listeners) {
        if (const auto failure = search.addListeners()) {
            return std::unexpected(*failure);
        }
        return std::move(search).take();
    }
    auto sockets = std::move(search).take();
    if (sockets.empty() && mayHoldSockets(in.mounts)) {
        return std::unexpected(Failure{
            0,
            {"a mounted host directory may hold runtime sockets: " + in.listeners.error().why.reason,
             in.listeners.error().why.needs}});
    }
    return sockets;
}

} // namespace bulkhead::kernel
