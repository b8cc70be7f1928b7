#include "core/report/markdown.h"
#include "tests/core/report/sample_diagram.h"
#include "tests/samples/exact_snapshots.h"
#include "tests/samples/sample_snapshots.h"

#include <gtest/gtest.h>
#include <regex>
#include <sstream>

namespace bulkhead::report {
namespace {

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string fourReport() {
    const auto subjects = samples::four();
    return writeMarkdown(diagram::buildDiagram(subjects, {}), subjects, {.title = "", .version = "0.1.0"});
}

TEST(Markdown, shortFirst) {
    const std::string text = writeMarkdown(sample::labDiagram(4), {}, {.title = "", .version = "0.1.0"});
    EXPECT_TRUE(
        text.starts_with("## Trust boundary: read-only, rootless, privileged compared with default\n\n"
                         "**privileged&#58; 7 weaker. 26 more capabilities, no seccomp filter, every host "
                         "device.**\n\n"
                         "- **default**: baseline\n"
                         "- **read-only**: ▲ 1 stronger\n"
                         "- **rootless**: ▲ 3 stronger\n"
                         "- **privileged**: ▼ 7 weaker, ⇄ 1 slot is not what was asked for\n\n"
                         "```mermaid\n%%{init:"))
        << text.substr(0, 600);
    EXPECT_TRUE(text.ends_with("</sub>\n"));
    EXPECT_TRUE(holds(text, "<sub>Bulkhead 0.1.0, enforced vantage. "));
}

TEST(Markdown, saysWhichColumnsAreInTheSameNamespaces) {
    const auto subjects = samples::pod();
    const std::string text = writeMarkdown(diagram::buildDiagram(subjects, {}), subjects, {});
    EXPECT_TRUE(holds(text, "- shared namespaces: web-1, sidecar share net, ipc, uts\n\n```mermaid"));
    EXPECT_TRUE(holds(text, ":::shared\n"));
    EXPECT_FALSE(holds(fourReport(), "shared namespaces"));
}

TEST(Markdown, changesWithDirectionBeforeAfterAndReason) {
    const std::string text = writeMarkdown(sample::labDiagram(4), {}, {});
    EXPECT_TRUE(holds(text, "#### privileged: ▼ 7 weaker\n\n| direction | slot | before → after | why |\n"));
    EXPECT_TRUE(holds(text, "| ▼&nbsp;weaker | seccomp | 1 filter → none | no filter, was 1 |\n"));
    EXPECT_TRUE(holds(text, "| ▼&nbsp;weaker | asks for (declared) | defaults → everything |"));
    EXPECT_TRUE(holds(text, "| ◇&nbsp;incomparable | system calls left | filter unread → all |"));
    EXPECT_TRUE(holds(
        text,
        "| privileged | capabilities | ⇄ asked for 41, got 40 | the launcher lacks CAP\\_SYS\\_RESOURCE |"));
}

TEST(Markdown, tablesAreFolded) {
    const std::string text = fourReport();
    EXPECT_TRUE(holds(text, "<summary>read-only: 2 changed facts</summary>\n\n| fact | before | after |"));
    EXPECT_TRUE(holds(text, "| rootfs.writable | yes | no | ▲&nbsp;stronger |"));
    EXPECT_TRUE(holds(text, "<summary>Every slot</summary>"));
    EXPECT_TRUE(holds(text, "| CAP\\_SYS\\_ADMIN |  |  |  | EPB |\n"));
    EXPECT_TRUE(holds(text, "| CAP\\_CHOWN | EPB | EPB | EPB | EPB |\n"));
    EXPECT_TRUE(holds(text, "1 more are in no set of any subject"));
    EXPECT_TRUE(holds(
        text,
        "<summary>Namespaces</summary>\n\n| namespace | default | read-only | rootless | privileged |"));
    EXPECT_TRUE(holds(text, "<summary>Provenance</summary>"));
    EXPECT_TRUE(holds(text, "| default | enforced | runc 1.1.5 | 6.1.0 | "));
}

TEST(Markdown, gapsSayWhy) {
    const std::string text = fourReport();
    EXPECT_TRUE(holds(text, "### Not known\n\n| slot | subjects | why |\n"));
    EXPECT_TRUE(holds(
        text, "| ? would anyone see it | all | audit rules were not read; needs CAP\\_AUDIT\\_CONTROL |\n"));
    EXPECT_TRUE(holds(text, "| ? system calls left | default, read-only, rootless | "));
}

TEST(Markdown, manySubjectsGetAPictureEach) {
    const auto subjects = samples::eight();
    const std::string text = writeMarkdown(diagram::buildDiagram(subjects, {}), subjects, {});
    EXPECT_TRUE(text.starts_with("## Trust boundary: 7 subjects compared with default\n"));
    EXPECT_TRUE(holds(text, "<summary>ci-runner compared with default</summary>\n\n```mermaid\n"));
}

TEST(Markdown, hostileTextStaysInItsCell) {
    const std::string text = writeMarkdown(sample::hostileDiagram(4), {}, {.title = "<img>", .version = "`"});
    EXPECT_FALSE(holds(text, "<img"));
    EXPECT_FALSE(holds(text, "<script"));
    EXPECT_FALSE(holds(text, "\u202e"));
    std::istringstream lines(text);
    bool fenced = false;
    for (std::string line; std::getline(lines, line);) {
        fenced = line.starts_with("```") ? !fenced : fenced;
        EXPECT_TRUE(fenced || !std::regex_search(line, std::regex(R"([^\\]\]\()"))) << line;
    }
    EXPECT_FALSE(fenced);
}

TEST(Markdown, recordingsAreMarked) {
    diagram::Diagram diagram = sample::labDiagram(2);
    diagram.columns[1].recorded = model::Recorded{"6.1.0", "runc 1.1.5", "2026-11-24T01:02:03Z"};
    EXPECT_TRUE(holds(
        writeMarkdown(diagram, {}, {}),
        "- **read-only**: ▲ 1 stronger (recorded 2026-11-24: runc 1.1.5, kernel 6.1.0)\n"));
}

} // namespace
} // namespace bulkhead::report
