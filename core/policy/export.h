#pragma once

#include "core/catalog/policy.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::policy {

/// A policy for another tool, and what of it that tool cannot say.
struct Export {
    std::string text;                ///< names what is left out in comments
    std::vector<std::string> left;   ///< "5.26 No program gains privileges: Falco does not see no_new_privs"
    std::vector<std::string> partly; ///< rules that miss a case, with the case
};

/// A form of export. Adding one is a file and a line in the table.
struct ExportForm {
    std::string_view id;
    std::string_view title;
    Export (*write)(const catalog::Policy& policy);
};

[[nodiscard]] std::vector<ExportForm> exportForms();

/// A Falco rule file: each rule alerts where a container starts in a state that the policy refuses.
[[nodiscard]] Export exportFalco(const catalog::Policy& policy);

/// A Kubernetes ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1) over Pods, and its binding.
[[nodiscard]] Export exportAdmission(const catalog::Policy& policy);

/// A condition as another language says it, or why it cannot.
struct Said {
    std::optional<std::string> expression;
    std::string why;

    [[nodiscard]] static Said as(std::string text) { return {std::move(text), ""}; }
    [[nodiscard]] static Said unsaid(std::string why) { return {std::nullopt, std::move(why)}; }
};

/// A condition in CEL over `variables.spec` (of a Pod) and its container `c`. What a Pod leaves open counts
/// as what denies: as a yes where a yes does, else as a no.
[[nodiscard]] Said toCel(const catalog::Condition& condition, bool yesDenies);

/// What the condition in CEL misses where it is true; empty where nothing.
[[nodiscard]] std::string missedByCel(const catalog::Condition& condition, bool yesDenies);

/// A condition in Falco's language over the first event of a container.
[[nodiscard]] Said toFalco(const catalog::Condition& condition);

/// The parts of a combination by `speak`, joined; the first that cannot be said stands for all.
[[nodiscard]] Said joinParts(
    const catalog::Condition& condition, std::string_view between,
    const std::function<Said(const catalog::Condition&)>& speak);

/// Paths of the host whose mount brings an engine's socket: the root, and where engines listen by default.
[[nodiscard]] const std::vector<std::string>& engineSockets();

/// The names of those sockets, by which one is known wherever it lies.
[[nodiscard]] const std::vector<std::string>& engineSocketNames();

/// Text as a YAML scalar in single quotes.
[[nodiscard]] std::string yamlQuoted(std::string_view text);

} // namespace bulkhead::policy
