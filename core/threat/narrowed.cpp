#include "core/threat/narrowed.h"

#include <algorithm>
#include <set>
#include <string>
#include <type_traits>

namespace bulkhead::threat {

using model::ArchVerdicts;
using model::Seccomp;
using model::Snapshot;

namespace {

using Verdicts = std::map<std::string, ArchVerdicts>;
using Calls = std::set<std::string>;

model::Fact<Verdicts> narrowedVerdicts(const model::Fact<Verdicts>& verdicts, const Calls& asked) {
    if (!verdicts.known()) {
        return verdicts;
    }
    Verdicts out;
    for (const auto& [name, arch] : verdicts.value()) {
        ArchVerdicts& kept = out[name];
        kept.reachable = arch.reachable;
        kept.others = arch.others;
        for (const std::string& call : asked) {
            if (const auto found = arch.calls.find(call); found != arch.calls.end()) {
                kept.calls.insert(*found);
            }
        }
    }
    return {std::move(out), verdicts.evidence()};
}

/// Every member by its row, so that none is forgotten; of the large ones what is asked.
Seccomp narrowedFilter(const Seccomp& seccomp, const Calls& asked) {
    Seccomp out;
    model::forEachRow<Seccomp>([&](const auto& row) {
        using Member = std::remove_cvref_t<decltype(out.*(row.member))>;
        if constexpr (std::is_same_v<Member, model::Fact<Verdicts>>) {
            out.*(row.member) = narrowedVerdicts(seccomp.*(row.member), asked);
        } else {
            out.*(row.member) = seccomp.*(row.member);
        }
    });
    return out;
}

} // namespace

Snapshot narrowed(const Snapshot& snapshot, const Judge& judge) {
    if (!judge.callsAsked()) {
        return snapshot;
    }
    Snapshot out;
    model::forEachRow<Snapshot>([&](const auto& row) {
        using Member = std::remove_cvref_t<decltype(out.*(row.member))>;
        if constexpr (std::is_same_v<Member, Seccomp>) {
            out.*(row.member) = narrowedFilter(snapshot.*(row.member), *judge.callsAsked());
        } else {
            out.*(row.member) = snapshot.*(row.member);
        }
    });
    return out;
}

OrdinaryContainer::OrdinaryContainer(
    const Snapshot& container, const seccomp::Profile* filter, const Judge& judge)
    : m_container(narrowed(container, judge)) {
    if (filter == nullptr) {
        return;
    }
    m_filter = *filter;
    if (!judge.callsAsked()) {
        return;
    }
    for (seccomp::ProfileRule& rule : m_filter->rules) {
        std::erase_if(
            rule.calls, [&](const std::string& call) { return !judge.callsAsked()->contains(call); });
    }
}

} // namespace bulkhead::threat
