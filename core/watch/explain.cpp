#include "core/watch/explain.h"

#include "core/model/gaps.h"
#include "core/threat/hardening.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace bulkhead::watch {

namespace {

using compare::Direction;
using model::Truth;
using threat::FactUsed;
using threat::Finding;

constexpr std::size_t kMostFacts = 8;
constexpr std::size_t kMostPaths = 5;

/// One path is the other's, or of an element of it: `mounts["/x"]` and `mounts["/x"].readOnly`.
bool isWithin(std::string_view path, std::string_view whole) {
    return path.starts_with(whole) &&
           (path.size() == whole.size() || std::string_view(".[#").contains(path[whole.size()]));
}

bool touches(std::string_view one, std::string_view other) {
    return isWithin(one, other) || isWithin(other, one);
}

/// The last segment of a path where it names a capability or a call: facts may name the whole set.
std::string_view elementOf(std::string_view path) {
    const auto dot = path.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    return last.starts_with("CAP_") ? last : std::string_view();
}

bool speaksOf(const FactUsed& fact, std::string_view path) {
    const std::string_view element = elementOf(path);
    if (element.empty()) {
        return touches(fact.path, path);
    }
    const bool ofSet = fact.path.starts_with("capabilities");
    return ofSet && (fact.path.contains(element) || fact.value.contains(element));
}

bool restsOn(const Finding& finding, std::string_view path) {
    if (!finding.object.empty() && touches(finding.object, path)) {
        return true;
    }
    return std::ranges::any_of(
        finding.facts, [&](const FactUsed& fact) { return fact.truth != Truth::no && speaksOf(fact, path); });
}

/// What the boundary says of a finding or a path: the record, where there is one, unless the declaration
/// rules it out. A declaration alone leaves many facts open.
template <class Ask>
Truth atBoundary(const Explanations& from, const Ask& ask) {
    const Truth declared = from.declared ? ask(*from.declared) : Truth::yes;
    const Truth recorded = from.recorded ? ask(*from.recorded) : declared;
    return declared == Truth::no ? Truth::no : recorded;
}

/// It holds now, surer than at the boundary.
bool isNew(const Finding& finding, const Explanations& from) {
    return finding.truth != Truth::no && !finding.undecidable &&
           finding.truth >
               atBoundary(from, [&](const threat::Attack& offered) { return truthOf(offered, finding); });
}

bool hasOpened(const threat::Path& path, const Explanations& from) {
    return path.certainty >
           atBoundary(from, [&](const threat::Attack& offered) { return certaintyOf(offered, path.id); });
}

void addFacts(Departure& departure, const Finding& finding) {
    for (const FactUsed& fact : finding.facts) {
        if (fact.truth == Truth::no) {
            continue;
        }
        DepartureFact one{fact.path, fact.value, fact.evidence.source};
        if (std::ranges::find(departure.facts, one) == departure.facts.end()) {
            departure.facts.push_back(std::move(one));
        }
    }
}

/// Where the fact itself was read: the nearest path that the snapshot has evidence for.
void addOwnFact(Departure& departure, const model::Snapshot& snapshot) {
    std::string source;
    std::size_t nearest = 0;
    for (const auto& [path, evidence] : model::evidenceOf(snapshot)) {
        if (isWithin(departure.path, path) && path.size() >= nearest) {
            nearest = path.size();
            source = evidence.source;
        }
    }
    departure.facts.insert(
        departure.facts.begin(), {departure.path, compare::toText(departure.after), std::move(source)});
}

/// What to do where no weakness has a control for it, by the facet of the path.
struct Remedy {
    std::string_view facet;
    std::string_view words;
};

constexpr auto kRemedies = std::to_array<Remedy>({
    {"mounts", "unmount or remount it as it was, or recreate the container from its configuration"},
    {"capabilities",
     "end the process that holds more (an exec session, a task that entered), or recreate the "
     "container from its configuration"},
    {"seccomp", "recreate the container: a filter cannot be put back on running tasks"},
    {"cgroup", "set the limit again, or recreate the container from its configuration"},
    {"namespaces", "end the task that left the container's namespaces, or recreate the container"},
});

std::string remedyFor(const Departure& departure) {
    if (departure.direction == Direction::unknown) {
        const auto* gap = std::get_if<model::Unreadable>(&departure.after);
        return gap != nullptr && !gap->needs.empty() ? "let the watch read it: it needs " + gap->needs
                                                     : "find out why it cannot be told: bulkhead doctor";
    }
    if (departure.direction == Direction::stronger) {
        return "nothing to close; where it was meant, take the boundary anew";
    }
    const auto* found = std::ranges::find_if(
        kRemedies, [&](const Remedy& one) { return departure.path.starts_with(one.facet); });
    return found != kRemedies.end()
               ? std::string(found->words)
               : "recreate the container from its configuration; where it was meant, take "
                 "the boundary anew";
}

/// Facets that each task has for itself: one that entered later may have more of them than the container.
bool isOfTasks(std::string_view path) {
    constexpr std::array<std::string_view, 5> kFacets = {
        "capabilities", "identity", "seccomp", "lsm", "namespaces"};
    return std::ranges::any_of(kFacets, [&](std::string_view facet) { return path.starts_with(facet); });
}

/// "end process 4711, which entered ...": where the facets describe a session that was started later.
std::string endingOf(const Departure& departure, const model::Snapshot& snapshot) {
    constexpr std::size_t kMostPids = 5;
    const auto* tasks = snapshot.tasks.get();
    const bool entered = tasks != nullptr && !tasks->empty() && tasks->front().session == "exec";
    if (!entered || departure.direction != Direction::weaker || !isOfTasks(departure.path)) {
        return {};
    }
    const std::vector<std::int64_t>& pids = tasks->front().pids;
    std::string out;
    for (std::size_t i = 0; i < std::min(pids.size(), kMostPids); ++i) {
        out += (out.empty() ? "" : ", ") + std::to_string(pids[i]);
    }
    return pids.empty()
               ? out
               : "end process " + out + ", which entered after the start with more than the container " +
                     "has (exec, nsenter), and find out who started it";
}

/// How the subject's configuration is written, as far as its engine tells.
std::optional<claims::ConfigForm> formOf(const model::Snapshot& snapshot) {
    const std::string& engine = snapshot.subject.engine.name;
    if (snapshot.group.kind == "compose") {
        return claims::ConfigForm::compose;
    }
    if (engine == "docker") {
        return claims::ConfigForm::docker;
    }
    if (engine == "podman") {
        return claims::ConfigForm::podman;
    }
    return engine == "runc" || engine == "crun" ? std::optional(claims::ConfigForm::oci) : std::nullopt;
}

void suggest(Departure& departure, const Finding* cause, const model::Snapshot& snapshot) {
    if (!departure.action.empty()) {
        return;
    }
    departure.action = endingOf(departure, snapshot);
    if (departure.action.empty() && departure.direction == Direction::weaker) {
        departure.action = changeFor(departure.path, snapshot);
    }
    if (!departure.action.empty()) {
        return;
    }
    const bool controlled = cause != nullptr && !cause->weakness->controls.empty();
    departure.action = controlled ? cause->weakness->controls.front().measure : remedyFor(departure);
}

/// The step of a path, or any weakness, that is new and rests on the fact; the gravest of several.
const Finding* causeOf(const Departure& departure, const Explanations& from) {
    const Finding* best = nullptr;
    for (const Finding& finding : from.now->findings) {
        const bool better = best == nullptr || finding.weakness->severity > best->weakness->severity;
        if (better && isNew(finding, from) && restsOn(finding, departure.path)) {
            best = &finding;
        }
    }
    return best;
}

void explainOne(Departure& departure, const Explanations& from, std::set<std::string>& explained) {
    const bool opens = departure.direction != Direction::stronger;
    for (const threat::Path& path : from.now->paths) {
        if (!opens || !hasOpened(path, from)) {
            continue;
        }
        const auto step = std::ranges::find_if(path.steps, [&](std::size_t place) {
            return restsOn(from.now->findings[place], departure.path);
        });
        if (step == path.steps.end()) {
            continue;
        }
        explained.insert(path.id);
        if (departure.opens.size() < kMostPaths) {
            departure.opens.push_back({path.id, path.reaches, path.certainty});
            addFacts(departure, from.now->findings[*step]);
        }
    }
    const Finding* cause = opens ? causeOf(departure, from) : nullptr;
    if (cause != nullptr && departure.facts.empty()) {
        addFacts(departure, *cause);
    }
    addOwnFact(departure, *from.snapshot);
    limitFacts(departure);
    suggest(departure, cause, *from.snapshot);
}

Departure departureOf(const threat::Path& path, const Explanations& from) {
    Departure out;
    out.path = "paths." + path.id;
    out.before = std::string(certaintyOf(*from.recorded, path.id) == Truth::no ? "closed" : "possible");
    out.after = std::string(path.certainty == Truth::yes ? "open" : "possible");
    out.direction = path.certainty == Truth::yes ? Direction::weaker : Direction::unknown;
    out.boundary = from.recordedName;
    out.reason = "an attack path opened that rests on none of the facts that changed alone";
    out.opens = {{path.id, path.reaches, path.certainty}};
    for (const std::size_t step : path.steps) {
        addFacts(out, from.now->findings[step]);
    }
    limitFacts(out);
    suggest(out, &from.now->findings[path.steps.back()], *from.snapshot);
    return out;
}

} // namespace

std::string changeFor(const std::string& path, const model::Snapshot& snapshot) {
    const auto form = formOf(snapshot);
    if (!form) {
        return {};
    }
    const std::string_view element = elementOf(path);
    for (const threat::Change& change : threat::changesFor(snapshot, {}, form)) {
        const std::string words = threat::wordsOf(change, *form);
        const std::string fact = threat::factPathOf(change);
        const bool same = touches(fact, path) || (!element.empty() && elementOf(fact) == element);
        if (!words.empty() && same) {
            return "recreate it with " + words;
        }
    }
    return {};
}

void limitFacts(Departure& departure) {
    if (departure.facts.size() > kMostFacts) {
        departure.facts.resize(kMostFacts);
    }
}

void explain(std::vector<Departure>& departures, const Explanations& from) {
    std::set<std::string> explained;
    for (Departure& departure : departures) {
        explainOne(departure, from, explained);
    }
    if (!from.recorded) {
        return; // what a declaration leaves open is no path that opened
    }
    for (const threat::Path& path : from.now->paths) {
        const bool opened = path.certainty > certaintyOf(*from.recorded, path.id);
        if (opened && !path.steps.empty() && !explained.contains(path.id)) {
            departures.push_back(departureOf(path, from));
        }
    }
}

} // namespace bulkhead::watch
