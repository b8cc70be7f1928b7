#include "core/lab/declared.h"

#include <algorithm>
#include <sys/statvfs.h>

namespace bulkhead::lab {

namespace {

using engines::OciMount;
using model::EvidenceKind;
using model::Mount;
using model::MountKind;

bool has(const std::vector<std::string>& options, std::string_view option) {
    return std::ranges::find(options, option) != options.end();
}

MountKind kindOf(const OciMount& mount) {
    if (mount.type == "bind") {
        return MountKind::bind;
    }
    if (mount.type == "proc") {
        return MountKind::proc;
    }
    if (mount.type == "sysfs") {
        return MountKind::sys;
    }
    if (mount.type == "cgroup") {
        return MountKind::cgroup;
    }
    if (mount.target == "/dev" || mount.target.starts_with("/dev/")) {
        return MountKind::dev;
    }
    return mount.type == "tmpfs" ? MountKind::tmpfs : MountKind::other;
}

/// The flags that restrict, which the other options of a configuration (sizes, modes) are not.
std::vector<std::string> flagsOf(const OciMount& mount) {
    std::vector<std::string> flags = {has(mount.options, "ro") ? "ro" : "rw"};
    for (const char* flag : {"nosuid", "nodev", "noexec"}) {
        if (has(mount.options, flag)) {
            flags.emplace_back(flag);
        }
    }
    return flags;
}

/// A bind has the flags of the file system it shows as well.
std::vector<std::string> flagsOfBind(const std::string& source, bool readOnly) {
    struct statvfs info{};
    const unsigned long set = ::statvfs(source.c_str(), &info) == 0 ? info.f_flag : 0;
    std::vector<std::string> flags = {readOnly || (set & ST_RDONLY) != 0 ? "ro" : "rw"};
    for (const auto& [flag, bit] :
         {std::pair{"nosuid", 0UL + ST_NOSUID}, std::pair{"nodev", 0UL + ST_NODEV},
          std::pair{"noexec", 0UL + ST_NOEXEC}}) {
        if ((set & bit) != 0) {
            flags.emplace_back(flag);
        }
    }
    return flags;
}

Mount declareRoot(const Declaration& d) {
    Mount root;
    root.target = "/";
    root.kind = MountKind::rootfs;
    root.options = flagsOfBind(d.rootfs.string(), d.asked.readOnlyRoot);
    root.readOnly = root.options.front() == "ro";
    root.source = d.rootfs.string();
    return root;
}

Mount declareOne(const OciMount& asked) {
    Mount mount;
    mount.target = asked.target;
    mount.kind = kindOf(asked);
    mount.source = asked.source;
    mount.fsType = mount.kind == MountKind::bind ? "" : asked.type;
    mount.readOnly = has(asked.options, "ro");
    mount.options =
        mount.kind == MountKind::bind ? flagsOfBind(asked.source, mount.readOnly) : flagsOf(asked);
    if (mount.kind == MountKind::bind) {
        mount.hostPaths = {
            {asked.source},
            {EvidenceKind::declared, "config.json mounts " + asked.target + " source", "", 0}};
    }
    return mount;
}

/// Where cgroups are v1, "a cgroup mount" becomes a tmpfs with one mount for each hierarchy (runc
/// rootfs_linux.go, mountCgroupV1); only those are read-only where the configuration says so.
void declareCgroups(const Declaration& d, const OciMount& asked, std::vector<Mount>& mounts) {
    Mount mount = declareOne(asked);
    if (d.machine.cgroupUnified) {
        mount.fsType = "cgroup2";
        mounts.push_back(std::move(mount));
        return;
    }
    Mount folder = mount;
    folder.fsType = "tmpfs";
    folder.readOnly = false;
    folder.options.front() = "rw";
    mounts.push_back(std::move(folder));
    for (const std::string& hierarchy : d.machine.hierarchies) {
        mounts.push_back(mount);
        mounts.back().target = asked.target + "/" + hierarchy;
    }
}

} // namespace

std::vector<Mount> declareMounts(const Declaration& d) {
    std::vector<Mount> mounts = {declareRoot(d)};
    for (const OciMount& asked : d.asked.mounts) {
        if (asked.type == "cgroup") {
            declareCgroups(d, asked, mounts);
        } else {
            mounts.push_back(declareOne(asked));
        }
    }
    std::int64_t id = 0;
    for (Mount& mount : mounts) {
        mount.id = ++id;
        mount.parent = id == 1 ? 0 : 1;
    }
    return mounts;
}

} // namespace bulkhead::lab
