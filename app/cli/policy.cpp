#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "app/cli/result_file.h"
#include "core/base/escaped.h"
#include "core/policy/export.h"
#include "core/policy/pss.h"
#include "core/session/check.h"
#include "core/session/policies.h"

#include <algorithm>
#include <array>

namespace bulkhead::cli {

namespace {

std::string row(const std::string& name, const std::string& title) {
    constexpr std::size_t kNameCells = 18;
    return name + std::string(kNameCells - std::min(kNameCells - 1, name.size()), ' ') +
           base::terminalText(title).str() + "\n";
}

Exit list(const Verb& verb, std::span<const std::string> arguments) {
    Arguments options(verb, "list", "the policies that ship with the program");
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    const auto policies = session::policyNames();
    if (!policies) {
        return report(policies.error());
    }
    std::string text;
    for (const session::PolicyName& policy : *policies) {
        text += row(policy.name, policy.title);
    }
    return print(text) ? Exit::done : Exit::machine;
}

std::string described(const catalog::Policy& policy) {
    std::string text =
        base::terminalText(policy.title).str() + "\n" + base::terminalText(policy.summary).str() + "\n\n";
    for (const catalog::PolicyRule& rule : policy.rules) {
        text += row(rule.id, rule.title);
    }
    for (const model::AttackAuthority authority : policy.refusedPaths) {
        text += row("no path", "to " + std::string(model::nameOf(authority)));
    }
    text += policy.beyond.empty() ? "" : "\nNot decided by it:\n";
    for (const std::string& what : policy.beyond) {
        text += "  " + base::terminalText(what).str() + "\n";
    }
    return text;
}

base::Result<std::string> describedPss(const std::string& name) {
    const auto pss = policy::parsePssPolicy(name);
    if (!pss) {
        return std::unexpected(pss.error());
    }
    std::string text = "Pod Security Standards as of Kubernetes 1." + std::to_string(pss->minor) + "\n\n";
    for (const policy::PssCheck* check : policy::checksOf(*pss)) {
        constexpr std::size_t kIdCells = 28;
        const std::string id(check->id);
        text += id + std::string(kIdCells - std::min(kIdCells - 1, id.size()), ' ') +
                std::string(check->title) + "\n";
    }
    return text;
}

base::Result<std::string> describedAny(const std::string& name) {
    if (policy::isPssName(name)) {
        return describedPss(name);
    }
    const auto found = session::findPolicy(name);
    return found ? base::Result<std::string>(described(*found)) : std::unexpected(found.error());
}

Exit show(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> names;
    Arguments options(verb, "show", "the rules of a policy, and what it does not decide");
    options.positional("NAME", names, "a policy, by name or file", 1);
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    for (const std::string& name : names) {
        const auto text = describedAny(name);
        if (!text) {
            return report(text.error());
        }
        if (!print(*text)) {
            return Exit::machine;
        }
    }
    return Exit::done;
}

/// The standard needs no export: every API server enforces it where a namespace says so.
Exit exportPss(const std::string& name) {
    const auto pss = policy::parsePssPolicy(name);
    if (!pss) {
        return report(pss.error());
    }
    const std::string level =
        name.substr(4, name.find('@') == std::string::npos ? name.npos : name.find('@') - 4);
    say("bulkhead: " + name +
        ": the API server enforces it itself; label the namespace "
        "pod-security.kubernetes.io/enforce=" +
        level);
    return Exit::usage;
}

Exit exportPolicy(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> names;
    std::string format;
    std::string out;
    std::vector<std::string> forms;
    const auto known = policy::exportForms();
    forms.reserve(known.size());
    for (const policy::ExportForm& form : known) {
        forms.emplace_back(form.id);
    }
    Arguments options(
        verb, "export", "a policy for a tool that runs already: a Falco rule file, or an admission policy");
    options.positional("NAME", names, "a policy over facts, by name or file", 1);
    options.option("--format", format, "for which tool: falco, or vap (ValidatingAdmissionPolicy)", forms);
    options.option("--out", out, "file to write; standard output where none is named, or -");
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    if (names.size() != 1 || format.empty()) {
        say("bulkhead: policy export takes one NAME and --format falco or vap; see bulkhead policy export "
            "--help");
        return Exit::usage;
    }
    if (policy::isPssName(names.front())) {
        return exportPss(names.front());
    }
    const auto found = session::findPolicy(names.front());
    if (!found) {
        return report(found.error());
    }
    const policy::Export written = std::ranges::find(known, format, &policy::ExportForm::id)->write(*found);
    for (const std::string& left : written.left) {
        say("left out: " + left);
    }
    for (const std::string& partly : written.partly) {
        say("in part: " + partly);
    }
    if (out.empty()) {
        return print(written.text) ? Exit::done : Exit::machine;
    }
    return writeResult(out, written.text);
}

/// What can be done with policies themselves.
struct Act {
    std::string_view id;
    Exit (*run)(const Verb& verb, std::span<const std::string> arguments);
};

constexpr std::array kActs = {Act{"list", list}, Act{"show", show}, Act{"export", exportPolicy}};

} // namespace

Exit runPolicy(const Verb& verb, std::span<const std::string> arguments) {
    for (const Act& act : kActs) {
        if (!arguments.empty() && arguments.front() == act.id) {
            return act.run(verb, arguments.subspan(1));
        }
    }
    const bool asked = !arguments.empty() && (arguments.front() == "--help" || arguments.front() == "-h");
    if (asked) {
        const std::string text =
            std::string(verb.title) +
            "\nUsage: bulkhead policy list | show NAME... | export NAME --format falco|vap [--out FILE]\n"
            "Each has --help.\n\nExample:\n  " +
            std::string(verb.example) + "\n";
        return print(text) ? Exit::done : Exit::machine;
    }
    say("bulkhead: policy needs list, show or export; see bulkhead policy --help");
    return Exit::usage;
}

} // namespace bulkhead::cli
