#include "core/diagram/palette.h"
#include "tests/samples/exact_snapshots.h"
#include "tests/samples/sample_snapshots.h"
#include "ui/models/inspector_changes.h"
#include "ui/models/inspector_gaps.h"
#include "ui/models/inspector_html.h"
#include "ui/models/inspector_inside.h"
#include "ui/models/inspector_probes.h"
#include "ui/models/inspector_text.h"

#include <QTextDocument>
#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::models {
namespace {

/// The inspector's words for one cell of the four, as a reader sees them.
QString
wordsOf(const std::vector<diagram::SubjectView>& subjects, const std::string& slot, std::size_t column) {
    const diagram::Diagram picture = diagram::buildDiagram(subjects, {});
    const auto row =
        std::ranges::find_if(picture.rows, [&](const diagram::Row& one) { return one.slot->id == slot; });
    if (row == picture.rows.end()) {
        return {};
    }
    const auto at = static_cast<std::size_t>(row - picture.rows.begin());
    QTextDocument document;
    document.setHtml(cellInspectorHtml(
        subjects[picture.columns[column].subject], *row, picture.columns[column].cells[at],
        diagram::lightPalette()));
    return document.toPlainText();
}

TEST(InspectorText, tellsQuestionVantagesChangesAndEvidence) {
    const QString words = wordsOf(samples::four(), "capabilities", 3);
    for (const char* expected :
         {"capabilities", "privileged", "declared", "enforced", "experienced", "not tried", "Changes (",
          "CAP_SYS_ADMIN", "weaker", "Evidence ("}) {
        EXPECT_TRUE(words.contains(QLatin1String(expected))) << expected << "\n" << words.toStdString();
    }
}

TEST(InspectorText, whatAVantageSaysIsNotSaidTwice) {
    const QString words = wordsOf(samples::four(), "hostFiles", 0);
    const QString sentence = QStringLiteral("no file or directory of the host's own is mounted");
    ASSERT_TRUE(words.contains(sentence)) << words.toStdString();
    EXPECT_GT(words.indexOf(sentence), words.indexOf(QStringLiteral("What each vantage says")))
        << words.toStdString();
}

TEST(InspectorText, gapsSayWhatTheyNeed) {
    auto subjects = samples::four();
    subjects[3].enforced->capabilities.effective = model::Unreadable{"EACCES", "CAP_SYS_PTRACE"};
    const QString words = wordsOf(subjects, "capabilities", 3);
    EXPECT_TRUE(words.contains("Not readable (")) << words.toStdString();
    EXPECT_TRUE(words.contains("to close it: CAP_SYS_PTRACE")) << words.toStdString();
}

/// A knob that nobody tried inside is not missing there.
TEST(InspectorText, whatWasNotTriedDisagreesWithNothing) {
    using Knobs = model::Fact<std::vector<std::string>>;
    diagram::SubjectView subject = samples::exactFour()[0];
    subject.experienced = samples::experienced(*subject.enforced);
    model::Probe look;
    look.test = "look";
    look.target = "/sys";
    auto probes = subject.experienced->probes.value();
    probes.push_back(look);
    subject.experienced->probes = model::Fact<std::vector<model::Probe>>(probes, {});
    subject.enforced->kernel.writableKnobs = Knobs({"/proc/bus", "/proc/sysrq-trigger", "/sys"}, {});
    subject.experienced->kernel.writableKnobs = Knobs(std::vector<std::string>{}, {});
    const auto found = insideDisagreements(subject, nullptr);
    ASSERT_EQ(found.size(), 1U) << "a write to /proc/sysrq-trigger is among the probes";
    EXPECT_TRUE(found.front().path.contains("/proc/sysrq-trigger"));
    EXPECT_EQ(found.front().direction, compare::Direction::stronger);
}

/// The kernel's account and the look from inside lack the same fact for the same reason.
TEST(InspectorText, aFactThatTwoVantagesLackIsNamedOnce) {
    const model::Gap gap{"host.lsms", {"ENOENT", "securityfs"}};
    EXPECT_EQ(groupGaps({gap, gap}).front().paths, std::vector<std::string>{"host.lsms"});
    EXPECT_TRUE(gapsHtml({gap, gap}).contains("Not readable (1)"));
    EXPECT_TRUE(gapsHtml({gap}).contains(hatchedCell())) << "hatched as on the canvas";
}

TEST(InspectorText, equalGapsAreOneWithItsPathsAndTheRestIsCounted) {
    std::vector<model::Gap> gaps;
    gaps.push_back({"audit.rules", {"audit rules were not read", "CAP_AUDIT_CONTROL"}});
    for (int i = 0; i < 20; ++i) {
        gaps.push_back({"fact" + std::to_string(i), {"EACCES", "CAP_SYS_PTRACE"}});
    }
    const auto groups = groupGaps(gaps);
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].paths.size(), 20U);
    EXPECT_EQ(groups[1].why.needs, "CAP_AUDIT_CONTROL");
    QTextDocument document;
    document.setHtml(gapsHtml(gaps));
    const QString words = document.toPlainText();
    EXPECT_TRUE(words.contains("Not readable (21)"));
    EXPECT_EQ(words.count("to close it: CAP_SYS_PTRACE"), 1);
    EXPECT_TRUE(words.contains("and 12 more")) << words.toStdString();
}

TEST(InspectorText, whatWasTriedFromInsideStandsBesideThePrediction) {
    QTextDocument document;
    const auto subject = samples::exactFour()[0];
    document.setHtml(probesHtml(subject, "", diagram::lightPalette()));
    const QString words = document.toPlainText();
    EXPECT_TRUE(words.contains("Tried from inside (4, 1 against the prediction)")) << words.toStdString();
    EXPECT_TRUE(words.contains("disagrees: predicted allowed"));
    EXPECT_TRUE(words.contains("cause: kernel.unprivileged_userns_clone is 0 on this host"));
    EXPECT_TRUE(words.contains("denied (EPERM)"));
    EXPECT_LT(words.indexOf("unshare-user"), words.indexOf("see-processes")) << "disagreements come first";
    const QString processes = wordsOf(samples::exactFour(), "hostProcesses", 0);
    EXPECT_TRUE(processes.contains("see-processes"));
    EXPECT_FALSE(processes.contains("unshare-user"));
    EXPECT_EQ(probesHtml(samples::four()[0], "", diagram::lightPalette()), "");
}

TEST(InspectorText, markupOfATargetStaysText) {
    auto subjects = samples::four();
    subjects[3].name = "<h1>x</h1><img src=a>";
    const QString words = wordsOf(subjects, "capabilities", 3);
    EXPECT_TRUE(words.contains("<h1>x</h1><img src=a>"));
}

TEST(InspectorText, thousandsOfChangesAreBounded) {
    diagram::SubjectView subject = samples::four()[3];
    const diagram::Diagram picture = diagram::buildDiagram(samples::four(), {});
    diagram::Cell cell;
    for (int i = 0; i < 5000; ++i) {
        cell.changes.push_back(
            {"mounts[\"/" + std::to_string(i) + "\"]", {}, {}, compare::Direction::weaker, "new"});
    }
    const QString text = cellInspectorHtml(subject, picture.rows[0], cell, diagram::lightPalette());
    EXPECT_TRUE(text.contains("and 4960 more"));
    EXPECT_LT(text.size(), 60'000);
}

TEST(InspectorText, changesThatSayTheSameOfOneFactAreOne) {
    const auto added = [](const std::string& path) {
        return compare::Change{path, compare::Absent{}, true, compare::Direction::weaker, "is added"};
    };
    const auto groups = groupChanges(
        {added("capabilities.effective.CAP_CHOWN"), added("capabilities.effective.CAP_KILL"),
         added("capabilities.bounding.CAP_KILL"), added("mounts[\"/a.b\"]"), added("mounts[\"/a.c\"]")});
    ASSERT_EQ(groups.size(), 4U);
    EXPECT_EQ(groups[0].path, "capabilities.effective");
    EXPECT_EQ(groups[0].members, (std::vector<std::string>{"CAP_CHOWN", "CAP_KILL"}));
    EXPECT_EQ(groups[1].path, "capabilities.bounding.CAP_KILL");
    EXPECT_TRUE(groups[1].members.empty());
    EXPECT_EQ(groups[2].path, "mounts[\"/a.b\"]");
}

TEST(InspectorText, aHeadTellsTheSubjectOrItsError) {
    const diagram::Diagram picture = diagram::buildDiagram(samples::four(), {});
    QTextDocument document;
    document.setHtml(headInspectorHtml(samples::four()[3], picture.columns[3], diagram::darkPalette()));
    EXPECT_TRUE(document.toPlainText().contains("weaker"));
    diagram::SubjectView failed;
    failed.name = "x.json";
    failed.error = "x.json: not a snapshot";
    document.setHtml(headInspectorHtml(failed, {}, diagram::darkPalette()));
    EXPECT_TRUE(document.toPlainText().contains("What happened\nx.json: not a snapshot"));
}

TEST(InspectorText, prefixesEndAtPathBoundaries) {
    EXPECT_TRUE(ownsPath("mounts", "mounts"));
    EXPECT_TRUE(ownsPath("mounts", "mounts[\"/x\"].readOnly"));
    EXPECT_TRUE(ownsPath("capabilities", "capabilities.effective"));
    EXPECT_FALSE(ownsPath("mounts", "mountsX"));
    EXPECT_FALSE(ownsPath("capabilities.effective", "capabilities"));
}

} // namespace
} // namespace bulkhead::models
