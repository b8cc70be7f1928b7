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
    std::error_code error;
    if (path.has_relative_path() && !fs::exists(path.parent_path(), error)) {
        if (auto made = makeFolders(path.parent_path()); !made) {
            return made;
        }
    }
    auto made = makeFolder(path, 0755);
    return made || fs::is_directory(path, error) ? Status{} : made;
}

/// Whoever may write to a folder on the way, or owns it, could put another bundle there before it is run.
Status checkOurs(const fs::path& folder) {
    struct stat info{};
    if (::lstat(folder.c_str(), &info) != 0) {
        return base::failErrno(errno, folder.string());
    }
    const std::string instead = "set XDG_RUNTIME_DIR to a folder of yours";
    std::string why;
    if (!S_ISDIR(info.st_mode)) {
        why = "not a folder of its own but a link or a file; remove it, or " + instead;
    } else if (info.st_uid != ::geteuid()) {
        why = "belongs to user " + std::to_string(info.st_uid) + "; have it removed, or " + instead;
    } else if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        why = "other users may write to it; chmod go-w " + folder.string();
    }
    return why.empty() ? Status{} : base::fail(base::ErrorKind::denied, folder.string() + ": " + why);
}

/// The folders that runs share, outermost first: the root, and the one above it that the lab made for it.
std::vector<fs::path> sharedFolders(const fs::path& root) {
    const fs::path above = root.parent_path();
    return above.filename().string().starts_with("bulkhead") ? std::vector{above, root} : std::vector{root};
}

Status checkShared(const fs::path& root) {
    Status checked;
    for (const fs::path& folder : sharedFolders(root)) {
        checked = checked ? checkOurs(folder) : checked;
    }
    return checked;
}

Status makeShared(const fs::path& root) {
    Status made;
    for (const fs::path& folder : sharedFolders(root)) {
        made = made ? makeFolders(folder) : made;
        made = made ? checkOurs(folder) : made;
    }
    return made;
}

/// Checks again at the end: with the run's folder in them the shared ones can no longer be exchanged.
Status makeBelow(const fs::path& root, const fs::path& folder) {
    Status made;
    for (int i = 0; i < kAttempts; ++i) {
        made = makeShared(root);
        made = made && folder.parent_path() != root ? makeFolders(folder.parent_path()) : made;
        made = made ? makeFolder(folder, 0755) : made;
        made = made ? checkShared(root) : made;
        if (made || made.error().kind != base::ErrorKind::notFound) {
            return made;
        }
    }
    return made;
}

unsigned long flagsOf(const fs::path& path) {
    struct statvfs info{};
    std::error_code error;
    fs::path existing = path;
    while (!fs::exists(existing, error) && existing.has_relative_path()) {
        existing = existing.parent_path();
    }
    return ::statvfs(existing.c_str(), &info) == 0 ? info.f_flag : 0;
}

/// The first place whose file system lets a container's programs run as they would in an image.
fs::path chooseBundleRoot(const fs::path& stateRoot) {
    const auto candidates = bundleRoots(stateRoot);
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

std::vector<fs::path> bundleRoots(const fs::path& stateRoot) {
    const std::string user = std::to_string(::geteuid());
    const fs::path ours =
        ::geteuid() == 0 ? fs::path("/var/lib/bulkhead/lab") : fs::path("/var/tmp/bulkhead-" + user) / "lab";
    return {stateRoot, ours, fs::path("/tmp/bulkhead-" + user) / "lab"};
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
                                            : makeBelow(root, place.bundles);
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
    if (auto checked = checkShared(stateRoot); !checked && checked.error().kind == base::ErrorKind::denied) {
        return std::unexpected(checked.error());
    }
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
