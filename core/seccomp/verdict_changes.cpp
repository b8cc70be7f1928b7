#include "core/seccomp/verdict_changes.h"

#include "core/seccomp/cases.h"
#include "core/seccomp/syscalls.h"

#include <algorithm>
#include <set>

namespace bulkhead::seccomp {

using model::SeccompAction;
using model::SeccompVerdict;

namespace {

// Of comparing two verdicts of one call: a filter of the field has ten cases and needs some thousand, two
// with a thousand cases each that no argument tells apart would keep a reader waiting.
constexpr std::size_t kCompareEffort = 1'000'000;
constexpr std::size_t kPairCost = 4;

/// What is left of a call, laxer is greater.
enum class Reach { denied, conditional, allowed };

Reach reachOf(SeccompAction action) {
    switch (action) {
    case SeccompAction::allow:
    case SeccompAction::log:
        return Reach::allowed;
    case SeccompAction::trace:
    case SeccompAction::userNotif:
        return Reach::conditional;
    default:
        return Reach::denied;
    }
}

// The arguments that an ABI of 32 bits can pass.
Conjunction narrowArguments() {
    Conjunction out;
    for (std::uint32_t word = 0; word < kNumberWord; ++word) {
        out.add(word, intervalsBetween(0, 0, kHighHalf));
    }
    return out;
}

/// What a walk over the pairs of cases that share a call has met.
struct Met {
    bool wider = false;
    bool narrower = false;
    bool visibility = false;
    bool otherDenial = false;
    bool unknown = false;
};

void meet(const AnsweredCase& before, const AnsweredCase& after, bool wide, Met& met, std::size_t& effort) {
    if (before.answer == after.answer) {
        return;
    }
    if (effort == 0) {
        met.unknown = true;
        return;
    }
    Conjunction shared = both(before.when, after.when);
    if (!wide) {
        shared = both(shared, narrowArguments());
    }
    std::size_t work = kPairCost;
    const Feasible possible = feasible(shared, work);
    effort -= std::min(effort, work);
    if (possible == Feasible::no) {
        return;
    }
    const Reach left = reachOf(before.answer.action);
    const Reach right = reachOf(after.answer.action);
    met.unknown = met.unknown || possible == Feasible::unknown;
    met.wider = met.wider || right > left;
    met.narrower = met.narrower || right < left;
    met.visibility = met.visibility || (left == right && left == Reach::allowed);
    met.otherDenial = met.otherDenial || (left == right && left != Reach::allowed);
}

} // namespace

Relation relationOf(const SeccompVerdict& before, const SeccompVerdict& after, bool wide) {
    if (before == after) {
        return Relation::same;
    }
    const auto left = casesOf(before);
    const auto right = casesOf(after);
    if (left.empty() || right.empty()) {
        return Relation::unknown;
    }
    Met met;
    std::size_t effort = kCompareEffort;
    for (const AnsweredCase& each : left) {
        for (const AnsweredCase& other : right) {
            meet(each, other, wide, met, effort);
        }
    }
    if (met.unknown) {
        return Relation::unknown;
    }
    if (met.wider || met.narrower) {
        return met.wider && met.narrower ? Relation::incomparable
               : met.wider               ? Relation::wider
                                         : Relation::narrower;
    }
    return met.visibility ? Relation::visibility : met.otherDenial ? Relation::otherDenial : Relation::same;
}

const SeccompVerdict& effective(const SeccompVerdict& verdict) {
    static const SeccompVerdict kAllowed;
    return verdict.kernelExempt.value_or(false) ? kAllowed : verdict;
}

bool allowsSome(const SeccompVerdict& verdict) {
    const auto allows = [](const model::SeccompCase& each) { return reachOf(each.action) == Reach::allowed; };
    return verdict.action != SeccompAction::undetermined &&
           (reachOf(verdict.action) == Reach::allowed || std::ranges::any_of(verdict.cases, allows));
}

namespace {

// The first number of each stretch of unnamed numbers that one side may answer differently.
std::set<std::uint32_t> unnamedStarts(const model::ArchVerdicts& verdicts, const Arch& arch) {
    std::set<std::uint32_t> starts;
    for (const auto& [key, verdict] : verdicts.calls) {
        const auto numbers = key.starts_with('#') ? numbersOfKey(arch, key) : std::nullopt;
        if (numbers) {
            starts.insert({numbers->low, numbers->high + 1});
        }
    }
    return starts;
}

} // namespace

std::vector<VerdictChange>
changesOf(const model::ArchVerdicts& before, const model::ArchVerdicts& after, const Arch& arch) {
    std::vector<VerdictChange> changes;
    const auto add = [&](std::string call, const SeccompVerdict& one, const SeccompVerdict& other) {
        const SeccompVerdict& left = effective(one);
        const SeccompVerdict& right = effective(other);
        const Relation relation = relationOf(left, right, arch.wide);
        if (relation != Relation::same) {
            changes.push_back({std::move(call), left, right, relation});
        }
    };
    for (const Syscall& call : syscallsOf(arch)) {
        add(call.name, verdictOf(before, arch, call.number), verdictOf(after, arch, call.number));
    }
    // Names that this product does not know, written by a newer one.
    std::set<std::string> foreign;
    for (const model::ArchVerdicts* side : {&before, &after}) {
        for (const auto& [key, verdict] : side->calls) {
            if (!key.starts_with('#') && !numberOf(arch, key)) {
                foreign.insert(key);
            }
        }
    }
    for (const std::string& name : foreign) {
        add(name, verdictOf(before, arch, name), verdictOf(after, arch, name));
    }
    std::set<std::uint32_t> starts = unnamedStarts(before, arch);
    starts.merge(unnamedStarts(after, arch));
    for (auto start = starts.begin(); start != starts.end(); ++start) {
        if (!nameOf(arch, *start).empty()) {
            continue; // a stretch that ends before a named call
        }
        const auto end = std::next(start);
        std::string key = "#" + std::to_string(*start);
        if (end != starts.end() && *end - 1 > *start) {
            key += ".." + std::to_string(*end - 1);
        }
        const SeccompVerdict& left = verdictOf(before, arch, *start);
        const SeccompVerdict& right = verdictOf(after, arch, *start);
        if (&left != &before.others || &right != &after.others) {
            add(std::move(key), left, right);
        }
    }
    add("others", before.others, after.others);
    return changes;
}

CallCount countCalls(const model::ArchVerdicts& verdicts, const Arch& arch) {
    CallCount count;
    for (const Syscall& call : syscallsOf(arch)) {
        const SeccompVerdict& verdict = verdictOf(verdicts, arch, call.number);
        ++count.all;
        if (verdict.kernelExempt.value_or(false)) {
            ++count.allowed;
            continue;
        }
        count.undetermined += verdict.action == SeccompAction::undetermined ? 1 : 0;
        count.allowed += allowsSome(verdict) ? 1 : 0;
        count.conditional += allowsSome(verdict) && !verdict.cases.empty() ? 1 : 0;
    }
    return count;
}

} // namespace bulkhead::seccomp
