#pragma once

#include "core/base/error.h"
#include "core/diagram/diagram.h"
#include "core/policy/judge_policy.h"

#include <string>
#include <vector>

namespace bulkhead::session {

/// The specification of the one subject that a reference names, as YAML.
[[nodiscard]] base::Result<std::string> expectation(const std::string& reference, const std::string& engine);

/// A specification that was read: the reference it was written from, and how it decides.
struct Specification {
    std::string subject;
    policy::PolicyJudge judge;
};

/// Malformed names file, line and field; also where the file is a policy and no specification.
[[nodiscard]] base::Result<Specification> readSpecification(const std::string& file);

/// Every invariant of a specification decided for every subject.
[[nodiscard]] std::vector<policy::Decision>
verify(const Specification& specification, const std::vector<diagram::SubjectView>& subjects);

} // namespace bulkhead::session
