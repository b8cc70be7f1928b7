#include "core/claims/boundary.h"
#include "core/policy/export.h"
#include "core/policy/export_paths.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace bulkhead::policy {

namespace {

/// A name as Kubernetes takes it (RFC 1123 label).
std::string objectName(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        out += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : '-';
    }
    return "bulkhead-" + out;
}

std::string oneLine(std::string_view text) {
    std::string out(text);
    std::ranges::replace(out, '\n', ' ');
    return out;
}

constexpr std::string_view kHead = R"(apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: NAME
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - apiGroups: ['']
      apiVersions: [v1]
      operations: [CREATE, UPDATE]
      resources: [pods, pods/ephemeralcontainers]
  variables:
  - name: spec
    expression: 'object.spec'
  - name: containers
    expression: >-
      dyn(object.spec.containers)
      + (has(object.spec.initContainers) ? dyn(object.spec.initContainers) : dyn([]))
      + (has(object.spec.ephemeralContainers) ? dyn(object.spec.ephemeralContainers) : dyn([]))
  validations:
)";

constexpr std::string_view kBinding = R"(---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: NAME
spec:
  policyName: NAME
  validationActions: [Deny]
)";

std::string named(std::string_view text, const std::string& name) {
    std::string out(text);
    for (std::size_t at = out.find("NAME"); at != std::string::npos; at = out.find("NAME", at)) {
        out.replace(at, 4, name);
    }
    return out;
}

std::string validation(const catalog::PolicyRule& rule, const std::string& expression) {
    const std::string over =
        rule.refuses ? "!variables.containers.exists(c, " : "variables.containers.all(c, ";
    const std::string help = rule.help.empty() ? "" : ". " + rule.help;
    return "  - expression: " + yamlQuoted(over + expression + ")") +
           "\n    message: " + yamlQuoted(oneLine(rule.id + ": " + rule.message + help)) +
           "\n    reason: Forbidden\n";
}

} // namespace

Said joinParts(
    const catalog::Condition& condition, std::string_view between,
    const std::function<Said(const catalog::Condition&)>& speak) {
    std::string out;
    for (const catalog::Condition& part : condition.parts) {
        Said said = speak(part);
        if (!said.expression) {
            return said;
        }
        out += out.empty() ? "" : between;
        out += *said.expression;
    }
    return Said::as(condition.parts.size() == 1 ? out : "(" + out + ")");
}

const std::vector<std::string>& engineSockets() {
    static const std::vector<std::string> kSockets = [] {
        std::vector<std::string> out = claims::engineSocketPaths();
        out.insert(out.begin(), "/"); // which shows() takes only where it is named
        return out;
    }();
    return kSockets;
}

const std::vector<std::string>& engineSocketNames() {
    static const std::vector<std::string> kNames = [] {
        std::vector<std::string> out;
        for (const std::string& path : claims::engineSocketPaths()) {
            const std::string name = path.substr(path.rfind('/') + 1);
            if (std::ranges::find(out, name) == out.end()) {
                out.push_back(name);
            }
        }
        return out;
    }();
    return kNames;
}

namespace {

/// With escapes (YAML 1.2, 7.3.1), for text that holds what no line may.
std::string doubleQuoted(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            out += "\\x";
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
        } else {
            out += c == '"' || c == '\\' ? "\\" : "";
            out += c;
        }
    }
    return out + "\"";
}

} // namespace

std::string yamlQuoted(std::string_view text) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::ranges::any_of(text, control)) {
        return doubleQuoted(text);
    }
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') {
            out += c;
        }
    }
    return out + "'";
}

Export exportAdmission(const catalog::Policy& policy) {
    Export out;
    std::string validations;
    for (const catalog::PolicyRule& rule : policy.rules) {
        const Decidable decided = countAsThere(rule.when, rule.refuses);
        const Said said =
            decided.condition ? toCel(*decided.condition, rule.refuses) : Said::unsaid(decided.why);
        if (said.expression) {
            validations += validation(rule, *said.expression);
            if (const std::string missed = missedByCel(rule.when, rule.refuses); !missed.empty()) {
                out.partly.push_back(oneLine(rule.id + " " + rule.title + ": " + missed));
            }
        } else {
            out.left.push_back(oneLine(rule.id + " " + rule.title + ": " + said.why));
        }
    }
    for (const model::AttackAuthority authority : policy.refusedPaths) {
        out.left.push_back(
            "no path to " + std::string(model::nameOf(authority)) + ": a Pod alone does not decide it");
    }
    out.text = "# Written by bulkhead policy export " + oneLine(policy.name) +
               " --format vap. What a Pod leaves unset counts as what the kubelet makes of it without\n"
               "# further configuration: no seccomp filter, no user namespace, privileges can be gained. A "
               "path that a\n"
               "# host may lack counts as there.\n";
    for (const std::string& left : out.left) {
        out.text += "# Left out: " + left + "\n";
    }
    for (const std::string& partly : out.partly) {
        out.text += "# In part: " + partly + "\n";
    }
    if (validations.empty()) {
        validations = "  - expression: 'true'\n";
    }
    const std::string name = objectName(policy.name);
    out.text += named(kHead, name) + validations + named(kBinding, name);
    return out;
}

std::vector<ExportForm> exportForms() {
    return {
        {"falco", "a Falco rule file", exportFalco},
        {"vap", "a Kubernetes ValidatingAdmissionPolicy", exportAdmission},
    };
}

} // namespace bulkhead::policy
