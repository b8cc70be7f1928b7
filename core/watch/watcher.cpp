#include "core/watch/watcher.h"

#include "core/kernel/subjects.h"
#include "core/model/gaps.h"
#include "core/session/known_containers.h"
#include "core/session/live_subject.h"
#include "core/session/policies.h"
#include "core/session/resolve.h"
#include "core/session/specification.h"

#include <algorithm>
#include <cmath>

namespace bulkhead::watch {

using base::ErrorKind;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kLooksPerNames = 12;
constexpr std::chrono::minutes kFullPeriod{5};

/// "/run/runc/web" of "oci:/run/runc/web" lies in a state folder that the names are read from.
void addStateFolderOf(const std::string& reference, std::vector<std::filesystem::path>& folders) {
    constexpr std::string_view kOci = "oci:/";
    if (reference.starts_with(kOci)) {
        folders.push_back(std::filesystem::path(reference.substr(kOci.size() - 1)).parent_path());
    }
}

} // namespace

Watcher::Watcher(WatchRequest request) : m_request(std::move(request)) {}

base::Result<Watcher> Watcher::open(WatchRequest request) {
    Watcher watcher(std::move(request));
    auto judge = session::sharedJudge();
    if (!judge) {
        return std::unexpected(judge.error());
    }
    watcher.m_judge = std::move(*judge);
    if (!watcher.m_request.against.empty()) {
        auto against = readAgainst(watcher.m_request.against);
        if (!against) {
            return std::unexpected(against.error());
        }
        watcher.m_against = std::move(*against);
    }
    watcher.m_host = kernel::readHostReference(os::ProcRoot());
    if (auto found = watcher.findWanted(); !found) {
        return std::unexpected(found.error());
    }
    return watcher;
}

base::Status Watcher::findWanted() {
    for (const std::string& reference : m_request.references) {
        addStateFolderOf(reference, m_request.stateFolders);
        const auto views = session::resolveReference(reference);
        if (!views) {
            return std::unexpected(views.error());
        }
        for (const diagram::SubjectView& view : *views) {
            const bool live = view.enforced && !view.enforced->recorded && view.enforced->subject.pid &&
                              (reference.starts_with("pid:") || reference.starts_with("oci:") ||
                               reference.starts_with("docker:") || reference.starts_with("podman:"));
            if (!live) {
                return base::fail(
                    ErrorKind::malformed,
                    reference +
                        ": does not run here; watch takes docker:NAME, podman:NAME, oci:ID and pid:N, "
                        "and documents with --against");
            }
            m_wantedPids.insert(*view.enforced->subject.pid);
        }
    }
    return {};
}

void Watcher::readNames() {
    auto states = session::knownContainers(m_request.stateFolders);
    m_known = std::move(states.containers);
    m_nameGaps.clear();
    for (std::string& gap : states.gaps) {
        m_nameGaps.emplace("names " + gap, gap);
    }
    m_sinceNames = 0;
}

base::Result<std::vector<Sighting>> Watcher::pass() {
    const os::ProcRoot machine;
    const auto sweep = kernel::sweepProcesses(machine, m_host, m_request.stop);
    if (!sweep) {
        return std::unexpected(sweep.error());
    }
    const auto subjects = kernel::buildSubjects(*sweep, m_host, m_known);
    auto out = sightingsOf(machine, m_host, subjects, *sweep);
    keepWanted(out);
    return out;
}

/// The names first: what starts in between is then unnamed until the next look, and never the other way
/// round.
base::Result<std::vector<Sighting>> Watcher::sightings() {
    if (m_newcomers || ++m_sinceNames >= kLooksPerNames) {
        readNames();
        return pass();
    }
    auto found = pass();
    if (found && !m_roster.knows(*found)) {
        readNames();
        return pass();
    }
    return found;
}

/// Those of the references: by their processes when the watch began, then by their main process, and by the
/// name when they come back under it.
void Watcher::keepWanted(std::vector<Sighting>& sightings) {
    if (m_request.references.empty()) {
        std::erase_if(sightings, [&](const Sighting& one) {
            return !m_request.everything && one.summary.kind != model::SubjectKind::container;
        });
        return;
    }
    std::set<std::int64_t> mains;
    std::set<std::int64_t> unmet = m_wantedPids;
    std::erase_if(sightings, [&](const Sighting& one) {
        bool wanted = m_wanted.contains(one.summary.ref) && !one.summary.ref.starts_with("pid:");
        for (const std::int64_t pid : one.pids) {
            wanted = m_wantedPids.contains(pid) || wanted;
            unmet.erase(pid);
        }
        if (wanted) {
            mains.insert(one.pids.front());
            m_wanted.insert(one.summary.ref);
        }
        return !wanted;
    });
    m_unconfined = m_figures.looks == 0 && !unmet.empty() ? *unmet.begin() : 0;
    m_wantedPids = std::move(mains);
}

/// Those whose last full reading is old, oldest first, as few in a look as suffice for all in the period.
void Watcher::addOld(Meeting& meeting, const std::vector<Sighting>& sightings) {
    const double share = std::chrono::duration<double>(m_request.interval) / kFullPeriod;
    const auto most =
        static_cast<std::size_t>(std::max(1.0, std::ceil(share * static_cast<double>(sightings.size()))));
    std::vector<std::pair<Clock::time_point, const Sighting*>> old;
    for (const Sighting& one : sightings) {
        const auto held = m_held.find(one.summary.ref);
        const bool due = std::ranges::find(meeting.due, one.summary.ref, &Due::subject) != meeting.due.end();
        if (!due && held != m_held.end() && Clock::now() - held->second.read >= kFullPeriod) {
            old.emplace_back(held->second.read, &one);
        }
    }
    std::ranges::sort(old, {}, &std::pair<Clock::time_point, const Sighting*>::first);
    old.resize(std::min(old.size(), most));
    for (const auto& [when, one] : old) {
        meeting.due.push_back({one->summary.ref, one->summary, one->signature, false});
    }
}

std::optional<std::vector<Departure>> Watcher::judged(Held& held, const diagram::SubjectView& view) {
    const model::Snapshot& now = *view.enforced;
    const threat::Attack offered = offeredBy(now, *m_judge);
    held.unknownFacts = model::gapsOf(now).size();
    held.pathsCertain = static_cast<std::size_t>(
        std::ranges::count(offered.paths, model::Truth::yes, &threat::Path::certainty));
    held.pathsPossible = offered.paths.size() - held.pathsCertain;
    if (m_against && m_against->specification) {
        return departuresOf(session::verify(*m_against->specification, {view}), offered, now);
    }
    Boundary boundary;
    if (m_against) {
        const diagram::SubjectView* other = m_against->of(now.subject);
        if (other == nullptr) {
            m_subjectGaps["boundary " + now.subject.ref] =
                m_against->name + ": holds no subject of the name " + now.subject.name +
                ", so nothing is held against " + now.subject.ref;
            return std::nullopt;
        }
        boundary.recorded = other->enforced ? &*other->enforced : nullptr;
        boundary.declared = !other->enforced && other->declared ? &*other->declared : nullptr;
        boundary.declaredName = boundary.recordedName = m_against->name;
    } else {
        boundary.declared = held.declared ? &*held.declared : nullptr;
        boundary.recorded = held.first ? &*held.first : nullptr;
    }
    return departuresOf(boundary, now, offered, *m_judge);
}

void Watcher::take(const Due& due, std::vector<Event>& events) {
    auto view = session::captureSubject(due.summary);
    if (!view) {
        if (view.error().kind != ErrorKind::notFound) { // it has ended: the next look says so
            m_subjectGaps["subject " + due.subject] = due.subject + ": " + view.error().message;
            std::ranges::move(m_roster.taken(due, m_ledger.lasting(due.subject)), std::back_inserter(events));
        }
        return;
    }
    ++m_figures.captures;
    Held& held = m_held[due.subject];
    held.there = true;
    held.read = Clock::now();
    view->enforced->subject.ref = due.subject;
    // an engine that does not answer has not taken back what it was asked
    if (view->declared || due.fresh) {
        held.declared = view->declared;
    }
    if (!held.first) {
        held.first = *view->enforced;
    }
    std::ranges::move(m_roster.taken(due, m_ledger.lasting(due.subject)), std::back_inserter(events));
    if (auto departures = judged(held, *view)) {
        std::ranges::move(
            m_ledger.update(due.subject, due.summary.pid, std::move(*departures)),
            std::back_inserter(events));
    }
}

void Watcher::dropGaps(const std::string& subject) {
    m_subjectGaps.erase("subject " + subject);
    m_subjectGaps.erase("boundary " + subject);
}

void Watcher::leave(const Meeting& meeting) {
    for (const std::string& name : meeting.gone) {
        m_ledger.suspend(name);
        m_held[name].there = false;
        dropGaps(name);
    }
    for (const std::string& name : meeting.lost) {
        m_ledger.forget(name);
        m_held.erase(name);
        dropGaps(name);
    }
}

std::map<std::string, std::string> Watcher::gapsNow(const Meeting& meeting) const {
    std::map<std::string, std::string> gaps = m_nameGaps;
    gaps.insert(m_subjectGaps.begin(), m_subjectGaps.end());
    for (const auto& [engine, names] : meeting.unnamed) {
        const bool told = std::ranges::any_of(m_nameGaps, [&](const auto& gap) {
            return !engine.empty() &&
                   gap.second.starts_with(engine); // it does not answer: one line is enough
        });
        if (told) {
            continue;
        }
        const std::string more =
            names.size() > 1 ? " and " + std::to_string(names.size() - 1) + " more" : std::string();
        gaps["engine " + engine] = (engine.empty() ? "an engine" : engine) + ": names " + *names.begin() +
                                   more + " no longer, though running; does it answer? Watched as before";
    }
    return gaps;
}

base::Result<std::vector<Event>> Watcher::look() {
    const auto begin = Clock::now();
    auto seen = sightings();
    if (!seen) {
        return std::unexpected(seen.error());
    }
    if (m_unconfined != 0) {
        return base::fail(
            ErrorKind::malformed, "pid:" + std::to_string(m_unconfined) +
                                      ": runs on the host, and has no boundary that could be watched");
    }
    Meeting meeting = m_roster.meet(*seen);
    m_newcomers = !m_roster.knows(*seen);
    addOld(meeting, *seen);
    std::vector<Event> events = std::move(meeting.events);
    leave(meeting);
    for (const Due& due : meeting.due) {
        if (m_request.stop.stop_requested()) {
            return base::fail(ErrorKind::canceled, "the watch was interrupted");
        }
        dropGaps(due.subject);
        take(due, events);
    }
    std::ranges::move(m_ledger.updateGaps(gapsNow(meeting)), std::back_inserter(events));
    ++m_figures.looks;
    m_figures.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    return events;
}

Figures Watcher::figures() const {
    Figures out = m_figures;
    out.subjects = m_roster.watched();
    out.departures = m_ledger.counts();
    out.gaps = m_ledger.gaps();
    for (const auto& [name, held] : m_held) {
        if (!held.there) {
            continue;
        }
        out.pathsCertain += held.pathsCertain;
        out.pathsPossible += held.pathsPossible;
        out.unknownFacts += held.unknownFacts;
        out.unbounded += !m_against && !held.declared ? 1 : 0;
    }
    return out;
}

} // namespace bulkhead::watch
