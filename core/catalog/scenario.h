#pragma once

#include "core/base/error.h"
#include "core/model/capability.h"
#include "core/model/identity.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog {

/// Who asks the runtime for the container: root, or an id without any privilege.
enum class Launcher { root, unprivileged };

/// How a user namespace maps ids: root to the launching id alone, or a range of ids from `outside`.
struct UserMapping {
    bool launcherOnly = false;
    std::uint32_t outside = 0;
    std::uint32_t length = 0;

    bool operator==(const UserMapping&) const = default;
};

/// A directory of the lab's own that stands in for a directory of the host.
struct LabDirectory {
    std::string target;
    bool readOnly = false;

    bool operator==(const LabDirectory&) const = default;
};

/// Limits of the control group; nullopt asks for none.
struct AskedLimits {
    std::optional<std::uint64_t> pids;
    std::optional<std::uint64_t> memory; ///< bytes
    std::optional<std::uint64_t> cpu;    ///< thousandths of a core

    bool operator==(const AskedLimits&) const = default;
};

/// A lab container as scenarios/NAME/scenario.yaml describes it. What the file does not say is what Docker
/// does by default; `privileged: true` starts from what Docker's --privileged does instead.
struct Scenario {
    std::string name;
    std::string title;
    std::string summary;
    std::uint32_t order = 0; ///< teaching order, ascending
    Launcher launcher = Launcher::root;
    bool privileged = false;
    std::uint32_t uid = 0; ///< in the container's numbering
    std::uint32_t gid = 0;
    std::optional<UserMapping> userNamespace;
    model::CapabilitySet capabilities;
    bool noNewPrivileges = false;
    std::string seccomp; ///< name of a profile in resources/profiles; empty: none
    bool protectPaths = true;
    bool readOnlyRoot = false;
    bool readOnlyKernelFiles = true; ///< /sys and the cgroup file systems
    bool hostDevices = false;        ///< every device node of the host
    bool openDevicePolicy = false;   ///< any device may be opened
    std::vector<LabDirectory> directories;
    AskedLimits limits;
    std::map<std::string, model::ResourceLimit> rlimits; ///< by RLIMIT_ name

    bool operator==(const Scenario&) const = default;
};

/// The 14 capabilities of a Docker container (moby daemon/pkg/oci/caps/defaults.go).
[[nodiscard]] model::CapabilitySet dockerCapabilities();

/// What was asked beyond Docker's defaults, in words for a person: "read-only root", "user namespace".
[[nodiscard]] std::vector<std::string> asksOf(const Scenario& scenario);

/// Malformed: "FILE:LINE: FIELD: PROBLEM; REMEDY". `profiles` names the seccomp profiles that there are.
[[nodiscard]] base::Result<Scenario>
parseScenario(std::string_view yaml, std::string_view fileName, const std::vector<std::string>& profiles);

/// Every FOLDER/NAME/scenario.yaml in teaching order, with the seccomp profiles of the folder `profiles`.
/// NotFound where the folder holds none.
[[nodiscard]] base::Result<std::vector<Scenario>>
readScenarios(const std::filesystem::path& folder, const std::filesystem::path& profiles);

} // namespace bulkhead::catalog
