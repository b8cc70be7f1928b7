#include "core/kernel/sweep.h"

#include "core/kernel/file_buffer.h"
#include "core/kernel/namespace_files.h"
#include "core/kernel/sweep_parse.h"
#include "core/kernel/task.h"
#include "core/kernel/text.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <tuple>
#include <unordered_map>

namespace bulkhead::kernel {

using model::NamespaceType;

namespace {

constexpr std::size_t kMaxMountinfo = 16UL * 1024 * 1024; // what is beyond is not counted, and said so
constexpr std::size_t kMaxProcesses = 4UL * 1024 * 1024;  // PID_MAX_LIMIT

constexpr std::size_t kRefusedSample = 3;

constexpr std::array<const char*, 8> kLinks = {"ns/user", "ns/pid", "ns/mnt",    "ns/net",
                                               "ns/ipc",  "ns/uts", "ns/cgroup", "ns/time"};

/// What one pass has met so far.
class Pass {
public:
    Pass(const os::ProcRoot& root, const HostReference& host) : m_root(root), m_host(host) { readOurs(); }

    void look(std::int64_t pid);
    [[nodiscard]] Sweep finish() &&;

private:
    enum class Confined { no, yes, unknown };

    void readOurs();
    /// False: it exited meanwhile, or is none of ours to look at.
    [[nodiscard]] bool readBasics(int directory, SweptProcess& process);
    [[nodiscard]] bool readNamespaces(int directory, SweptProcess& process);
    [[nodiscard]] Confined judge(const SweptProcess& process, std::string_view rootLink) const;
    [[nodiscard]] Confined judgeUnread(int directory, SweptProcess& process);
    void readShared(const Task& task, SweptProcess& process, const std::string& rootLink);
    [[nodiscard]] std::optional<std::size_t> mountsOf(int directory, std::uint64_t space, std::string root);
    [[nodiscard]] std::optional<std::size_t> userOf(const Task& task, std::uint64_t space);
    [[nodiscard]] std::size_t cgroupOf(int directory);
    [[nodiscard]] std::string linkOf(int directory, const char* name, int& number);
    [[nodiscard]] std::string_view firstMountId(int directory);

    const os::ProcRoot& m_root;
    const HostReference& m_host;
    FileBuffer m_buffer;
    Sweep m_sweep;
    SweptMounts m_ours;
    std::string m_ourFirstMount;
    std::unordered_map<std::string, std::size_t> m_cgroups;
    std::map<std::pair<std::uint64_t, std::string>, std::size_t> m_mounts;
    std::map<std::pair<std::uint64_t, std::string>, std::size_t> m_users;
};

bool hasExited(int number) {
    return number == ESRCH || number == ENOENT;
}

void Pass::readOurs() {
    const auto self = Task::openSelf(m_root);
    if (!self) {
        return;
    }
    if (const auto text = m_buffer.readAll(self->descriptor(), "mountinfo", kMaxMountinfo)) {
        m_ours = parseSweptMounts(*text, nullptr);
        m_ourFirstMount = text->substr(0, text->find(' '));
        // only options of a procfs mount are at stake, so a word of the text serves
        m_sweep.hidden = text->contains("hidepid=") && !text->contains("hidepid=off");
    }
}

std::string Pass::linkOf(int directory, const char* name, int& number) {
    const auto text = m_root.live ? m_buffer.readLink(directory, name) : m_buffer.readOnce(directory, name);
    number = text ? 0 : text.error();
    return text ? std::string(*text) : std::string();
}

bool Pass::readBasics(int directory, SweptProcess& process) {
    const auto text = m_buffer.readOnce(directory, "stat");
    const auto stat = text ? parseSweptStat(*text) : std::nullopt;
    if (!stat || stat->state == 'Z' || stat->state == 'X') {
        ++(text ? m_sweep.looked : m_sweep.vanished);
        m_sweep.onHost += text ? 1 : 0; // a zombie holds nothing any more
        return false;
    }
    if (stat->kernelThread) {
        ++m_sweep.kernelThreads;
        return false;
    }
    process.parent = stat->parent;
    process.startTime = stat->startTime;
    process.command = stat->command;
    process.state = stat->state;
    process.threads = stat->threads;
    const auto status = m_buffer.readOnce(directory, "status");
    if (!status) {
        ++m_sweep.vanished;
        return false;
    }
    takeSweptStatus(*status, process);
    ++m_sweep.looked;
    return true;
}

bool Pass::readNamespaces(int directory, SweptProcess& process) {
    for (std::size_t i = 0; i < kLinks.size(); ++i) {
        const auto text =
            m_root.live ? m_buffer.readLink(directory, kLinks[i]) : m_buffer.readOnce(directory, kLinks[i]);
        if (text) {
            process.namespaces[i] = inodeOf(*text);
        } else if (text.error() == EACCES || text.error() == EPERM) {
            return false;
        }
    }
    return true;
}

Pass::Confined Pass::judge(const SweptProcess& process, std::string_view rootLink) const {
    for (const auto& [type, identity] : m_host.namespaces) {
        const std::uint64_t inode = process.namespaces[slotOf(type)];
        if (inode != 0 && inode != identity.inode) {
            return Confined::yes;
        }
    }
    if (process.seccomp != 0 || (rootLink != "/" && !rootLink.empty())) {
        return Confined::yes;
    }
    return m_host.known ? Confined::no : Confined::unknown;
}

std::string_view Pass::firstMountId(int directory) {
    const auto text = m_buffer.readOnce(directory, "mountinfo");
    return text ? text->substr(0, text->find(' ')) : std::string_view();
}

/// Without the links: what stands in the world-readable files. Mount ids are unique on a running kernel, so
/// another first mount than ours is another mount namespace or another root.
Pass::Confined Pass::judgeUnread(int directory, SweptProcess& process) {
    process.inferred = true;
    ++m_sweep.unreadable;
    if (m_sweep.refused.size() < kRefusedSample) {
        m_sweep.refused.push_back(process.pid);
    }
    if (process.depth > 1 || process.seccomp != 0) {
        return Confined::yes;
    }
    if (const auto map = m_buffer.readOnce(directory, "uid_map")) {
        std::string_view text = *map;
        const auto words = wordsOf(text);
        const bool initial =
            words.size() == 3 && words[0] == "0" && words[1] == "0" && words[2] == "4294967295";
        if (!initial) {
            return Confined::yes;
        }
    }
    const std::string_view first = firstMountId(directory);
    if (!first.empty() && first != m_ourFirstMount) {
        return Confined::yes;
    }
    const std::size_t group = cgroupOf(directory);
    return m_sweep.cgroups[group].origins.empty() ? Confined::unknown : Confined::yes;
}

std::size_t Pass::cgroupOf(int directory) {
    const auto text = m_buffer.readOnce(directory, "cgroup");
    const std::string key(text ? *text : std::string_view());
    const auto [place, fresh] = m_cgroups.try_emplace(key, m_sweep.cgroups.size());
    if (fresh) {
        m_sweep.cgroups.push_back(parseSweptCgroup(key));
    }
    return place->second;
}

std::optional<std::size_t> Pass::mountsOf(int directory, std::uint64_t space, std::string root) {
    if (space == 0) {
        root = firstMountId(directory); // the namespace's number is refused: its first mount names it
    }
    const auto [place, fresh] = m_mounts.try_emplace({space, root}, m_sweep.mounts.size());
    if (!fresh) {
        return place->second;
    }
    const auto text = m_buffer.readAll(directory, "mountinfo", kMaxMountinfo);
    SweptMounts mounts;
    if (text) {
        mounts = parseSweptMounts(*text, &m_ours);
    }
    mounts.partial = !text;
    mounts.mountNamespace = space;
    mounts.root = space == 0 ? std::string() : std::move(root);
    m_sweep.mounts.push_back(std::move(mounts));
    return place->second;
}

std::optional<std::size_t> Pass::userOf(const Task& task, std::uint64_t space) {
    std::string map;
    if (space == 0) {
        const auto text = m_buffer.readOnce(task.descriptor(), "uid_map");
        map = text ? *text : std::string_view();
    }
    const auto [place, fresh] = m_users.try_emplace({space, map}, m_sweep.users.size());
    if (!fresh) {
        return place->second;
    }
    SweptUserNamespace user;
    user.inode = space;
    if (space != 0) {
        const auto text = m_buffer.readOnce(task.descriptor(), "uid_map");
        map = text ? *text : std::string_view();
        if (const auto file = readNamespaceFile(task, "user"); file && file->ownerUid) {
            user.ownerUid = *file->ownerUid;
        }
    }
    const auto words = wordsOf(map);
    user.initialMap = words.size() == 3 && words[0] == "0" && words[1] == "0" && words[2] == "4294967295";
    user.uidMap = std::move(map);
    m_sweep.users.push_back(std::move(user));
    return place->second;
}

void Pass::readShared(const Task& task, SweptProcess& process, const std::string& rootLink) {
    process.cgroup = cgroupOf(task.descriptor());
    process.mounts = mountsOf(task.descriptor(), process.namespaces[slotOf(NamespaceType::mnt)], rootLink);
    process.user = userOf(task, process.namespaces[slotOf(NamespaceType::user)]);
    const std::uint64_t pidSpace = process.namespaces[slotOf(NamespaceType::pid)];
    if (pidSpace != 0 && !m_sweep.pidParents.contains(pidSpace)) {
        const auto file = readNamespaceFile(task, "pid");
        m_sweep.pidParents[pidSpace] = file && file->parent ? file->parent->inode : 0;
    }
}

void Pass::look(std::int64_t pid) {
    const auto task = Task::open(m_root, pid);
    if (!task) {
        ++m_sweep.vanished;
        return;
    }
    const int directory = task->descriptor();
    SweptProcess process;
    process.pid = pid;
    if (!readBasics(directory, process)) {
        return;
    }
    int number = 0;
    std::string rootLink;
    Confined confined = Confined::no;
    if (readNamespaces(directory, process)) {
        rootLink = linkOf(directory, "root", number);
        if (hasExited(number) && m_root.live) {
            ++m_sweep.vanished;
            --m_sweep.looked;
            return;
        }
        confined = judge(process, rootLink);
    } else {
        process.namespaces = {};
        confined = judgeUnread(directory, process);
    }
    if (confined != Confined::yes) {
        ++(confined == Confined::no ? m_sweep.onHost : m_sweep.unknown);
        return;
    }
    readShared(*task, process, rootLink);
    m_sweep.processes.push_back(std::move(process));
}

Sweep Pass::finish() && {
    std::ranges::sort(m_sweep.processes, {}, &SweptProcess::pid);
    return std::move(m_sweep);
}

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

} // namespace

base::Result<Sweep>
sweepProcesses(const os::ProcRoot& root, const HostReference& host, const std::stop_token& stop) {
    const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(root.proc.c_str()));
    if (!directory) {
        return base::failErrno(errno, root.proc.string());
    }
    Pass pass(root, host);
    std::size_t count = 0;
    while (const dirent* entry = ::readdir(directory.get())) {
        const auto pid = numberOf<std::int64_t>(entry->d_name);
        if (!pid || *pid <= 0) {
            continue;
        }
        if (stop.stop_requested()) {
            return base::fail(base::ErrorKind::canceled, "the sweep was interrupted");
        }
        if (++count > kMaxProcesses) {
            return base::fail(
                base::ErrorKind::io, root.proc.string() + ": more processes than the kernel permits");
        }
        pass.look(*pid);
    }
    return std::move(pass).finish();
}

} // namespace bulkhead::kernel
