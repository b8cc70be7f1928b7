#include "core/policy/export_cel.h"
#include "core/policy/export_paths.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace bulkhead::policy {

namespace {

using catalog::Condition;
using catalog::ConditionKind;
using catalog::FactTest;
using catalog::ObjectKind;
using Values = std::vector<std::string>;

/// A path as the kernel resolves it: slashes and dots that lead nowhere do not count.
std::string cleanPath(std::string_view path) {
    return "('/' + " + std::string(path) + ".split('/').filter(s, !(s in ['', '.'])).join('/'))";
}

/// What the mount m shows of the volume v, as it is written.
constexpr std::string_view kSource = "(v.hostPath.path + (has(m.subPath) ? '/' + m.subPath : ''))";

const std::string& hostPath() {
    static const std::string kPath = cleanPath(kSource);
    return kPath;
}

/// A mount of the container whose volume is of the host and satisfies `expression` over the mount m and the
/// volume v.
std::string hostMount(const std::string& expression) {
    return "(has(variables.spec.volumes) && has(c.volumeMounts) && c.volumeMounts.exists(m, "
           "variables.spec.volumes.exists(v, v.name == m.name && has(v.hostPath) && " +
           expression + ")))";
}

/// What is `open` counts as what denies.
std::string decided(const std::string& open, const std::string& expression, bool yesDenies) {
    return yesDenies ? "(" + open + " || " + expression + ")" : "(!" + open + " && " + expression + ")";
}

/// A path that leads back, which the API server refuses too, may be any, as may one that the environment
/// names.
std::string overPath(const std::string& expression, bool yesDenies) {
    static const std::string kOpen =
        "(has(m.subPathExpr) || '..' in " + std::string(kSource) + ".split('/'))";
    return decided(kOpen, expression, yesDenies);
}

std::string overTarget(const std::string& expression, bool yesDenies) {
    return decided("('..' in m.mountPath.split('/'))", expression, yesDenies);
}

std::string pathMatches(std::string_view expression) {
    return hostPath() + ".matches(" + celText(expression) + ")";
}

std::string pathIn(const Values& paths, bool yesDenies) {
    return overPath(pathMatches(hostPathExpression(paths, false)), yesDenies);
}

/// Kinds of mounts of the host by their path, the first that matches; all else is a bind. Volumes are where
/// Docker and Podman keep them (see core/model/engine_files.h); a kubelet's are another Pod's.
struct KindRow {
    std::string_view kind;
    std::string_view expression;
};

constexpr std::array kKinds = {
    KindRow{"cgroup", "^/sys/fs/cgroup(/.*)?$"},
    KindRow{"proc", "^/proc(/.*)?$"},
    KindRow{"sys", "^/sys(/.*)?$"},
    KindRow{"socket", "[.]sock$"},
    KindRow{
        "volume", "^((/var/lib/docker|/var/lib/containers/storage|.*/[.]local/share/(docker|containers/"
                  "storage))/volumes/[^/]+|.*/volumes/[0-9a-f]{64})/_data(/.*)?$"},
};

std::string chosen(const std::string& condition, const std::string& then, const std::string& otherwise) {
    return "(" + condition + " ? " + then + " : " + otherwise + ")";
}

std::string kindIsIn(const Values& kinds, bool yesDenies) {
    const auto isAsked = [&](std::string_view kind) { return std::ranges::find(kinds, kind) != kinds.end(); };
    const std::string rest = isAsked("bind") ? "true" : "false";
    std::string out = rest;
    // where groups are v1, their folder is a directory as others are
    const bool folder =
        yesDenies ? isAsked("bind") || isAsked("cgroup") : isAsked("bind") && isAsked("cgroup");
    for (std::size_t i = kKinds.size(); i-- > 0;) {
        const std::string own = isAsked(kKinds.at(i).kind) ? "true" : "false";
        if (out != own) {
            out = chosen(pathMatches(kKinds.at(i).expression), own, out);
        }
    }
    const std::string own = folder ? "true" : "false";
    if (out != own) {
        out = chosen(pathMatches("^/sys/fs/cgroup$"), own, out);
    }
    return out == "true" || out == "false" ? out : overPath(out, yesDenies);
}

/// Of a volume that is a path of the host, no other kind is.
Said pathFrom(const Values& origins, bool yesDenies) {
    Values paths;
    std::ranges::copy_if(
        origins, std::back_inserter(paths), [](const std::string& one) { return one.starts_with('/'); });
    return Said::as(
        paths.empty() ? "false" : overPath(pathMatches(hostPathExpression(paths, true)), yesDenies));
}

Said hostPathsMatcher(const Condition& condition, bool yesDenies) {
    if (condition.test == FactTest::empty) { // nobody knows those of a folder that the environment names
        const std::string there = condition.values.front() == "false" ? "true" : "false";
        return Said::as(decided("has(m.subPathExpr)", there, yesDenies));
    }
    if (condition.test == FactTest::startsWith) {
        return Said::as(
            overPath(listOf(condition.values) + ".exists(p, " + hostPath() + ".startsWith(p))", yesDenies));
    }
    return Said::unsaid("the test of " + condition.fact);
}

Said targetMatcher(const Condition& condition, bool yesDenies) {
    const std::string target = cleanPath("m.mountPath");
    const std::string values = listOf(condition.values);
    if (condition.test == FactTest::is || condition.test == FactTest::oneOf) {
        return Said::as(overTarget(target + " in " + values, yesDenies));
    }
    if (condition.test == FactTest::startsWith) {
        return Said::as(overTarget(values + ".exists(p, " + target + ".startsWith(p))", yesDenies));
    }
    return Said::unsaid("the test of " + condition.fact);
}

Said mountMatcher(const Condition& condition, bool yesDenies) {
    if (condition.derived) {
        return condition.fact == "shows"  ? Said::as(pathIn(condition.arguments, yesDenies))
               : condition.fact == "from" ? pathFrom(condition.arguments, yesDenies)
                                          : Said::unsaid("a Pod does not say " + condition.fact);
    }
    const std::string_view fact = condition.fact;
    if (fact == "mount.target") {
        return targetMatcher(condition, yesDenies);
    }
    const std::string shared = guarded("m", "mountPropagation", " == 'Bidirectional'");
    if (fact == "mount.readOnly") {
        return truthMatcher(condition, guarded("m", "readOnly", ""));
    }
    if (fact == "mount.sharedWithHostPeer") {
        return truthMatcher(condition, shared);
    }
    if (fact == "mount.options" && condition.test == FactTest::contains &&
        std::ranges::find(condition.values, "rshared") != condition.values.end()) {
        return Said::as(shared);
    }
    if (fact == "mount.kind" && (condition.test == FactTest::is || condition.test == FactTest::oneOf)) {
        return Said::as(kindIsIn(condition.values, yesDenies));
    }
    return fact == "mount.hostPaths" ? hostPathsMatcher(condition, yesDenies)
                                     : Said::unsaid("a Pod does not say " + condition.fact);
}

Said mountPart(const Condition& condition, bool yesDenies) {
    switch (condition.kind) {
    case ConditionKind::all:
    case ConditionKind::any:
    case ConditionKind::negation:
        return combined(condition, yesDenies, mountPart);
    case ConditionKind::matcher:
        return mountMatcher(condition, yesDenies);
    default:
        return Said::unsaid("a binding within another");
    }
}

} // namespace

std::string bringsSocket(bool yesDenies) {
    std::string names;
    for (const std::string& name : engineSocketNames()) {
        names += (names.empty() ? "" : "|") + name.substr(0, name.rfind('.'));
    }
    return hostMount(overPath(
        "(" + pathMatches(hostPathExpression(engineSockets(), false)) + " || (" +
            pathMatches("/(" + names + ")[.]sock$") + " && !" + pathMatches("^/(proc|sys)/") + "))",
        yesDenies));
}

Said boundInCel(const Condition& condition, bool yesDenies) {
    if (condition.object != ObjectKind::mount) {
        return Said::unsaid("a Pod does not list its " + std::string(model::nameOf(condition.object)) + "s");
    }
    const Said parts =
        joinParts(condition, " && ", [&](const Condition& part) { return mountPart(part, yesDenies); });
    return parts.expression ? Said::as(hostMount(*parts.expression)) : parts;
}

} // namespace bulkhead::policy
