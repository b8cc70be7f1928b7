#include "core/threat/authority_facts.h"
#include "core/threat/derived_facts.h"
#include "core/threat/version.h"

#include <algorithm>

namespace bulkhead::threat {

using catalog::Advisory;
using model::Snapshot;
using model::Truth;

namespace {

/// Where a version of a product stands in a snapshot.
struct Version {
    std::string path;
    std::string text; ///< empty: not known
    const model::Evidence* evidence = nullptr;
    model::Unreadable why;
};

Version versionOf(const Snapshot& snapshot, const std::string& product) {
    if (product == "kernel") {
        const auto& kernel = snapshot.host.kernel;
        Version out{"host.kernel", kernel.valueOr(""), kernel.known() ? &kernel.evidence() : nullptr, {}};
        out.why = kernel.unreadable() ? kernel.gap() : unstatedIn(snapshot);
        return out;
    }
    const model::Subject& subject = snapshot.subject;
    const model::Unreadable why{"the version of " + product + " is not recorded", product + " --version"};
    if (subject.runtime.name == product) {
        return {"subject.runtime.version", subject.runtime.version, nullptr, why};
    }
    if (subject.engine.name == product) {
        return {"subject.engine.version", subject.engine.version, nullptr, why};
    }
    return {"subject.runtime.version", "", nullptr, why};
}

/// The subject is of another engine and another runtime, both known.
bool otherProduct(const Snapshot& snapshot, const std::string& product) {
    const model::Subject& subject = snapshot.subject;
    const bool engine =
        product == "docker" || product == "podman" || product == "containerd" || product == "crio";
    const std::string& named = engine ? subject.engine.name : subject.runtime.name;
    return product != "kernel" && !named.empty() && named != product;
}

bool inRange(std::string_view version, const catalog::VersionRange& range) {
    const std::string_view upstream = upstreamPart(version);
    const bool from = range.from.empty() || compareVersions(upstream, range.from) >= 0;
    return from && compareVersions(upstream, range.fixed) < 0;
}

/// A package speaks for its distribution, series and flavour alone: others count their versions otherwise.
bool decides(const catalog::FixedPackage& package, const Snapshot& snapshot, std::string_view version) {
    const auto& distro = snapshot.host.distro;
    return distro.known() && distro.value().starts_with(package.distro) &&
           upstreamPart(version) == upstreamPart(package.version) && version.ends_with(package.flavour);
}

Truth affected(const Advisory& advisory, const Scope& scope, Explanation* why) {
    const Snapshot& snapshot = *scope.snapshot;
    const Version version = versionOf(snapshot, advisory.product);
    if (otherProduct(snapshot, advisory.product)) {
        if (why != nullptr) {
            why->use(version.path, "another product than " + advisory.product, Truth::no, nullptr);
        }
        return Truth::no;
    }
    if (version.text.empty()) {
        if (why != nullptr) {
            why->miss(version.path, version.why);
        }
        return Truth::unknown;
    }
    const auto package = std::ranges::find_if(
        advisory.packages, [&](const auto& one) { return decides(one, snapshot, version.text); });
    if (package != advisory.packages.end()) {
        const Truth truth = compareVersions(version.text, package->version) < 0 ? Truth::yes : Truth::no;
        if (why != nullptr) {
            why->use(
                version.path, version.text + ", repaired in " + package->version, truth, version.evidence);
        }
        return truth;
    }
    const bool any = std::ranges::any_of(
        advisory.affected, [&](const auto& range) { return inRange(version.text, range); });
    if (why != nullptr && any) {
        why->miss(
            version.path, {version.text + " is in the range of " + advisory.id +
                               ", and distributions repair without a new upstream version",
                           "the version of the installed package against the distribution's advisory"});
    } else if (why != nullptr) {
        why->use(version.path, version.text, Truth::no, version.evidence);
    }
    return any ? Truth::unknown : Truth::no;
}

} // namespace

base::Result<Evaluator> compileAffected(const DerivedRequest& request) {
    const auto& all = request.catalogue.advisories;
    const std::string id = request.arguments.size() == 1 ? request.arguments.front() : "";
    const auto found = std::ranges::find(all, id, &Advisory::id);
    if (found == all.end()) {
        return base::fail(
            base::ErrorKind::malformed, "no advisory is named " + id + "; see advisories/*.yaml");
    }
    return
        [advisory = *found](const Scope& scope, Explanation* why) { return affected(advisory, scope, why); };
}

namespace {

base::Result<Evaluator>
neverKnown(const DerivedRequest& request, void (Explanation::*say)(std::string, model::Unreadable)) {
    if (request.arguments.size() != 2) {
        return base::fail(base::ErrorKind::malformed, "what is not known and who knows it are expected");
    }
    return [what = request.arguments[0], who = request.arguments[1],
            say](const Scope& /*scope*/, Explanation* why) {
        if (why != nullptr) {
            (why->*say)(what, {"no snapshot holds it", who});
        }
        return Truth::unknown;
    };
}

} // namespace

base::Result<Evaluator> compileUnseen(const DerivedRequest& request) {
    return neverKnown(request, &Explanation::miss);
}

base::Result<Evaluator> compileUncollected(const DerivedRequest& request) {
    return neverKnown(request, &Explanation::neverKnown);
}

} // namespace bulkhead::threat
