#pragma once

#include "core/watch/event.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace bulkhead::watch {

/// The departures and gaps that last, so that each is told once: when it begins, when it takes another value,
/// and when it ends. Those of a subject that is gone are kept for its return and count no more.
class Ledger {
public:
    /// A hostile subject may depart in thousands of places: beyond `most` of one look, they are counted in
    /// one line, and last like the others.
    explicit Ledger(std::size_t most = 100) : m_most(most) {}

    /// What holds of a subject now, against what held before: a line for each kind of event and direction.
    [[nodiscard]] std::vector<Event>
    update(const std::string& subject, std::int64_t pid, std::vector<Departure> now);
    /// The gaps there are now, by what they are about: a text that changes makes no line.
    [[nodiscard]] std::vector<Event> updateGaps(const std::map<std::string, std::string>& now);

    /// The subject is not there now; its departures neither last nor end.
    void suspend(const std::string& subject);
    /// It will not come back under this name.
    void forget(const std::string& subject);

    [[nodiscard]] std::size_t lasting(const std::string& subject) const;
    /// Of the subjects that are there, by direction.
    [[nodiscard]] std::map<compare::Direction, std::size_t> counts() const;
    [[nodiscard]] std::size_t gaps() const { return m_gaps.size(); }

private:
    struct Account {
        std::map<std::string, Departure> lasting; ///< by path
        bool there = true;
    };

    std::size_t m_most; ///< departures that are told of one look at one subject
    std::map<std::string, Account> m_subjects;
    std::map<std::string, std::string> m_gaps;
};

} // namespace bulkhead::watch
