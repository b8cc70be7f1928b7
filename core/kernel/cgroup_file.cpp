#include "core/kernel/cgroup_file.h"

#include "core/base/bytes.h"
#include "core/kernel/text.h"

#include <algorithm>

namespace bulkhead::kernel {

using base::ErrorKind;

namespace {

constexpr std::size_t kMaxLines = 64;
constexpr std::size_t kMaxDepth = 64;
constexpr std::string_view kDeleted = " (deleted)";

const CgroupPlace* placeWith(const std::vector<CgroupPlace>& places, std::string_view controller) {
    const auto found = std::ranges::find_if(
        places, [&](const CgroupPlace& place) { return place.hierarchy != 0 && place.has(controller); });
    return found == places.end() ? nullptr : &*found;
}

const CgroupPlace* unifiedPlace(const std::vector<CgroupPlace>& places) {
    const auto found = std::ranges::find(places, 0, &CgroupPlace::hierarchy);
    return found == places.end() ? nullptr : &*found;
}

/// The visible mount of a hierarchy whose root holds the path.
const MountEntry* mountOf(const CgroupPlace& place, const MountTree& mounts) {
    for (const auto& [entry, visible] : mounts.mounts) {
        const bool sameHierarchy =
            place.hierarchy == 0
                ? entry.fsType == "cgroup2"
                : entry.fsType == "cgroup" && std::ranges::all_of(place.controllers, [&](const auto& name) {
                      return std::ranges::find(entry.superOptions, name) != entry.superOptions.end();
                  });
        if (visible && sameHierarchy && isWithin(place.path, entry.root)) {
            return &entry;
        }
    }
    return nullptr;
}

bool leavesOurView(std::string_view path) {
    const auto names = splitAt(path, '/');
    return std::ranges::find(names, "..") != names.end();
}

std::vector<std::string> stepsUp(const MountEntry& mount, const std::string& path) {
    std::vector<std::string> steps;
    std::string_view below = std::string_view(path).substr(mount.root == "/" ? 0 : mount.root.size());
    while (!below.empty() && below != "/" && steps.size() < kMaxDepth) {
        steps.push_back(mount.target + std::string(below));
        below = below.substr(0, below.rfind('/'));
    }
    steps.push_back(mount.target);
    return steps;
}

} // namespace

bool CgroupPlace::has(std::string_view controller) const {
    return std::ranges::find(controllers, controller) != controllers.end();
}

base::Result<std::vector<CgroupPlace>> parseCgroupFile(std::string_view text) {
    std::vector<CgroupPlace> places;
    const auto lines = linesOf(text);
    if (lines.size() > kMaxLines) {
        return base::fail(ErrorKind::malformed, "cgroup: more than 64 lines");
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto first = lines[i].find(':');
        const auto second = first == std::string_view::npos ? first : lines[i].find(':', first + 1);
        const auto hierarchy = numberOf<int>(lines[i].substr(0, first));
        if (second == std::string_view::npos || !hierarchy || lines[i].substr(second + 1, 1) != "/") {
            return base::fail(
                ErrorKind::malformed,
                "cgroup line " + std::to_string(i + 1) + ": expected ID:CONTROLLERS:PATH");
        }
        CgroupPlace place;
        place.hierarchy = *hierarchy;
        for (const std::string_view name : splitAt(lines[i].substr(first + 1, second - first - 1), ',')) {
            if (!name.empty()) {
                place.controllers.emplace_back(name);
            }
        }
        place.path = lines[i].substr(second + 1);
        if (place.path.ends_with(kDeleted)) {
            place.path.resize(place.path.size() - kDeleted.size());
            place.deleted = true;
        }
        places.push_back(std::move(place));
    }
    return places;
}

std::string pathOf(const std::vector<CgroupPlace>& places) {
    for (const std::string_view controller : {"devices", "pids"}) {
        if (const CgroupPlace* place = placeWith(places, controller)) {
            return place->path;
        }
    }
    const CgroupPlace* unified = unifiedPlace(places);
    return unified != nullptr ? unified->path : "";
}

std::optional<std::string> cgroupVersionOf(const MountTree& hostMounts) {
    bool v1 = false;
    bool v2 = false;
    for (const auto& [entry, visible] : hostMounts.mounts) {
        v1 = v1 || (visible && entry.fsType == "cgroup");
        v2 = v2 || (visible && entry.fsType == "cgroup2");
    }
    if (!v1 && !v2) {
        return std::nullopt;
    }
    return v1 && v2 ? "hybrid" : v1 ? "v1" : "v2";
}

base::Result<CgroupDirectories> findCgroupDirectories(
    const std::vector<CgroupPlace>& places, const MountTree& hostMounts, std::string_view controller) {
    const CgroupPlace* place = placeWith(places, controller);
    place = place == nullptr ? unifiedPlace(places) : place;
    if (place == nullptr) {
        return base::fail(
            ErrorKind::unsupported, "cgroup: no hierarchy has the controller " + std::string(controller));
    }
    if (leavesOurView(place->path)) {
        return base::fail(
            ErrorKind::unsupported, "cgroup " + base::textFromBytes(place->path) +
                                        ": outside what our control group namespace shows");
    }
    if (place->deleted) {
        return base::fail(
            ErrorKind::unsupported, "cgroup " + base::textFromBytes(place->path) + ": was deleted");
    }
    const MountEntry* mount = mountOf(*place, hostMounts);
    if (mount == nullptr) {
        return base::fail(
            ErrorKind::unsupported,
            "cgroup " + base::textFromBytes(place->path) + ": its hierarchy is not mounted on the host");
    }
    CgroupDirectories directories{stepsUp(*mount, place->path), place->hierarchy == 0, mount->root == "/"};
    if (directories.leafFirst.size() > kMaxDepth) {
        return base::fail(ErrorKind::unsupported, "cgroup: nested more than 64 deep");
    }
    return directories;
}

} // namespace bulkhead::kernel
