#include "core/catalog/seccomp_profile.h"

#include <algorithm>
#include <cctype>

namespace bulkhead::catalog {

using model::SeccompAction;
using seccomp::ProfileOperator;

namespace {

std::string architectureName(const std::string& name) {
    std::string upper = "SCMP_ARCH_" + name;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    return upper;
}

std::vector<std::string> architectureNames(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    std::ranges::transform(names, std::back_inserter(all), architectureName);
    return all;
}

std::vector<std::string> goNames(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    all.reserve(names.size());
    for (const std::string& name : names) {
        all.emplace_back(seccomp::goNameOf(name));
    }
    return all;
}

seccomp::ProfileArgument argumentOf(const ArgumentTest& test) {
    switch (test.op) {
    case ArgumentTest::Operator::less:
        return {test.index, ProfileOperator::less, test.value, 0};
    case ArgumentTest::Operator::greater:
        return {test.index, ProfileOperator::greater, test.value, 0};
    case ArgumentTest::Operator::maskedEqual:
        return {test.index, ProfileOperator::maskedEqual, test.mask, test.value};
    default:
        return {test.index, ProfileOperator::equal, test.value, 0};
    }
}

seccomp::ProfileRule ruleOf(const ProfileRule& rule) {
    seccomp::ProfileRule out;
    out.calls = rule.calls;
    out.action = rule.allow ? seccomp::ProfileAction{SeccompAction::allow, std::nullopt}
                            : seccomp::ProfileAction{SeccompAction::errorNumber, rule.errorNumber};
    if (rule.argument) {
        out.arguments.push_back(argumentOf(*rule.argument));
    }
    out.includes.capabilities = rule.with;
    out.includes.architectures = goNames(rule.on);
    out.excludes.capabilities = rule.without;
    out.excludes.architectures = goNames(rule.notOn);
    if (rule.kernel) {
        out.includes.kernel = seccomp::KernelVersion{rule.kernel->major, rule.kernel->minor};
    }
    return out;
}

} // namespace

seccomp::Profile profileOf(const SeccompProfile& profile) {
    seccomp::Profile out;
    out.otherwise = {SeccompAction::errorNumber, profile.otherwise};
    for (const auto& [native, beside] : profile.architectures) {
        out.byNative.push_back({architectureName(native), architectureNames(beside)});
    }
    for (const ProfileRule& rule : profile.rules) {
        out.rules.push_back(ruleOf(rule));
    }
    return out;
}

} // namespace bulkhead::catalog
