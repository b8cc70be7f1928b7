#include "core/threat/judge.h"

#include <algorithm>
#include <array>

namespace bulkhead::threat {

using catalog::Condition;
using catalog::Weakness;
using model::Truth;

namespace {

/// What an engine or a cluster keeps behind the name of a volume, no document says.
bool isBehindAVolume(const model::Mount& mount) {
    return mount.kind == model::MountKind::volume && !mount.hostPaths.known();
}

/// Adds the calls that a condition asks about; false where it reads what a filter answers in another way.
bool addCalls(const Condition& condition, std::set<std::string>& calls) {
    if (condition.derived && condition.fact == "call" && !condition.arguments.empty()) {
        calls.insert(condition.arguments.front());
    }
    constexpr auto kWithoutCalls = std::to_array<std::string_view>(
        {"seccomp.mode", "seccomp.filterCount", "seccomp.profile", "seccomp.defaultAction",
         "seccomp.archGaps"});
    const bool reads = !condition.derived && condition.fact.starts_with("seccomp") &&
                       std::ranges::find(kWithoutCalls, condition.fact) == kWithoutCalls.end();
    return !reads &&
           std::ranges::all_of(condition.parts, [&](const Condition& part) { return addCalls(part, calls); });
}

} // namespace

base::Result<Judge> Judge::of(catalog::Catalogue catalogue) {
    Judge judge;
    judge.m_catalogue = std::make_shared<const catalog::Catalogue>(std::move(catalogue));
    Questions questions;
    std::set<std::string> calls;
    bool onlyByCall = true;
    for (const Weakness& weakness : judge.m_catalogue->weaknesses) {
        auto compiled = Compiled::of(weakness.when, *judge.m_catalogue, questions);
        if (!compiled) {
            return base::fail(base::ErrorKind::malformed, weakness.file + ":" + compiled.error().message);
        }
        judge.m_conditions.push_back(std::move(*compiled));
        onlyByCall = addCalls(weakness.when, calls) && onlyByCall;
    }
    if (onlyByCall) {
        judge.m_calls = std::move(calls);
    }
    return judge;
}

/// Undecidable: nothing in the snapshot points at the weakness. No object is bound, and either no fact speaks
/// for it or what is missing is of a kind that no snapshot holds; or the object is none of the host's.
void Judge::add(const Scope& scope, std::size_t place, Truth truth, std::vector<Verdict>& out) const {
    Verdict& verdict = out.emplace_back(Verdict{place, scope, truth, false, std::nullopt});
    if (truth != Truth::unknown) {
        return;
    }
    if (scope.mount != nullptr || scope.socket != nullptr || scope.device != nullptr ||
        scope.task != nullptr) {
        verdict.undecidable = scope.mount != nullptr && isBehindAVolume(*scope.mount);
        return;
    }
    Explanation& why = verdict.why.emplace();
    m_conditions[place].explain(scope, truth, why);
    verdict.undecidable = why.uncollected || why.facts.empty();
}

/// One verdict for each object that satisfies the condition, or may; else one for the whole. What stands
/// beside the binding is about no object, and asked first.
void Judge::judgeBound(
    const Scope& scope, std::size_t place, const Compiled& binding, std::vector<Verdict>& out) const {
    const Truth beside = m_conditions[place].truthBeside(binding, scope);
    if (beside == Truth::no) {
        add(scope, place, Truth::no, out);
        return;
    }
    const Objects& objects = scope.inquiry->objects(binding.objectKind());
    const std::size_t before = out.size();
    for (const Scope& one : objects.scopes) {
        if (const Truth truth = binding.truth(one); truth != Truth::no) {
            add(one, place, model::both(truth, beside), out);
        }
    }
    if (out.size() == before) {
        add(scope, place, objects.list.known() ? Truth::no : Truth::unknown, out);
    }
}

void Judge::judgeOne(const Scope& scope, std::size_t place, std::vector<Verdict>& out) const {
    const Compiled& condition = m_conditions[place];
    if (const Compiled* binding = condition.binding()) {
        judgeBound(scope, place, *binding, out);
    } else {
        add(scope, place, condition.truth(scope), out);
    }
}

std::vector<Verdict> Judge::verdicts(Inquiry& inquiry) const {
    std::vector<Verdict> out;
    out.reserve(m_conditions.size() + m_conditions.size() / 4);
    const Scope scope = inquiry.scope();
    for (std::size_t i = 0; i < m_conditions.size(); ++i) {
        judgeOne(scope, i, out);
    }
    return out;
}

std::vector<Verdict> Judge::verdicts(Inquiry& inquiry, const std::vector<std::size_t>& weaknesses) const {
    std::vector<Verdict> out;
    const Scope scope = inquiry.scope();
    for (const std::size_t place : weaknesses) {
        judgeOne(scope, place, out);
    }
    return out;
}

Finding Judge::bare(const Verdict& verdict) const {
    Finding finding;
    finding.weakness = &m_catalogue->weaknesses[verdict.weakness];
    finding.truth = verdict.truth;
    finding.object = objectPath(verdict.scope);
    finding.undecidable = verdict.undecidable;
    return finding;
}

Finding Judge::explained(const Verdict& verdict) const {
    const Compiled& condition = m_conditions[verdict.weakness];
    Finding finding = bare(verdict);
    Explanation why;
    if (verdict.why) {
        why = *verdict.why;
    } else {
        condition.explain(verdict.scope, verdict.truth, why);
    }
    finding.facts = std::move(why.facts);
    finding.deciding = verdict.truth == Truth::unknown ? std::move(why.gaps) : std::vector<model::Gap>();
    finding.partsHeld = verdict.truth == Truth::no ? condition.partsHeld(verdict.scope) : 0;
    return finding;
}

std::vector<Finding> Judge::judge(const model::Snapshot& snapshot) const {
    Inquiry inquiry(snapshot);
    const std::vector<Verdict> all = verdicts(inquiry);
    std::vector<Finding> out;
    out.reserve(all.size());
    for (const Verdict& verdict : all) {
        out.push_back(explained(verdict));
    }
    return out;
}

} // namespace bulkhead::threat
