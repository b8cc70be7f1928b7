#include "core/kernel/host_sockets.h"

#include "core/kernel/mount_kind.h"
#include "core/kernel/namespace_files.h"
#include "core/kernel/task.h"
#include "core/kernel/text.h"
#include "core/os/file.h"

#include <algorithm>
#include <array>
#include <climits>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::kernel {

namespace fs = std::filesystem;
using model::NamespaceType;

namespace {

constexpr std::size_t kMaxListeners = 4096;
constexpr std::uint64_t kAccepts = 0x10000; // __SO_ACCEPTCON of include/linux/net.h

/// The path without symbolic links in its directory, as mountinfo would name it.
std::optional<std::string> canonical(const std::string& path) {
    const fs::path whole(path);
    const auto directory =
        os::tryOpenAt(AT_FDCWD, whole.parent_path().string(), O_PATH | O_DIRECTORY | O_NOCTTY);
    if (!directory) {
        return std::nullopt;
    }
    std::string text(PATH_MAX, '\0');
    const std::string link = "/proc/self/fd/" + std::to_string(directory->get());
    const ssize_t length = ::readlink(link.c_str(), text.data(), text.size());
    if (length <= 0) {
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(length));
    return (fs::path(text) / whole.filename()).string();
}

bool isOnTheHost(const Task& task, const HostReference& host, NamespaceType type) {
    const auto own = readNamespaceFile(task, model::nameOf(type));
    return own && host.of(type) == own->self;
}

std::string_view runtimeOfProgram(std::string_view name) {
    constexpr std::array kPrograms = {
        std::pair{std::string_view("dockerd"), std::string_view("docker")},
        std::pair{std::string_view("cri-dockerd"), std::string_view("cri-dockerd")},
        std::pair{std::string_view("containerd"), std::string_view("containerd")},
        std::pair{std::string_view("crio"), std::string_view("crio")},
        std::pair{std::string_view("podman"), std::string_view("podman")},
        std::pair{std::string_view("buildkitd"), std::string_view("buildkit")},
        std::pair{std::string_view("kubelet"), std::string_view("kubelet")},
        std::pair{std::string_view("lxd"), std::string_view("lxd")},
        std::pair{std::string_view("incusd"), std::string_view("incus")},
    };
    for (const auto& [program, runtime] : kPrograms) {
        if (name == program) {
            return runtime;
        }
    }
    return {};
}

bool holds(const fs::path& descriptors, const std::string& link) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(descriptors, error)) {
        std::error_code gone;
        if (fs::read_symlink(entry.path(), gone) == link) {
            return true;
        }
    }
    return false;
}

} // namespace

std::vector<HostSocket> parseListeners(std::string_view text) {
    std::vector<HostSocket> sockets;
    for (const std::string_view line : linesOf(text)) {
        // Num RefCount Protocol Flags Type St Inode Path; the path is the rest of the line, spaces included.
        const auto words = wordsOf(line.substr(0, line.find('/')));
        const auto flags = words.size() == 7 ? numberOf<std::uint64_t>(words[3], 16) : std::nullopt;
        const auto inode = words.size() == 7 ? numberOf<std::uint64_t>(words[6]) : std::nullopt;
        const auto slash = line.find('/');
        if (flags && inode && (*flags & kAccepts) != 0 && slash != std::string_view::npos &&
            sockets.size() < kMaxListeners) {
            sockets.push_back({std::string(line.substr(slash)), 0, 0, *inode});
        }
    }
    return sockets;
}

Reading<std::vector<HostSocket>>
readHostSockets(const os::ProcRoot& root, const HostReference& host, const Reading<HostMounts>& hostMounts) {
    const auto self = Task::openSelf(root);
    if (!root.live || !self || !hostMounts || !isOnTheHost(*self, host, NamespaceType::mnt)) {
        return std::unexpected(Failure{
            0, {"the host's sockets cannot be seen from here", "running Bulkhead on the host itself"}});
    }
    auto text = self->read("net/unix");
    if (!isOnTheHost(*self, host, NamespaceType::net)) {
        const auto init = Task::open(root, 1);
        text = init ? init->read("net/unix") : Reading<std::string>(std::unexpected(failureOf(init.error())));
    }
    if (!text) {
        return std::unexpected(text.error());
    }
    std::vector<HostSocket> sockets;
    for (HostSocket& socket : parseListeners(*text)) {
        const auto path = wayIsSafe(socket.path, hostMounts->tree) ? canonical(socket.path) : std::nullopt;
        struct stat facts{};
        if (path && ::fstatat(AT_FDCWD, path->c_str(), &facts, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0 &&
            S_ISSOCK(facts.st_mode)) {
            sockets.push_back({*path, facts.st_dev, facts.st_ino, socket.listener});
        }
    }
    return sockets;
}

std::string runtimeOfListener(const os::ProcRoot& root, std::uint64_t listener) {
    const std::string link = "socket:[" + std::to_string(listener) + "]";
    std::error_code error;
    const fs::path ours = fs::read_symlink(root.proc / "self/ns/mnt", error);
    for (const auto& entry : fs::directory_iterator(root.proc, error)) {
        const std::string name = entry.path().filename().string();
        if (!numberOf<std::int64_t>(name)) {
            continue;
        }
        std::error_code gone;
        const std::string program = fs::read_symlink(entry.path() / "exe", gone).filename().string();
        const std::string_view runtime = runtimeOfProgram(program);
        // A container may call its programs what it likes.
        if (!runtime.empty() && fs::read_symlink(entry.path() / "ns/mnt", gone) == ours &&
            holds(entry.path() / "fd", link)) {
            return std::string(runtime);
        }
    }
    return {};
}

} // namespace bulkhead::kernel
