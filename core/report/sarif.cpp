#include "core/report/sarif.h"

#include "core/base/sha256.h"
#include "core/base/version.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bulkhead::report {

namespace {

using Json = nlohmann::ordered_json;

/// A path as a URI reference (RFC 3986): what a path may hold and a URI may not is percent-encoded, also the
/// colon, which would end a scheme.
std::string uriOf(std::string_view path) {
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out = path.starts_with('/') ? "file://" : "";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (kPlain.contains(c)) {
            out += c;
        } else {
            out += '%';
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
        }
    }
    return out;
}

Json ruleJson(const SarifRule& rule) {
    Json out = {
        {"id", rule.id},
        {"shortDescription", {{"text", rule.title.empty() ? rule.id : rule.title}}},
        {"help", {{"text", rule.help.empty() ? rule.title : rule.help}}},
        {"defaultConfiguration", {{"level", "error"}}}};
    if (!rule.tags.empty()) {
        out["properties"] = {{"tags", rule.tags}};
    }
    return out;
}

std::string_view levelOf(SarifLevel level) {
    switch (level) {
    case SarifLevel::error:
        return "error";
    case SarifLevel::warning:
        return "warning";
    case SarifLevel::note:
        return "note";
    default:
        return "none"; // the only level that goes with another kind than "fail" (SARIF 3.27.10)
    }
}

Json locationJson(const SarifResult& result) {
    Json location = Json::object();
    if (!result.file.empty()) {
        location["physicalLocation"] = {{"artifactLocation", {{"uri", uriOf(result.file)}}}};
        if (result.line > 0) {
            location["physicalLocation"]["region"] = {{"startLine", result.line}};
        }
    }
    std::string name = result.subject;
    name += result.field.empty() || name.empty() ? "" : " ";
    name += result.field;
    if (!name.empty()) {
        location["logicalLocations"] = Json::array({{{"fullyQualifiedName", name}}});
    }
    return location;
}

Json resultJson(const SarifResult& result, std::size_t rule) {
    // the same finding has the same fingerprint wherever its file moves to
    const std::string identity = result.rule + "\n" + result.subject + "\n" + result.field;
    return {
        {"ruleId", result.rule},
        {"ruleIndex", rule},
        {"kind", result.level == SarifLevel::open ? "open" : "fail"},
        {"level", levelOf(result.level)},
        {"message", {{"text", result.message.empty() ? result.rule : result.message}}},
        {"locations", Json::array({locationJson(result)})},
        {"partialFingerprints", {{"bulkheadRuleSubjectField/v1", base::sha256(identity)}}}};
}

} // namespace

std::string writeSarif(const std::vector<SarifRule>& rules, const std::vector<SarifResult>& results) {
    Json ruleList = Json::array();
    for (const SarifRule& rule : rules) {
        ruleList.push_back(ruleJson(rule));
    }
    Json resultList = Json::array();
    for (const SarifResult& result : results) {
        const auto found = std::ranges::find(rules, result.rule, &SarifRule::id);
        resultList.push_back(resultJson(result, static_cast<std::size_t>(found - rules.begin())));
    }
    const Json driver = {
        {"name", "Bulkhead"},
        {"version", std::string(base::kVersion)},
        {"semanticVersion", std::string(base::kVersion)},
        {"rules", ruleList}};
    const Json document = {
        {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
        {"version", "2.1.0"},
        {"runs", Json::array({{{"tool", {{"driver", driver}}}, {"results", resultList}}})}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace bulkhead::report
