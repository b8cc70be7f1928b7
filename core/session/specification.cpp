#include "core/session/specification.h"

#include "core/base/bytes.h"
#include "core/catalog/yaml_tree.h"
#include "core/os/file.h"
#include "core/policy/expect.h"
#include "core/session/policies.h"
#include "core/session/resolve.h"

#include <algorithm>

namespace bulkhead::session {

base::Result<std::string> expectation(const std::string& reference, const std::string& engine) {
    const auto subjects = resolveReference(reference, {engine});
    if (!subjects) {
        return std::unexpected(subjects.error());
    }
    if (subjects->size() != 1) {
        std::string names;
        for (const diagram::SubjectView& subject : *subjects) {
            names += (names.empty() ? "" : ", ") + subject.name;
        }
        return base::fail(
            base::ErrorKind::malformed,
            reference + ": names several subjects; choose one of them by " + reference + "#NAME: " + names);
    }
    auto invariants = shippedInvariants();
    if (!invariants) {
        return std::unexpected(invariants.error());
    }
    auto judge = sharedJudge();
    if (!judge) {
        return std::unexpected(judge.error());
    }
    return policy::writeSpecification(
        {reference, accountsOf(subjects->front()), std::move(*invariants), std::move(*judge),
         !reference.starts_with("lab:")});
}

base::Result<Specification> readSpecification(const std::string& file) {
    const auto text = os::readFile(file, catalog::kMaxYamlSize);
    if (!text) {
        return std::unexpected(text.error());
    }
    auto spec = catalog::parsePolicy(*text, file);
    if (!spec) {
        return std::unexpected(spec.error());
    }
    if (!spec->isSpecification()) {
        return base::fail(
            base::ErrorKind::malformed,
            file + ":1: spec: is missing; this is a policy, and bulkhead check REF --policy " + file +
                " asks it");
    }
    auto judge = sharedJudge();
    if (!judge) {
        return std::unexpected(judge.error());
    }
    std::string subject = base::bytesFromText(spec->subject); // as writeSpecification escapes it
    auto compiled = policy::PolicyJudge::of(std::move(*spec), std::move(*judge));
    if (!compiled) {
        return std::unexpected(compiled.error());
    }
    return Specification{std::move(subject), std::move(*compiled)};
}

std::vector<policy::Decision>
verify(const Specification& specification, const std::vector<diagram::SubjectView>& subjects) {
    std::vector<policy::Decision> out;
    for (const diagram::SubjectView& subject : subjects) {
        std::ranges::move(specification.judge.decide(accountsOf(subject)), std::back_inserter(out));
    }
    return out;
}

} // namespace bulkhead::session
