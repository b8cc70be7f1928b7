#include "core/base/escaped.h"
#include "core/report/decisions.h"
#include "core/report/line_wrap.h"

#include <algorithm>
#include <utility>

namespace bulkhead::report {

namespace {

using policy::Decision;
using policy::Verdict;

/// The decisions of one subject by one policy, in their order.
struct Suite {
    std::string subject;
    std::string policy;
    std::vector<const Decision*> decisions;

    [[nodiscard]] std::size_t count(Verdict verdict) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            decisions, [&](const Decision* decision) { return decision->verdict == verdict; }));
    }
};

std::vector<Suite> suitesOf(const std::vector<Decision>& decisions) {
    std::vector<Suite> out;
    for (const Decision& decision : decisions) {
        auto found = std::ranges::find_if(out, [&](const Suite& suite) {
            return suite.subject == decision.subject && suite.policy == decision.policy;
        });
        if (found == out.end()) {
            found = out.insert(out.end(), {decision.subject, decision.policy, {}});
        }
        found->decisions.push_back(&decision);
    }
    return out;
}

std::string plural(std::size_t count, std::string_view one) {
    return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

/// "spec.hostPID = true (pod.yaml:6)" for each input that has a place.
std::string placeOf(const policy::Input& input) {
    std::string text = input.path + " = " + input.value;
    if (!input.evidence.file.empty()) {
        text += " (" + input.evidence.file;
        text += input.evidence.line > 0 ? ":" + std::to_string(input.evidence.line) + ")" : ")";
    }
    return text;
}

/// " (enforced)": which account was judged, where it is one of facts.
std::string accountOf(const Suite& suite) {
    const std::string& boundary = suite.decisions.front()->boundary;
    return boundary.empty() || boundary == "document" ? "" : " (" + boundary + ")";
}

/// Lines below an indentation, escaped for a terminal.
std::string indented(std::string_view text, std::size_t columns, std::size_t indent) {
    const std::size_t room = columns > indent + 20 ? columns - indent : 20;
    std::string out;
    for (const std::string& line : wrapText(base::terminalText(text).str(), fitsCells(room))) {
        out += std::string(indent, ' ') + line + "\n";
    }
    return out;
}

std::string writeDecision(const Decision& decision, std::size_t columns, const TerminalStyle& style) {
    constexpr std::size_t kIndent = 11;
    constexpr std::size_t kMostInputs = 8;
    const bool denied = decision.verdict == Verdict::deny;
    const std::string word = padded(denied ? "deny" : "unknown", kIndent - 2);
    const std::string id = base::terminalText(decision.rule.id).str();
    const std::string title = base::terminalText(decision.rule.title).str();
    std::string out =
        "  " + style.marked(denied ? diagram::Mark::weaker : diagram::Mark::unknown, word) + style.bold(id);
    const bool fits = fitsCells(columns)(std::string(kIndent, ' ') + id + "  " + title);
    out += fits ? "  " + title + "\n" : "\n" + indented(decision.rule.title, columns, kIndent);
    out += indented(decision.reason, columns, kIndent);
    for (std::size_t i = 0; i < decision.inputs.size(); ++i) {
        if (i == kMostInputs) {
            out +=
                indented("and " + plural(decision.inputs.size() - i, "further input"), columns, kIndent + 2);
            break;
        }
        out += indented(placeOf(decision.inputs[i]), columns, kIndent + 2);
    }
    if (denied && !decision.rule.help.empty()) {
        out += indented("-> " + decision.rule.help, columns, kIndent);
    }
    return out;
}

std::string xml(std::string_view text) {
    return base::htmlText(text).str();
}

std::string caseXml(const Decision& decision, const std::string& suite) {
    const std::string head = "    <testcase classname=\"" + xml(suite) + "\" name=\"" +
                             xml(decision.rule.id + " " + decision.rule.title) + "\"";
    if (decision.verdict == Verdict::allow) {
        return head + "/>\n";
    }
    const std::string message = "message=\"" + xml(decision.reason) + "\"";
    if (decision.verdict == Verdict::unknown) {
        return head + ">\n      <skipped " + message + "/>\n    </testcase>\n";
    }
    std::string detail;
    for (const policy::Input& input : decision.inputs) {
        detail += placeOf(input) + "; ";
    }
    return head + ">\n      <failure type=\"deny\" " + message + ">" + xml(detail + decision.rule.help) +
           "</failure>\n    </testcase>\n";
}

/// The counts of a suite, or of all, as attributes.
std::string countsXml(std::size_t tests, std::size_t failures, std::size_t skipped) {
    return "tests=\"" + std::to_string(tests) + "\" failures=\"" + std::to_string(failures) +
           "\" errors=\"0\" skipped=\"" + std::to_string(skipped) + "\"";
}

std::string suiteXml(const Suite& suite) {
    const std::string name = suite.subject + " " + suite.policy;
    std::string out =
        "  <testsuite name=\"" + xml(name) + "\" " +
        countsXml(suite.decisions.size(), suite.count(Verdict::deny), suite.count(Verdict::unknown)) + ">\n";
    for (const Decision* decision : suite.decisions) {
        out += caseXml(*decision, name);
    }
    return out + "  </testsuite>\n";
}

} // namespace

std::string
writeDecisions(const std::vector<Decision>& decisions, std::size_t columns, const TerminalStyle& style) {
    std::string out;
    for (const Suite& suite : suitesOf(decisions)) {
        const std::size_t denied = suite.count(Verdict::deny);
        const std::size_t unknown = suite.count(Verdict::unknown);
        out += out.empty() ? "" : "\n";
        out += style.bold(base::terminalText(suite.subject).str()) + "  " +
               base::terminalText(suite.policy).str() + accountOf(suite) + ": " +
               (denied > 0    ? "denied"
                : unknown > 0 ? "cannot tell"
                              : "allowed") +
               "\n";
        for (const Verdict verdict : {Verdict::deny, Verdict::unknown}) { // what objects stands first
            for (const Decision* decision : suite.decisions) {
                out += decision->verdict == verdict ? writeDecision(*decision, columns, style) : "";
            }
        }
        out += "  " +
               style.muted(
                   plural(denied, "rule") + " denied, " + std::to_string(unknown) + " unknown, " +
                   std::to_string(suite.count(Verdict::allow)) + " allowed") +
               "\n";
    }
    return out;
}

std::string writeDecisionsJunit(const std::vector<Decision>& decisions) {
    std::string body;
    std::size_t failures = 0;
    std::size_t skipped = 0;
    for (const Suite& suite : suitesOf(decisions)) {
        failures += suite.count(Verdict::deny);
        skipped += suite.count(Verdict::unknown);
        body += suiteXml(suite);
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"bulkhead\" " +
           countsXml(decisions.size(), failures, skipped) + ">\n" + body + "</testsuites>\n";
}

} // namespace bulkhead::report
