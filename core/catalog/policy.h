#pragma once

#include "core/base/error.h"
#include "core/catalog/weakness.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog {

/// One rule: a condition over facts that a subject must not meet (`refuse`), or must (`require`).
struct PolicyRule {
    std::string id;
    std::string title;
    std::string message; ///< why it denies, a clause without full stop
    std::string help;    ///< what to do then
    model::Stage stage = model::Stage::runtimeConfig;
    /// The account it is about, where it is about one alone: what only a configuration says, is declared.
    std::optional<model::Vantage> vantage;
    bool refuses = true;
    Condition when;
    std::vector<Reference> references;
    int line = 0;
};

/// Rules that accept or refuse a snapshot. A specification is one too: the invariants of one subject, and the
/// ways out of it that shall stay closed.
struct Policy {
    std::string name;
    std::string title;
    std::string summary;
    std::string subject; ///< of a specification: the reference it was written from
    std::string vantage; ///< of a specification: the account it was written from
    std::vector<PolicyRule> rules;
    model::AttackAuthorities refusedPaths; ///< no attack path may reach these
    std::vector<std::string> beyond;       ///< what the policy asks and no fact decides
    std::string file;
    int line = 0; ///< of `refuse-paths`

    [[nodiscard]] bool isSpecification() const { return !subject.empty(); }
};

inline constexpr std::size_t kMaxRules = 500;

/// A policy or specification. Malformed: "FILE:LINE: FIELD: PROBLEM; REMEDY".
[[nodiscard]] base::Result<Policy> parsePolicy(std::string_view yaml, std::string_view fileName);

/// Every FOLDER/*.yaml, by name.
[[nodiscard]] base::Result<std::vector<Policy>> readPolicies(const std::filesystem::path& folder);

} // namespace bulkhead::catalog
