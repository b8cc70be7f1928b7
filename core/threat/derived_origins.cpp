#include "core/threat/derived_facts.h"
#include "core/threat/host_paths.h"

#include <algorithm>

namespace bulkhead::threat {

using model::Mount;
using model::MountKind;
using model::Truth;

namespace {

constexpr std::string_view kVolume = "volume";
constexpr std::string_view kNamedVolume = "volume ";

bool isOneOf(std::string_view path, const std::vector<std::string>& wanted) {
    const std::string name = volumeNameOf(path);
    return std::ranges::any_of(wanted, [&](const std::string& one) {
        return one.starts_with('/')                             ? sameHostPath(path, one)
               : one.starts_with(kNamedVolume) && !name.empty() ? one.substr(kNamedVolume.size()) == name
                                                                : false;
    });
}

/// Whether an engine chose the place: all that is known of it is below a folder for volumes.
bool isVolume(const Mount& mount) {
    const auto paths = mount.hostPaths.valueOr({});
    return paths.empty() ? mount.kind == MountKind::volume : std::ranges::all_of(paths, isOfVolumes);
}

Truth comesFrom(const std::vector<std::string>& wanted, const Scope& scope, Explanation* why) {
    const Mount& mount = *scope.mount;
    const auto& paths = mount.hostPaths;
    const std::string at = "mounts[\"" + mount.target + "\"]";
    if (std::ranges::find(wanted, kVolume) != wanted.end() && isVolume(mount)) {
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
    const auto found =
        std::ranges::find_if(all, [&](const std::string& path) { return isOneOf(path, wanted); });
    const Truth truth = found == all.end() ? Truth::no : Truth::yes;
    const std::string shown = found != all.end() ? *found : all.empty() ? "none" : all.front();
    account(why, *scope.snapshot, at + ".hostPaths", paths, shown, truth);
    return truth;
}

} // namespace

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
