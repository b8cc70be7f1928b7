#include "core/session/policies.h"

#include "core/catalog/yaml_tree.h"
#include "core/os/file.h"
#include "core/session/load_judge.h"
#include "core/session/resources.h"

#include <algorithm>

namespace bulkhead::session {

namespace fs = std::filesystem;
using catalog::Policy;

namespace {

base::Result<Policy> readPolicyFile(const fs::path& file) {
    const auto text = os::readFile(file, catalog::kMaxYamlSize);
    return text ? catalog::parsePolicy(*text, file.string()) : std::unexpected(text.error());
}

} // namespace

base::Result<std::vector<Policy>> shippedPolicies() {
    const auto folder = findDataFolder("resources/policies");
    return folder ? catalog::readPolicies(*folder) : std::unexpected(folder.error());
}

base::Result<Policy> findPolicy(const std::string& nameOrFile) {
    const bool file =
        nameOrFile.contains('/') || nameOrFile.ends_with(".yaml") || nameOrFile.ends_with(".yml");
    if (file) {
        return readPolicyFile(nameOrFile);
    }
    auto shipped = shippedPolicies();
    if (!shipped) {
        return std::unexpected(shipped.error());
    }
    std::string names = "pss:privileged, pss:baseline, pss:restricted";
    for (Policy& policy : *shipped) {
        if (policy.name == nameOrFile) {
            return std::move(policy);
        }
        names += ", " + policy.name;
    }
    return base::fail(
        base::ErrorKind::notFound,
        nameOrFile + ": no such policy; there are " + names + ", and files of your own, as in ./mine.yaml");
}

base::Result<Policy> shippedInvariants() {
    const auto folder = findDataFolder("resources");
    return folder ? readPolicyFile(*folder / "invariants.yaml") : std::unexpected(folder.error());
}

base::Result<std::shared_ptr<const threat::Judge>> sharedJudge() {
    auto judge = loadJudge();
    if (!judge) {
        return std::unexpected(judge.error());
    }
    return std::make_shared<const threat::Judge>(std::move(*judge));
}

policy::Accounts accountsOf(const diagram::SubjectView& subject) {
    return {
        subject.name, subject.at(model::Vantage::declared), subject.at(model::Vantage::enforced),
        subject.at(model::Vantage::experienced)};
}

} // namespace bulkhead::session
