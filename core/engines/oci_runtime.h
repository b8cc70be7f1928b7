#pragma once

#include "core/base/error.h"
#include "core/os/process.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::engines {

/// An OCI runtime this program can drive, in order of preference.
struct RuntimeKind {
    std::string_view id; ///< the program's name
    std::string_view title;
    std::string_view package; ///< Debian package that brings it
};

[[nodiscard]] std::span<const RuntimeKind> runtimeKinds();

/// Who launches, as a user asked for it: a runtime by itself, or an engine over its API.
enum class EngineChoice { automatic, runc, crun, docker, podman };

/// "auto", "runc", "crun", "docker" or "podman".
[[nodiscard]] std::optional<EngineChoice> engineChoiceNamed(std::string_view word);

/// An installed runtime.
struct OciRuntime {
    std::string name;
    std::filesystem::path path;
    std::string version;
    std::string libseccomp; ///< empty where the runtime does not say

    bool operator==(const OciRuntime&) const = default;
};

/// The runtime to use, and why others are not: "crun 1.8.1: cgroups in hybrid mode not supported".
struct RuntimeChoice {
    OciRuntime runtime;
    std::vector<std::string> passedOver;
};

/// Name, version and libseccomp from the output of `runc --version` or `crun --version`.
[[nodiscard]] OciRuntime parseRuntimeVersion(std::string_view output, std::string_view name);

/// The runtime on the search path; NotFound names the package to install.
[[nodiscard]] base::Result<OciRuntime> findRuntime(const RuntimeKind& kind, const std::string& searchPath);

/// Launches a container for a moment; the error says why that runtime does not work here.
using Trial = std::function<base::Status(const OciRuntime&)>;

/// Tries each candidate for real. `automatic` takes the first that works and says of the others why not;
/// a runtime asked for by name must be there and must work. `searchPath` is PATH-like.
[[nodiscard]] base::Result<RuntimeChoice>
chooseRuntime(EngineChoice choice, const std::string& searchPath, const Trial& trial);

/// How a runtime is called: with a state directory of our own, as whom, and in which environment.
struct RuntimeCall {
    OciRuntime runtime;
    std::filesystem::path state; ///< exists and belongs to the caller
    std::optional<os::RunAs> runAs;
    std::vector<std::string> environment;
    std::stop_token stop;
};

/// Creates and starts a container from a bundle; the pid of its first process in our numbering. The runtime's
/// own last error is the message where it fails.
[[nodiscard]] base::Result<std::int64_t>
runContainer(const RuntimeCall& call, const std::filesystem::path& bundle, const std::string& id);

/// What the runtime itself says of a container.
struct ContainerState {
    std::string status; ///< created, running, paused, stopped
    std::int64_t pid = 0;
    std::string bundle;
};

[[nodiscard]] base::Result<ContainerState> containerState(const RuntimeCall& call, const std::string& id);

/// Kills a container's processes and removes the runtime's records of it. Cannot be interrupted.
[[nodiscard]] base::Status deleteContainer(const RuntimeCall& call, const std::string& id);

/// The message of the last error in a runtime's JSON log; empty where there is none.
[[nodiscard]] std::string lastErrorIn(std::string_view log);

} // namespace bulkhead::engines
