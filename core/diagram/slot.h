#pragma once

#include "core/compare/change.h"
#include "core/compare/sides.h"
#include "core/model/snapshot.h"

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::diagram {

/// What a slot says of one snapshot, in three lengths. `gap` is set where the answer could not be read.
struct SlotText {
    std::string brief;    ///< at most 9 characters, for eight columns
    std::string normal;   ///< a few words, for a chip
    std::string sentence; ///< full words, for the inspector
    bool gap = false;

    bool operator==(const SlotText&) const = default;
};

/// One fixed row of the diagram: one question, in the same place in every column.
struct Slot {
    std::string_view id;
    model::Stage stage;
    std::string_view label;                  ///< "root in here is"
    std::string_view question;               ///< the trust question behind it
    bool declared;                           ///< answered by the declared vantage whatever vantage is shown
    std::span<const std::string_view> facts; ///< path prefixes it owns
    SlotText (*describe)(const model::Snapshot& snapshot);
    /// What changed, as a clause for the headline: "26 more capabilities".
    std::string (*headline)(const compare::Sides<const model::Snapshot&>& sides);
};

/// The table of slots, in the order of the stages.
[[nodiscard]] std::span<const Slot> slots();

/// Finds the slots that show a change. Made once for two snapshots: it knows what kind each mount and device
/// is.
class SlotFinder {
public:
    explicit SlotFinder(const compare::Sides<const model::Snapshot&>& sides);

    /// At least one; a shared pid namespace, for one, answers two questions.
    [[nodiscard]] std::vector<const Slot*> of(std::string_view path) const;

private:
    [[nodiscard]] std::string claimKey(std::string_view path) const;

    std::map<std::string, std::string_view, std::less<>> m_mountClasses; ///< by target
    std::set<std::string, std::less<>> m_hostDisks;                      ///< by path
};

/// The slots of one path; for many paths make a SlotFinder.
[[nodiscard]] std::vector<const Slot*>
slotsOf(std::string_view path, const compare::Sides<const model::Snapshot&>& sides);

/// The first of them: where the change is listed.
[[nodiscard]] const Slot&
slotOf(const compare::Change& change, const compare::Sides<const model::Snapshot&>& sides);

[[nodiscard]] const Slot* findSlot(std::string_view id);

} // namespace bulkhead::diagram
