#pragma once

#include "core/base/error.h"
#include "core/model/capability.h"
#include "core/model/seccomp.h"
#include "core/seccomp/program.h"
#include "core/seccomp/unknown_calls.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::seccomp {

/// How a profile compares an argument (SCMP_CMP_*).
enum class ProfileOperator { notEqual, less, lessOrEqual, equal, greaterOrEqual, greater, maskedEqual };

/// A condition on one argument; of maskedEqual `value` is the mask and `valueTwo` what is compared with.
struct ProfileArgument {
    std::uint32_t index = 0;
    ProfileOperator op = ProfileOperator::equal;
    std::uint64_t value = 0;
    std::uint64_t valueTwo = 0;

    auto operator<=>(const ProfileArgument&) const = default;
};

/// SCMP_ACT_*, with errnoRet where one is given; the runtimes take EPERM where none is.
struct ProfileAction {
    model::SeccompAction action = model::SeccompAction::errorNumber;
    std::optional<std::uint32_t> data;

    auto operator<=>(const ProfileAction&) const = default;
};

/// A release of the kernel: 4.8.
struct KernelVersion {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;

    auto operator<=>(const KernelVersion&) const = default;
};

/// What an engine decides when it writes the container's configuration ("includes", "excludes").
struct ProfileConditions {
    model::CapabilitySet capabilities;
    std::vector<std::string> architectures; ///< as Go names them: amd64
    std::optional<KernelVersion> kernel;

    auto operator<=>(const ProfileConditions&) const = default;
};

/// One entry of "syscalls": calls with one answer.
struct ProfileRule {
    std::vector<std::string> calls;
    ProfileAction action;
    std::vector<ProfileArgument> arguments;
    ProfileConditions includes; ///< all of them must hold
    ProfileConditions excludes; ///< none of them may
};

/// One entry of "archMap": a native architecture and those that are filtered beside it.
struct ProfileArchitectures {
    std::string native; ///< SCMP_ARCH_X86_64
    std::vector<std::string> beside;
};

/// A seccomp profile as OCI configurations (linux.seccomp), Docker and Podman write it.
struct Profile {
    ProfileAction otherwise;
    std::vector<std::string> architectures; ///< SCMP_ARCH_X86_64, ...
    std::vector<ProfileArchitectures> byNative;
    std::vector<ProfileRule> rules;
    std::vector<std::string> flags; ///< SECCOMP_FILTER_FLAG_*
};

/// JSON with "defaultAction", or a container's config.json with linux.seccomp. Nothing is parsed.
[[nodiscard]] bool looksLikeProfile(std::string_view text);

/// Malformed names the file and the field; Unsupported where a configuration has no seccomp.
[[nodiscard]] base::Result<Profile> parseProfile(std::string_view json, const std::string& fileName);

/// A resolved profile as an OCI configuration has it (linux.seccomp), in JSON that parseProfile reads back.
[[nodiscard]] std::string writeProfile(const Profile& resolved);

/// What a profile is resolved for.
struct ProfileTarget {
    model::CapabilitySet bounding;
    std::string architecture = "x86_64"; ///< as uname -m says it
    KernelVersion kernel;
};

/// "6.1.0-18-amd64" is 6.1; nullopt where the text does not begin with two numbers.
[[nodiscard]] std::optional<KernelVersion> parseKernelVersion(std::string_view text);

/// How Go, and so the conditions of profiles, name an architecture: amd64 for x86_64.
[[nodiscard]] std::string_view goNameOf(std::string_view architecture);

/// Decides every condition as moby's profiles/seccomp and containers/common do (seccomp_linux.go): what is
/// left has rules without conditions and architectures without a map.
[[nodiscard]] Profile resolveProfile(const Profile& profile, const ProfileTarget& target);

/// Who installs the filter: runc puts a stub before it, crun and libseccomp alone do not.
enum class ProfileRuntime { libseccomp, crun, runc };

/// A filter as it would be installed.
struct CompiledProfile {
    Program program;
    UnknownCalls unknown; ///< what becomes of these depends on the libseccomp of the runtime
    bool log = false;     ///< SECCOMP_FILTER_FLAG_LOG is asked for
};

/// Compiles a resolved profile with libseccomp and adds what the runtime adds. Malformed for architectures
/// and rules that libseccomp refuses.
[[nodiscard]] base::Result<CompiledProfile> compileProfile(const Profile& resolved, ProfileRuntime runtime);

} // namespace bulkhead::seccomp
