#include "core/lab/clean.h"

#include "core/lab/cgroups.h"
#include "core/lab/place.h"
#include "core/lab/sweep.h"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::lab {

namespace fs = std::filesystem;

namespace {

std::string counted(std::size_t count, const std::string& one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : one.ends_with("s") ? "es" : "s");
}

std::string describe(const Swept& swept) {
    std::string text;
    const auto add = [&](bool there, const std::string& part) {
        text += there ? (text.empty() ? "" : ", ") + part : "";
    };
    add(swept.processes > 0, counted(swept.processes, "process"));
    add(swept.cgroups > 0, counted(swept.cgroups, "control group"));
    add(swept.mounts > 0, counted(swept.mounts, "mount"));
    add(swept.folders, "its folder");
    return text;
}

bool isKnown(const RunId& run, const std::vector<Place>& places) {
    return std::ranges::any_of(places, [&](const Place& place) { return place.run == run; });
}

/// Runs whose bundles outlived their journal: a reboot empties /run, but not the place where bundles stand
/// when /run is mounted noexec. A root that is not ours alone holds nothing of ours.
void addLostBundles(const fs::path& stateRoot, std::vector<Place>& places) {
    for (const fs::path& root : bundleRoots(stateRoot)) {
        const auto found = findPlaces(root);
        for (Place place : found ? *found : std::vector<Place>()) {
            if (!isKnown(place.run, places)) {
                place.bundles = place.bundles.empty() ? place.folder / "bundles" : place.bundles;
                places.push_back(std::move(place));
            }
        }
    }
}

/// Dead runs of which only control groups are left: their folders went with a reboot's /run or by hand.
void addOrphans(const fs::path& stateRoot, std::vector<Place>& places) {
    for (const fs::path& cgroup : labCgroups()) {
        const auto run = runOfContainer(cgroup.filename().string());
        struct stat info{};
        const bool ours = ::lstat(cgroup.c_str(), &info) == 0 && info.st_uid == ::geteuid();
        if (ours && !isKnown(*run, places)) {
            places.push_back({*run, stateRoot, stateRoot / run->text(), {}});
        }
    }
}

void cleanRun(const Place& place, CleanReport& report) {
    const std::string name = "run " + place.run.text();
    if (ownerLives(place.run)) {
        report.living.push_back(
            name + ": process " + std::to_string(place.run.owner) + " owns it and lives; left alone");
        return;
    }
    Swept swept = sweepRun(place);
    std::error_code error;
    const bool there = fs::exists(place.folder, error);
    const base::Status removed = removePlace(place);
    swept.folders = removed && there;
    if (!removed) {
        swept.left.push_back(removed.error().message);
    }
    if (!swept.nothing()) {
        report.removed.push_back(name + ": " + describe(swept));
    }
    std::ranges::transform(swept.left, std::back_inserter(report.left), [&](const std::string& left) {
        return name + ": " + left;
    });
}

} // namespace

base::Result<CleanReport> cleanLab(const fs::path& stateRoot) {
    const fs::path root = stateRoot.empty() ? defaultStateRoot() : stateRoot;
    auto places = findPlaces(root);
    if (!places) {
        return std::unexpected(places.error());
    }
    addLostBundles(root, *places);
    addOrphans(root, *places);
    CleanReport report;
    for (const Place& place : *places) {
        cleanRun(place, report);
    }
    return report;
}

} // namespace bulkhead::lab
