#pragma once

#include "core/compare/change.h"
#include "core/diagram/slot.h"
#include "core/model/gaps.h"
#include "core/model/snapshot.h"

#include <optional>
#include <string>
#include <vector>

namespace bulkhead::diagram {

/// A subject on the canvas: its snapshots by vantage (declared, enforced, experienced), whichever exist.
struct SubjectView {
    std::string name;
    std::optional<model::Snapshot> declared;
    std::optional<model::Snapshot> enforced;
    std::optional<model::Snapshot> experienced;
    std::string error; ///< why this column has no snapshot

    [[nodiscard]] const model::Snapshot* at(model::Vantage vantage) const;
};

/// How one cell of the grid is drawn.
enum class Mark {
    value, ///< the baseline's value, or a lone column's
    same,  ///< equal to the baseline: a dash
    weaker,
    stronger,
    neutral,
    incomparable,
    unknown, ///< one side of the comparison could not be read
    gap,     ///< not readable, and so is the baseline
    missing, ///< this column has no snapshot of the vantage
};

/// One cell: a slot of a column.
struct Cell {
    Mark mark = Mark::value;
    SlotText text;      ///< what this column says
    std::string detail; ///< the sentence of a selected chip: "weaker: 40 of 41 capabilities over the host,
                        ///< was 14; ..."
    std::string why;    ///< direction's reason in a clause, for the lane between two columns
    std::vector<compare::Change> changes;
    std::vector<compare::Contradiction> contradictions; ///< declared against enforced, this slot

    [[nodiscard]] bool changed() const;
};

/// The wall below the checkpoint.
enum class WallKind {
    hollow,  ///< as the baseline
    solid,   ///< only stronger
    notched, ///< one notch per weaker slot of the checkpoint
    hatched, ///< the checkpoint could not be compared
};

/// The wall of one column.
struct Wall {
    WallKind kind = WallKind::hollow;
    int notches = 0;

    bool operator==(const Wall&) const = default;
};

/// Changed slots of a column in the shown vantage, by direction.
struct Counts {
    int weaker = 0;
    int stronger = 0;
    int neutral = 0;
    int incomparable = 0;
    int unknown = 0;

    [[nodiscard]] int total() const { return weaker + stronger + neutral + incomparable + unknown; }
    bool operator==(const Counts&) const = default;
};

/// One column: a subject against the baseline.
struct Column {
    std::string name;
    bool baseline = false;
    std::size_t subject = 0;         ///< index into the subjects given
    std::vector<std::size_t> folded; ///< further subjects that look the same ("web-1 x3")
    std::string engine;              ///< "runc 1.1.5", for the stage's enforcer line
    std::optional<model::Recorded> recorded;
    bool unstable = false; ///< the process changed while it was read
    std::string error;
    Counts counts;
    Wall wall;
    int contradictions = 0;
    std::vector<Cell> cells; ///< one per row of the diagram, same order

    /// "baseline", "= baseline", "▲ 1 stronger", "▼ 7 weaker, ▲ 1 stronger".
    [[nodiscard]] std::string headText() const;
};

/// One row of the grid.
struct Row {
    const Slot* slot = nullptr;
    bool sharedGap = false;    ///< a gap in every column, for one reason: drawn as one strip
    std::string sharedGapText; ///< "not inspected, all columns"
    bool differs = false;      ///< some column is changed or contradicts itself here
};

/// Neighbouring columns whose subjects are in the same namespaces, as those of a pod are.
struct SharedSpan {
    std::size_t first = 0; ///< indices into the diagram's columns
    std::size_t last = 0;
    std::string text;     ///< "net, ipc"
    std::string fullText; ///< "web-1, sidecar share net, ipc (pod web)"

    bool operator==(const SharedSpan&) const = default;
};

/// The comparison as a picture: stages of rows, columns of cells, one sentence to read first.
struct Diagram {
    std::string headline;
    model::Vantage vantage = model::Vantage::enforced;
    bool oneSubject = false; ///< columns are vantages of one subject
    std::vector<Row> rows;
    std::vector<Column> columns;
    std::vector<SharedSpan> shared; ///< by first column, wider ones first
};

/// What to show.
struct DiagramOptions {
    std::size_t baseline = 0; ///< index of the subject the others are compared with
    model::Vantage vantage = model::Vantage::enforced;
    bool onlyDifferences = false; ///< rows without a difference are left out
    bool fold = false;            ///< identical columns become one
};

/// Compares every subject with the baseline and fills the grid. Subjects may be empty.
[[nodiscard]] Diagram buildDiagram(const std::vector<SubjectView>& subjects, const DiagramOptions& options);

/// One subject, columns declared | enforced | experienced, compared with what was declared.
[[nodiscard]] Diagram buildVantageDiagram(const SubjectView& subject, const DiagramOptions& options);

} // namespace bulkhead::diagram
