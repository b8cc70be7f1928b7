#pragma once

#include "core/model/fact.h"
#include "core/model/named_enum.h"
#include "core/model/stage.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bulkhead::policy {

/// What a rule makes of a subject. Unknown where a fact that would decide could not be read.
enum class Verdict { allow, deny, unknown };

/// A fact or a field that decided, as it was found.
struct Input {
    std::string path;  ///< "capabilities.effective", "spec.hostNetwork"
    std::string value; ///< "unset" for a field that is not there
    model::Evidence evidence;

    bool operator==(const Input&) const = default;
};

/// Where a rule comes from: "cis-docker", "5.4", "Privileged containers".
struct RuleReference {
    std::string catalogue;
    std::string id;
    std::string title;

    bool operator==(const RuleReference&) const = default;
};

/// What a rule is, for those who read a decision: the same for every subject.
struct RuleAbout {
    std::string id;
    std::string title;
    std::string help; ///< what to do where it denies; empty where nothing is to be added
    model::Stage stage = model::Stage::runtimeConfig;
    std::vector<RuleReference> references;

    bool operator==(const RuleAbout&) const = default;
};

/// One rule of a policy decided for one subject.
struct Decision {
    std::string subject;
    std::string policy;
    RuleAbout rule;
    std::string boundary; ///< which account was judged: declared, enforced, experienced, document
    Verdict verdict = Verdict::unknown;
    std::vector<Input> inputs;
    std::string reason; ///< a clause without full stop

    bool operator==(const Decision&) const = default;
};

} // namespace bulkhead::policy

template <>
struct bulkhead::model::Names<bulkhead::policy::Verdict> {
    using enum bulkhead::policy::Verdict;
    static constexpr std::array names{
        std::pair{allow, std::string_view("allow")},
        std::pair{deny, std::string_view("deny")},
        std::pair{unknown, std::string_view("unknown")},
    };
};
