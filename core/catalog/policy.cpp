#include "core/catalog/policy.h"

#include "core/catalog/catalogue_fields.h"
#include "core/catalog/parse_condition.h"
#include "core/os/file.h"

#include <algorithm>
#include <set>

namespace bulkhead::catalog {

namespace {

constexpr std::string_view kExample =
    "; a rule is {id, title, message, refuse: CONDITION} or, for what must hold, require: CONDITION";

std::optional<model::Vantage> readVantage(YamlReader& in) {
    const YamlNode* node = in.find("vantage");
    if (node == nullptr) {
        return std::nullopt;
    }
    const auto vantage = model::valueNamed<model::Vantage>(node->text);
    if (!vantage) {
        in.refuse(*node, "vantage", "one of declared, enforced, experienced is expected");
    }
    return vantage;
}

PolicyRule readRule(YamlReader& in) {
    in.allowOnly({"id", "title", "message", "help", "stage", "vantage", "refuse", "require", "references"});
    PolicyRule rule;
    rule.id = in.requiredText("id");
    rule.title = in.requiredText("title");
    rule.message = in.text("message", rule.title + ": not so");
    rule.help = in.text("help", "");
    rule.stage = in.find("stage") == nullptr ? model::Stage::checkpoint : readStage(in);
    rule.vantage = readVantage(in);
    rule.refuses = in.find("refuse") != nullptr;
    rule.line = in.node().line;
    if (rule.refuses == (in.find("require") != nullptr)) {
        in.refuse(
            in.node(), rule.refuses ? "require" : "refuse",
            rule.refuses ? "stands beside refuse; a rule has one of them" + std::string(kExample)
                         : "is missing" + std::string(kExample));
        return rule;
    }
    rule.when = readCondition(in, rule.refuses ? "refuse" : "require");
    rule.references = readReferences(in);
    return rule;
}

void readRules(YamlReader& in, Policy& policy) {
    std::set<std::string> seen;
    for (YamlReader& entry : in.maps("rules")) {
        PolicyRule rule = readRule(entry);
        in.take(entry);
        if (!rule.id.empty() && !seen.insert(rule.id).second) {
            in.refuse(entry.node(), "rules", "id " + rule.id + " stands twice; give each rule its own");
        }
        policy.rules.push_back(std::move(rule));
    }
    if (policy.rules.size() > kMaxRules) {
        in.refuse(in.node(), "rules", "more than " + std::to_string(kMaxRules));
    }
}

} // namespace

base::Result<Policy> parsePolicy(std::string_view yaml, std::string_view fileName) {
    const auto root = parseYamlTree(yaml, fileName);
    if (!root) {
        return std::unexpected(root.error());
    }
    YamlReader in(*root, fileName);
    in.allowOnly(
        {"policy", "spec", "title", "summary", "subject", "vantage", "rules", "refuse-paths", "beyond"});
    Policy policy;
    policy.file = std::string(fileName);
    const bool spec = in.find("spec") != nullptr;
    policy.name = in.requiredText(spec ? "spec" : "policy");
    policy.title = in.text("title", policy.name);
    policy.summary = in.text("summary", "");
    if (spec) {
        policy.subject = in.requiredText("subject");
        policy.vantage = in.requiredText("vantage");
        static_cast<void>(readVantage(in));
    }
    readRules(in, policy);
    if (const YamlNode* node = in.find("refuse-paths")) {
        policy.refusedPaths = readAuthorities(in, "refuse-paths");
        policy.line = node->line;
    }
    policy.beyond = in.texts("beyond");
    if (policy.rules.empty() && policy.refusedPaths.empty()) {
        in.refuse(in.node(), "rules", "is missing" + std::string(kExample));
    }
    if (in.problem()) {
        return std::unexpected(*in.problem());
    }
    return policy;
}

base::Result<std::vector<Policy>> readPolicies(const std::filesystem::path& folder) {
    constexpr std::size_t kMaxFiles = 100;
    const auto names = os::listDirectory(folder, kMaxFiles);
    if (!names) {
        return std::unexpected(names.error());
    }
    std::vector<Policy> out;
    for (const std::string& name : *names) {
        if (!name.ends_with(".yaml")) {
            continue;
        }
        const auto text = os::readFile(folder / name, kMaxYamlSize);
        auto policy = text ? parsePolicy(*text, (folder / name).string()) : std::unexpected(text.error());
        if (!policy) {
            return std::unexpected(policy.error());
        }
        out.push_back(std::move(*policy));
    }
    return out;
}

} // namespace bulkhead::catalog
