#pragma once

#include "core/base/error.h"
#include "core/diagram/diagram.h"
#include "core/kernel/host_reference.h"
#include "core/kernel/known_container.h"
#include "core/threat/judge.h"
#include "core/watch/against.h"
#include "core/watch/departures.h"
#include "core/watch/ledger.h"
#include "core/watch/roster.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace bulkhead::watch {

/// What is watched, and against what.
struct WatchRequest {
    std::vector<std::string> references; ///< empty: every container
    std::string against;                 ///< a reference or a specification; empty: declared, else first seen
    std::vector<std::filesystem::path> stateFolders;
    bool everything = false; ///< services and sandboxes too
    std::chrono::milliseconds interval{5000};
    std::stop_token stop;
};

/// What the watch knows after a look.
struct Figures {
    std::size_t subjects = 0;
    std::map<compare::Direction, std::size_t> departures;
    std::size_t pathsCertain = 0;
    std::size_t pathsPossible = 0;
    std::size_t unknownFacts = 0;
    std::size_t gaps = 0;
    std::size_t unbounded = 0; ///< subjects that only their first sight is held against
    std::uint64_t looks = 0;
    std::uint64_t captures = 0;
    double seconds = 0; ///< of the last look

    bool operator==(const Figures&) const = default;
};

/// Looks at the machine once in an interval. An idle look is one pass over /proc and, of each subject, what
/// tells whether something changed; subjects are read in full when that did, and each once in five minutes
/// for what it does not tell. The names of containers are asked for anew when one is new, and every twelfth
/// look.
class Watcher {
public:
    /// NotFound where a reference names nothing that runs, Malformed for one that is no live subject; else
    /// the errors of reading what it is held against.
    [[nodiscard]] static base::Result<Watcher> open(WatchRequest request);

    /// One look, and its lines. Canceled on stop, Denied where /proc cannot be listed.
    [[nodiscard]] base::Result<std::vector<Event>> look();

    /// A subject is there that was not read yet: the next look should be soon.
    [[nodiscard]] bool unsettled() const { return m_newcomers; }

    [[nodiscard]] Figures figures() const;

private:
    /// A subject as it was first seen and was asked to be, and what it offers now.
    struct Held {
        std::optional<model::Snapshot> first;
        std::optional<model::Snapshot> declared;
        std::size_t pathsCertain = 0;
        std::size_t pathsPossible = 0;
        std::size_t unknownFacts = 0;
        std::chrono::steady_clock::time_point read;
        bool there = true;
    };

    explicit Watcher(WatchRequest request);

    [[nodiscard]] base::Status findWanted();
    [[nodiscard]] base::Result<std::vector<Sighting>> sightings();
    [[nodiscard]] base::Result<std::vector<Sighting>> pass();
    void readNames();
    void keepWanted(std::vector<Sighting>& sightings);
    void addOld(Meeting& meeting, const std::vector<Sighting>& sightings);
    void leave(const Meeting& meeting);
    void take(const Due& due, std::vector<Event>& events);
    /// Nothing where there is no boundary to hold it against.
    [[nodiscard]] std::optional<std::vector<Departure>> judged(Held& held, const diagram::SubjectView& view);
    void dropGaps(const std::string& subject);
    [[nodiscard]] std::map<std::string, std::string> gapsNow(const Meeting& meeting) const;

    WatchRequest m_request;
    kernel::HostReference m_host;
    std::shared_ptr<const threat::Judge> m_judge;
    std::optional<Against> m_against;
    std::set<std::int64_t> m_wantedPids; ///< of references: first any, then the main processes
    std::set<std::string> m_wanted;      ///< the names under which they are watched
    std::int64_t m_unconfined = 0;       ///< a process that a reference names and no subject has
    std::vector<kernel::KnownContainer> m_known;
    std::map<std::string, std::string> m_nameGaps;
    std::map<std::string, std::string> m_subjectGaps; ///< last until the subject is read again
    Roster m_roster;
    Ledger m_ledger;
    std::map<std::string, Held> m_held;
    std::size_t m_sinceNames = 0;
    bool m_newcomers = true;
    Figures m_figures;
};

} // namespace bulkhead::watch
