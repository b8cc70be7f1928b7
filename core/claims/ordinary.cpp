#include "core/claims/ordinary.h"

#include "core/claims/claim.h"

namespace bulkhead::claims {

namespace {

std::string engineFor(std::string_view name) {
    const EngineDefaults* known = findEngine(name);
    const bool bare = name == "runc" || name == "crun";
    return known == nullptr || bare ? "docker" : std::string(name);
}

} // namespace

model::Snapshot ordinaryContainer(std::string_view engine, const Ground& ground) {
    const model::Evidence from{model::EvidenceKind::defaulted, "an ordinary container", "", 0};
    Claim claim;
    claim.name = "ordinary";
    claim.whole = from;
    claim.seccomp = {"default", from};
    return resolveToSnapshot(claim, {engineFor(engine), ""}, ground);
}

const seccomp::Profile* ordinaryFilter(std::string_view engine, const Ground& ground) {
    const EngineDefaults* defaults = findEngine(engineFor(engine));
    const auto found =
        ground.profiles.find(defaults->filter.empty() ? "containerd-default" : std::string(defaults->filter));
    return found == ground.profiles.end() ? nullptr : &found->second;
}

} // namespace bulkhead::claims
