#include "core/lab/clean.h"

#include "core/lab/cgroups.h"
#include "core/lab/engine_leftovers.h"
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
    add(swept.containers > 0, counted(swept.containers, "container") + " of an engine");
    add(swept.images > 0, counted(swept.images, "image") + " of an engine");
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

/// Runs of which engines hold something: a run that no folder tells of any more is one of these.
void addEngineRuns(
    const fs::path& stateRoot, const std::vector<EngineLeftover>& leftovers, std::vector<Place>& places) {
    for (const EngineLeftover& leftover : leftovers) {
        if (!isKnown(leftover.run, places)) {
            places.push_back({leftover.run, stateRoot, stateRoot / leftover.run.text(), {}});
        }
    }
}

/// The engines first: a container that its engine removes leaves nothing to sweep.
void cleanEngines(const Place& place, const std::vector<EngineLeftover>& leftovers, Swept& swept) {
    EngineNotes notes = engineNotesOf(place);
    for (const EngineLeftover& leftover : leftovers) {
        const bool known = std::ranges::any_of(
            notes.endpoints, [&](const auto& endpoint) { return endpoint.url == leftover.endpoint.url; });
        if (leftover.run == place.run && !known) {
            notes.endpoints.push_back(leftover.endpoint);
        }
    }
    for (const engines::EngineEndpoint& endpoint : notes.endpoints) {
        TakenOut taken = takeOut(endpoint, place.run, notes.asking);
        swept.containers += taken.containers;
        swept.images += taken.images;
        std::ranges::move(taken.left, std::back_inserter(swept.left));
    }
}

void cleanRun(const Place& place, const std::vector<EngineLeftover>& leftovers, CleanReport& report) {
    const std::string name = "run " + place.run.text();
    if (ownerLives(place.run)) {
        report.living.push_back(
            name + ": process " + std::to_string(place.run.owner) + " owns it and lives; left alone");
        return;
    }
    Swept inEngines;
    cleanEngines(place, leftovers, inEngines);
    Swept swept = sweepRun(place);
    swept.containers = inEngines.containers;
    swept.images = inEngines.images;
    std::error_code error;
    const bool there = fs::exists(place.folder, error);
    // what an engine still holds is found by the journal: it stays as long
    const base::Status removed = inEngines.left.empty() ? removePlace(place) : base::Status{};
    swept.folders = removed && there && inEngines.left.empty();
    std::ranges::move(inEngines.left, std::back_inserter(swept.left));
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
    const auto leftovers = engineLeftovers();
    addEngineRuns(root, leftovers, *places);
    CleanReport report;
    for (const Place& place : *places) {
        cleanRun(place, leftovers, report);
    }
    return report;
}

} // namespace bulkhead::lab
