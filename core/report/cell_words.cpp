#include "core/report/cell_words.h"

#include "core/diagram/words.h"

#include <fmt/format.h>
#include <set>

namespace bulkhead::report {

namespace {

constexpr std::size_t kListedEntries = 3;
constexpr std::size_t kListedNames = 2;

/// "SYS_RESOURCE", "A, B and 3 more"; a capability counts once, in however many sets it is missing.
std::string listed(const std::set<std::string>& names) {
    std::string text;
    std::size_t at = 0;
    for (const std::string& name : names) {
        if (at++ < kListedNames) {
            text += (text.empty() ? "" : ", ") + name;
        }
    }
    return at > kListedNames ? text + fmt::format(" and {} more", at - kListedNames) : text;
}

void addClause(std::string& text, const std::string& clause) {
    text += (text.empty() ? "" : "; ") + clause;
}

} // namespace

const diagram::Cell& cellAt(const diagram::Column& column, std::size_t row) {
    static const diagram::Cell missing = [] {
        diagram::Cell cell;
        cell.mark = diagram::Mark::missing;
        return cell;
    }();
    return row < column.cells.size() ? column.cells[row] : missing;
}

bool isGap(const diagram::Cell& cell) {
    using diagram::Mark;
    return cell.mark == Mark::gap || cell.mark == Mark::missing ||
           ((cell.mark == Mark::unknown || cell.mark == Mark::value) && cell.text.gap);
}

std::string_view glyphOf(const diagram::Cell& cell) {
    return isGap(cell) && cell.mark != diagram::Mark::missing ? "?" : diagram::glyphOf(cell.mark);
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
    std::set<std::string> refused;
    std::set<std::string> unasked;
    std::set<std::string> different;
    for (const compare::Contradiction& found : contradictions) {
        if (std::holds_alternative<compare::Absent>(found.enforced)) {
            refused.insert(diagram::leafOf(found.path));
        } else if (std::holds_alternative<compare::Absent>(found.declared)) {
            unasked.insert(diagram::leafOf(found.path));
        } else {
            different.insert(
                fmt::format("asked for {}, got {}", briefValue(found.declared), briefValue(found.enforced)));
        }
    }
    std::string text;
    if (!different.empty()) {
        addClause(text, *different.begin());
        if (different.size() > 1) {
            text += fmt::format(", and {} more", different.size() - 1);
        }
    }
    if (!refused.empty()) {
        addClause(text, fmt::format("asked for {}, not given", listed(refused)));
    }
    if (!unasked.empty()) {
        addClause(text, fmt::format("got {}, not asked for", listed(unasked)));
    }
    return text;
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
