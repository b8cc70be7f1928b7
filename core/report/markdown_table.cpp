#include "core/report/markdown_table.h"

#include <fmt/format.h>

namespace bulkhead::report {

using base::MarkdownText;

namespace {

std::string rowText(const std::vector<MarkdownText>& cells, std::size_t columns) {
    std::string text = "|";
    for (std::size_t at = 0; at < columns; ++at) {
        text += at < cells.size() ? fmt::format(" {} |", cells[at].str()) : "  |";
    }
    return text + "\n";
}

} // namespace

MarkdownText md(std::string_view raw) {
    return base::markdownText(raw);
}

MarkdownTable::MarkdownTable(const std::vector<MarkdownText>& head)
    : m_columns(head.size()), m_text(rowText(head, head.size())) {
    m_text += "|";
    for (std::size_t at = 0; at < m_columns; ++at) {
        m_text += " --- |";
    }
    m_text += "\n";
}

void MarkdownTable::add(const std::vector<MarkdownText>& cells) {
    m_text += rowText(cells, m_columns);
    ++m_rows;
}

std::string MarkdownTable::str() const {
    return empty() ? "" : m_text + "\n";
}

std::string folded(std::string_view summary, const std::string& body) {
    if (body.empty()) {
        return {};
    }
    return fmt::format(
        "<details>\n<summary>{}</summary>\n\n{}</details>\n\n", base::htmlText(summary).str(), body);
}

} // namespace bulkhead::report
