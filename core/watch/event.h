#pragma once

#include "core/compare/direction.h"
#include "core/compare/value.h"
#include "core/model/attack_authority.h"
#include "core/model/named_enum.h"
#include "core/model/truth.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bulkhead::watch {

/// An attack path that is open now and was not at the boundary.
struct OpenedPath {
    std::string id;
    model::AttackAuthority reaches{};
    model::Truth certainty = model::Truth::yes;

    bool operator==(const OpenedPath&) const = default;
};

/// A fact that a departure rests on.
struct DepartureFact {
    std::string path;
    std::string value;
    std::string source; ///< where it was read; empty where it is a conclusion

    bool operator==(const DepartureFact&) const = default;
};

/// One place at which a subject is not what its boundary says.
struct Departure {
    std::string path; ///< of the fact; of a specification the rule; "paths" and an id where a path opened
    compare::Value before;
    compare::Value after;
    compare::Direction direction = compare::Direction::unknown;
    std::string boundary; ///< what it departs from: "declared", "first seen", the name of --against
    std::string reason;
    std::vector<OpenedPath> opens;
    std::vector<DepartureFact> facts;
    std::string action; ///< what to do about it

    bool operator==(const Departure&) const = default;
};

/// What a line of the watch is about.
enum class EventKind {
    departure, ///< new since the last look
    changed,   ///< still a departure, to another value or in another direction
    ended,     ///< as the boundary says again
    more,      ///< further departures of this look that have no line
    appeared,  ///< a subject that was not there when the watch began
    restarted, ///< the subject of that name has another main process
    gone,      ///< its processes have ended
    gap,       ///< something cannot be seen
    closed,    ///< what could not be seen can be
};

/// One line of the watch. What one look finds of one subject in one direction is one line: an act such as an
/// exec session with all capabilities moves dozens of facts, and whoever is on call wants to read it once.
struct Event {
    EventKind kind = EventKind::departure;
    std::string subject;               ///< its reference; empty where the machine is meant
    std::int64_t pid = 0;              ///< of its main process; 0: none
    std::vector<Departure> departures; ///< of departure, changed and ended; the gravest first
    std::string text;                  ///< of the others

    bool operator==(const Event&) const = default;
};

} // namespace bulkhead::watch

template <>
struct bulkhead::model::Names<bulkhead::watch::EventKind> {
    using enum bulkhead::watch::EventKind;
    static constexpr std::array names{
        std::pair{departure, std::string_view("departure")},
        std::pair{changed, std::string_view("changed")},
        std::pair{ended, std::string_view("ended")},
        std::pair{more, std::string_view("more")},
        std::pair{appeared, std::string_view("appeared")},
        std::pair{restarted, std::string_view("restarted")},
        std::pair{gone, std::string_view("gone")},
        std::pair{gap, std::string_view("gap")},
        std::pair{closed, std::string_view("gap-closed")},
    };
};
