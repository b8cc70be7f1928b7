#pragma once

#include "core/watch/event.h"
#include "core/watch/sighting.h"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bulkhead::watch {

/// A subject that has to be read in full.
struct Due {
    std::string subject; ///< the name under which it is watched
    model::SubjectSummary summary;
    std::size_t signature = 0;
    bool fresh = false; ///< its main process has not been read before
};

/// What one pass over the machine means for the subjects that are watched.
struct Meeting {
    std::vector<Due> due;
    std::vector<Event> events;     ///< gone
    std::vector<std::string> gone; ///< may come back under its name
    std::vector<std::string> lost; ///< named by its process alone: will not come back
    /// Subjects that their engine does not name any more though they run, by engine.
    std::map<std::string, std::set<std::string>> unnamed;
};

/// Who is watched. A subject keeps its name as long as its main process lives, also where its engine does not
/// answer, and has it again when it comes back under it. Pure: sightings go in, what to do comes out.
class Roster {
public:
    /// All of a pass. The first pass takes subjects as they are; later ones are read once they look the same
    /// in two passes, so that a container in the making is not taken for what it becomes.
    [[nodiscard]] Meeting meet(const std::vector<Sighting>& sightings);
    /// A due subject was read; the line that says it appeared or was restarted, where there is one.
    [[nodiscard]] std::vector<Event> taken(const Due& due, std::size_t lasting);

    [[nodiscard]] std::size_t watched() const; ///< that are there and were read
    /// Every main process of these is known and named.
    [[nodiscard]] bool knows(const std::vector<Sighting>& sightings) const;

private:
    struct Entry {
        model::SubjectSummary summary;
        std::size_t taken = 0; ///< signature of the last full reading
        std::size_t seen = 0;  ///< of the last pass
        std::size_t passes = 0;
        bool there = true;
        bool read = false;      ///< this main process was read in full
        bool announced = false; ///< it is known to whoever reads the lines
    };

    std::string nameOf(const Sighting& sighting, const std::set<std::string>& met);
    void leave(const std::set<std::string>& met, Meeting& meeting);

    std::map<std::string, Entry> m_entries; ///< by name
    bool m_first = true;
};

} // namespace bulkhead::watch
