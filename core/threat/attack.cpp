#include "core/threat/attack.h"

#include <algorithm>
#include <array>
#include <map>

namespace bulkhead::threat {

using model::Truth;

namespace {

/// Facts of these facets, and who makes them what they are.
struct Component {
    std::string_view prefix;
    std::string_view name;
};

constexpr auto kComponents = std::to_array<Component>({
    {"seccomp", "seccomp"},
    {"capabilities", "capabilities"},
    {"lsm", "security module"},
    {"cgroup.devicePolicy", "device policy"},
    {"cgroup.limits", "control group"},
    {"devices", "device nodes"},
    {"sockets", "file permissions"},
    {"mounts", "mounts"},
    {"paths", "protected paths"},
    {"rootfs", "root file system"},
    {"identity.noNewPrivileges", "no_new_privs"},
    {"identity.uidMap", "user namespace"},
    {"identity.gidMap", "user namespace"},
    {"identity.userNamespaceIsHost", "user namespace"},
    {"identity", "user"},
    {"namespaces", "namespaces"},
    {"network", "network namespace"},
    {"host", "host kernel"},
    {"kernel", "host kernel"},
    {"image", "image"},
    {"config", "configuration"},
});

/// The key in `mounts["/host"]`; the whole where there is none.
std::string_view keyOf(std::string_view object) {
    const auto from = object.find('"');
    const auto to = object.rfind('"');
    return from == std::string_view::npos || to <= from ? object : object.substr(from + 1, to - from - 1);
}

/// Why facts about a process may say nothing of the container: a sandbox has a kernel of its own, and what
/// the host enforces is about the program that runs it.
std::optional<model::Gap> sandboxOf(const model::Snapshot& snapshot) {
    const auto& sandbox = snapshot.subject.sandbox;
    if (sandbox.unreadable()) {
        return model::Gap{"subject.sandbox", sandbox.gap()};
    }
    if (!sandbox.known() || sandbox.value() == "none") {
        return std::nullopt;
    }
    return model::Gap{
        "subject.sandbox",
        {"between the container and the host stands a " + sandbox.value() +
             " sandbox, and what its own kernel refuses is not collected",
         "a review of the sandbox"}};
}

bool takesPart(const Finding& finding) {
    return finding.weakness->kind == catalog::WeaknessKind::path && !finding.undecidable;
}

void doubt(Finding& finding, const std::optional<model::Gap>& sandbox) {
    if (sandbox && finding.truth != Truth::no && takesPart(finding)) {
        finding.truth = Truth::unknown;
        finding.deciding.push_back(*sandbox);
    }
}

Path pathOf(const Route& route, const std::vector<Edge>& edges, const std::vector<std::size_t>& places) {
    Path path{routeId(route, edges), {}, route.reaches, route.alsoReaches, route.certainty};
    for (const std::size_t edge : route.edges) {
        path.steps.push_back(places[edge]);
    }
    return path;
}

/// Something holds already, and something that could be there stops the rest: a control, and no mere absence.
bool isStopped(const Finding& finding) {
    return finding.partsHeld > 0 && !finding.facts.empty() &&
           std::ranges::none_of(finding.facts, [](const FactUsed& fact) {
               return fact.value == "none that fits" || fact.value == "none";
           });
}

} // namespace

std::string stepName(const Finding& finding) {
    const std::string& id = finding.weakness->id;
    return finding.object.empty() ? id : id + "@" + std::string(keyOf(finding.object));
}

std::string_view componentOf(std::string_view factPath) {
    const auto* found = std::ranges::find_if(
        kComponents, [&](const Component& component) { return factPath.starts_with(component.prefix); });
    return found == kComponents.end() ? "boundary" : found->name;
}

std::vector<Finding> findingsOn(const model::Snapshot& snapshot, const Judge& judge) {
    std::vector<Finding> out = judge.judge(snapshot);
    const std::optional<model::Gap> sandbox = sandboxOf(snapshot);
    for (Finding& finding : out) {
        doubt(finding, sandbox);
    }
    return out;
}

std::vector<Edge> edgesOf(const std::vector<Finding>& findings, std::vector<std::size_t>* places) {
    std::vector<Edge> out;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        const Finding& finding = findings[i];
        if (takesPart(finding)) {
            out.push_back(
                {stepName(finding), finding.weakness->needs, finding.weakness->gives, finding.truth});
            if (places != nullptr) {
                places->push_back(i);
            }
        }
    }
    return out;
}

namespace {

/// The paths that one weakness keeps closed. Whether something stops it, its facts say: they are given to
/// those alone that lie next to what is open.
void addBlocked(
    const Judge& judge, const std::vector<Verdict>& verdicts, const std::vector<Edge>& edges,
    const std::vector<std::size_t>& places, Attack& out) {
    const model::AttackAuthorities open = reachable(edges);
    std::vector<Edge> stopped = edges;
    for (std::size_t i = 0; i < stopped.size(); ++i) {
        if (stopped[i].sure != Truth::no) {
            continue;
        }
        Finding& finding = out.findings[places[i]];
        const bool near = std::ranges::includes(open, stopped[i].needs);
        if (near) {
            finding = judge.explained(verdicts[places[i]]);
        }
        if (!near || !isStopped(finding)) {
            stopped[i].needs.insert(model::AttackAuthority::hostRoot); // out of every near miss
            stopped[i].gives.clear();
        }
    }
    for (const NearMiss& miss : findNearMisses(stopped)) {
        out.blocked.push_back({pathOf(miss.route, stopped, places), places[miss.barred]});
    }
}

} // namespace

Attack attackOn(const model::Snapshot& snapshot, const Judge& judge, const AttackOptions& options) {
    Attack out;
    Inquiry inquiry(snapshot);
    const std::vector<Verdict> verdicts = judge.verdicts(inquiry);
    out.findings.reserve(verdicts.size());
    const std::optional<model::Gap> sandbox = sandboxOf(snapshot);
    for (const Verdict& verdict : verdicts) {
        out.findings.push_back(verdict.truth == Truth::no ? judge.bare(verdict) : judge.explained(verdict));
        doubt(out.findings.back(), sandbox);
    }
    std::vector<std::size_t> places;
    const std::vector<Edge> edges = edgesOf(out.findings, &places);
    RouteLimits limits;
    limits.kept = options.kept;
    const Routes found = findRoutes(edges, limits);
    out.more = found.more;
    out.exact = found.exact;
    for (const Route& route : found.routes) {
        out.paths.push_back(pathOf(route, edges, places));
    }
    if (options.blocked) {
        addBlocked(judge, verdicts, edges, places, out);
    }
    return out;
}

PathChanges comparePaths(const Attack& before, const Attack& after) {
    PathChanges out;
    const auto certaintyIn = [](const Attack& attack, const std::string& id) {
        const auto found = std::ranges::find(attack.paths, id, &Path::id);
        return found == attack.paths.end() ? Truth::no : found->certainty;
    };
    for (const Path& path : after.paths) {
        if (path.certainty > certaintyIn(before, path.id)) {
            out.opened.push_back(path);
        }
    }
    for (const Path& path : before.paths) {
        if (certaintyIn(after, path.id) == Truth::no) {
            out.closed.push_back(path);
        }
    }
    return out;
}

} // namespace bulkhead::threat
