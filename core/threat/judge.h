#pragma once

#include "core/base/error.h"
#include "core/catalog/weakness.h"
#include "core/model/snapshot.h"
#include "core/threat/compiled.h"
#include "core/threat/finding.h"

#include <cstddef>
#include <memory>
#include <set>
#include <vector>

namespace bulkhead::threat {

/// A catalogue whose conditions are compiled: made once, asked about any number of snapshots. Its findings
/// point into the catalogue, which it shares.
class Judge {
public:
    /// Malformed, with file and line, where a condition names a fact that does not exist.
    [[nodiscard]] static base::Result<Judge> of(catalog::Catalogue catalogue);

    /// Every weakness in the order of the catalogue, whatever its truth; several where it binds an object.
    [[nodiscard]] std::vector<Finding> judge(const model::Snapshot& snapshot) const;

    /// The same for some of the weaknesses, by their places in the catalogue.
    [[nodiscard]] std::vector<Finding>
    judge(const model::Snapshot& snapshot, const std::set<std::size_t>& weaknesses) const;

    /// Where one of its weaknesses stands in the catalogue.
    [[nodiscard]] std::size_t placeOf(const catalog::Weakness& weakness) const;

    [[nodiscard]] const catalog::Catalogue& catalogue() const { return *m_catalogue; }

private:
    void judgeOne(const Scope& scope, std::size_t place, std::vector<Finding>& out) const;

    std::shared_ptr<const catalog::Catalogue> m_catalogue;
    std::vector<Compiled> m_conditions; ///< one for each weakness
};

} // namespace bulkhead::threat
