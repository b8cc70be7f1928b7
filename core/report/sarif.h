#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::report {

/// A rule of a SARIF run: what several results are about.
struct SarifRule {
    std::string id; ///< "pss:baseline/hostPorts"
    std::string title;
    std::string help;
    std::vector<std::string> tags;
};

/// How a result counts. `open`: it could not be decided.
enum class SarifLevel { error, warning, note, open };

/// A result, and where in the user's file it stands.
struct SarifResult {
    std::string rule; ///< id of one of the rules
    SarifLevel level = SarifLevel::error;
    std::string message;
    std::string subject; ///< its logical place
    std::string file;    ///< empty: of no file, as a live container
    int line = 0;        ///< one-based; 0: of the whole file
    std::string field;   ///< path of the field or fact

    bool operator==(const SarifResult&) const = default;
};

/// A SARIF 2.1.0 log of one run of Bulkhead. Files become URI references: relative as they were given,
/// absolute ones file URIs.
[[nodiscard]] std::string
writeSarif(const std::vector<SarifRule>& rules, const std::vector<SarifResult>& results);

} // namespace bulkhead::report
