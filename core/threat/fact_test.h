#pragma once

#include "core/base/error.h"
#include "core/catalog/condition.h"
#include "core/model/truth.h"
#include "core/threat/fact_value.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bulkhead::threat {

/// What a matcher asks of a value, parsed once.
struct FactCheck {
    catalog::FactTest test = catalog::FactTest::holds;
    std::vector<std::string> values;
    std::vector<std::int64_t> numbers; ///< the values, where all are numbers
    model::CapabilitySet capabilities; ///< the values, where all are capabilities

    /// Malformed where a value cannot be what the test asks for.
    [[nodiscard]] static base::Result<FactCheck> of(const catalog::Condition& matcher);

    [[nodiscard]] bool passes(const FactValue& value) const;
};

} // namespace bulkhead::threat
