#include "core/base/escaped.h"
#include "core/report/decisions.h"
#include "core/report/sarif.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bulkhead::report {

namespace {

using Json = nlohmann::ordered_json;
using policy::Decision;
using policy::Input;
using policy::Verdict;

Json inputsJson(const Decision& decision) {
    Json out = Json::object();
    for (const Input& input : decision.inputs) {
        out[input.path] = input.value;
    }
    return out;
}

/// Where the inputs were read.
Json evidenceJson(const Decision& decision) {
    Json out = Json::array();
    for (const Input& input : decision.inputs) {
        Json one = {{"path", input.path}, {"source", input.evidence.source}};
        if (!input.evidence.file.empty()) {
            one["file"] = input.evidence.file;
            one["line"] = input.evidence.line;
        }
        out.push_back(std::move(one));
    }
    return out;
}

Json referencesJson(const Decision& decision) {
    Json out = Json::array();
    for (const policy::RuleReference& reference : decision.rule.references) {
        out.push_back({{"catalogue", reference.catalogue}, {"id", reference.id}, {"title", reference.title}});
    }
    return out;
}

std::string ruleIdOf(const Decision& decision) {
    return decision.policy + "/" + decision.rule.id;
}

SarifRule ruleOf(const Decision& decision) {
    SarifRule rule{ruleIdOf(decision), decision.rule.title, decision.rule.help, {}};
    rule.tags = {"security", std::string(model::nameOf(decision.rule.stage))};
    for (const policy::RuleReference& reference : decision.rule.references) {
        rule.tags.push_back(reference.catalogue + " " + reference.id);
    }
    return rule;
}

void addResults(const Decision& decision, std::vector<SarifResult>& out) {
    SarifResult result;
    result.rule = ruleIdOf(decision);
    result.level = decision.verdict == Verdict::deny ? SarifLevel::error : SarifLevel::open;
    result.message = decision.subject + ": " + decision.rule.title + ": " + decision.reason;
    result.subject = decision.subject;
    std::vector<SarifResult> some;
    for (const Input& input : decision.inputs) {
        SarifResult at = result;
        at.file = input.evidence.file;
        at.line = input.evidence.line;
        at.field = input.path;
        // a fact of a live subject has no line: one result says it all
        if (!at.file.empty() && std::ranges::find(some, at) == some.end()) {
            some.push_back(std::move(at));
        }
    }
    if (some.empty()) {
        result.field = decision.inputs.empty() ? "" : decision.inputs.front().path;
        some.push_back(std::move(result));
    }
    std::ranges::move(some, std::back_inserter(out));
}

} // namespace

std::string writeDecisionsJson(const std::vector<Decision>& decisions) {
    Json list = Json::array();
    for (const Decision& decision : decisions) {
        list.push_back(
            {{"subject", decision.subject},
             {"policy", decision.policy},
             {"rule", decision.rule.id},
             {"title", decision.rule.title},
             {"decision", model::nameOf(decision.verdict)},
             {"inputs", inputsJson(decision)},
             {"reason", decision.reason},
             {"stage", model::nameOf(decision.rule.stage)},
             {"boundary", decision.boundary},
             {"help", decision.rule.help},
             {"references", referencesJson(decision)},
             {"evidence", evidenceJson(decision)}});
    }
    const Json document = {{"decisions", list}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string writeDecisionLine(const Decision& decision, std::string_view time) {
    const Json line = {
        {"time", time},
        {"subject", decision.subject},
        {"boundary", decision.boundary},
        {"policy", decision.policy},
        {"rule", decision.rule.id},
        {"facts", inputsJson(decision)},
        {"decision", model::nameOf(decision.verdict)},
        {"reason", decision.reason},
        {"stage", model::nameOf(decision.rule.stage)}};
    return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string writeDecisionsSarif(const std::vector<Decision>& decisions) {
    std::vector<SarifRule> rules;
    std::vector<SarifResult> results;
    for (const Decision& decision : decisions) {
        if (std::ranges::find(rules, ruleIdOf(decision), &SarifRule::id) == rules.end()) {
            rules.push_back(ruleOf(decision));
        }
        if (decision.verdict != Verdict::allow) {
            addResults(decision, results);
        }
    }
    return writeSarif(rules, results);
}

} // namespace bulkhead::report
