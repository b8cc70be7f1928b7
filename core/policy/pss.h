#pragma once

#include "core/base/error.h"
#include "core/policy/pod.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::policy {

/// The levels of the Pod Security Standards.
enum class PssLevel { privileged, baseline, restricted };

/// A level at a version: "pss:restricted@v1.29". What is newer than the newest known change, and `latest`, is
/// that change's.
struct PssPolicy {
    std::string name;
    PssLevel level = PssLevel::privileged;
    int minor = 0; ///< of Kubernetes 1.x
};

/// The newest version of Kubernetes at which a check changed.
inline constexpr int kNewestPss = 37;

[[nodiscard]] bool isPssName(std::string_view name);

/// Malformed says what is expected.
[[nodiscard]] base::Result<PssPolicy> parsePssPolicy(const std::string& name);

/// What a check makes of a Pod, in the words of kubernetes/pod-security-admission; allowed where there is no
/// reason.
struct PssResult {
    std::string reason; ///< "hostPort"
    std::string detail; ///< `container "a" uses hostPort 80`
};

/// One check of the standard. A restricted check in force replaces the baseline checks it names.
struct PssCheck {
    std::string_view id;
    PssLevel level = PssLevel::baseline;
    int since = 0; ///< the first minor version that has it
    std::string_view replaces;
    std::string_view title;
    std::string_view help;
    PssResult (*judge)(Pod& pod, int minor) = nullptr;
};

/// Every check, in the order in which the standard reports them.
[[nodiscard]] std::span<const PssCheck> pssChecks();

/// The checks that a level asks at its version: a stricter one that replaces another takes its place.
[[nodiscard]] std::vector<const PssCheck*> checksOf(const PssPolicy& policy);

/// The decisions about every Pod and template of Kubernetes documents, those of `only` alone where it is not
/// empty: a name as "deployment/web". Malformed names file, line, column and field.
[[nodiscard]] base::Result<std::vector<Decision>> checkPods(
    const std::vector<claims::Node>& documents, const std::string& file, const PssPolicy& policy,
    const std::string& only = {});

} // namespace bulkhead::policy
