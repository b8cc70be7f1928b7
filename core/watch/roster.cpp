#include "core/watch/roster.h"

#include <algorithm>

namespace bulkhead::watch {

namespace {

constexpr std::size_t kPatience = 6;     // passes that a subject may take to look the same twice
constexpr std::size_t kMostGone = 10000; // names that are kept for their return

bool isNumber(const std::string& ref) {
    return ref.starts_with("pid:");
}

bool isSameProcess(const model::SubjectSummary& one, const model::SubjectSummary& other) {
    return one.pid == other.pid && one.startTime == other.startTime;
}

Event eventOf(EventKind kind, const std::string& subject, std::int64_t pid, std::string text) {
    return {kind, subject, pid, {}, std::move(text)};
}

} // namespace

/// The name under which a sighting is watched. One that was only a number until its engine wrote down its
/// name takes that name, and with it what is known of the subject that had it.
std::string Roster::nameOf(const Sighting& sighting, const std::set<std::string>& met) {
    const model::SubjectSummary& now = sighting.summary;
    const auto same = std::ranges::find_if(m_entries, [&](const auto& entry) {
        return entry.second.there && isSameProcess(entry.second.summary, now);
    });
    if (same == m_entries.end()) {
        return met.contains(now.ref) ? "pid:" + std::to_string(now.pid) : now.ref; // two engines, one name
    }
    if (!isNumber(same->first) || isNumber(now.ref) || met.contains(now.ref)) {
        return same->first;
    }
    Entry entry = std::move(same->second);
    m_entries.erase(same);
    if (m_entries.contains(now.ref)) {
        return now.ref; // a restart, whose engine wrote the name late
    }
    m_entries.emplace(now.ref, std::move(entry));
    return now.ref;
}

Meeting Roster::meet(const std::vector<Sighting>& sightings) {
    Meeting meeting;
    std::set<std::string> met;
    for (const Sighting& sighting : sightings) {
        const std::string name = nameOf(sighting, met);
        met.insert(name);
        Entry& entry = m_entries[name];
        const bool same = entry.there && isSameProcess(entry.summary, sighting.summary);
        if (!same) {
            entry.read = false;
            entry.passes = 0;
            entry.seen = 0;
        }
        if (same && !isNumber(name) && isNumber(sighting.summary.ref)) {
            meeting.unnamed[entry.summary.engine].insert(name);
        }
        const std::string engine = entry.summary.engine;
        entry.summary = sighting.summary;
        entry.summary.engine = same && entry.summary.engine.empty() ? engine : entry.summary.engine;
        entry.there = true;
        const bool settled =
            m_first || (entry.seen == sighting.signature && !sighting.starting) || entry.passes >= kPatience;
        entry.seen = sighting.signature;
        ++entry.passes;
        if (entry.read ? entry.taken != sighting.signature : settled) {
            meeting.due.push_back({name, sighting.summary, sighting.signature, !entry.read});
        }
    }
    leave(met, meeting);
    m_first = false;
    return meeting;
}

void Roster::leave(const std::set<std::string>& met, Meeting& meeting) {
    std::size_t kept = 0;
    for (auto it = m_entries.begin(); it != m_entries.end();) {
        auto& [name, entry] = *it;
        if (met.contains(name)) {
            ++it;
            continue;
        }
        if (entry.there && entry.announced) {
            meeting.events.push_back(
                eventOf(EventKind::gone, name, entry.summary.pid, "its main process has ended"));
        }
        const bool returns = entry.announced && !isNumber(name) && ++kept <= kMostGone;
        if (entry.there) {
            (returns ? meeting.gone : meeting.lost).push_back(name);
        }
        entry.there = false;
        it = returns ? std::next(it) : m_entries.erase(it);
    }
}

std::vector<Event> Roster::taken(const Due& due, std::size_t lasting) {
    const auto found = m_entries.find(due.subject);
    if (found == m_entries.end()) {
        return {};
    }
    Entry& entry = found->second;
    const bool again = entry.announced;
    const bool fresh = !entry.read;
    const bool initial = entry.passes == 1 && !again; // there when the watch began
    entry.read = true;
    entry.announced = true;
    entry.taken = due.signature;
    if (!fresh || initial) {
        return {};
    }
    const std::string standing =
        lasting > 0 ? "; departures that last from before: " + std::to_string(lasting) : "";
    return {eventOf(
        again ? EventKind::restarted : EventKind::appeared, due.subject, due.summary.pid,
        again ? "it has another main process" + standing : "watched from now on")};
}

std::size_t Roster::watched() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        m_entries, [](const auto& entry) { return entry.second.there && entry.second.read; }));
}

bool Roster::knows(const std::vector<Sighting>& sightings) const {
    return std::ranges::all_of(sightings, [&](const Sighting& sighting) {
        return std::ranges::any_of(m_entries, [&](const auto& entry) {
            return entry.second.there && entry.second.read &&
                   isSameProcess(entry.second.summary, sighting.summary);
        });
    });
}

} // namespace bulkhead::watch
