#include "core/catalog/seccomp_profile.h"

#include <algorithm>

namespace bulkhead::catalog {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& name) {
    return std::ranges::find(list, name) != list.end();
}

bool applies(const ProfileRule& rule, const ProfileContext& context) {
    const bool capabilities =
        rule.with.isSubsetOf(context.bounding) && rule.without.intersected(context.bounding).empty();
    const bool architecture = (rule.on.empty() || contains(rule.on, context.architecture)) &&
                              !contains(rule.notOn, context.architecture);
    return capabilities && architecture && (!rule.kernel || context.kernel >= *rule.kernel);
}

} // namespace

ResolvedProfile resolveProfile(const SeccompProfile& profile, const ProfileContext& context) {
    ResolvedProfile resolved;
    resolved.otherwise = profile.otherwise;
    if (const auto native = profile.architectures.find(context.architecture);
        native != profile.architectures.end()) {
        resolved.architectures.push_back(native->first);
        std::ranges::copy(native->second, std::back_inserter(resolved.architectures));
    }
    for (const ProfileRule& rule : profile.rules) {
        if (applies(rule, context)) {
            resolved.rules.push_back({rule.calls, rule.allow, rule.errorNumber, rule.argument});
        }
    }
    return resolved;
}

} // namespace bulkhead::catalog
