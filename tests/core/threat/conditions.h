#pragma once

#include "core/threat/judge.h"

#include <gtest/gtest.h>
#include <string>

namespace bulkhead::threat {

/// A catalogue of one hygiene entry with this condition, as YAML below `when:` (six blanks deep), and no
/// advisories but the given ones.
inline base::Result<Judge> judgeOf(const std::string& when, std::vector<catalog::Advisory> advisories = {}) {
    const std::string yaml = "weaknesses:\n"
                             "  - id: tried\n"
                             "    title: Tried\n"
                             "    kind: hygiene\n"
                             "    stage: host-kernel\n"
                             "    when:\n" +
                             when +
                             "    authority: none\n"
                             "    severity: low\n"
                             "    severity-reason: a test\n"
                             "    stale-assumption: a test\n"
                             "    on-call-signal: a test\n"
                             "    controls: [{by: runtime, measure: a test}]\n";
    auto entries = catalog::parseWeaknesses(yaml, "tried.yaml");
    if (!entries) {
        return std::unexpected(entries.error());
    }
    return Judge::of({std::move(*entries), std::move(advisories)});
}

/// The findings of one condition.
inline std::vector<Finding> findingsOf(const std::string& when, const model::Snapshot& snapshot) {
    const auto judge = judgeOf(when);
    EXPECT_TRUE(judge) << judge.error().message;
    static std::vector<Judge> kept; // findings point into the catalogue
    kept.push_back(*judge);
    return kept.back().judge(snapshot);
}

inline Finding findingOf(const std::string& when, const model::Snapshot& snapshot) {
    const auto all = findingsOf(when, snapshot);
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? Finding{} : all.front();
}

} // namespace bulkhead::threat
