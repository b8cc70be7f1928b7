#pragma once

#include "core/base/escaped.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::report {

/// Escaped running text, for short.
[[nodiscard]] base::MarkdownText md(std::string_view raw);

/// A GitHub table written row by row; every row has as many cells as the head.
class MarkdownTable {
public:
    explicit MarkdownTable(const std::vector<base::MarkdownText>& head);
    void add(const std::vector<base::MarkdownText>& cells);
    [[nodiscard]] bool empty() const { return m_rows == 0; }
    [[nodiscard]] std::size_t rows() const { return m_rows; }
    /// The table and an empty line; nothing where it has no row.
    [[nodiscard]] std::string str() const;

private:
    std::size_t m_columns;
    std::size_t m_rows = 0;
    std::string m_text;
};

/// `<details>` with a summary; nothing where the body is empty.
[[nodiscard]] std::string folded(std::string_view summary, const std::string& body);

} // namespace bulkhead::report
