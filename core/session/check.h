#pragma once

#include "core/base/error.h"
#include "core/claims/known_image.h"
#include "core/diagram/diagram.h"
#include "core/policy/decision.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::session {

/// What `check` is asked.
struct CheckRequest {
    std::vector<std::string> references;
    std::vector<std::string> policies;           ///< names, or files of the user's own
    std::string engine;                          ///< for which configurations are resolved; empty: their own
    std::vector<claims::KnownImage> images = {}; // NOLINT(readability-redundant-member-init): may be left out
};

/// Every rule of every policy decided for every subject. Pod Security Standards are decided on Kubernetes
/// documents as they stand, other policies on the facts of the strongest account of each subject. NotFound
/// names the policies that there are.
[[nodiscard]] base::Result<std::vector<policy::Decision>> check(const CheckRequest& request);

/// A subject at hand, with what its Kubernetes document is read from again.
struct CheckedSubject {
    diagram::SubjectView view;
    std::string reference;           ///< as the command line names it; of a text its name
    std::optional<std::string> text; ///< a document that is no file
};

/// Every rule of one policy decided for subjects at hand, as `check` does.
[[nodiscard]] base::Result<std::vector<policy::Decision>>
checkSubjects(const std::vector<CheckedSubject>& subjects, const std::string& policy);

/// A policy to choose by name.
struct PolicyName {
    std::string name;
    std::string title;
};

/// The policies that ship with the program: the levels of the Pod Security Standards and those over facts.
[[nodiscard]] base::Result<std::vector<PolicyName>> policyNames();

/// Adds one JSON line for each decision to a log.
[[nodiscard]] base::Status
logDecisions(const std::vector<policy::Decision>& decisions, const std::filesystem::path& log);

} // namespace bulkhead::session
