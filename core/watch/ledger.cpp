#include "core/watch/ledger.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace bulkhead::watch {

namespace {

/// Reason, facts and paths may be worded anew while the same departure lasts.
bool isSame(const Departure& one, const Departure& other) {
    return one.after == other.after && one.direction == other.direction && one.boundary == other.boundary;
}

Event gapEvent(EventKind kind, const std::string& text) {
    Event event;
    event.kind = kind;
    event.text = text;
    return event;
}

/// Those that open a path that is sure come first, then by the number of paths.
std::pair<bool, std::size_t> gravityOf(const Departure& departure) {
    const bool sure = std::ranges::find(departure.opens, model::Truth::yes, &OpenedPath::certainty) !=
                      departure.opens.end();
    return {sure, departure.opens.size()};
}

/// What is told of one look at one subject.
class Lines {
public:
    explicit Lines(std::size_t most) : m_most(most) {}

    void tell(EventKind kind, const Departure& departure) {
        if (m_told == m_most) {
            ++m_untold;
            return;
        }
        ++m_told;
        m_departures[{kind, departure.direction}].push_back(departure);
    }

    [[nodiscard]] std::vector<Event> events(const std::string& subject, std::int64_t pid) {
        std::vector<Event> out;
        for (auto& [what, departures] : m_departures) {
            std::ranges::stable_sort(departures, std::greater(), gravityOf);
            out.push_back({what.first, subject, pid, std::move(departures), {}});
        }
        if (m_untold > 0) {
            out.push_back(
                {EventKind::more,
                 subject,
                 pid,
                 {},
                 std::to_string(m_untold) + " further departures of this look are left out; bulkhead "
                                            "contradictions and bulkhead diff list every fact"});
        }
        return out;
    }

private:
    std::size_t m_most;
    std::size_t m_told = 0;
    std::size_t m_untold = 0;
    std::map<std::pair<EventKind, compare::Direction>, std::vector<Departure>> m_departures;
};

} // namespace

std::vector<Event> Ledger::update(const std::string& subject, std::int64_t pid, std::vector<Departure> now) {
    Account& account = m_subjects[subject];
    account.there = true;
    std::map<std::string, Departure> current;
    Lines lines(m_most);
    for (Departure& departure : now) {
        const auto before = account.lasting.find(departure.path);
        if (current.contains(departure.path)) {
            continue;
        }
        if (before == account.lasting.end()) {
            lines.tell(EventKind::departure, departure);
        } else if (!isSame(before->second, departure)) {
            lines.tell(EventKind::changed, departure);
        }
        std::string path = departure.path;
        current.emplace(std::move(path), std::move(departure));
    }
    for (const auto& [path, departure] : account.lasting) {
        if (!current.contains(path)) {
            lines.tell(EventKind::ended, departure);
        }
    }
    account.lasting = std::move(current);
    return lines.events(subject, pid);
}

std::vector<Event> Ledger::updateGaps(const std::map<std::string, std::string>& now) {
    std::vector<Event> events;
    for (const auto& [about, text] : now) {
        if (!m_gaps.contains(about)) {
            events.push_back(gapEvent(EventKind::gap, text));
        }
    }
    for (const auto& [about, text] : m_gaps) {
        if (!now.contains(about)) {
            events.push_back(gapEvent(EventKind::closed, text));
        }
    }
    m_gaps = now;
    return events;
}

void Ledger::suspend(const std::string& subject) {
    if (const auto found = m_subjects.find(subject); found != m_subjects.end()) {
        found->second.there = false;
    }
}

void Ledger::forget(const std::string& subject) {
    m_subjects.erase(subject);
}

std::size_t Ledger::lasting(const std::string& subject) const {
    const auto found = m_subjects.find(subject);
    return found == m_subjects.end() ? 0 : found->second.lasting.size();
}

std::map<compare::Direction, std::size_t> Ledger::counts() const {
    std::map<compare::Direction, std::size_t> out;
    for (const auto& [subject, account] : m_subjects) {
        if (!account.there) {
            continue;
        }
        for (const auto& [path, departure] : account.lasting) {
            ++out[departure.direction];
        }
    }
    return out;
}

} // namespace bulkhead::watch
