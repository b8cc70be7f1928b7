#include "core/watch/sighting.h"

#include "core/kernel/file_buffer.h"
#include "core/kernel/text.h"
#include "core/os/fd.h"
#include "core/os/file.h"
#include "core/watch/group_limits.h"
#include "core/watch/mix.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace bulkhead::watch {

namespace {

constexpr std::size_t kMostMembers = 256; // of one subject; a full look reads them all, in its turn
constexpr std::size_t kMostMounts = 16UL * 1024 * 1024;

/// The lines of status that decide authority; the others move all the time.
std::size_t credentialsIn(std::string_view status) {
    constexpr std::array<std::string_view, 10> kKeys = {
        "Uid:",    "Gid:",    "Groups:", "CapInh:", "CapPrm:",
        "CapEff:", "CapBnd:", "CapAmb:", "NoNewPr", "Seccomp"};
    std::size_t out = 0;
    for (const std::string_view line : kernel::linesOf(status)) {
        if (std::ranges::any_of(kKeys, [&](std::string_view key) { return line.starts_with(key); })) {
            mix(out, hashOf(line));
        }
    }
    return out;
}

/// Reads what the pass over /proc did not keep, through one piece of memory.
class Reader {
public:
    Reader(const os::ProcRoot& root, const kernel::Sweep& sweep) : m_root(root), m_sweep(sweep) {}

    std::size_t traitsOf(const kernel::SweptProcess& process) {
        std::filesystem::path path = m_root.proc / std::to_string(process.pid);
        if (process.thread != 0) { // of a main thread that has ended nothing is left to see
            path /= "task/" + std::to_string(process.thread);
        }
        const auto directory = os::tryOpenAt(AT_FDCWD, path.string(), O_PATH | O_DIRECTORY);
        std::size_t out = 0;
        for (const std::uint64_t inode : process.namespaces) {
            mix(out, static_cast<std::size_t>(inode));
        }
        mix(out, hashOf(m_sweep.cgroups[process.cgroup].text));
        mix(out, directory ? statusOf(*directory) : 0);
        mix(out, directory ? mountsOf(*directory, process) : 0);
        return out;
    }

private:
    std::size_t statusOf(const os::Fd& directory) {
        const auto text = m_buffer.readOnce(directory.get(), "status");
        return text ? credentialsIn(*text) : static_cast<std::size_t>(text.error());
    }

    /// One reading for all processes that see the same tree.
    std::size_t mountsOf(const os::Fd& directory, const kernel::SweptProcess& process) {
        if (process.mounts) {
            if (const auto found = m_mounts.find(*process.mounts); found != m_mounts.end()) {
                return found->second;
            }
        }
        const auto text = m_buffer.readAll(directory.get(), "mountinfo", kMostMounts);
        const std::size_t out = text ? hashOf(*text) : static_cast<std::size_t>(text.error());
        if (process.mounts) {
            m_mounts.emplace(*process.mounts, out);
        }
        return out;
    }

    const os::ProcRoot& m_root;
    const kernel::Sweep& m_sweep;
    kernel::FileBuffer m_buffer;
    std::map<std::size_t, std::size_t> m_mounts; ///< by place in the sweep
};

std::size_t signatureOf(Reader& reader, const kernel::SubjectMembers& members, const kernel::Sweep& sweep) {
    const kernel::SweptProcess& main = sweep.processes[members.processes.front()];
    std::set<std::size_t> traits;
    for (std::size_t i = 0; i < std::min(members.processes.size(), kMostMembers); ++i) {
        traits.insert(reader.traitsOf(sweep.processes[members.processes[i]]));
    }
    std::size_t out = hashOf(main.command);
    mix(out, static_cast<std::size_t>(main.pid));
    mix(out, static_cast<std::size_t>(main.startTime));
    for (const std::size_t one : traits) {
        mix(out, one);
    }
    return out;
}

} // namespace

std::vector<Sighting> sightingsOf(
    const os::ProcRoot& root, const kernel::HostReference& host, const kernel::SweptSubjects& subjects,
    const kernel::Sweep& sweep) {
    Reader reader(root, sweep);
    GroupLimits limits(root, host);
    std::vector<Sighting> out;
    for (std::size_t i = 0; i < subjects.members.size(); ++i) {
        Sighting sighting;
        sighting.summary = subjects.list.subjects[i];
        for (const std::size_t process : subjects.members[i].processes) {
            sighting.pids.push_back(sweep.processes[process].pid);
        }
        sighting.signature = signatureOf(reader, subjects.members[i], sweep);
        const auto& main = sweep.processes[subjects.members[i].processes.front()];
        mix(sighting.signature, limits.of(sweep.cgroups[main.cgroup].text));
        // what runc calls itself before it becomes the container's program
        sighting.starting = sighting.summary.command.starts_with("runc:[");
        out.push_back(std::move(sighting));
    }
    return out;
}

} // namespace bulkhead::watch
