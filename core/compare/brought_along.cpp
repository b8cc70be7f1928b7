#include "core/compare/brought_along.h"

#include "core/model/walk.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace bulkhead::compare {

namespace {

using model::Mount;
using model::Snapshot;

/// A folder of the host where the container has it.
struct Folder {
    std::string target;
    std::string onHost;
    bool readOnly; ///< asked for without the right to write
};

/// By the document; what an engine binds of itself, /sys over the host's network, was not asked for at all.
bool isAskedReadOnly(const Mount& mount) {
    return mount.readOnly && mount.hostPaths.evidence().kind == model::EvidenceKind::declared;
}

std::vector<Folder> foldersOf(const Snapshot& declared) {
    std::vector<Folder> out;
    for (const Mount& mount : declared.mounts.valueOr({})) {
        if (mount.visible && !mount.hostPaths.valueOr({}).empty()) {
            out.push_back({mount.target, mount.hostPaths.value().front(), isAskedReadOnly(mount)});
        }
    }
    return out;
}

/// The rest of a path below a folder, "/boot"; empty where it is not below.
std::string_view restBelow(std::string_view path, std::string_view folder) {
    folder = folder == "/" ? "" : folder;
    const bool below = path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
    return below ? path.substr(folder.size()) : std::string_view();
}

bool isBelowAny(const std::vector<Folder>& folders, std::string_view path) {
    return std::ranges::any_of(
        folders, [&](const Folder& folder) { return !restBelow(path, folder.target).empty(); });
}

/// To have asked for a folder read-only is not to have asked for what can be written below it.
bool isWritableBelow(const std::vector<Folder>& folders, std::string_view path) {
    return std::ranges::any_of(folders, [&](const Folder& folder) {
        return !folder.readOnly && !restBelow(path, folder.target).empty();
    });
}

/// A part of a file system: its device and the root of the mount in it.
using Part = std::pair<std::string, std::string>;

/// A mount of the host in its place, or one of the container's own that it sees in the host's tree once more.
/// Another one that was mounted there later, from inside, is neither.
bool comesWith(const Mount& mount, const Folder& folder, const std::set<Part>& own) {
    const std::string_view rest = restBelow(mount.target, folder.target);
    if (rest.empty() || (folder.readOnly && !mount.readOnly)) {
        return false;
    }
    const std::string onHost = (folder.onHost == "/" ? "" : folder.onHost) + std::string(rest);
    const std::vector<std::string> paths = mount.hostPaths.valueOr({});
    return std::ranges::find(paths, onHost) != paths.end() || own.contains({mount.device, mount.root});
}

} // namespace

BroughtAlong::BroughtAlong(const Snapshot& declared, const Snapshot& enforced) {
    const std::vector<Folder> folders = foldersOf(declared);
    if (folders.empty()) {
        return;
    }
    std::set<Part> own;
    for (const Mount& mount : enforced.mounts.valueOr({})) {
        if (!isBelowAny(folders, mount.target)) {
            own.emplace(mount.device, mount.root);
        }
    }
    std::set<std::string, std::less<>> asked; // itself, whatever it lies below
    for (const Mount& mount : declared.mounts.valueOr({})) {
        asked.insert(mount.target);
    }
    for (const Mount& mount : enforced.mounts.valueOr({})) {
        if (!asked.contains(mount.target) && std::ranges::any_of(folders, [&](const Folder& folder) {
                return comesWith(mount, folder, own);
            })) {
            m_elements.insert(model::pathToKey("mounts", mount.target));
        }
    }
    for (const model::Device& device : enforced.devices.valueOr({})) {
        if (isBelowAny(folders, device.path)) {
            m_elements.insert(model::pathToKey("devices", device.path));
        }
    }
    for (const std::string& knob : enforced.kernel.writableKnobs.valueOr({})) {
        if (isWritableBelow(folders, knob)) {
            m_elements.insert(model::pathToKey("kernel.writableKnobs", knob));
        }
    }
    for (const Snapshot* side : {&declared, &enforced}) { // a document can only suppose which the host has
        for (const model::RuntimeSocket& socket : side->sockets.valueOr({})) {
            if (isBelowAny(folders, socket.path)) {
                m_elements.insert(model::pathToKey("sockets", socket.path));
            }
        }
    }
}

bool BroughtAlong::has(const Change& change) const {
    const auto end = change.path.find("\"]");
    return end != std::string::npos && m_elements.contains(std::string_view(change.path).substr(0, end + 2));
}

} // namespace bulkhead::compare
