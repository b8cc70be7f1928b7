#include "core/model/engine_files.h"
#include "core/threat/derived_facts.h"
#include "core/threat/host_paths.h"
#include "core/threat/origins.h"

#include <algorithm>

namespace bulkhead::threat {

using model::Mount;
using model::MountKind;
using model::Truth;

namespace {

constexpr std::string_view kVolume = "volume";
constexpr std::string_view kNamedVolume = "volume ";
constexpr std::string_view kAnyName = "*";

/// Whether a path of a volume is of the one named: NAME, or a folder in it, or exactly NAME/FOLDER.
bool isNamed(std::string_view path, std::string_view wanted) {
    const auto place = model::volumePlaceOf(path);
    const std::string_view name = wanted.substr(0, wanted.find('/'));
    return place && (name == kAnyName || (name == place->name && !place->anonymous)) &&
           (name.size() == wanted.size() || sameHostPath(wanted.substr(name.size() + 1), place->below));
}

bool isOneOf(std::string_view path, bool volume, const std::vector<std::string>& wanted) {
    return std::ranges::any_of(wanted, [&](std::string_view one) {
        return one.starts_with('/') ? sameHostPath(path, one)
                                    : volume && one.starts_with(kNamedVolume) &&
                                          isNamed(path, one.substr(kNamedVolume.size()));
    });
}

Truth comesFrom(const std::vector<std::string>& wanted, const Scope& scope, Explanation* why) {
    const Mount& mount = *scope.mount;
    const auto& paths = mount.hostPaths;
    const std::string at = "mounts[\"" + mount.target + "\"]";
    if (std::ranges::find(wanted, kVolume) != wanted.end() && isOfVolume(mount)) {
        if (why != nullptr) {
            why->use(at + ".kind", std::string(kVolume), Truth::yes, &paths.evidence());
        }
        return Truth::yes;
    }
    if (!paths.known()) {
        account(why, *scope.snapshot, at + ".hostPaths", paths, "", Truth::unknown);
        return Truth::unknown;
    }
    const auto& all = paths.value();
    const bool volume = isOfVolume(mount);
    const auto found =
        std::ranges::find_if(all, [&](const std::string& path) { return isOneOf(path, volume, wanted); });
    const Truth truth = found == all.end() ? Truth::no : Truth::yes;
    const std::string shown = found != all.end() ? *found : all.empty() ? "none" : all.front();
    account(why, *scope.snapshot, at + ".hostPaths", paths, shown, truth);
    return truth;
}

} // namespace

bool isOfVolume(const Mount& mount) {
    const auto isPlace = [](const std::string& path) {
        return model::isVolumeOfEngine(path) || model::volumePlaceOf(path);
    };
    const auto paths = mount.hostPaths.valueOr({});
    switch (mount.kind) {
    case MountKind::volume: // by whoever said so, in a folder of an engine's own as well
        return std::ranges::all_of(paths, isPlace);
    case MountKind::bind: // somebody chose it
        return false;
    default: // a socket in a volume
        return !paths.empty() && std::ranges::all_of(paths, model::isVolumeOfEngine);
    }
}

std::set<std::string> originsOf(const Mount& mount) {
    std::set<std::string> out;
    const bool volume = isOfVolume(mount);
    for (const std::string& path : mount.hostPaths.valueOr({})) {
        const auto place = volume ? model::volumePlaceOf(path) : std::nullopt;
        if (place && !(place->anonymous && place->below.empty())) {
            const std::string_view name = place->anonymous ? kAnyName : place->name;
            out.insert(
                std::string(kNamedVolume) + std::string(name) + (place->below.empty() ? "" : "/") +
                std::string(place->below));
        } else if (!volume && path.starts_with('/') && !model::isOfOneContainer(path)) {
            out.insert(path);
        }
    }
    return volume && out.empty() ? std::set<std::string>{std::string(kVolume)} : out;
}

base::Result<Evaluator> compileFrom(const DerivedRequest& request) {
    const auto& wanted = request.arguments;
    const bool understood = std::ranges::all_of(wanted, [](const std::string& one) {
        return one.starts_with('/') || one == kVolume || one.starts_with(kNamedVolume);
    });
    if (wanted.empty() || !understood) {
        return base::fail(
            base::ErrorKind::malformed, "absolute paths of the host, volume, or volume NAME are expected");
    }
    return [wanted](const Scope& scope, Explanation* why) { return comesFrom(wanted, scope, why); };
}

} // namespace bulkhead::threat
