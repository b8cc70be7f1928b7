#include "core/kernel/sweep.h"

#include "core/kernel/file_buffer.h"
#include "core/kernel/sweep_parse.h"
#include "core/kernel/sweep_shared.h"
#include "core/kernel/task.h"
#include "core/kernel/text.h"
#include "core/os/file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <thread>

namespace bulkhead::kernel {

using model::NamespaceType;

namespace {

constexpr std::size_t kMaxProcesses = 4UL * 1024 * 1024; // PID_MAX_LIMIT
constexpr std::size_t kRefusedSample = 3;
constexpr std::size_t kAtOnce = 16;     // processes that a thread takes for itself
constexpr std::size_t kMostThreads = 4; // a sweep is a guest on the machine
constexpr std::size_t kWorthAThread = 64;

constexpr std::array<const char*, 8> kLinks = {"ns/user", "ns/pid", "ns/mnt",    "ns/net",
                                               "ns/ipc",  "ns/uts", "ns/cgroup", "ns/time"};

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

/// What one thread of a pass has met so far.
class Pass {
public:
    Pass(const os::ProcRoot& root, const os::Fd& proc, const HostReference& host, SharedObjects& shared)
        : m_root(root), m_proc(proc), m_host(host), m_shared(shared) {}

    void look(std::int64_t pid);
    void addTo(Sweep& sweep) &&;

private:
    enum class Confined { no, yes, unknown };

    /// False: it exited meanwhile, or is none of ours to look at.
    [[nodiscard]] bool readBasics(int directory, SweptProcess& process);
    [[nodiscard]] std::optional<Task> livingThread(const Task& leader, SweptProcess& process);
    void lookInto(const Task& task, SweptProcess& process);
    [[nodiscard]] bool readNamespaces(int directory, SweptProcess& process);
    [[nodiscard]] Confined judge(const SweptProcess& process, std::string_view rootLink) const;
    [[nodiscard]] Confined judgeUnread(int directory, SweptProcess& process);
    void readShared(const Task& task, SweptProcess& process, const std::string& rootLink);
    [[nodiscard]] std::size_t cgroupOf(int directory);
    [[nodiscard]] std::string linkOf(int directory, const char* name, int& number);

    const os::ProcRoot& m_root;
    const os::Fd& m_proc;
    const HostReference& m_host;
    SharedObjects& m_shared;
    FileBuffer m_buffer;
    std::uint64_t m_outerPidSpace = 0; ///< of the processes with one number in this /proc; 0: not met yet
    Sweep m_sweep;
};

bool hasExited(int number) {
    return number == ESRCH || number == ENOENT;
}

std::string Pass::linkOf(int directory, const char* name, int& number) {
    const auto text = m_root.live ? m_buffer.readLink(directory, name) : m_buffer.readOnce(directory, name);
    number = text ? 0 : text.error();
    return text ? std::string(*text) : std::string();
}

bool Pass::readBasics(int directory, SweptProcess& process) {
    const auto text = m_buffer.readOnce(directory, "stat");
    const auto stat = text ? parseSweptStat(*text) : std::nullopt;
    const bool ended = stat && (stat->state == 'Z' || stat->state == 'X');
    if (!stat || (ended && stat->threads <= 1)) {
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

/// Processes with one column of NSpid are all in the pid namespace that this /proc belongs to
/// (fs/proc/array.c), so that one of them tells it for all. A link costs as much as a third of a file.
bool Pass::readNamespaces(int directory, SweptProcess& process) {
    constexpr std::size_t kPid = slotOf(NamespaceType::pid);
    for (std::size_t i = 0; i < kLinks.size(); ++i) {
        if (i == kPid && process.depth == 1 && process.innerPid != 0 && m_outerPidSpace != 0) {
            process.namespaces[i] = m_outerPidSpace;
            continue;
        }
        const auto text =
            m_root.live ? m_buffer.readLink(directory, kLinks[i]) : m_buffer.readOnce(directory, kLinks[i]);
        if (text) {
            process.namespaces[i] = inodeOf(*text);
        } else if (text.error() == EACCES || text.error() == EPERM) {
            return false;
        }
    }
    if (process.depth == 1 && process.innerPid != 0 && m_root.live) {
        m_outerPidSpace = process.namespaces[kPid];
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
    if (const auto map = m_buffer.readOnce(directory, "uid_map"); map && !isInitialMap(*map)) {
        return Confined::yes;
    }
    const std::string_view first = firstMountId(m_buffer, directory);
    if (!first.empty() && first != m_shared.ourFirstMount()) {
        return Confined::yes;
    }
    return m_shared.namesContainer(cgroupOf(directory)) ? Confined::yes : Confined::unknown;
}

std::size_t Pass::cgroupOf(int directory) {
    const auto text = m_buffer.readOnce(directory, "cgroup");
    return m_shared.cgroupOf(text ? *text : std::string_view());
}

void Pass::readShared(const Task& task, SweptProcess& process, const std::string& rootLink) {
    process.cgroup = cgroupOf(task.descriptor());
    const auto hostPids = m_host.of(NamespaceType::pid);
    const std::uint64_t pids = process.namespaces[slotOf(NamespaceType::pid)];
    const bool mayBeContainer = process.inferred ? process.depth > 1 : !hostPids || pids != hostPids->inode;
    process.mounts = m_shared.mountsOf(
        m_buffer, task.descriptor(),
        {process.namespaces[slotOf(NamespaceType::mnt)], rootLink, mayBeContainer});
    process.user = m_shared.userOf(m_buffer, task, process.namespaces[slotOf(NamespaceType::user)]);
    m_shared.addPidSpace(task, process.namespaces[slotOf(NamespaceType::pid)]);
}

/// A thread that runs on though the leader has ended: only the links and files of such a one lead anywhere.
std::optional<Task> Pass::livingThread(const Task& leader, SweptProcess& process) {
    auto fd = leader.openFile("task", O_RDONLY | O_DIRECTORY);
    const Directory directory(fd ? ::fdopendir(fd->get()) : nullptr);
    if (!directory) {
        return std::nullopt;
    }
    (void)fd->release();
    while (const dirent* entry = ::readdir(directory.get())) {
        process.thread = numberOf<std::int64_t>(entry->d_name).value_or(0);
        auto thread = leader.openThread(process.thread);
        if (!thread) {
            continue;
        }
        const auto text = m_buffer.readOnce(thread->descriptor(), "stat");
        const auto stat = text ? parseSweptStat(*text) : std::nullopt;
        if (stat && stat->state != 'Z' && stat->state != 'X') {
            return std::move(*thread);
        }
    }
    return std::nullopt;
}

void Pass::look(std::int64_t pid) {
    const auto task = Task::openIn(m_proc, pid, m_root.live);
    if (!task) {
        ++m_sweep.vanished;
        return;
    }
    SweptProcess process;
    process.pid = pid;
    if (!readBasics(task->descriptor(), process)) {
        return;
    }
    if (process.state != 'Z' && process.state != 'X') {
        lookInto(*task, process);
    } else if (const auto thread = livingThread(*task, process)) {
        lookInto(*thread, process);
    } else {
        ++m_sweep.vanished;
        --m_sweep.looked;
    }
}

void Pass::lookInto(const Task& task, SweptProcess& process) {
    const int directory = task.descriptor();
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
    readShared(task, process, rootLink);
    m_sweep.processes.push_back(std::move(process));
}

void Pass::addTo(Sweep& sweep) && {
    std::ranges::move(m_sweep.processes, std::back_inserter(sweep.processes));
    sweep.refused.insert(sweep.refused.end(), m_sweep.refused.begin(), m_sweep.refused.end());
    for (const auto count :
         {&Sweep::looked, &Sweep::onHost, &Sweep::kernelThreads, &Sweep::unreadable, &Sweep::unknown,
          &Sweep::vanished}) {
        sweep.*count += m_sweep.*count;
    }
}

base::Result<std::vector<std::int64_t>> listPids(const os::ProcRoot& root) {
    const Directory directory(::opendir(root.proc.c_str()));
    if (!directory) {
        return base::failErrno(errno, root.proc.string());
    }
    std::vector<std::int64_t> pids;
    while (const dirent* entry = ::readdir(directory.get())) {
        const auto pid = numberOf<std::int64_t>(entry->d_name);
        if (!pid || *pid <= 0) {
            continue;
        }
        if (pids.size() == kMaxProcesses) {
            return base::fail(
                base::ErrorKind::io, root.proc.string() + ": more processes than the kernel permits");
        }
        pids.push_back(*pid);
    }
    return pids;
}

std::size_t threadsFor(std::size_t processes) {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    return std::clamp<std::size_t>(processes / kWorthAThread, 1, std::min(cores, kMostThreads));
}

} // namespace

base::Result<Sweep>
sweepProcesses(const os::ProcRoot& root, const HostReference& host, const std::stop_token& stop) {
    const auto pids = listPids(root);
    if (!pids) {
        return std::unexpected(pids.error());
    }
    const auto proc = os::tryOpenAt(AT_FDCWD, root.proc.string(), O_PATH | O_DIRECTORY);
    if (!proc) {
        return base::failErrno(proc.error(), root.proc.string());
    }
    SharedObjects shared(root);
    std::vector<Pass> passes;
    const std::size_t threads = threadsFor(pids->size());
    passes.reserve(threads);
    for (std::size_t i = 0; i < threads; ++i) {
        passes.emplace_back(root, *proc, host, shared);
    }
    std::atomic<std::size_t> next{0};
    const auto work = [&](Pass& pass) {
        for (std::size_t from = next.fetch_add(kAtOnce); from < pids->size();
             from = next.fetch_add(kAtOnce)) {
            for (std::size_t i = from; i < std::min(from + kAtOnce, pids->size()); ++i) {
                if (stop.stop_requested()) {
                    return;
                }
                pass.look((*pids)[i]);
            }
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < threads; ++i) {
            others.emplace_back([&, i] { work(passes[i]); });
        }
        work(passes.front());
    }
    if (stop.stop_requested()) {
        return base::fail(base::ErrorKind::canceled, "the sweep was interrupted");
    }
    Sweep sweep;
    for (Pass& pass : passes) {
        std::move(pass).addTo(sweep);
    }
    std::move(shared).moveInto(sweep);
    std::ranges::sort(sweep.processes, {}, &SweptProcess::pid);
    std::ranges::sort(sweep.refused);
    sweep.refused.resize(std::min(sweep.refused.size(), kRefusedSample));
    return sweep;
}

} // namespace bulkhead::kernel
