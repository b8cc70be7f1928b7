#include "core/diagram/diagram.h"

#include "core/diagram/cells.h"
#include "core/diagram/headline.h"
#include "core/diagram/sharing.h"
#include "core/diagram/words.h"

#include <algorithm>

namespace bulkhead::diagram {

using model::Snapshot;
using model::Vantage;

const Snapshot* SubjectView::at(Vantage vantage) const {
    const std::optional<Snapshot>& found = vantage == Vantage::declared   ? declared
                                           : vantage == Vantage::enforced ? enforced
                                                                          : experienced;
    return found ? &*found : nullptr;
}

bool Cell::changed() const {
    switch (mark) {
    case Mark::weaker:
    case Mark::stronger:
    case Mark::neutral:
    case Mark::incomparable:
    case Mark::unknown:
        return true;
    default:
        return false;
    }
}

std::string Column::headText() const {
    if (!error.empty()) {
        return "not available";
    }
    const std::string unsteady = unstable ? ", changed while read" : "";
    if (baseline) {
        return "baseline" + unsteady;
    }
    std::string text;
    const auto add = [&](Mark mark, int count) {
        if (count > 0) {
            text += (text.empty() ? "" : ", ") + std::string(glyphOf(mark)) + " " + std::to_string(count) +
                    " " + std::string(wordOf(mark));
        }
    };
    add(Mark::weaker, counts.weaker);
    add(Mark::stronger, counts.stronger);
    if (text.empty()) {
        add(Mark::incomparable, counts.incomparable);
        add(Mark::neutral, counts.neutral);
        add(Mark::unknown, counts.unknown);
    }
    // Nothing was counted, and the checkpoint could not be compared: there is no snapshot of the vantage.
    const bool unseen = text.empty() && wall.kind == WallKind::hatched;
    return (!text.empty() ? text : unseen ? "no snapshot" : "= baseline") + unsteady;
}

namespace {

/// Cells of all slots become the rows that are shown.
struct Grid {
    Diagram diagram;

    [[nodiscard]] bool differs(std::size_t row) const {
        return std::ranges::any_of(diagram.columns, [&](const Column& column) {
            return column.cells[row].changed() || !column.cells[row].contradictions.empty();
        });
    }

    /// The gap that every column has, if it is one for all.
    [[nodiscard]] std::string commonGap(std::size_t row) const {
        const auto& columns = diagram.columns;
        const bool common = columns.size() > 1 && std::ranges::all_of(columns, [&](const Column& column) {
                                return column.cells[row].text.gap &&
                                       column.cells[row].text == columns.front().cells[row].text;
                            });
        return common ? columns.front().cells[row].text.normal + ", all columns" : "";
    }
};

bool looksAlike(const Column& left, const Column& right) {
    const auto same = [](const Cell& a, const Cell& b) {
        return a.mark == b.mark && a.text == b.text && a.changes == b.changes &&
               a.contradictions == b.contradictions;
    };
    return left.baseline == right.baseline && left.error.empty() && right.error.empty() &&
           std::ranges::equal(left.cells, right.cells, same);
}

void foldColumns(Diagram& diagram) {
    std::vector<Column> kept;
    for (Column& column : diagram.columns) {
        const auto twin = std::ranges::find_if(kept, [&](const Column& k) { return looksAlike(k, column); });
        if (twin == kept.end()) {
            kept.push_back(std::move(column));
        } else {
            twin->folded.push_back(column.subject);
        }
    }
    for (Column& column : kept) {
        if (!column.folded.empty()) {
            column.name += " x" + std::to_string(column.folded.size() + 1);
        }
    }
    diagram.columns = std::move(kept);
}

void fillRows(Grid& grid, const DiagramOptions& options) {
    Diagram& diagram = grid.diagram;
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < slots().size(); ++i) {
        Row row{&slots()[i], false, grid.commonGap(i), grid.differs(i)};
        row.sharedGap = !row.sharedGapText.empty();
        if (!options.onlyDifferences || row.differs) {
            shown.push_back(i);
            diagram.rows.push_back(std::move(row));
        }
    }
    for (Column& column : diagram.columns) {
        std::vector<Cell> cells;
        cells.reserve(shown.size());
        for (const std::size_t index : shown) {
            cells.push_back(std::move(column.cells[index]));
        }
        column.cells = std::move(cells);
    }
}

void finishColumn(Column& column, Vantage vantage) {
    column.counts = countMarks(column.cells, vantage);
    column.wall = column.baseline ? Wall{} : buildWall(column.cells);
    for (const Cell& cell : column.cells) {
        column.contradictions += cell.contradictions.empty() ? 0 : 1;
    }
}

/// ", gvisor sandbox" where the container runs in one.
std::string sandboxOf(const model::Subject& subject) {
    const bool sandboxed = subject.sandbox.known() && subject.sandbox.value() != "none";
    return sandboxed ? ", " + subject.sandbox.value() + " sandbox" : "";
}

/// Who read the configuration: the runtime where it is known, else the engine. "runc 1.1.5"
std::string readerOf(const model::Subject& subject) {
    const bool runtime = !subject.runtime.name.empty();
    const std::string& name = runtime ? subject.runtime.name : subject.engine.name;
    const std::string& version = runtime ? subject.runtime.version : subject.engine.version;
    return version.empty() ? name : name + " " + version;
}

Column describeColumn(const SubjectView& subject, std::size_t index) {
    Column column;
    column.name = subject.name;
    column.subject = index;
    column.error = subject.error;
    for (const auto* snapshot : {subject.at(Vantage::enforced), subject.at(Vantage::declared)}) {
        if (snapshot != nullptr && column.engine.empty()) {
            column.engine = readerOf(snapshot->subject) + sandboxOf(snapshot->subject);
            column.unstable = !snapshot->stability.stable;
            column.recorded = snapshot->recorded;
        }
    }
    return column;
}

} // namespace

Diagram buildDiagram(const std::vector<SubjectView>& subjects, const DiagramOptions& options) {
    Grid grid;
    grid.diagram.vantage = options.vantage;
    const std::size_t baseline = std::min(options.baseline, subjects.empty() ? 0 : subjects.size() - 1);
    std::vector<const Snapshot*> snapshots;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        Column column = describeColumn(subjects[i], i);
        column.baseline = i == baseline;
        column.cells = buildCells({&subjects[i], &subjects[baseline], options.vantage});
        finishColumn(column, options.vantage);
        snapshots.push_back(subjects[i].at(options.vantage));
        grid.diagram.columns.push_back(std::move(column));
    }
    if (options.fold) {
        foldColumns(grid.diagram);
    }
    grid.diagram.shared = buildSharedSpans(grid.diagram, subjects);
    fillRows(grid, options);
    grid.diagram.headline =
        buildHeadline(grid.diagram, snapshots, snapshots.empty() ? nullptr : snapshots[baseline]);
    grid.diagram.headline += sandboxNote(snapshots);
    return std::move(grid.diagram);
}

namespace {

/// Where the accounts of one subject agree: which of them there are to agree.
std::string agreement(const SubjectView& subject) {
    const bool enforced = subject.at(Vantage::enforced) != nullptr;
    if (subject.at(Vantage::declared) != nullptr && enforced) {
        return "the kernel enforces what was asked, where both are known.";
    }
    return enforced && subject.at(Vantage::experienced) != nullptr
               ? "a process inside finds what the kernel enforces, where both are known."
               : "one account only, nothing to hold it against.";
}

/// The account that the others are held against: the declaration, or where nobody declared anything, the
/// kernel's.
const Snapshot* firstAccount(const SubjectView& subject) {
    const Snapshot* declared = subject.at(Vantage::declared);
    return declared != nullptr ? declared : subject.at(Vantage::enforced);
}

} // namespace

Diagram buildVantageDiagram(const SubjectView& subject, const DiagramOptions& options) {
    Grid grid;
    grid.diagram.oneSubject = true;
    std::vector<const Snapshot*> snapshots;
    const Snapshot* first = firstAccount(subject);
    int contradictions = 0;
    for (const Vantage vantage : {Vantage::declared, Vantage::enforced, Vantage::experienced}) {
        const Snapshot* shown = subject.at(vantage);
        if (shown == nullptr) {
            continue;
        }
        Column column = describeColumn(subject, snapshots.size());
        column.name = std::string(model::nameOf(vantage));
        column.baseline = snapshots.empty();
        column.cells = buildVantageCells(first, shown);
        finishColumn(column, Vantage::enforced);
        contradictions += column.counts.total();
        snapshots.push_back(shown);
        grid.diagram.columns.push_back(std::move(column));
    }
    fillRows(grid, options);
    grid.diagram.headline =
        subject.name + ": " +
        (contradictions > 0 ? buildHeadline(grid.diagram, snapshots, first) : agreement(subject));
    grid.diagram.headline += sandboxNote(snapshots);
    return std::move(grid.diagram);
}

} // namespace bulkhead::diagram
