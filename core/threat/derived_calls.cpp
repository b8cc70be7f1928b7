#include "core/seccomp/action.h"
#include "core/seccomp/arch.h"
#include "core/seccomp/cases.h"
#include "core/seccomp/syscalls.h"
#include "core/threat/authority_facts.h"
#include "core/threat/derived_facts.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace bulkhead::threat {

using model::SeccompAction;
using model::SeccompVerdict;
using model::Truth;

namespace {

/// A call with the argument values that matter, and the ABIs that have it.
struct AskedCall {
    std::string name;
    std::string text; ///< with its arguments, as the condition writes them
    seccomp::Conjunction arguments;
    std::set<std::string, std::less<>> abis;
};

std::optional<std::uint64_t> numberIn(std::string_view text) {
    const bool hex = text.starts_with("0x");
    text.remove_prefix(hex ? 2 : 0);
    std::uint64_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
    return error == std::errc{} && rest == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                      : std::nullopt;
}

/// "0=0x10000000" or "0=0x10000000/0x10000000": argument, value, and the bits that are compared.
bool addArgument(std::string_view text, seccomp::Conjunction& into) {
    const auto equals = std::min(text.find('='), text.size());
    const auto slash = std::min(text.find('/'), text.size());
    const auto index = numberIn(text.substr(0, equals));
    const auto from = std::min(equals + 1, slash);
    const auto value = numberIn(text.substr(from, slash - from));
    const auto mask =
        slash < text.size() ? numberIn(text.substr(slash + 1)) : std::optional(~std::uint64_t{0});
    if (!index || *index > 5 || !value || !mask || (*value & ~*mask) != 0) {
        return false;
    }
    into.add(static_cast<std::uint32_t>(*index), seccomp::intervalsBetween(*value, *value, *mask));
    return true;
}

Truth truthOfAction(SeccompAction action) {
    switch (action) {
    case SeccompAction::allow:
    case SeccompAction::log:
        return Truth::yes;
    case SeccompAction::trace:
    case SeccompAction::userNotif:
    case SeccompAction::undetermined:
        return Truth::unknown;
    default:
        return Truth::no;
    }
}

Truth truthOfVerdict(const AskedCall& call, const SeccompVerdict& verdict) {
    if (verdict.kernelExempt.value_or(false)) {
        return Truth::yes;
    }
    if (verdict.cases.empty()) {
        return truthOfAction(verdict.action);
    }
    Truth truth = Truth::no;
    for (const model::SeccompCase& one : verdict.cases) {
        const Truth answer = truthOfAction(one.action);
        if (answer <= truth) {
            continue;
        }
        std::size_t work = 0;
        const auto can =
            call.arguments.parts.empty()
                ? seccomp::Feasible::yes
                : seccomp::feasible(seccomp::both(seccomp::conjunctionOf(one.when), call.arguments), work);
        if (can != seccomp::Feasible::no) {
            truth = can == seccomp::Feasible::yes ? answer : model::either(truth, Truth::unknown);
        }
    }
    return truth;
}

std::string textOf(const SeccompVerdict& verdict, Truth truth) {
    if (!verdict.cases.empty()) {
        return truth == Truth::yes  ? "allow with these arguments"
               : truth == Truth::no ? "refused with these arguments"
                                    : "answered by another program";
    }
    std::string text(model::nameOf(verdict.action));
    return verdict.action == SeccompAction::errorNumber ? text + " " + std::to_string(verdict.data) : text;
}

/// The verdict of one ABI for the call.
const SeccompVerdict& verdictIn(const model::ArchVerdicts& arch, const std::string& name) {
    const auto found = arch.calls.find(name);
    return found != arch.calls.end() ? found->second : arch.others;
}

Truth byVerdicts(
    const AskedCall& call, const model::Fact<std::map<std::string, model::ArchVerdicts>>& verdicts,
    Explanation* why) {
    Truth truth = Truth::no;
    for (const auto& [name, arch] : verdicts.value()) {
        if (arch.reachable && call.abis.contains(name)) {
            truth = model::either(truth, truthOfVerdict(call, verdictIn(arch, call.name)));
        }
    }
    if (why == nullptr) {
        return truth;
    }
    for (const auto& [name, arch] : verdicts.value()) {
        if (!arch.reachable || !call.abis.contains(name)) {
            continue;
        }
        const SeccompVerdict& verdict = verdictIn(arch, call.name);
        if (truthOfVerdict(call, verdict) != truth) {
            continue;
        }
        const std::string path = "seccomp." + name + "." + call.text;
        if (truth == Truth::unknown) {
            why->miss(path, {textOf(verdict, truth), "the program that answers"});
        } else {
            why->use(path, textOf(verdict, truth), truth, &verdicts.evidence());
        }
    }
    return truth;
}

Truth evaluate(const AskedCall& call, const Scope& scope, Explanation* why) {
    const model::Snapshot& snapshot = *scope.snapshot;
    const model::Seccomp& seccomp = snapshot.seccomp;
    if (seccomp.mode.known() && seccomp.mode.value() != model::SeccompMode::filter) {
        const bool open = seccomp.mode.value() == model::SeccompMode::disabled;
        const Truth truth = open ? Truth::yes : Truth::no;
        account(
            why, snapshot, "seccomp.mode", seccomp.mode, std::string(model::nameOf(seccomp.mode.value())),
            truth);
        return truth;
    }
    if (seccomp.verdicts.known()) {
        return byVerdicts(call, seccomp.verdicts, why);
    }
    account(why, snapshot, "seccomp.verdicts", seccomp.verdicts, "", Truth::unknown);
    return Truth::unknown;
}

} // namespace

base::Result<Evaluator> compileCall(const DerivedRequest& request) {
    AskedCall call;
    if (!request.arguments.empty()) {
        call.name = request.arguments.front();
    }
    call.text = call.name;
    for (std::size_t i = 1; i < request.arguments.size(); ++i) {
        if (!addArgument(request.arguments[i], call.arguments)) {
            return base::fail(
                base::ErrorKind::malformed,
                request.arguments[i] +
                    ": INDEX=VALUE or INDEX=VALUE/MASK is expected, as in 0=0x10000000/0x10000000");
        }
        call.text += (i == 1 ? "(" : ", ") + request.arguments[i];
    }
    call.text += request.arguments.size() > 1 ? ")" : "";
    for (const seccomp::Arch& arch : seccomp::arches()) {
        if (!call.name.empty() && seccomp::numberOf(arch, call.name)) {
            call.abis.emplace(arch.name);
        }
    }
    if (call.abis.empty()) {
        return base::fail(base::ErrorKind::malformed, call.name + ": no ABI has a call of this name");
    }
    return
        [call = std::move(call)](const Scope& scope, Explanation* why) { return evaluate(call, scope, why); };
}

} // namespace bulkhead::threat
