#include "core/diagram/cells.h"

#include "core/compare/compare.h"
#include "core/diagram/describe.h"
#include "core/diagram/words.h"

#include <algorithm>
#include <set>

namespace bulkhead::diagram {

using compare::Change;
using compare::Contradiction;
using compare::Direction;
using model::Snapshot;
using model::Vantage;

namespace {

/// "adds SYS_ADMIN, SYS_MODULE, SYS_PTRACE and 23 more"
std::string listing(std::string_view verb, const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
        text += (i == 0 ? std::string(verb) + " " : ", ") + names[i];
    }
    return names.size() > kShown ? text + " and " + std::to_string(names.size() - kShown) + " more" : text;
}

/// Names in the order in which they came, each once; there may be tens of thousands (supplementary groups).
struct Once {
    std::vector<std::string> list;
    std::set<std::string> seen;

    void add(std::string item) {
        if (const auto [place, fresh] = seen.insert(std::move(item)); fresh) {
            list.push_back(*place);
        }
    }
};

/// The telling capabilities first, as a reader would name them.
void sortByTelling(std::vector<std::string>& names) {
    static const std::vector<std::string> kFirst = {
        "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "DAC_READ_SEARCH", "NET_ADMIN", "BPF"};
    std::ranges::stable_sort(
        names, {}, [](const std::string& name) { return std::ranges::find(kFirst, name) - kFirst.begin(); });
}

std::string detailOf(const Cell& cell, const SlotText& baseline) {
    Once added;
    Once gone;
    std::string reason;
    for (const Change& change : cell.changes) {
        if (std::holds_alternative<compare::Absent>(change.before)) {
            added.add(leafOf(change.path));
        } else if (std::holds_alternative<compare::Absent>(change.after)) {
            gone.add(leafOf(change.path));
        } else if (reason.empty()) {
            reason = change.reason;
        }
    }
    sortByTelling(added.list);
    sortByTelling(gone.list);
    std::string text = std::string(wordOf(cell.mark)) + ": " + cell.text.sentence;
    if (baseline.normal != cell.text.normal) {
        text += ", was " + baseline.normal;
    }
    text += added.list.empty() ? "" : "; " + listing("adds", added.list);
    text += gone.list.empty() ? "" : "; " + listing("loses", gone.list);
    if (added.list.empty() && gone.list.empty() && !reason.empty()) {
        text += "; " + reason;
    }
    return text;
}

/// Entries by slot, in the order of slots(); an entry that answers two questions stands twice.
template <class Entry>
std::vector<std::vector<Entry>>
bySlot(const std::vector<Entry>& entries, const compare::Sides<const Snapshot&>& sides) {
    const SlotFinder finder(sides);
    std::vector<std::vector<Entry>> out(slots().size());
    for (const Entry& entry : entries) {
        for (const Slot* slot : finder.of(entry.path)) {
            out[static_cast<std::size_t>(slot - slots().data())].push_back(entry);
        }
    }
    return out;
}

/// Changes by slot; the slot of the request sums up everything that was asked.
std::vector<std::vector<Change>>
changesBySlot(const std::vector<Change>& changes, const Snapshot* baseline, const Snapshot* shown) {
    if (baseline == nullptr || shown == nullptr) {
        return std::vector<std::vector<Change>>(slots().size());
    }
    auto out = bySlot(changes, {*baseline, *shown});
    const auto asked = static_cast<std::size_t>(findSlot("asksFor") - slots().data());
    out[asked] = changes;
    std::erase_if(out[asked], [](const Change& change) { return change.direction == Direction::unknown; });
    return out;
}

Mark combinedMark(const std::vector<Change>& changes) {
    Direction direction = changes.front().direction;
    for (const Change& change : changes) {
        direction = compare::combined(direction, change.direction);
    }
    return markOf(direction);
}

/// A lone change gives its own reason; several are summed up by their slot.
std::string whyOf(const Slot& slot, const Cell& cell, const compare::Sides<const Snapshot&>& sides) {
    if (slot.id == "asksFor") {
        return "was asked for";
    }
    const std::string clause = cell.changes.size() > 1 ? slot.headline(sides) : "";
    return clause.empty() ? cell.changes.front().reason : clause;
}

/// What a slot says of a snapshot. From inside some things cannot be seen at all.
SlotText saidBy(const Slot& slot, const Snapshot& shown) {
    const bool inside = shown.vantage == Vantage::experienced;
    const SlotText text = slot.describe(shown);
    return inside && text == unstatedText() ? unseenText() : text;
}

/// One slot of one snapshot against the baseline's.
Cell buildCell(
    const Slot& slot, const Snapshot& baseline, const Snapshot& shown, std::vector<Change> changes) {
    Cell cell;
    cell.text = saidBy(slot, shown);
    cell.changes = std::move(changes);
    const SlotText before = slot.describe(baseline);
    const compare::Sides<const Snapshot&> sides{baseline, shown};
    const bool all = slot.id == "asksFor";
    if (cell.changes.empty()) {
        cell.mark = cell.text.gap ? Mark::gap : Mark::same;
        cell.detail = cell.text.sentence;
        return cell;
    }
    cell.mark = combinedMark(cell.changes);
    cell.detail = all ? std::string(wordOf(cell.mark)) + ": " + cell.text.sentence : detailOf(cell, before);
    cell.why = whyOf(slot, cell, sides);
    return cell;
}

Cell missingCell(std::string_view vantage) {
    Cell cell;
    cell.mark = Mark::missing;
    cell.text = {"no data", "no snapshot", "no " + std::string(vantage) + " snapshot of this subject", false};
    cell.detail = cell.text.sentence;
    return cell;
}

Cell valueCell(const Slot& slot, const Snapshot& shown) {
    Cell cell;
    cell.text = saidBy(slot, shown);
    cell.mark = cell.text.gap ? Mark::gap : Mark::value;
    cell.detail = cell.text.sentence;
    return cell;
}

std::vector<Change> changesBetween(const Snapshot* baseline, const Snapshot* shown) {
    if (baseline == nullptr || shown == nullptr || baseline == shown) {
        return {};
    }
    return compare::compareSnapshots({*baseline, *shown});
}

/// The changes from what was asked to what is shown that contradict it.
std::vector<Change> contradictingChanges(const Snapshot* declared, const Snapshot* shown) {
    std::vector<Change> changes = changesBetween(declared, shown);
    if (changes.empty()) {
        return changes;
    }
    std::set<std::string> found;
    for (const Contradiction& one : compare::compareVantages(*declared, *shown)) {
        found.insert(one.path);
    }
    std::erase_if(changes, [&](const Change& change) { return !found.contains(change.path); });
    return changes;
}

void addContradictions(std::vector<Cell>& cells, const SubjectView& subject) {
    if (!subject.declared || !subject.enforced) {
        return;
    }
    const auto found = bySlot(
        compare::compareVantages(*subject.declared, *subject.enforced, subject.at(Vantage::experienced)),
        {*subject.declared, *subject.enforced});
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!slots()[i].declared) {
            cells[i].contradictions = found[i];
        }
    }
}

} // namespace

std::vector<Cell> buildCells(const ColumnSource& source) {
    const auto changesAt = [&](Vantage vantage) {
        const Snapshot* baseline = source.baseline->at(vantage);
        const Snapshot* shown = source.subject->at(vantage);
        return changesBySlot(changesBetween(baseline, shown), baseline, shown);
    };
    const auto shownChanges = changesAt(source.vantage);
    const auto declaredChanges =
        source.vantage == Vantage::declared ? shownChanges : changesAt(Vantage::declared);
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < slots().size(); ++i) {
        const Slot& slot = slots()[i];
        const Vantage vantage = slot.declared ? Vantage::declared : source.vantage;
        const Snapshot* shown = source.subject->at(vantage);
        const Snapshot* baseline = source.baseline->at(vantage);
        if (shown == nullptr) {
            cells.push_back(missingCell(model::nameOf(vantage)));
        } else if (source.subject == source.baseline || baseline == nullptr) {
            cells.push_back(valueCell(slot, *shown));
        } else {
            cells.push_back(
                buildCell(slot, *baseline, *shown, slot.declared ? declaredChanges[i] : shownChanges[i]));
        }
    }
    addContradictions(cells, *source.subject);
    return cells;
}

std::vector<Cell> buildVantageCells(const Snapshot* declared, const Snapshot* shown) {
    const auto changes = changesBySlot(contradictingChanges(declared, shown), declared, shown);
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < slots().size(); ++i) {
        const Slot& slot = slots()[i];
        if (shown == nullptr) {
            cells.push_back(missingCell("such"));
        } else if (declared == nullptr || declared == shown) {
            cells.push_back(valueCell(slot, *shown));
        } else {
            Cell cell =
                slot.declared ? missingCell("declared") : buildCell(slot, *declared, *shown, changes[i]);
            const bool answered =
                cell.mark != Mark::same || slot.describe(*declared).normal == cell.text.normal;
            if (cell.mark == Mark::same && !answered) {
                cell.mark = Mark::value; // the declaration did not say; this is news, not a contradiction
            }
            cells.push_back(std::move(cell));
        }
    }
    return cells;
}

Counts countMarks(const std::vector<Cell>& cells, Vantage vantage) {
    Counts counts;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (slots()[i].declared && vantage != Vantage::declared) {
            continue;
        }
        counts.weaker += cells[i].mark == Mark::weaker ? 1 : 0;
        counts.stronger += cells[i].mark == Mark::stronger ? 1 : 0;
        counts.neutral += cells[i].mark == Mark::neutral ? 1 : 0;
        counts.incomparable += cells[i].mark == Mark::incomparable ? 1 : 0;
        counts.unknown += cells[i].mark == Mark::unknown ? 1 : 0;
    }
    return counts;
}

Wall buildWall(const std::vector<Cell>& cells) {
    int weaker = 0;
    int stronger = 0;
    int open = 0;
    bool unknown = false;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (slots()[i].stage != model::Stage::checkpoint) {
            continue;
        }
        const Mark mark = cells[i].mark;
        weaker += mark == Mark::weaker ? 1 : 0;
        stronger += mark == Mark::stronger ? 1 : 0;
        open += mark == Mark::incomparable ? 1 : 0;
        unknown = unknown || mark == Mark::unknown || mark == Mark::missing;
    }
    if (weaker > 0) {
        return {WallKind::notched, weaker};
    }
    if (unknown) {
        return {WallKind::hatched, 0};
    }
    return {stronger > 0 && open == 0 ? WallKind::solid : WallKind::hollow, 0};
}

} // namespace bulkhead::diagram
