#include "core/lab/place.h"

#include "core/os/fd.h"
#include "core/os/file.h"
#include "core/os/temporary_directory.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace bulkhead::lab {

namespace fs = std::filesystem;
using base::Status;

namespace {

constexpr std::string_view kBundlesKey = "bundles ";
constexpr int kAttempts = 100;

/// Another run may remove the shared folders, empty for a moment, between our making them and using them.
Status makeFolders(const fs::path& path) {
    if (path.has_relative_path() && !fs::exists(path.parent_path())) {
        if (auto made = makeFolders(path.parent_path()); !made) {
            return made;
        }
    }
    auto made = makeFolder(path, 0755);
    std::error_code error;
    return made || fs::is_directory(path, error) ? Status{} : made;
}

Status makeBelow(const fs::path& root, const fs::path& folder) {
    Status made;
    for (int i = 0; i < kAttempts; ++i) {
        made = makeFolders(root);
        if (made) {
            made = makeFolder(folder, 0755);
        }
        if (made || made.error().kind != base::ErrorKind::notFound) {
            return made;
        }
    }
    return made;
}

unsigned long flagsOf(const fs::path& path) {
    struct statvfs info{};
    fs::path existing = path;
    while (!fs::exists(existing) && existing.has_relative_path()) {
        existing = existing.parent_path();
    }
    return ::statvfs(existing.c_str(), &info) == 0 ? info.f_flag : 0;
}

/// The first place whose file system lets a container's programs run as they would in an image.
fs::path chooseBundleRoot(const fs::path& stateRoot) {
    const std::string user = std::to_string(::geteuid());
    const fs::path ours =
        ::geteuid() == 0 ? fs::path("/var/lib/bulkhead/lab") : fs::path("/var/tmp/bulkhead-" + user) / "lab";
    const std::vector<fs::path> candidates = {stateRoot, ours, fs::path("/tmp/bulkhead-" + user) / "lab"};
    for (const unsigned long unwanted : {0UL + ST_NOEXEC + ST_NOSUID, 0UL + ST_NOEXEC}) {
        for (const fs::path& candidate : candidates) {
            if ((flagsOf(candidate) & unwanted) == 0) {
                return candidate;
            }
        }
    }
    return stateRoot;
}

bool isOurFolder(const fs::path& path) {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
}

fs::path bundlesInJournal(const fs::path& folder) {
    const auto text = os::readFile(folder / "journal", 1024UL * 1024);
    const std::size_t at = text ? text->find(kBundlesKey) : std::string::npos;
    if (at == std::string::npos) {
        return {};
    }
    const std::size_t from = at + kBundlesKey.size();
    return text->substr(from, text->find('\n', from) - from);
}

/// Removes a folder and those above it as long as they are empty and named as the lab names them.
void removeEmpty(fs::path path) {
    while (path.has_relative_path() && ::rmdir(path.c_str()) == 0) {
        path = path.parent_path();
        if (!path.filename().string().starts_with("bulkhead")) {
            return;
        }
    }
}

} // namespace

fs::path defaultStateRoot() {
    if (::geteuid() == 0) {
        return "/run/bulkhead/lab";
    }
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    if (runtime != nullptr && *runtime == '/') {
        return fs::path(runtime) / "bulkhead" / "lab";
    }
    return fs::path("/tmp/bulkhead-" + std::to_string(::geteuid())) / "lab";
}

Status makeFolder(const fs::path& path, unsigned mode) {
    if (::mkdir(path.c_str(), mode) != 0 || ::chmod(path.c_str(), mode) != 0) {
        return base::failErrno(errno, path.string());
    }
    return {};
}

base::Result<Place> makePlace(const fs::path& stateRoot) {
    Place place;
    place.run = makeRunId();
    place.stateRoot = stateRoot;
    place.folder = stateRoot / place.run.text();
    const fs::path root = chooseBundleRoot(stateRoot);
    place.bundles = (root == stateRoot ? place.folder : root / place.run.text()) / "bundles";
    if (auto made = makeBelow(stateRoot, place.folder); !made) {
        return std::unexpected(made.error());
    }
    const Status written = addToJournal(
        place, "owner " + std::to_string(place.run.owner) + " " + std::to_string(place.run.ownerStart) +
                   "\n" + std::string(kBundlesKey) + place.bundles.string());
    const Status made = !written            ? written
                        : root == stateRoot ? makeFolder(place.bundles, 0755)
                                            : makeBelow(root / place.run.text(), place.bundles);
    if (!made) {
        [[maybe_unused]] const Status removed = removePlace(place);
        return std::unexpected(made.error());
    }
    return place;
}

Status addToJournal(const Place& place, const std::string& line) {
    const auto file = place.folder / "journal";
    const os::Fd fd(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    const std::string text = line + "\n";
    const bool written = fd.valid() &&
                         ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                         ::fsync(fd.get()) == 0;
    return written ? Status{} : base::failErrno(errno, file.string());
}

base::Result<std::vector<Place>> findPlaces(const fs::path& stateRoot) {
    std::vector<Place> places;
    const auto names = os::listDirectory(stateRoot);
    if (!names) {
        return names.error().kind == base::ErrorKind::notFound
                   ? base::Result<std::vector<Place>>(std::move(places))
                   : std::unexpected(names.error());
    }
    for (const std::string& name : *names) {
        const auto run = parseRunId(name);
        if (run && isOurFolder(stateRoot / name)) {
            places.push_back({*run, stateRoot, stateRoot / name, bundlesInJournal(stateRoot / name)});
        }
    }
    return places;
}

Status removePlace(const Place& place) {
    // the journal goes last: until then a killed removal can be taken up again
    const bool ourBundles = place.bundles.string().contains(place.run.text());
    const bool elsewhere = ourBundles && place.bundles.parent_path() != place.folder;
    Status removed =
        ourBundles ? os::removeTree(elsewhere ? place.bundles.parent_path() : place.bundles) : Status{};
    if (removed) {
        removed = os::removeTree(place.folder);
    }
    if (elsewhere) {
        removeEmpty(place.bundles.parent_path().parent_path());
    }
    removeEmpty(place.stateRoot);
    return removed;
}

} // namespace bulkhead::lab
