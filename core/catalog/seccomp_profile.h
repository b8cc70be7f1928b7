#pragma once

#include "core/base/error.h"
#include "core/model/capability.h"
#include "core/seccomp/profile.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog {

/// A condition on one argument of a system call: "arg0 & 0x7e020000 == 0", "arg1 < 38".
struct ArgumentTest {
    enum class Operator { less, equal, greater, maskedEqual };

    std::uint32_t index = 0;
    Operator op = Operator::equal;
    std::uint64_t mask = 0; ///< of maskedEqual
    std::uint64_t value = 0;

    bool operator==(const ArgumentTest&) const = default;
};

/// A release of the kernel, for conditions: 4.8.
struct KernelRelease {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;

    auto operator<=>(const KernelRelease&) const = default;
};

/// Calls with one answer. Engines decide `with`, `without`, `on`, `notOn` and `kernel` when they write the
/// container's configuration; only the argument is left for the filter.
struct ProfileRule {
    std::vector<std::string> calls;
    bool allow = true;
    std::uint32_t errorNumber = 0; ///< where not allowed
    std::optional<ArgumentTest> argument;
    model::CapabilitySet with;    ///< all of them must be in the bounding set
    model::CapabilitySet without; ///< none of them may be in it
    std::vector<std::string> on;  ///< architectures by the kernel's name; empty: all
    std::vector<std::string> notOn;
    std::optional<KernelRelease> kernel; ///< this or a later one

    bool operator==(const ProfileRule&) const = default;
};

/// A seccomp profile of resources/profiles.
struct SeccompProfile {
    std::string name;
    std::string source;
    std::uint32_t otherwise = 1;                                   ///< errno of every call no rule allows
    std::map<std::string, std::vector<std::string>> architectures; ///< native: those that it also runs
    std::vector<ProfileRule> rules;
};

/// What a profile is resolved for.
struct ProfileContext {
    model::CapabilitySet bounding;
    std::string architecture; ///< as uname -m says it: x86_64
    KernelRelease kernel;
};

/// A rule that is left once the conditions are decided.
struct ResolvedRule {
    std::vector<std::string> calls;
    bool allow = true;
    std::uint32_t errorNumber = 0;
    std::optional<ArgumentTest> argument;

    bool operator==(const ResolvedRule&) const = default;
};

/// A profile for one container on one machine.
struct ResolvedProfile {
    std::uint32_t otherwise = 1;
    std::vector<std::string> architectures;
    std::vector<ResolvedRule> rules;
};

[[nodiscard]] base::Result<SeccompProfile>
parseSeccompProfile(std::string_view yaml, std::string_view fileName);

/// FOLDER/NAME.yaml; NotFound names the folder.
[[nodiscard]] base::Result<SeccompProfile>
readSeccompProfile(const std::filesystem::path& folder, const std::string& name);

/// The names of the profiles in FOLDER, sorted.
[[nodiscard]] base::Result<std::vector<std::string>> profileNames(const std::filesystem::path& folder);

/// Decides every condition as moby's profiles/seccomp does (seccomp_linux.go).
[[nodiscard]] ResolvedProfile resolveProfile(const SeccompProfile& profile, const ProfileContext& context);

/// The same profile in the form that engines write, for compiling.
[[nodiscard]] seccomp::Profile profileOf(const SeccompProfile& profile);

/// "6.1.0-18-amd64" is 6.1; nullopt where the text does not begin with two numbers.
[[nodiscard]] std::optional<KernelRelease> parseKernelRelease(std::string_view text);

} // namespace bulkhead::catalog
