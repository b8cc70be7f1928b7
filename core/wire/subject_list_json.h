#pragma once

#include "core/model/posture.h"
#include "core/model/subject_summary.h"

#include <string>
#include <vector>

namespace bulkhead::wire {

/// What a sweep found, keys in the order of the tables.
[[nodiscard]] std::string writeSubjectList(const model::SubjectList& list);

/// The same with "postures" in place of "subjects"; a fact that could not be read is null and an entry of the
/// posture's "gaps".
[[nodiscard]] std::string
writePostures(const model::SubjectList& list, const std::vector<model::Posture>& postures);

} // namespace bulkhead::wire
