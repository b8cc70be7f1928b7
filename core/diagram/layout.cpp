#include "core/diagram/layout.h"

#include "core/diagram/grid.h"

#include <algorithm>
#include <ranges>

namespace bulkhead::diagram {

using model::Stage;

namespace {

/// Who keeps the boundary above a stage.
std::string enforcerOf(Stage stage, const Diagram& diagram) {
    switch (stage) {
    case Stage::runtimeConfig: {
        const auto named =
            std::ranges::find_if(diagram.columns, [](const Column& c) { return !c.engine.empty(); });
        return named == diagram.columns.end() ? "read by: the engine" : "read by: " + named->engine;
    }
    case Stage::checkpoint:
        return "enforced by: Linux kernel";
    case Stage::hostKernel:
        return "one kernel for all";
    case Stage::hostResource:
        return "kept by: the node";
    default:
        return {};
    }
}

/// Lays the picture out from top to bottom; `m_y` is where the next thing goes.
class Builder {
public:
    Builder(const Diagram& diagram, const TextMeasure& measure, const LayoutOptions& options)
        : m_diagram(diagram), m_options(options), m_grid(buildGrid(diagram, options)),
          m_fitter{measure, m_grid.compact, m_grid.scale}, m_seen(options.width) {}

    Layout build() {
        m_y = m_grid.margin;
        addHeadline();
        addColumnHeads();
        const double top = m_y;
        for (const auto& [stage, name] : model::Names<Stage>::names) {
            addStage(stage);
        }
        addErrors(top);
        layoutAttackLines(m_diagram, m_options.lanes, m_grid, m_items);
        Layout layout;
        layout.width = m_grid.width;
        layout.height = m_y + m_grid.margin;
        layout.scale = m_grid.scale;
        layout.compact = m_grid.compact;
        layout.headBottom = top;
        layout.items = std::move(m_items);
        return layout;
    }

private:
    [[nodiscard]] double px(double pixels) const { return pixels * m_grid.scale; }

    Item& add(ItemKind kind, const Rect& rect, TextStyle style, const std::string& text) {
        Item item;
        item.kind = kind;
        item.rect = rect;
        item.textRect = rect;
        item.style = style;
        item.fullText = text;
        item.text = m_fitter.fit(text, style, rect.width);
        m_items.push_back(std::move(item));
        return m_items.back();
    }

    /// Broken to what is seen at once, also where the picture is wider and scrolls.
    void addHeadline() {
        constexpr std::size_t kMostLines = 3;
        const double room =
            std::max(m_grid.gutter, std::min(m_grid.right(), m_seen - m_grid.margin) - m_grid.margin);
        const auto lines = m_fitter.wrap(m_diagram.headline, TextStyle::headline, room, kMostLines);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const bool last = i + 1 == lines.size();
            Item& line =
                add(ItemKind::headline, {m_grid.margin, m_y, room, px(last ? 28 : 24)}, TextStyle::headline,
                    lines[i]);
            line.fullText = i == 0 ? m_diagram.headline : "";
            m_y += px(last ? 40 : 24);
        }
    }

    void addColumnHeads() {
        const bool recorded =
            !m_options.notes.empty() ||
            std::ranges::any_of(m_diagram.columns, [](const Column& c) { return c.recorded.has_value(); });
        for (std::size_t i = 0; i < m_diagram.columns.size(); ++i) {
            addColumnHead(i);
        }
        m_y += px(recorded ? 60 : 44);
        if (!m_options.lanes.empty()) {
            layoutAttackNotes(m_options.lanes, m_grid, m_fitter, m_y, m_items);
            m_y += px(20);
        }
        m_y += px(4);
    }

    void addColumnHead(std::size_t index) {
        const Column& column = m_diagram.columns[index];
        const double x = m_grid.columnX(index) + px(4);
        const double width = m_grid.column - px(8);
        add(ItemKind::columnHead, {x, m_y, width, px(22)}, TextStyle::columnHead, column.name).column =
            static_cast<int>(index);
        Item& count =
            add(ItemKind::columnCount, {x, m_y + px(22), width, px(20)}, TextStyle::columnCount,
                column.headText());
        count.column = static_cast<int>(index);
        count.mark = countMark(column);
        count.text =
            m_fitter.fitOneOf({column.headText(), briefCount(column)}, TextStyle::columnCount, width);
        const Rect below{x, m_y + px(42), width, px(18)};
        const auto note = std::ranges::find(m_options.notes, index, &ColumnNote::column);
        if (note != m_options.notes.end()) {
            addNote(index, below, note->texts);
        } else if (column.recorded) {
            addRecordedNote(index, below);
        }
    }

    void addNote(std::size_t index, const Rect& rect, const std::vector<std::string>& texts) {
        Item& note = add(ItemKind::columnNote, rect, TextStyle::note, texts.empty() ? "" : texts.front());
        note.column = static_cast<int>(index);
        note.text = m_fitter.fitOneOf(texts, TextStyle::note, rect.width);
    }

    void addRecordedNote(std::size_t index, const Rect& rect) {
        const model::Recorded& recorded = *m_diagram.columns[index].recorded;
        const std::string date = "recorded " + recorded.date.substr(0, 10);
        const std::string engine = date + ", " + recorded.engine;
        const std::string all = engine + ", kernel " + recorded.kernel;
        addNote(index, rect, {all, engine, date, "recorded"});
    }

    static Mark countMark(const Column& column) {
        const Counts& counts = column.counts;
        if (column.baseline || counts.total() == 0) {
            return Mark::same;
        }
        return counts.weaker > 0 ? Mark::weaker : counts.stronger > 0 ? Mark::stronger : Mark::incomparable;
    }

    static std::string briefCount(const Column& column) {
        const Counts& counts = column.counts;
        std::string text = counts.weaker > 0 ? "▼ " + std::to_string(counts.weaker) : "";
        if (counts.stronger > 0) {
            text += (text.empty() ? "▲ " : " ▲ ") + std::to_string(counts.stronger);
        }
        return text.empty() ? column.headText() : text;
    }

    void addStage(Stage stage) {
        std::vector<std::size_t> rows;
        for (std::size_t i = 0; i < m_diagram.rows.size(); ++i) {
            if (m_diagram.rows[i].slot->stage == stage) {
                rows.push_back(i);
            }
        }
        if (rows.empty() && stage != Stage::checkpoint) {
            return;
        }
        addTitle(stage);
        for (const std::size_t row : rows) {
            add(ItemKind::rowLabel, {m_grid.margin + px(10), m_y, m_grid.gutter - px(14), m_grid.row},
                TextStyle::rowLabel, std::string(m_diagram.rows[row].slot->label))
                .row = static_cast<int>(row);
            layoutCells(m_diagram, row, m_grid, m_fitter, m_y, m_items);
            m_y += m_grid.row;
            if (m_diagram.rows[row].slot->id == "namespaces") {
                m_y = layoutShared(m_diagram.shared, m_grid, m_fitter, m_y, m_items);
            }
        }
        if (stage == Stage::checkpoint) {
            addWall();
        } else if (stage == Stage::runtimeConfig) {
            addHandoff();
        } else if (stage == Stage::image || stage == Stage::hostKernel) {
            addBoundary();
        }
        m_y += px(6);
    }

    void addTitle(Stage stage) {
        add(ItemKind::stageTitle, {m_grid.margin, m_y, m_grid.gutter, px(24)}, TextStyle::stageTitle,
            std::string(model::nameOf(stage)));
        const std::string enforcer = enforcerOf(stage, m_diagram);
        if (!enforcer.empty()) {
            // in the last column where attack lines run between the columns, so that none crosses the words
            const double right = m_grid.right();
            const double left = m_options.lanes.empty() ? m_grid.left() : right - m_grid.column;
            Item& words =
                add(ItemKind::stageEnforcer, {left, m_y, right - left, px(24)}, TextStyle::note, enforcer);
            const auto colon = enforcer.find(": ");
            const std::string who = colon == std::string::npos ? enforcer : enforcer.substr(colon + 2);
            words.text = m_fitter.fitOneOf({enforcer, who}, TextStyle::note, right - left);
        }
        m_y += px(24);
    }

    void addBoundary() {
        m_y += px(4);
        for (std::size_t i = 0; i < m_diagram.columns.size(); ++i) {
            add(ItemKind::boundary, {m_grid.columnX(i), m_y, m_grid.column, px(2)}, TextStyle::note, "")
                .column = static_cast<int>(i);
        }
        m_y += px(4);
    }

    /// From what was asked to what is enforced: where a claim becomes authority.
    void addHandoff() {
        m_y += px(4);
        add(ItemKind::handoff, {m_grid.margin, m_y, m_grid.gutter - px(4), px(20)}, TextStyle::note,
            "asked → enforced");
        for (std::size_t i = 0; i < m_diagram.columns.size(); ++i) {
            const int found = m_diagram.columns[i].contradictions;
            Item& line =
                add(ItemKind::handoff, {m_grid.columnX(i), m_y, m_grid.column, px(20)}, TextStyle::note,
                    found > 0 ? "⇄ " + std::to_string(found) : "");
            line.column = static_cast<int>(i);
            line.fullText = found == 0 ? "nothing contradicts what was asked, where both are known"
                                       : std::to_string(found) +
                                             (found == 1 ? " slot contradicts" : " slots contradict") +
                                             " what was asked";
        }
        m_y += px(20);
    }

    void addWall() {
        m_y += px(4);
        add(ItemKind::wallTitle, {m_grid.margin, m_y, m_grid.gutter, px(20)}, TextStyle::stageTitle,
            "THE WALL");
        for (std::size_t i = 0; i < m_diagram.columns.size(); ++i) {
            Item& wall =
                add(ItemKind::wall, {m_grid.columnX(i), m_y, m_grid.column, px(20)}, TextStyle::note, "");
            wall.column = static_cast<int>(i);
            wall.wall = m_diagram.columns[i].wall;
            wall.fullText = wallText(wall.wall);
        }
        m_y += px(20);
    }

    static std::string wallText(const Wall& wall) {
        switch (wall.kind) {
        case WallKind::solid:
            return "the checkpoint is only stronger than the baseline's";
        case WallKind::notched:
            return "the checkpoint is weaker in " + std::to_string(wall.notches) +
                   (wall.notches == 1 ? " place" : " places");
        case WallKind::hatched:
            return "a part of the checkpoint could not be compared";
        default:
            return "the checkpoint is as the baseline's";
        }
    }

    void addErrors(double top) {
        for (std::size_t i = 0; i < m_diagram.columns.size(); ++i) {
            if (!m_diagram.columns[i].error.empty()) {
                Item& item =
                    add(ItemKind::columnError, {m_grid.columnX(i), top, m_grid.column, m_y - top},
                        TextStyle::note, m_diagram.columns[i].error);
                item.text = item.fullText; // wrapped by whoever draws it
                item.column = static_cast<int>(i);
            }
        }
    }

    const Diagram& m_diagram;
    const LayoutOptions& m_options;
    Grid m_grid;
    TextFitter m_fitter;
    double m_seen; ///< width of what is seen at once
    double m_y = 0;
    std::vector<Item> m_items;
};

} // namespace

Layout layoutDiagram(const Diagram& diagram, const TextMeasure& measure, const LayoutOptions& options) {
    return Builder(diagram, measure, options).build();
}

int itemAt(const Layout& layout, double x, double y) {
    for (std::size_t i = layout.items.size(); i-- > 0;) {
        const Item& item = layout.items[i];
        const Rect& rect = item.rect;
        const bool inside = x >= rect.x && x < rect.right() && y >= rect.y && y < rect.bottom();
        if (inside && item.column >= 0) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

} // namespace bulkhead::diagram
