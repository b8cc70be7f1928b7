#pragma once

#include "core/model/snapshot.h"
#include "core/seccomp/profile.h"
#include "core/threat/hardening.h"
#include "core/threat/judge.h"

#include <optional>

namespace bulkhead::threat {

/// The snapshot without what its filter answers to calls that no condition asks about: judged alike, and a
/// tenth of it to copy.
[[nodiscard]] model::Snapshot narrowed(const model::Snapshot& snapshot, const Judge& judge);

/// What changes fall back to, kept for any number of cuts by one judge.
class OrdinaryContainer {
public:
    OrdinaryContainer(const model::Snapshot& container, const seccomp::Profile* filter, const Judge& judge);

    /// Points into this.
    [[nodiscard]] Ordinary get() const { return {&m_container, m_filter ? &*m_filter : nullptr}; }

private:
    model::Snapshot m_container;
    std::optional<seccomp::Profile> m_filter;
};

} // namespace bulkhead::threat
