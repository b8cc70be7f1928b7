#include "core/lab/cgroups.h"

#include "core/os/fd.h"
#include "core/os/file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <iterator>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::lab {

namespace fs = std::filesystem;

namespace {

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    std::size_t from = 0;
    while (from <= text.size()) {
        const std::size_t end = std::min(text.find(by, from), text.size());
        parts.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return parts;
}

/// The folders in which container groups can stand: the top of each hierarchy, and our own group.
std::set<fs::path> cgroupParents() {
    std::set<fs::path> parents;
    const std::string own =
        os::readFile("/proc/self/cgroup", 65536).value_or(""); // outlives the views of its lines
    for (const kernel::MountEntry& mount : cgroupMounts()) {
        parents.insert(mount.target);
        for (const std::string_view line : split(own, '\n')) {
            const std::size_t path = line.find(":/");
            const bool below = path != std::string_view::npos && line.size() > path + 2;
            if (below && !line.substr(path).contains("/../")) {
                parents.insert(fs::path(mount.target) / line.substr(path + 2));
            }
        }
    }
    return parents;
}

void writeTo(const fs::path& file, std::string_view text) {
    const os::Fd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (fd.valid()) {
        [[maybe_unused]] const ssize_t put = ::write(fd.get(), text.data(), text.size());
    }
}

std::vector<std::string> childGroups(const fs::path& cgroup) {
    std::vector<std::string> children;
    const auto names = os::listDirectory(cgroup);
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        struct stat info{};
        if (::lstat((cgroup / name).c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
            children.push_back(name);
        }
    }
    return children;
}

} // namespace

std::vector<kernel::MountEntry> parseMountLines(std::string_view mountinfo) {
    std::vector<kernel::MountEntry> mounts;
    for (const std::string_view line : split(mountinfo, '\n')) {
        if (auto entry = kernel::parseMountinfo(line)) {
            std::ranges::move(*entry, std::back_inserter(mounts));
        }
    }
    return mounts;
}

std::vector<kernel::MountEntry> cgroupMounts() {
    const auto text = os::readFile("/proc/self/mountinfo");
    auto mounts = parseMountLines(text ? *text : "");
    std::erase_if(mounts, [](const auto& m) { return m.fsType != "cgroup" && m.fsType != "cgroup2"; });
    return mounts;
}

std::vector<fs::path> labCgroups() {
    std::vector<fs::path> found;
    for (const fs::path& parent : cgroupParents()) {
        const auto names = os::listDirectory(parent);
        for (const std::string& name : names ? *names : std::vector<std::string>()) {
            if (runOfContainer(name)) {
                found.push_back(parent / name);
            }
        }
    }
    return found;
}

std::vector<fs::path> cgroupsOf(const RunId& run) {
    std::vector<fs::path> found = labCgroups();
    std::erase_if(
        found, [&](const fs::path& path) { return runOfContainer(path.filename().string()) != run; });
    return found;
}

void thawCgroup(const fs::path& cgroup) {
    writeTo(cgroup / "freezer.state", "THAWED");
    writeTo(cgroup / "cgroup.freeze", "0");
}

bool removeCgroup(const fs::path& cgroup) {
    for (const std::string& child : childGroups(cgroup)) {
        removeCgroup(cgroup / child);
    }
    return ::rmdir(cgroup.c_str()) == 0 || errno == ENOENT;
}

} // namespace bulkhead::lab
