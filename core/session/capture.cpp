#include "core/session/capture.h"

#include "core/base/bytes.h"
#include "core/base/version.h"
#include "core/claims/import.h"
#include "core/kernel/collect.h"
#include "core/kernel/host_reference.h"
#include "core/os/clock.h"
#include "core/os/file.h"
#include "core/session/ground.h"
#include "core/wire/snapshot_json.h"

#include <algorithm>
#include <map>
#include <unistd.h>

namespace bulkhead::session {

namespace fs = std::filesystem;
using base::ErrorKind;
using model::Snapshot;
using model::Vantage;

void signSnapshot(Snapshot& snapshot) {
    snapshot.producer.version = std::string(base::kVersion);
    snapshot.producer.privilege = ::geteuid() == 0 ? "root" : "unprivileged";
    snapshot.takenAt = os::nowUtc();
    if (snapshot.captureId.empty()) {
        snapshot.captureId = os::randomId();
    }
}

base::Result<Snapshot> capturePid(std::int64_t pid, const std::string& ref) {
    const os::ProcRoot machine;
    const kernel::HostReference host = kernel::readHostReference(machine);
    auto snapshot = kernel::collectSnapshot(machine, pid, host);
    if (!snapshot) {
        return snapshot;
    }
    snapshot->subject.ref = ref;
    snapshot->subject.pid = pid;
    if (snapshot->subject.name.empty()) {
        snapshot->subject.name = ref;
    }
    signSnapshot(*snapshot);
    return snapshot;
}

namespace {

/// The folder's own order, each name between line breaks.
std::string orderOf(const fs::path& folder) {
    std::error_code error;
    const bool there = fs::is_regular_file(folder / kOrderFile, error);
    return "\n" + (there ? os::readFile(folder / kOrderFile).value_or("") : "");
}

/// Files by the folder's own order first, the others after them by name.
void sortByOrder(std::vector<std::string>& names, const fs::path& folder) {
    const std::string order = orderOf(folder);
    std::ranges::stable_sort(
        names, {}, [&](const std::string& name) { return order.find("\n" + name + "\n"); });
}

base::Result<std::vector<Snapshot>> openFolder(const fs::path& folder) {
    auto names = os::listDirectory(folder);
    if (!names) {
        return std::unexpected(names.error());
    }
    sortByOrder(*names, folder);
    const std::string order = orderOf(folder);
    std::vector<Snapshot> all;
    for (const std::string& name : *names) {
        std::error_code error;
        const bool promised = order.contains("\n" + name + "\n");
        if (!name.ends_with(".json") || !fs::is_regular_file(folder / name, error)) {
            continue;
        }
        const auto text = os::readFile(folder / name);
        if (!text) {
            return std::unexpected(text.error());
        }
        if (!promised && !wire::looksLikeSnapshot(*text)) {
            continue; // another program's document
        }
        auto some = wire::parseSnapshots(*text, (folder / name).string());
        if (!some) {
            return some;
        }
        std::ranges::move(*some, std::back_inserter(all));
    }
    if (all.empty()) {
        return base::fail(
            ErrorKind::notFound, folder.string() + ": no snapshot in this folder; bulkhead lab run --out " +
                                     folder.string() + " writes some");
    }
    return all;
}

} // namespace

base::Result<std::vector<Snapshot>> readSnapshots(
    const std::string& text, const std::string& name, const std::string& engine,
    const std::vector<claims::KnownImage>& images) {
    if (wire::looksLikeSnapshot(text)) {
        return wire::parseSnapshots(text, name);
    }
    claims::ImportOptions options{engine, readGround()};
    options.ground.images = images;
    auto snapshots = claims::importDocument(text, name, options);
    if (!snapshots) {
        return snapshots;
    }
    for (Snapshot& snapshot : *snapshots) {
        signSnapshot(snapshot);
        const std::string shown = base::textFromBytes(name);
        snapshot.subject.ref = snapshots->size() == 1 ? shown : shown + "#" + snapshot.subject.name;
    }
    return snapshots;
}

base::Result<std::vector<Snapshot>> openSnapshots(
    const fs::path& path, const std::string& engine, const std::vector<claims::KnownImage>& images) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
        return openFolder(path);
    }
    if (!fs::is_regular_file(path, error)) {
        return base::fail(ErrorKind::malformed, path.string() + ": not a regular file");
    }
    if (fs::file_size(path, error) > os::kMaxFileSize) {
        return base::fail(
            ErrorKind::malformed,
            path.string() + ":1:1: larger than " + std::to_string(os::kMaxFileSize) + " bytes");
    }
    const auto text = os::readFile(path);
    if (!text) {
        return std::unexpected(text.error());
    }
    return readSnapshots(*text, path.string(), engine, images);
}

std::vector<diagram::SubjectView> joinVantages(std::vector<Snapshot> snapshots) {
    std::vector<diagram::SubjectView> views;
    views.reserve(snapshots.size()); // a view is large: thousands are not moved again and again
    std::map<std::string, std::size_t> places;
    for (Snapshot& snapshot : snapshots) {
        const std::string key = snapshot.captureId + "/" + snapshot.subject.name;
        const auto known = snapshot.captureId.empty() ? places.end() : places.find(key);
        const std::size_t index = known == places.end() ? views.size() : known->second;
        if (known == places.end()) {
            places.emplace(key, index);
            views.emplace_back().name = snapshot.subject.name;
        }
        diagram::SubjectView& view = views[index];
        std::optional<Snapshot>& place = snapshot.vantage == Vantage::declared   ? view.declared
                                         : snapshot.vantage == Vantage::enforced ? view.enforced
                                                                                 : view.experienced;
        place = std::move(snapshot);
    }
    return views;
}

} // namespace bulkhead::session
