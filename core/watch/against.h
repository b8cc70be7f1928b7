#pragma once

#include "core/base/error.h"
#include "core/diagram/diagram.h"
#include "core/session/specification.h"

#include <optional>
#include <string>
#include <vector>

namespace bulkhead::watch {

/// What `--against` names: a specification, or the subjects of a reference.
struct Against {
    std::string name;
    std::optional<session::Specification> specification;
    std::vector<diagram::SubjectView> subjects;

    /// One subject stands for all; of several the one of that name or reference. Null where there is none.
    [[nodiscard]] const diagram::SubjectView* of(const model::Subject& subject) const;
};

/// A YAML file whose key `spec` is a word is a specification (of a Kubernetes object it is a mapping).
[[nodiscard]] bool looksLikeSpecification(std::string_view text);

[[nodiscard]] base::Result<Against> readAgainst(const std::string& reference);

} // namespace bulkhead::watch
