#include "tests/samples/sample_snapshots.h"
#include "ui/models/capability_model.h"
#include "ui/models/mount_model.h"
#include "ui/models/table_text.h"

#include <QStandardItemModel>
#include <gtest/gtest.h>

namespace bulkhead::models {
namespace {

/// A table of one row, its cells as given.
std::unique_ptr<QStandardItemModel> tableOf(const QStringList& cells) {
    auto model = std::make_unique<QStandardItemModel>(1, static_cast<int>(cells.size()));
    for (int i = 0; i < cells.size(); ++i) {
        model->setHorizontalHeaderItem(i, new QStandardItem(QStringLiteral("h%1").arg(i)));
        model->setItem(0, i, new QStandardItem(cells[i]));
    }
    return model;
}

TEST(TableText, theEndingOfTheFileDecides) {
    EXPECT_EQ(tableFormatOf(QStringLiteral("a.MD")), TableFormat::markdown);
    EXPECT_EQ(tableFormatOf(QStringLiteral("a.tsv")), TableFormat::tabSeparated);
    EXPECT_EQ(tableFormatOf(QStringLiteral("a")), TableFormat::commaSeparated);
}

/// RFC 4180: quotes doubled, CRLF; and a spreadsheet runs no formula of a container's name.
TEST(TableText, commaSeparatedIsQuotedAndNoFormula) {
    const auto model = tableOf({QStringLiteral("a \"b\", c"), QStringLiteral("=HYPERLINK(1)")});
    EXPECT_EQ(
        tableText(*model, TableFormat::commaSeparated),
        "\"h0\",\"h1\"\r\n\"a \"\"b\"\", c\",\"'=HYPERLINK(1)\"\r\n");
}

TEST(TableText, tabsAndLineEndsStayInTheirCell) {
    const auto model = tableOf({QStringLiteral("a\tb\nc"), QStringLiteral("d")});
    EXPECT_EQ(tableText(*model, TableFormat::tabSeparated), "h0\th1\na b c\td\n");
}

TEST(TableText, markdownIsEscaped) {
    const auto model = tableOf({QStringLiteral("a|b"), QStringLiteral("<img src=x>")});
    const std::string text = tableText(*model, TableFormat::markdown);
    EXPECT_TRUE(text.starts_with("| h0 | h1 |\n| --- | --- |\n")) << text;
    EXPECT_EQ(text.find("a|b"), std::string::npos) << text;
    EXPECT_EQ(text.find("<img"), std::string::npos) << text;
}

TEST(TableText, signsAreWrittenAsWordsAndTreesFromTheRoot) {
    CapabilityModel capabilities;
    capabilities.show(samples::four(), model::Vantage::enforced, 0);
    EXPECT_NE(
        tableText(capabilities, TableFormat::tabSeparated).find("CAP_CHOWN\theld over the host\t"),
        std::string::npos);
    MountModel mounts;
    const model::Snapshot snapshot = samples::dockerDefault();
    mounts.show(&snapshot);
    const std::string text = tableText(mounts, TableFormat::tabSeparated);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 7); // seven standard mounts
    EXPECT_LT(text.find("\n/\t"), text.find("\n/proc\t"));
}

} // namespace
} // namespace bulkhead::models
