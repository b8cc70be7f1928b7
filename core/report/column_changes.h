#pragma once

#include "core/diagram/diagram.h"

#include <string>
#include <vector>

namespace bulkhead::report {

/// A change of a column, and the stage that shows it best.
struct PlacedChange {
    const compare::Change* change = nullptr; ///< in the diagram
    model::Stage stage = model::Stage::runtimeConfig;
};

/// The changes of a column in the shown vantage, each once: what was asked for is a change of its own vantage
/// only.
[[nodiscard]] std::vector<PlacedChange>
changesOf(const diagram::Diagram& diagram, const diagram::Column& column);

/// The names of the subjects a column stands for.
[[nodiscard]] std::vector<std::string> namesOf(
    const diagram::Diagram& diagram, const diagram::Column& column,
    const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::report
