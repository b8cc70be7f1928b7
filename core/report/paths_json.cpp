#include "core/report/paths.h"

#include <nlohmann/json.hpp>
#include <tuple>

namespace bulkhead::report {

namespace {

using Json = nlohmann::ordered_json;
using threat::Attack;
using threat::Finding;

std::string_view certaintyWord(model::Truth truth) {
    return truth == model::Truth::yes ? "certain" : "possible";
}

std::string_view evidenceWord(model::EvidenceKind kind) {
    switch (kind) {
    case model::EvidenceKind::observed:
        return "observed";
    case model::EvidenceKind::declared:
        return "declared";
    case model::EvidenceKind::defaulted:
        return "default";
    default:
        return "inferred";
    }
}

Json namesOf(const model::AttackAuthorities& authorities) {
    Json out = Json::array();
    for (const model::AttackAuthority authority : authorities) {
        out.push_back(model::nameOf(authority));
    }
    return out;
}

Json evidenceOf(const model::Evidence& evidence) {
    Json out = {{"kind", std::string(evidenceWord(evidence.kind))}, {"source", evidence.source}};
    if (!evidence.file.empty()) {
        out["file"] = evidence.file;
        out["line"] = evidence.line;
    }
    return out;
}

Json factOf(const threat::FactUsed& fact) {
    return {{"path", fact.path}, {"value", fact.value}, {"evidence", evidenceOf(fact.evidence)}};
}

Json stepOf(const Finding& finding) {
    const catalog::Weakness& weakness = *finding.weakness;
    Json out = {
        {"weakness", weakness.id},
        {"object", finding.object},
        {"title", weakness.title},
        {"stage", model::nameOf(weakness.stage)},
        {"certainty", finding.truth == model::Truth::yes  ? "certain"
                      : finding.truth == model::Truth::no ? "no"
                                                          : "possible"},
        {"needs", namesOf(weakness.needs)},
        {"gives", namesOf(weakness.gives)},
        {"facts", Json::array()},
        {"gaps", Json::array()},
        {"controls", Json::array()},
        {"references", Json::array()}};
    for (const threat::FactUsed& fact : finding.facts) {
        out["facts"].push_back(factOf(fact));
    }
    for (const model::Gap& gap : finding.deciding) {
        out["gaps"].push_back({{"path", gap.path}, {"reason", gap.why.reason}, {"needs", gap.why.needs}});
    }
    for (const catalog::Control& control : weakness.controls) {
        out["controls"].push_back({{"by", model::nameOf(control.enforcer)}, {"measure", control.measure}});
    }
    for (const catalog::Reference& reference : weakness.references) {
        out["references"].push_back(
            {{"catalogue", reference.catalogue}, {"id", reference.id}, {"title", reference.title}});
    }
    return out;
}

Json pathJson(const Attack& attack, const threat::Path& path) {
    Json out = {
        {"id", path.id},
        {"certainty", certaintyWord(path.certainty)},
        {"steps", Json::array()},
        {"reaches", model::nameOf(path.reaches)},
        {"alsoReaches", namesOf(path.alsoReaches)}};
    for (const std::size_t step : path.steps) {
        out["steps"].push_back(stepOf(attack.findings[step]));
    }
    return out;
}

Json blockedOf(const Attack& attack, const threat::BlockedPath& blocked) {
    const Finding& finding = attack.findings[blocked.barred];
    Json out = {
        {"path", blocked.path.id},
        {"reaches", model::nameOf(blocked.path.reaches)},
        {"weakness", finding.weakness->id},
        {"by", nullptr},
        {"fact", nullptr},
        {"facts", Json::array()}};
    for (const threat::FactUsed& fact : finding.facts) {
        out["facts"].push_back(factOf(fact));
    }
    if (!finding.facts.empty()) {
        out["by"] = threat::componentOf(finding.facts.front().path);
        out["fact"] = finding.facts.front().path + " is " + finding.facts.front().value;
    }
    return out;
}

/// What takes evidence away and what is worth fixing, where it holds or may, and what no snapshot decides.
Json besidesOf(const Attack& attack) {
    Json out = Json::array();
    for (const Finding& finding : attack.findings) {
        const bool path = finding.weakness->kind == catalog::WeaknessKind::path;
        if (finding.truth == model::Truth::no || (path && !finding.undecidable)) {
            continue;
        }
        Json entry = stepOf(finding);
        entry["kind"] = model::nameOf(finding.weakness->kind);
        if (finding.undecidable) {
            entry["certainty"] = "undecided";
        }
        out.push_back(std::move(entry));
    }
    return out;
}

Json outsideOf(const SubjectPaths& subject) {
    Json out = Json::array();
    for (const threat::OutsideChange& one : subject.outside) {
        out.push_back(
            {{"change", threat::titleOf(one.change)},
             {"path", threat::factPathOf(one.change)},
             {"closes", one.closes},
             {"hardening", one.change.row->id},
             {"object", one.change.object},
             {"words", one.words},
             {"certainty", certaintyWord(one.certainty)}});
    }
    return out;
}

Json cutOf(const SubjectPaths& subject) {
    Json out = Json::array();
    if (!subject.cut) {
        return out;
    }
    for (const threat::CutChange& one : subject.cut->changes) {
        out.push_back(
            {{"change", threat::titleOf(one.change)},
             {"path", threat::factPathOf(one.change)},
             {"closes", one.closes},
             {"together", one.together},
             {"hardening", one.change.row->id},
             {"object", one.change.object},
             {"words", threat::wordsOf(one.change, subject.form)},
             {"loss", one.change.row->loss(one.change.object)},
             {"certainty", certaintyWord(one.certainty)}});
    }
    return out;
}

Json subjectOf(const SubjectPaths& subject) {
    const Attack& attack = subject.attack;
    Json out = {{"subject", subject.subject}, {"vantage", model::nameOf(subject.vantage)},
                {"paths", Json::array()},     {"more", attack.more},
                {"exact", attack.exact},      {"blocked", Json::array()},
                {"cut", cutOf(subject)},      {"besides", besidesOf(attack)}};
    for (const threat::Path& path : attack.paths) {
        out["paths"].push_back(pathJson(attack, path));
    }
    for (const threat::BlockedPath& blocked : attack.blocked) {
        out["blocked"].push_back(blockedOf(attack, blocked));
    }
    if (subject.cut) {
        out["smallest"] = subject.cut->proven;
        out["beyond"] = subject.cut->beyond;
        out["outside"] = outsideOf(subject);
    }
    return out;
}

} // namespace

std::string pathChangesJson(const std::vector<SubjectPathChanges>& changes) {
    Json out = {{"opened", Json::array()}, {"closed", Json::array()}};
    for (const SubjectPathChanges& one : changes) {
        for (const auto& [key, paths, attack] :
             {std::tuple("opened", &one.changes.opened, &one.attack),
              std::tuple("closed", &one.changes.closed, &one.baseline)}) {
            for (const threat::Path& path : *paths) {
                Json entry = {{"subject", one.subject}};
                entry.update(pathJson(*attack, path));
                out[key].push_back(std::move(entry));
            }
        }
    }
    return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string writePathsJson(const std::vector<SubjectPaths>& subjects) {
    Json all = Json::array();
    for (const SubjectPaths& subject : subjects) {
        all.push_back(subjectOf(subject));
    }
    const Json& document = all.size() == 1 ? all.front() : all;
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace bulkhead::report
