#include "core/report/cell_words.h"

#include "core/diagram/palette.h"

#include <algorithm>
#include <fmt/format.h>

namespace bulkhead::report {

namespace {

constexpr std::size_t kListedEntries = 3;

std::string countedContradictions(const std::vector<compare::Contradiction>& contradictions) {
    using compare::Direction;
    std::string text;
    const auto add = [&](Direction direction, std::string_view words) {
        const auto count = std::ranges::count(contradictions, direction, &compare::Contradiction::direction);
        if (count > 0) {
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, words);
        }
    };
    add(Direction::weaker, "more than asked");
    add(Direction::stronger, "less than asked");
    add(Direction::neutral, "other than asked");
    add(Direction::incomparable, "other than asked in part");
    add(Direction::unknown, "cannot be told");
    return text;
}

} // namespace

std::string columnTitle(const diagram::Column& column) {
    return column.folded.empty() ? column.name : fmt::format("{} x{}", column.name, column.folded.size() + 1);
}

const diagram::Cell& cellAt(const diagram::Column& column, std::size_t row) {
    static const diagram::Cell missing{
        .mark = diagram::Mark::missing, .text = {}, .detail = {}, .changes = {}, .contradictions = {}};
    return row < column.cells.size() ? column.cells[row] : missing;
}

bool isGap(const diagram::Cell& cell) {
    using diagram::Mark;
    return cell.mark == Mark::gap || cell.mark == Mark::missing ||
           ((cell.mark == Mark::unknown || cell.mark == Mark::value) && cell.text.gap);
}

std::string_view glyphOf(const diagram::Cell& cell) {
    return isGap(cell) ? "?" : diagram::glyphOf(cell.mark);
}

std::vector<std::size_t> rowsOf(const diagram::Diagram& diagram, model::Stage stage) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < diagram.rows.size(); ++row) {
        if (diagram.rows[row].slot->stage == stage) {
            rows.push_back(row);
        }
    }
    return rows;
}

std::string contradictionText(const std::vector<compare::Contradiction>& contradictions) {
    if (contradictions.size() != 1) {
        return countedContradictions(contradictions);
    }
    const compare::Contradiction& only = contradictions.front();
    return fmt::format("asked for {}, got {}", briefValue(only.declared), briefValue(only.enforced));
}

std::string_view contradictionWord(compare::Direction direction) {
    switch (direction) {
    case compare::Direction::weaker:
        return "got more than asked";
    case compare::Direction::stronger:
        return "got less than asked";
    case compare::Direction::neutral:
    case compare::Direction::incomparable:
        return "got other than asked";
    case compare::Direction::unknown:
        break;
    }
    return "cannot be compared";
}

std::string briefValue(const compare::Value& value) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
        if (list->empty()) {
            return "none";
        }
        if (list->size() > kListedEntries) {
            return std::to_string(list->size());
        }
    }
    return compare::toText(value);
}

} // namespace bulkhead::report
