#pragma once

#include "core/model/snapshot.h"
#include "core/threat/finding.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::threat {

class Inquiry;

/// What a condition is asked about: a snapshot, and inside a binding the one object at hand. An inquiry makes
/// them, and keeps what was answered.
struct Scope {
    const model::Snapshot* snapshot = nullptr;
    Inquiry* inquiry = nullptr;
    const model::Mount* mount = nullptr;
    const model::RuntimeSocket* socket = nullptr;
    const model::Device* device = nullptr;
    const model::TaskClass* task = nullptr;
    std::size_t nth = 0; ///< its place in the list
};

/// The path of the object at hand: `mounts["/host"]`; empty where there is none.
[[nodiscard]] std::string objectPath(const Scope& scope);

/// Collects the facts that decided a condition and the gaps that would.
struct Explanation {
    std::vector<FactUsed> facts;
    std::vector<model::Gap> gaps;
    bool uncollected = false; ///< one of the gaps is of a kind of fact that no snapshot holds
    bool negated = false;     ///< under a `not`: what holds speaks against

    /// A fact that is known, with what it says for the condition asked.
    void use(std::string path, std::string value, model::Truth truth, const model::Evidence* evidence);
    void miss(std::string path, model::Unreadable why);
    /// A fact of a kind that no snapshot holds.
    void neverKnown(std::string path, model::Unreadable why);
};

/// Why a vantage says nothing about a fact, and which one would.
[[nodiscard]] model::Unreadable unstatedIn(const model::Snapshot& snapshot);

/// Uses or misses a fact of the snapshot: what a derived fact rests on.
template <class T>
void account(
    Explanation* why, const model::Snapshot& snapshot, std::string path, const model::Fact<T>& fact,
    std::string value, model::Truth truth) {
    if (why == nullptr) {
        return;
    }
    if (fact.known()) {
        why->use(std::move(path), std::move(value), truth, &fact.evidence());
    } else {
        why->miss(std::move(path), fact.unreadable() ? fact.gap() : unstatedIn(snapshot));
    }
}

} // namespace bulkhead::threat
