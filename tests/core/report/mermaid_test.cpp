#include "core/report/mermaid.h"
#include "tests/core/report/sample_diagram.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <regex>
#include <sstream>

namespace bulkhead::report {
namespace {

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string lineWith(const std::string& text, std::string_view part) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (holds(line, part)) {
            return line.substr(line.find_first_not_of(' '));
        }
    }
    return "no line with " + std::string(part);
}

TEST(Mermaid, oneFlowchartUpToFourColumnsOnePerCandidateAbove) {
    EXPECT_TRUE(writeMermaid({}).empty());
    EXPECT_EQ(writeMermaid(sample::labDiagram(1)).size(), 1U);
    const auto four = writeMermaid(sample::labDiagram(4));
    ASSERT_EQ(four.size(), 1U);
    EXPECT_EQ(four[0].title, "read-only, rootless, privileged compared with default");
    const auto eight = writeMermaid(sample::labDiagram(8));
    ASSERT_EQ(eight.size(), 7U);
    EXPECT_EQ(eight[2].title, "privileged compared with default");
    EXPECT_EQ(eight[2].text, writeMermaid(sample::labDiagramOf({"default", "privileged"}))[0].text);
}

TEST(Mermaid, theBaselineNeedNotBeFirst) {
    diagram::Diagram diagram = sample::labDiagram(5);
    std::swap(diagram.columns[0], diagram.columns[3]);
    const auto flowcharts = writeMermaid(diagram);
    ASSERT_EQ(flowcharts.size(), 4U);
    EXPECT_EQ(flowcharts[0].title, "privileged compared with default");
    EXPECT_EQ(lineWith(flowcharts[0].text, "A0"), R"x(A0(["default, the baseline"]):::base)x");
}

TEST(Mermaid, twoColumnsInWords) {
    const std::string text = writeMermaid(sample::labDiagramOf({"default", "privileged"}))[0].text;
    EXPECT_TRUE(text.starts_with("%%{init: {\"theme\": \"base\""));
    EXPECT_EQ(lineWith(text, "B0"), R"x(B0(["privileged: ▼ 7 weaker"]):::weakhead)x");
    EXPECT_EQ(
        lineWith(text, "A1"),
        "A1[\"· image: busybox 1.35<br/>· runs as: root<br/>? left in layers: not inspected\"]:::same");
    EXPECT_EQ(lineWith(text, "B1"), R"x(B1["= 2 unchanged<br/>? left in layers"]:::same)x");
    EXPECT_EQ(lineWith(text, "B2"), R"x(B2["▼ asks for: everything<br/>= 1 unchanged"]:::weak)x");
    EXPECT_EQ(
        lineWith(text, "B3"),
        "B3[\"▼ capabilities: 40 over host<br/>▼ seccomp: none<br/>▼ protected paths: 0<br/>"
        "= 5 unchanged<br/>⇄ capabilities: asked for 41, got 40\"]:::weak");
    EXPECT_EQ(lineWith(text, "B5"), R"x(B5["▼ host disks: 10 block devices<br/>= 1 unchanged"]:::reached)x");
    EXPECT_EQ(lineWith(text, "A6"), R"x(A6["? audit unread"]:::gap)x");
}

TEST(Mermaid, linkNumbersCountTheInvisibleLinks) {
    const std::string two = writeMermaid(sample::labDiagramOf({"default", "privileged"}))[0].text;
    EXPECT_EQ(lineWith(two, "L0 ~~~"), "L0 ~~~ L1 ~~~ L2 ~~~ L3 ~~~ L4 ~~~ L5 ~~~ L6");
    EXPECT_EQ(lineWith(two, "A0 ---"), "A0 --- A1 --> A2 --> A3 --> A4 --- A5 -.-> A6");
    EXPECT_EQ(lineWith(two, "B0 ---"), "B0 --- B1 --> B2 ==> B3 ==> B4 ==> B5 -.-> B6");
    // 6 in the label column, 6 of A, then B0-B1 is 12 and B2-B3 is 14.
    EXPECT_EQ(lineWith(two, "linkStyle"), "linkStyle 14,15,16 stroke:#d8512a,stroke-width:4px");
    const std::string none = writeMermaid(sample::labDiagramOf({"default", "read-only"}))[0].text;
    EXPECT_FALSE(holds(none, "linkStyle"));
}

/// Two of four in one box: its row stands below the checkpoint, inside the wall, and their links go through.
TEST(Mermaid, sharedNamespacesAreOneBoxAcrossTheirColumns) {
    diagram::Diagram diagram = sample::labDiagram(4);
    diagram.shared = {{1, 2, "net, ipc", "read-only, rootless share net, ipc"}};
    const std::string text = writeMermaid(diagram)[0].text;
    EXPECT_TRUE(holds(
        text, "        A4[\"not shared\"]:::same\n        subgraph SB4[\" \"]\n            B4[\"net, "
              "ipc\"]:::shared\n"
              "            C4[\"net, ipc\"]:::shared\n        end\n        class SB4 sharedbox\n        "
              "D4[\"not shared\"]:::same\n    end\n"));
    EXPECT_LT(text.find("subgraph W0"), text.find("subgraph SB4"));
    EXPECT_EQ(lineWith(text, "A0 ---"), "A0 --- A1 --> A2 --> A3 --> A4 --> A5 --- A6 -.-> A7");
    EXPECT_EQ(lineWith(text, "B0 ---"), "B0 --- B1 --> B2 --> B3 --> B4 --> B5 --- B6 -.-> B7");
    EXPECT_TRUE(holds(lineWith(text, "accDescr"), "read-only, rootless share net, ipc."));
    diagram.columns[2].error = "pid 12 is gone";
    EXPECT_EQ(lineWith(writeMermaid(diagram)[0].text, "C0 ---"), "C0 --- C1");
}

/// Of more than four columns each pair is a picture: the box is in those that show two of its columns.
TEST(Mermaid, aPairShowsTheBoxThatBothAreIn) {
    diagram::Diagram diagram = sample::labDiagram(5);
    diagram.shared = {{0, 2, "net", "three share net"}, {3, 4, "ipc", "two share ipc"}};
    const auto flowcharts = writeMermaid(diagram);
    ASSERT_EQ(flowcharts.size(), 4U);
    EXPECT_TRUE(holds(flowcharts[0].text, "A4[\"net\"]"));
    EXPECT_TRUE(holds(flowcharts[1].text, "B4[\"net\"]"));
    EXPECT_FALSE(holds(flowcharts[2].text, ":::shared\n"));
}

TEST(Mermaid, stagesWithoutRowsAreLeftOut) {
    diagram::DiagramOptions options;
    options.onlyDifferences = true;
    const auto subjects = samples::four();
    const std::string text = writeMermaid(diagram::buildDiagram({subjects[0], subjects[1]}, options))[0].text;
    EXPECT_FALSE(holds(text, "**Image**"));
    EXPECT_FALSE(holds(text, "H0"));
    EXPECT_EQ(lineWith(text, "L0 ~~~"), "L0 ~~~ L1 ~~~ L2");
}

TEST(Mermaid, aColumnThatFailedSaysSoOnce) {
    diagram::Diagram diagram = sample::labDiagram(2);
    diagram.columns[1].error = "pid 12 is gone; inspect it again";
    const std::string text = writeMermaid(diagram)[0].text;
    EXPECT_EQ(lineWith(text, "B1"), R"x(B1["? pid 12 is gone#59; inspect it again<br/>"]:::gap)x");
    EXPECT_EQ(lineWith(text, "B0 ---"), "B0 --- B1");
}

TEST(Mermaid, foreignTextNeverLeavesItsQuotes) {
    for (const std::size_t columns : {2, 3, 4}) {
        const std::string text = writeMermaid(sample::hostileDiagram(columns))[0].text;
        EXPECT_EQ(text.find("%%{", 3), std::string::npos);
        const std::regex node(R"x( *[A-D]\d(\(\[|\(|\[)"[^"`$<>{}]*"(\]\)|\)|\]):::[a-z]+)x");
        std::istringstream lines(text);
        int nodes = 0;
        for (std::string line; std::getline(lines, line);) {
            const bool ours = std::regex_search(line, std::regex(R"(^ *[A-D]\d[\(\[])"));
            const std::string plain = std::regex_replace(line, std::regex("<br/>"), "");
            EXPECT_TRUE(!ours || std::regex_match(plain, node)) << line;
            nodes += ours ? 1 : 0;
        }
        EXPECT_EQ(nodes, static_cast<int>(7 * columns));
    }
}

TEST(Mermaid, aLoneEntityStandsBesideABreak) { // with SVG labels it is shown raw otherwise
    const std::string text = writeMermaid(sample::hostileDiagram(4))[0].text;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const bool entity = std::regex_search(line, std::regex(R"(^ *[A-D]\d.*#\d+;)"));
        EXPECT_TRUE(!entity || holds(line, "<br/>")) << line;
    }
}

TEST(Mermaid, recordingsSayTheirDate) {
    diagram::Diagram diagram = sample::labDiagram(2);
    diagram.columns[1].recorded = model::Recorded{"6.1.0", "runc 1.1.5", "2026-11-24T01:02:03Z"};
    EXPECT_EQ(
        lineWith(writeMermaid(diagram)[0].text, "B0"),
        R"x(B0("read-only: ▲ 1 stronger<br/>recorded 2026-11-24"):::okhead)x");
}

SubjectPathChanges changesOf(const std::string& subject, std::size_t opened, std::size_t closed) {
    SubjectPathChanges out{subject, {}, {}, {}};
    const auto add = [](std::vector<threat::Path>& to, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            threat::Path path;
            path.id = "way-" + std::to_string(i);
            to.push_back(path);
        }
    };
    add(out.changes.opened, opened);
    add(out.changes.closed, closed);
    add(out.baseline.paths, closed);
    out.baseline.more = 1;
    return out;
}

TEST(Mermaid, PathsThatOpenedAndClosedAreALastRow) {
    const auto diagram = sample::labDiagram(4);
    const std::string text = writeMermaid(
                                 diagram, {changesOf("read-only", 3, 0), changesOf("rootless", 0, 1),
                                           changesOf("privileged", 0, 0)})[0]
                                 .text;
    const std::string last = lineWith(text, "`**Attack"); // its number is that of the last row
    ASSERT_TRUE(last.starts_with("L")) << text;
    const std::string number = last.substr(1, last.find('[') - 1);
    EXPECT_EQ(lineWith(text, "A" + number + "["), "A" + number + R"(["1 path to the host"]:::same)");
    EXPECT_EQ(
        lineWith(text, "B" + number + "["),
        "B" + number + R"(["▼ 3 opened: way-0,<br/>way-1 and 1 more"]:::reached)");
    EXPECT_EQ(lineWith(text, "C" + number + "["), "C" + number + R"(["▲ 1 closed: way-0"]:::stronger)");
    EXPECT_EQ(
        lineWith(text, "D" + number + "["), "D" + number + R"(["= none opened,<br/>none closed"]:::same)");
    EXPECT_FALSE(holds(writeMermaid(diagram)[0].text, "Attack"));
    // a subject that was not compared says so
    const std::string lone = writeMermaid(diagram, {changesOf("rootless", 0, 1)})[0].text;
    EXPECT_EQ(lineWith(lone, "B" + number + "["), "B" + number + R"(["? not compared"]:::gap)");
}

TEST(Mermaid, PathsThatRestOnUnknownFactsAreNoMoreThanPossible) {
    const auto lastRowOf = [](std::size_t certain, std::size_t possible) {
        SubjectPathChanges one = changesOf("read-only", certain + possible, 0);
        for (std::size_t i = certain; i < certain + possible; ++i) {
            one.changes.opened[i].certainty = model::Truth::unknown;
        }
        one.baseline.paths = one.changes.opened;
        one.baseline.more = 0;
        one.baseline.exact = false;
        const std::string text = writeMermaid(sample::labDiagram(2), {one})[0].text;
        const std::string last = lineWith(text, "`**Attack");
        const std::string number = last.substr(1, last.find('[') - 1);
        return std::pair(lineWith(text, "A" + number + "["), lineWith(text, "B" + number + "["));
    };
    const auto [before, after] = lastRowOf(0, 2);
    EXPECT_TRUE(holds(before, "at least 2 possible paths to the host")) << before;
    EXPECT_TRUE(holds(after, "▼ 2 opened, only possible:")) << after;
    EXPECT_TRUE(after.ends_with(":::weak")) << "nothing of the host is known to be reached: " << after;
    const auto [mixedBefore, mixedAfter] = lastRowOf(1, 2);
    EXPECT_TRUE(holds(mixedBefore, "at least 3 paths to the host, 2 only<br/>possible")) << mixedBefore;
    EXPECT_TRUE(holds(mixedAfter, "▼ 3 opened, 2 only possible:")) << mixedAfter;
    EXPECT_TRUE(mixedAfter.ends_with(":::reached")) << mixedAfter;
}

} // namespace
} // namespace bulkhead::report
