#pragma once

#include "core/base/error.h"
#include "core/catalog/weakness.h"
#include "core/model/snapshot.h"
#include "core/threat/compiled.h"
#include "core/threat/finding.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bulkhead::threat {

/// What the catalogue says of one weakness at one object, and not yet why. Its scope points into the snapshot
/// and the inquiry.
struct Verdict {
    std::size_t weakness = 0; ///< its place in the catalogue
    Scope scope;
    model::Truth truth = model::Truth::unknown;
    bool undecidable = false;       ///< as of a finding
    std::optional<Explanation> why; ///< where it was needed already
};

/// A catalogue whose conditions are compiled: made once, asked about any number of snapshots. Its findings
/// point into the catalogue, which it shares.
class Judge {
public:
    /// Malformed, with file and line, where a condition names a fact that does not exist.
    [[nodiscard]] static base::Result<Judge> of(catalog::Catalogue catalogue);

    /// Every weakness in the order of the catalogue, whatever its truth; several where it binds an object.
    [[nodiscard]] std::vector<Finding> judge(const model::Snapshot& snapshot) const;

    /// The same without saying why: what costs most is left until someone asks. The second for some of the
    /// weaknesses alone.
    [[nodiscard]] std::vector<Verdict> verdicts(Inquiry& inquiry) const;
    [[nodiscard]] std::vector<Verdict>
    verdicts(Inquiry& inquiry, const std::vector<std::size_t>& weaknesses) const;
    /// A verdict with its reasons. Without: weakness, object and truth alone.
    [[nodiscard]] Finding explained(const Verdict& verdict) const;
    [[nodiscard]] Finding bare(const Verdict& verdict) const;

    /// The names of the system calls that conditions ask about; nothing where they read verdicts otherwise.
    [[nodiscard]] const std::optional<std::set<std::string>>& callsAsked() const { return m_calls; }

    [[nodiscard]] const catalog::Catalogue& catalogue() const { return *m_catalogue; }

private:
    void judgeOne(const Scope& scope, std::size_t place, std::vector<Verdict>& out) const;
    void judgeBound(
        const Scope& scope, std::size_t place, const Compiled& binding, std::vector<Verdict>& out) const;
    void add(const Scope& scope, std::size_t place, model::Truth truth, std::vector<Verdict>& out) const;

    std::shared_ptr<const catalog::Catalogue> m_catalogue;
    std::vector<Compiled> m_conditions; ///< one for each weakness
    std::optional<std::set<std::string>> m_calls;
};

} // namespace bulkhead::threat
