#pragma once

#include "core/model/fact.h"
#include "core/model/table.h"

#include <map>
#include <string>
#include <vector>

namespace bulkhead::model {

/// What a process finds at a sensitive path.
enum class Exposure {
    exposed,  ///< the kernel's own file or directory
    masked,   ///< covered by an empty directory or /dev/null
    readonly, ///< the kernel's own, mounted read-only
    absent,   ///< this kernel has no such path
};

template <>
struct Names<Exposure> {
    static constexpr std::array names{
        std::pair{Exposure::exposed, std::string_view("exposed")},
        std::pair{Exposure::masked, std::string_view("masked")},
        std::pair{Exposure::readonly, std::string_view("readonly")},
        std::pair{Exposure::absent, std::string_view("absent")},
    };
};

/// One sensitive path: how it is exposed, and whether its mount lets writes pass (file permissions aside).
struct PathState {
    Exposure state = Exposure::exposed;
    bool writable = false;

    auto operator<=>(const PathState&) const = default;
};

/// The sensitive paths of procfs and sysfs, and what a configuration asked for them.
struct ProtectedPaths {
    std::map<std::string, Fact<PathState>> states;
    Fact<std::vector<std::string>> maskedPaths;   ///< declared only; stated and empty is not unstated
    Fact<std::vector<std::string>> readonlyPaths; ///< declared only

    bool operator==(const ProtectedPaths&) const = default;
};

template <>
struct Table<PathState> {
    static constexpr auto rows = rowsOf(
        Row{"state", &PathState::state, "exposed, masked, readonly, or absent on this kernel"},
        Row{"writable", &PathState::writable, "its mount lets writes pass; file permissions are not judged"});
};

template <>
struct Table<ProtectedPaths> {
    static constexpr auto rows = rowsOf(
        Row{"", &ProtectedPaths::states, "state of each sensitive path"},
        Row{"maskedPaths", &ProtectedPaths::maskedPaths,
            "paths the configuration masks (OCI linux.maskedPaths)", Compare::identity},
        Row{"readonlyPaths", &ProtectedPaths::readonlyPaths,
            "paths the configuration makes read-only (OCI linux.readonlyPaths)", Compare::identity});
};

/// Paths of procfs and sysfs that container engines mask or make read-only, or that give a hold on the host.
/// The union of what Docker, Podman, containerd and the kubelet protect, and /proc and /sys themselves.
struct SensitivePath {
    std::string_view path;
    std::string_view why; ///< what writing or reading it gives
    bool globalKnob;      ///< writing it acts on the whole machine
};

[[nodiscard]] const std::vector<SensitivePath>& sensitivePaths();

} // namespace bulkhead::model
