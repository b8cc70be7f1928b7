#pragma once

#include "core/threat/attack.h"

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace bulkhead::threat {

/// A boundary with the changes that can be made in it. Judges what sets of them leave, each once. At first
/// only weaknesses are asked that some of the changes leave: a change makes a boundary stronger, and hardly
/// ever opens what was closed (a device that may no more be written, and is read instead). So an answer may
/// lack an edge, and has none too many; whoever concludes from one must look whether it is whole.
class ChangedBoundary {
public:
    /// Judge and ordinary container must stay.
    ChangedBoundary(
        const model::Snapshot& snapshot, const Attack& attack, const Judge& judge, const Ordinary& ordinary,
        std::optional<claims::ConfigForm> form);

    [[nodiscard]] const std::vector<Change>& changes() const { return m_changes; }

    /// What may still be done after the changes, by their places, ascending. Stays as long as this.
    [[nodiscard]] const std::vector<Edge>& edgesAfter(const std::vector<std::size_t>& chosen);

    /// Every weakness asked, nothing more is left than was said.
    [[nodiscard]] bool isWhole(const std::vector<std::size_t>& chosen);
    /// From now on every weakness is asked for each set.
    void askEverything();

private:
    /// What is left, with the weaknesses that it is of.
    struct Left {
        std::vector<Edge> edges;
        std::vector<std::size_t> weaknesses;
    };

    [[nodiscard]] Left
    judged(const std::vector<std::size_t>& chosen, const std::vector<std::size_t>& weaknesses);
    [[nodiscard]] const std::vector<std::size_t>& openBefore(const std::vector<std::size_t>& chosen) const;

    model::Snapshot m_before;
    model::Snapshot m_changed;
    const Judge& m_judge;
    const Ordinary& m_ordinary;
    std::optional<claims::ConfigForm> m_form;
    std::vector<Change> m_changes;
    std::vector<std::size_t> m_all;  ///< the weaknesses that paths are made of
    std::vector<std::size_t> m_open; ///< of these the ones that may hold before any change
    bool m_everything = false;
    std::map<std::vector<std::size_t>, Left> m_left;
};

} // namespace bulkhead::threat
