#include "core/base/bytes.h"
#include "core/report/table_text.h"
#include "tests/core/report/sample_diagram.h"
#include "tests/samples/sample_snapshots.h"

#include <gtest/gtest.h>
#include <sstream>

namespace bulkhead::report {
namespace {

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

std::string lineWith(const std::string& text, std::string_view part) {
    for (const std::string& line : linesOf(text)) {
        if (line.find(part) != std::string::npos) {
            return line;
        }
    }
    return "no line with " + std::string(part);
}

TEST(Table, fourColumnsIn80Cells) {
    const std::string text = writeTable(sample::labDiagram(4), {.columns = 80, .colour = false});
    const auto lines = linesOf(text);
    ASSERT_GT(lines.size(), 12U);
    EXPECT_EQ(lines[0], "privileged: 7 weaker. 26 more capabilities, no seccomp filter, every host");
    EXPECT_EQ(lines[1], "device.");
    EXPECT_EQ(lines[3], "                      default       read-only     rootless      privileged");
    EXPECT_EQ(lines[4], "                      baseline      ▲ 1 stronger  ▲ 3 stronger  ▼ 7 weaker");
    EXPECT_EQ(lines[6], "Image");
    EXPECT_EQ(lines[7], "  image               busybox 1.35  —             —             —");
    EXPECT_EQ(lines[9], "  left in layers      ? not inspected, all columns");
    EXPECT_EQ(
        lineWith(text, "asked →"),
        "asked → enforced      - - - - - -   - - - - - -   - - - - - -   - - - -  ⇄ 1");
    EXPECT_EQ(
        lineWith(text, "capabilities "),
        "  capabilities        14 over host  —             ▲ 14 below    ▼ 40 ⇄");
    EXPECT_EQ(
        lineWith(text, "THE WALL"),
        "THE WALL              [          ]  [██████████]  [██████████]  [=▼===▼==▼=]");
    EXPECT_EQ(
        lineWith(text, "system calls left"),
        "  system calls left   ? unread      ? unread      ? unread      ◇ all");
    EXPECT_EQ(lineWith(text, "▼ seccomp"), "  ▼ seccomp, weaker: no filter, was 1");
    EXPECT_EQ(lineWith(text, "⇄ capabilities"), "  ⇄ capabilities: asked for 41, got 40");
}

TEST(Table, noLineIsWiderThanTheTerminal) {
    for (const std::size_t width : {60, 80, 100, 132, 200}) {
        for (const std::size_t columns : {1, 2, 4, 8}) {
            for (const auto& diagram : {sample::labDiagram(columns), sample::hostileDiagram(columns)}) {
                for (const std::string& line :
                     linesOf(writeTable(diagram, {.columns = width, .colour = false}))) {
                    EXPECT_LE(base::cellWidth(line), width) << line;
                    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
                }
            }
        }
    }
}

TEST(Table, columnsThatDoNotFitFollowWithTheBaseline) {
    const std::string text = writeTable(sample::labDiagram(8), {.columns = 80, .colour = false});
    std::vector<std::string> heads;
    for (const std::string& line : linesOf(text)) {
        if (line.starts_with("                      default")) {
            heads.push_back(line);
        }
    }
    ASSERT_EQ(heads.size(), 3U);
    EXPECT_EQ(heads[1], "                      default       host-d…ectory hardened      web-1");
    EXPECT_EQ(heads[2], "                      default                      web-2");
}

TEST(Table, colourOnlyWhenAsked) {
    const std::string text = writeTable(sample::labDiagram(4), {.columns = 100, .colour = true});
    EXPECT_NE(text.find("\x1b[38;5;208m▼ 40 over host"), std::string::npos);
    EXPECT_NE(text.find("\x1b[38;5;35m▲ uid 100000"), std::string::npos);
    EXPECT_EQ(
        writeTable(sample::labDiagram(4), {.columns = 100, .colour = false}).find('\x1b'), std::string::npos);
}

TEST(Table, countsOfBothDirectionsStandBelowEachOther) {
    diagram::Diagram diagram = sample::labDiagram(2);
    diagram.columns[1].counts = {.weaker = 7, .stronger = 12};
    const auto lines = linesOf(writeTable(diagram, {}));
    EXPECT_NE(lines[4].find("▼ 7 weaker"), std::string::npos);
    EXPECT_NE(lines[5].find("▲ 12 stronger"), std::string::npos);
}

TEST(Table, aColumnThatFailedSaysWhy) {
    diagram::Diagram diagram = sample::labDiagram(2);
    diagram.columns[1].error = "pid 12 is gone; inspect it again";
    const std::string text = writeTable(diagram, {});
    EXPECT_NE(text.find("read-only: not available\n"), std::string::npos);
    EXPECT_NE(text.find("  ! pid 12 is gone; inspect it again\n"), std::string::npos);
    EXPECT_EQ(writeTable({}, {}), "");
}

} // namespace
} // namespace bulkhead::report
