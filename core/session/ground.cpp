#include "core/session/ground.h"

#include "core/catalog/seccomp_profile.h"
#include "core/kernel/abis.h"
#include "core/kernel/mountinfo.h"
#include "core/os/file.h"
#include "core/os/proc_root.h"
#include "core/seccomp/profile.h"
#include "core/session/resources.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

namespace bulkhead::session {

namespace fs = std::filesystem;

namespace {

constexpr int kMaxDepth = 16; // levels of folders, the first among them, as the collector reads them
constexpr std::size_t kMaxDevices = 4096;

std::string firstLine(const fs::path& file) {
    const auto text = os::readFile(file, 65536);
    return text ? text->substr(0, text->find('\n')) : "";
}

/// What this process may give: an engine started from here can give no more.
model::CapabilitySet ownPermitted() {
    const auto status = os::readFile("/proc/self/status", 65536);
    const auto at = status ? status->find("\nCapPrm:\t") : std::string::npos;
    std::uint64_t mask = 0;
    if (at != std::string::npos) {
        const char* begin = status->data() + at + 9;
        std::from_chars(begin, status->data() + status->size(), mask, 16);
    }
    return model::CapabilitySet(mask);
}

void addDevices(const fs::path& folder, int depth, std::vector<claims::AskedDevice>& found) {
    constexpr std::array<std::string_view, 7> kSkipped = {"pts",  "shm",         "fd",   "mqueue",
                                                          ".lxc", ".lxd-mounts", ".udev"};
    const auto names = os::listDirectory(folder);
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        const fs::path path = folder / name;
        struct stat info{};
        if (::lstat(path.c_str(), &info) != 0 || found.size() >= kMaxDevices) {
            continue;
        }
        if (S_ISDIR(info.st_mode) && depth < kMaxDepth &&
            std::ranges::find(kSkipped, name) == kSkipped.end()) {
            addDevices(path, depth + 1, found);
        } else if ((S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)) && name != "console") {
            found.push_back(
                {path.string(), S_ISBLK(info.st_mode) ? 'b' : 'c', ::major(info.st_rdev),
                 ::minor(info.st_rdev), info.st_mode & 07777U, info.st_uid, info.st_gid});
        }
    }
}

/// The profiles that engines on this machine would apply. Docker's is built into the daemon: ours is of the
/// version that its file names. Podman reads a file.
void readProfiles(claims::Ground& ground) {
    if (const auto folder = findDataFolder("resources/profiles")) {
        if (const auto profile = catalog::readSeccompProfile(*folder, "docker-default")) {
            ground.profiles["docker-default"] = catalog::profileOf(*profile);
        }
    }
    for (const char* file : {"/etc/containers/seccomp.json", "/usr/share/containers/seccomp.json"}) {
        const auto text = os::readFile(file);
        const auto profile =
            text ? seccomp::parseProfile(*text, file) : base::fail(base::ErrorKind::notFound, "");
        if (profile) {
            ground.profiles["podman-default"] = *profile;
            return;
        }
    }
}

} // namespace

std::vector<claims::AskedDevice> findDeviceNodes(const fs::path& folder) {
    std::vector<claims::AskedDevice> found;
    addDevices(folder, 1, found);
    return found;
}

std::vector<std::string> findThrottlePaths() {
    const fs::path processors = "/sys/devices/system/cpu";
    std::vector<std::string> paths;
    const auto names = os::listDirectory(processors);
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        const fs::path path = processors / name / "thermal_throttle";
        std::error_code error;
        if (name.starts_with("cpu") && fs::exists(path, error)) {
            paths.push_back(path.string());
        }
    }
    return paths;
}

void readCgroupMounts(claims::Ground& ground) {
    const auto text = os::readFile("/proc/self/mountinfo");
    const auto mounts = kernel::parseMountinfo(text ? *text : "");
    bool unified = false;
    for (const kernel::MountEntry& mount : mounts ? *mounts : std::vector<kernel::MountEntry>()) {
        unified = unified || mount.fsType == "cgroup2";
        if (mount.fsType == "cgroup") {
            ground.hierarchies.push_back(fs::path(mount.target).filename().string());
        }
    }
    ground.cgroupUnified = unified && ground.hierarchies.empty();
}

claims::Ground readGround() {
    claims::Ground ground;
    utsname names{};
    if (::uname(&names) == 0) {
        ground.kernelRelease = static_cast<const char*>(names.release);
        ground.architecture = static_cast<const char*>(names.machine);
    }
    if (const auto abis = kernel::readAbis(os::ProcRoot{}, ground.architecture)) {
        ground.calls = *abis;
    }
    readCgroupMounts(ground);
    ground.launcher = ownPermitted();
    const std::string last = firstLine("/proc/sys/kernel/cap_last_cap");
    std::from_chars(last.data(), last.data() + last.size(), ground.lastCapability);
    ground.throttlePaths = findThrottlePaths();
    ground.devices = findDeviceNodes("/dev");
    ground.apparmor = firstLine("/sys/module/apparmor/parameters/enabled") == "Y";
    std::error_code error;
    ground.selinux = fs::exists("/sys/fs/selinux/enforce", error);
    readProfiles(ground);
    return ground;
}

} // namespace bulkhead::session
