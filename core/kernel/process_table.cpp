#include "core/kernel/process_table.h"

#include "core/kernel/cgroup_file.h"
#include "core/kernel/namespace_files.h"
#include "core/kernel/text.h"
#include "core/os/file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <limits>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::kernel {

using model::NamespaceType;

namespace {

constexpr std::size_t kMaxFile = 1024UL * 1024; // status of a task with 65,536 groups takes 723 KB

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Directory openDirectory(int at, const std::string& path) {
    auto fd = os::tryOpenAt(at, path, O_RDONLY | O_DIRECTORY);
    return Directory(fd ? ::fdopendir(fd->release()) : nullptr);
}

/// Numeric names of a directory of /proc, ascending.
std::vector<std::int64_t> numbersIn(DIR* directory, std::size_t limit) {
    std::vector<std::int64_t> numbers;
    while (const dirent* entry = directory != nullptr ? ::readdir(directory) : nullptr) {
        const auto number = numberOf<std::int64_t>(std::string_view(entry->d_name));
        if (number && *number > 0 && numbers.size() < limit) {
            numbers.push_back(*number);
        }
    }
    std::ranges::sort(numbers);
    return numbers;
}

std::string pathIn(std::int64_t pid, std::int64_t thread, std::string_view name) {
    std::string path = std::to_string(pid);
    if (thread != pid) {
        path += "/task/";
        path += std::to_string(thread);
    }
    path += '/';
    path += name;
    return path;
}

/// A leader that has exited while its threads run on is a zombie with more than one thread.
bool counts(const TaskStatus& status) {
    const bool gone = (status.state == 'Z' || status.state == 'X') && status.threads <= 1;
    return !gone && !status.kernelThread;
}

} // namespace

base::Result<ProcessTable> ProcessTable::read(const os::ProcRoot& root) {
    ProcessTable table;
    table.m_live = root.live;
    auto fd = os::tryOpenAt(AT_FDCWD, root.proc.string(), O_RDONLY | O_DIRECTORY);
    if (!fd) {
        return base::failErrno(fd.error(), root.proc.string());
    }
    table.m_proc = std::move(*fd);
    struct stat facts{};
    if (table.m_live && ::fstatat(table.m_proc.get(), "self/ns/user", &facts, 0) == 0) {
        table.m_nsfs = facts.st_dev;
    }
    const auto pids =
        numbersIn(openDirectory(table.m_proc.get(), ".").get(), std::numeric_limits<std::size_t>::max());
    table.m_processes.reserve(pids.size());
    for (const std::int64_t pid : pids) {
        auto status = table.readStatus(pid, pid);
        if (status && counts(*status)) {
            table.m_byPid.emplace(pid, table.m_processes.size());
            table.m_processes.push_back({pid, std::move(*status)});
        }
    }
    return table;
}

std::optional<std::size_t> ProcessTable::indexOf(std::int64_t pid) const {
    const auto found = m_byPid.find(pid);
    return found == m_byPid.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> ProcessTable::parentOf(std::size_t index) const {
    const std::int64_t parent = m_processes[index].status.parent;
    return parent == m_processes[index].pid ? std::nullopt : indexOf(parent);
}

std::vector<std::size_t> ProcessTable::descendantsOf(std::size_t index) const {
    std::unordered_map<std::size_t, std::vector<std::size_t>> children;
    for (std::size_t i = 0; i < m_processes.size(); ++i) {
        if (const auto parent = parentOf(i)) {
            children[*parent].push_back(i);
        }
    }
    std::vector<bool> seen(m_processes.size());
    std::vector<std::size_t> found;
    std::vector<std::size_t> open{index};
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        if (seen[at]) {
            continue;
        }
        seen[at] = true;
        found.push_back(at);
        if (const auto mine = children.find(at); mine != children.end()) {
            open.insert(open.end(), mine->second.begin(), mine->second.end());
        }
    }
    std::ranges::sort(found);
    return found;
}

Reading<NamespaceIdentity> ProcessTable::pidNamespaceOf(std::size_t index) {
    std::size_t at = index;
    const std::size_t depth = m_processes[index].depth();
    // As many steps as there are processes: a table read while pids were reused might hold a circle.
    for (std::size_t steps = 0; depth > 0 && steps < m_processes.size(); ++steps) {
        const auto parent = parentOf(at);
        if (!parent || m_processes[*parent].depth() != depth) {
            break;
        }
        at = *parent;
    }
    const auto known = m_pidNamespaces.find(at);
    if (known != m_pidNamespaces.end()) {
        return known->second;
    }
    const std::int64_t pid = m_processes[at].pid;
    return m_pidNamespaces.emplace(at, namespaceOf(pid, pid, NamespaceType::pid)).first->second;
}

std::vector<NamespaceIdentity> ProcessTable::pidNamespaceAncestorsOf(std::size_t index) const {
    const std::int64_t pid = m_processes[index].pid;
    const auto fd = os::tryOpenAt(m_proc.get(), pathIn(pid, pid, "ns/pid"), O_RDONLY);
    if (!fd || m_live) {
        return fd ? parentsOf(*fd) : std::vector<NamespaceIdentity>();
    }
    const auto text = os::tryReadAll(*fd);
    const auto file = text ? parseCapturedNamespace("ns/pid", *text) : base::Result<NamespaceFile>();
    return text && file && file->parent ? std::vector{*file->parent} : std::vector<NamespaceIdentity>();
}

Reading<NamespaceIdentity>
ProcessTable::namespaceOf(std::int64_t pid, std::int64_t thread, NamespaceType type) const {
    const std::string name = "ns/" + std::string(model::nameOf(type));
    const std::string path = pathIn(pid, thread, name);
    if (!m_live) {
        const auto fd = os::tryOpenAt(m_proc.get(), path, O_RDONLY);
        const auto text = fd ? os::tryReadAll(*fd) : std::expected<std::string, int>(std::unexpected(ENOENT));
        if (!text) {
            return std::unexpected(failureOf(text.error(), name, kNeedsPtrace));
        }
        const auto file = parseCapturedNamespace(name, *text);
        return file ? Reading<NamespaceIdentity>(file->self) : std::unexpected(failureOf(file.error()));
    }
    // The text of the link costs half of what stat(2) does, and the process keeps the number from reuse.
    std::array<char, 64> text{};
    const ssize_t length = ::readlinkat(m_proc.get(), path.c_str(), text.data(), text.size());
    const int number = errno;
    const std::string_view link(text.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    const auto open = std::min(link.find('['), link.size());
    const auto inode = numberOf<std::uint64_t>(
        link.substr(std::min(open + 1, link.size()), link.size() - std::min(open + 2, link.size())));
    if (!inode) {
        return std::unexpected(failureOf(length < 0 ? number : EINVAL, name, kNeedsPtrace));
    }
    return NamespaceIdentity{m_nsfs, *inode};
}

const Reading<std::string>& ProcessTable::cgroupOf(std::size_t index) {
    const auto known = m_cgroups.find(index);
    if (known != m_cgroups.end()) {
        return known->second;
    }
    const std::int64_t pid = m_processes[index].pid;
    const auto text = readFile(pid, pid, "cgroup");
    Reading<std::string> path = std::unexpected(text ? Failure{} : text.error());
    if (text) {
        const auto places = parseCgroupFile(*text);
        path = places ? Reading<std::string>(pathOf(*places)) : std::unexpected(failureOf(places.error()));
    }
    return m_cgroups.emplace(index, std::move(path)).first->second;
}

std::vector<std::int64_t> ProcessTable::threadsOf(std::int64_t pid, std::size_t limit) const {
    const Directory directory = openDirectory(m_proc.get(), std::to_string(pid) + "/task");
    auto threads = numbersIn(directory.get(), limit);
    std::erase(threads, pid);
    return threads;
}

Reading<TaskStatus> ProcessTable::readStatus(std::int64_t pid, std::int64_t thread) {
    const auto text = readFile(pid, thread, "status");
    if (!text) {
        return std::unexpected(text.error());
    }
    auto status = parseStatus(*text);
    return status ? Reading<TaskStatus>(std::move(*status)) : std::unexpected(failureOf(status.error()));
}

Reading<std::string_view>
ProcessTable::readFile(std::int64_t pid, std::int64_t thread, std::string_view name) {
    const auto fd = os::tryOpenAt(m_proc.get(), pathIn(pid, thread, name), O_RDONLY | O_NONBLOCK);
    if (!fd) {
        return std::unexpected(failureOf(fd.error(), name, kNeedsPtrace));
    }
    m_buffer.resize(std::max<std::size_t>(m_buffer.size(), 8192));
    std::size_t used = 0;
    for (;;) {
        const ssize_t got = ::read(fd->get(), m_buffer.data() + used, m_buffer.size() - used);
        if (got < 0 && errno != EINTR) {
            return std::unexpected(failureOf(errno, name, kNeedsPtrace));
        }
        used += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        if (got == 0 || used >= kMaxFile) {
            return std::string_view(m_buffer).substr(0, used);
        }
        if (used == m_buffer.size()) {
            m_buffer.resize(m_buffer.size() * 2);
        }
    }
}

} // namespace bulkhead::kernel
