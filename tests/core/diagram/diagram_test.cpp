#include "core/compare/compare.h"
#include "core/diagram/diagram.h"
#include "core/diagram/layout.h"
#include "tests/samples/sample_snapshots.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::diagram {
namespace {

const Cell& cellOf(const Diagram& diagram, std::size_t column, std::string_view slot) {
    for (std::size_t row = 0; row < diagram.rows.size(); ++row) {
        if (diagram.rows[row].slot->id == slot) {
            return diagram.columns[column].cells[row];
        }
    }
    throw std::runtime_error("no such slot");
}

std::vector<std::string> slotsMarked(const Diagram& diagram, std::size_t column, Mark mark) {
    std::vector<std::string> out;
    for (std::size_t row = 0; row < diagram.rows.size(); ++row) {
        if (diagram.columns[column].cells[row].mark == mark && !diagram.rows[row].slot->declared) {
            out.emplace_back(diagram.rows[row].slot->id);
        }
    }
    return out;
}

// The counts the product promises for the four configurations of one image.
TEST(Diagram, CountsOfTheFourConfigurations) {
    const Diagram diagram = buildDiagram(samples::four(), {});
    ASSERT_EQ(diagram.columns.size(), 4U);
    EXPECT_EQ(diagram.columns[0].headText(), "baseline");
    EXPECT_EQ(diagram.columns[1].headText(), "▲ 1 stronger");
    EXPECT_EQ(diagram.columns[2].headText(), "▲ 3 stronger");
    EXPECT_EQ(diagram.columns[3].headText(), "▼ 7 weaker");
    EXPECT_EQ(slotsMarked(diagram, 1, Mark::stronger), (std::vector<std::string>{"rootFilesystem"}));
    EXPECT_EQ(
        slotsMarked(diagram, 2, Mark::stronger),
        (std::vector<std::string>{"root", "namespaces", "capabilities"}));
    EXPECT_EQ(
        slotsMarked(diagram, 3, Mark::weaker), (std::vector<std::string>{
                                                   "capabilities", "seccomp", "protectedPaths", "kernelKnobs",
                                                   "deviceNodes", "devicePolicy", "hostDisks"}));
    EXPECT_EQ(slotsMarked(diagram, 3, Mark::incomparable), (std::vector<std::string>{"systemCalls"}));
}

TEST(Diagram, HeadlineNamesTheWeakestColumnFirst) {
    EXPECT_EQ(
        buildDiagram(samples::four(), {}).headline,
        "privileged: 7 weaker. 26 more capabilities, no seccomp filter, 10 block devices of the host.");
}

TEST(Diagram, WallsFollowTheCheckpoint) {
    const Diagram diagram = buildDiagram(samples::four(), {});
    EXPECT_EQ(diagram.columns[0].wall, (Wall{WallKind::hollow, 0}));
    EXPECT_EQ(diagram.columns[1].wall, (Wall{WallKind::solid, 0}));
    EXPECT_EQ(diagram.columns[2].wall, (Wall{WallKind::solid, 0}));
    EXPECT_EQ(diagram.columns[3].wall, (Wall{WallKind::notched, 3}));
}

TEST(Diagram, AChipSaysWhatWasAdded) {
    const Diagram diagram = buildDiagram(samples::four(), {});
    EXPECT_EQ(
        cellOf(diagram, 3, "capabilities").detail, "weaker: 40 of 41 capabilities over the host, was 14 over "
                                                   "host; adds SYS_ADMIN, SYS_MODULE, SYS_PTRACE "
                                                   "and 23 more");
}

TEST(Diagram, AskedForAndNotGivenIsAContradiction) {
    const Diagram diagram = buildDiagram(samples::four(), {});
    const Cell& cell = cellOf(diagram, 3, "capabilities");
    ASSERT_FALSE(cell.contradictions.empty());
    EXPECT_EQ(cell.contradictions.front().path, "capabilities.effective.CAP_SYS_RESOURCE");
    EXPECT_EQ(cell.contradictions.front().direction, compare::Direction::stronger);
    EXPECT_EQ(diagram.columns[3].contradictions, 1);
    EXPECT_EQ(diagram.columns[0].contradictions, 0);
}

TEST(Diagram, TheRequestIsShownButNotCounted) {
    const Diagram diagram = buildDiagram(samples::four(), {});
    EXPECT_EQ(cellOf(diagram, 1, "asksFor").mark, Mark::stronger);
    EXPECT_EQ(cellOf(diagram, 1, "asksFor").text.normal, "read-only root");
    EXPECT_EQ(cellOf(diagram, 3, "asksFor").mark, Mark::weaker);
    EXPECT_EQ(diagram.columns[1].counts.total(), 1);
}

TEST(Diagram, AGapOfAllColumnsIsOneStrip) {
    const Diagram diagram = buildDiagram(samples::four(), {});
    const auto row =
        std::ranges::find_if(diagram.rows, [](const Row& r) { return r.slot->id == "leftInLayers"; });
    EXPECT_TRUE(row->sharedGap);
    EXPECT_EQ(row->sharedGapText, "not inspected, all columns");
    const auto calls =
        std::ranges::find_if(diagram.rows, [](const Row& r) { return r.slot->id == "systemCalls"; });
    EXPECT_FALSE(calls->sharedGap);
}

TEST(Diagram, TwoContainersOfOneConfigurationAreEqual) {
    std::vector<SubjectView> twins = {samples::four()[0], samples::four()[0]};
    twins[1].name = "twin";
    const Diagram diagram = buildDiagram(twins, {});
    EXPECT_EQ(diagram.columns[1].headText(), "= baseline");
    EXPECT_EQ(diagram.headline, "No difference in what could be read.");
}

/// A column that was not looked at is no column that is equal.
TEST(Diagram, TheHeadlineSaysWhatHasNoSnapshot) {
    std::vector<SubjectView> all = {samples::four()[0], samples::four()[0], samples::four()[0]};
    all[1].name = "web";
    all[2].name = "db";
    all[2].enforced.reset();
    EXPECT_EQ(
        buildDiagram(all, {}).headline, "No difference in what could be read; db has no enforced snapshot.");
    all[1].enforced.reset();
    EXPECT_EQ(
        buildDiagram(all, {}).headline, "Nothing could be compared: web and db have no enforced snapshot.");
    DiagramOptions options;
    options.baseline = 2;
    all[1].enforced = samples::four()[1].enforced;
    EXPECT_EQ(buildDiagram(all, options).headline, "Nothing could be compared: db has no enforced snapshot.");
    all[2].error = "db.yaml: line 3: not a document";
    EXPECT_EQ(buildDiagram(all, options).headline, "Nothing could be compared: db could not be read.");
    DiagramOptions experienced;
    experienced.vantage = model::Vantage::experienced;
    EXPECT_EQ(
        buildDiagram({all[0], all[1]}, experienced).headline,
        "Nothing could be compared: default and web have no experienced snapshot.");
}

TEST(Diagram, TheHeadlineCountsWhatIsKnownOnOneSideOnly) {
    std::vector<SubjectView> two = {samples::four()[0], samples::four()[0]};
    two[1].name = "web";
    two[1].enforced->identity.noNewPrivileges = model::Unreadable{"not readable", ""};
    EXPECT_EQ(
        buildDiagram(two, {}).headline,
        "No difference in what could be read; 1 slot is known on one side only.");
}

TEST(Diagram, OnlyDifferencesKeepsTheRowsThatDiffer) {
    DiagramOptions options;
    options.onlyDifferences = true;
    std::vector<SubjectView> two = {samples::four()[0], samples::four()[1]};
    const Diagram diagram = buildDiagram(two, options);
    std::vector<std::string> rows;
    for (const Row& row : diagram.rows) {
        rows.emplace_back(row.slot->id);
    }
    EXPECT_EQ(rows, (std::vector<std::string>{"asksFor", "rootFilesystem"}));
}

TEST(Diagram, IdenticalColumnsFold) {
    DiagramOptions options;
    options.fold = true;
    const Diagram diagram = buildDiagram(samples::eight(), options);
    std::vector<std::string> names;
    for (const Column& column : diagram.columns) {
        names.push_back(column.name);
    }
    EXPECT_EQ(
        names,
        (std::vector<std::string>{"default", "read-only x2", "rootless x2", "privileged x2", "web-1"}));
}

TEST(Diagram, AnotherBaselineTurnsTheDirectionsAround) {
    DiagramOptions options;
    options.baseline = 3;
    const Diagram diagram = buildDiagram(samples::four(), options);
    EXPECT_EQ(diagram.columns[0].counts.stronger, 7);
    EXPECT_EQ(diagram.columns[0].counts.weaker, 0);
}

TEST(Diagram, OneSubjectByVantage) {
    const Diagram diagram = buildVantageDiagram(samples::four()[3], {});
    ASSERT_EQ(diagram.columns.size(), 2U);
    EXPECT_EQ(diagram.columns[0].name, "declared");
    EXPECT_EQ(cellOf(diagram, 1, "capabilities").mark, Mark::stronger);
    EXPECT_EQ(cellOf(diagram, 1, "seccomp").mark, Mark::same);
}

TEST(Diagram, WhereNothingWasDeclaredTheKernelsAccountIsTheFirst) {
    SubjectView live = samples::four()[0];
    live.declared.reset();
    live.experienced = live.enforced;
    live.experienced->vantage = model::Vantage::experienced;
    const Diagram agreeing = buildVantageDiagram(live, {});
    ASSERT_EQ(agreeing.columns.size(), 2U);
    EXPECT_EQ(agreeing.columns[0].name, "enforced");
    EXPECT_TRUE(agreeing.columns[0].baseline);
    EXPECT_EQ(
        agreeing.headline, "default: a process inside finds what the kernel enforces, where both are known.");
    live.experienced->rootfs.writable = {false, {}};
    const Diagram differing = buildVantageDiagram(live, {});
    EXPECT_EQ(differing.columns[1].name, "experienced");
    EXPECT_EQ(cellOf(differing, 1, "rootFilesystem").mark, Mark::stronger);
}

TEST(Diagram, OneAccountAloneIsHeldAgainstNothing) {
    SubjectView live = samples::four()[0];
    live.declared.reset();
    EXPECT_EQ(
        buildVantageDiagram(live, {}).headline, "default: one account only, nothing to hold it against.");
    EXPECT_EQ(buildVantageDiagram(live, {}).columns.size(), 1U);
    EXPECT_EQ(
        buildVantageDiagram(samples::four()[0], {}).headline,
        "default: the kernel enforces what was asked, where both are known.");
}

TEST(Diagram, AProcessThatChangedWhileItWasReadIsMarked) {
    std::vector<SubjectView> views = samples::four();
    views[1].enforced->stability = {false, {"credentials"}};
    EXPECT_EQ(buildDiagram(views, {}).columns[1].headText(), "▲ 1 stronger, changed while read");
}

TEST(Diagram, TheHostsOwnMountNamespaceIsAllOfTheHost) {
    std::vector<SubjectView> views = samples::four();
    auto& space = views[1].enforced->namespaces[model::NamespaceType::mnt];
    space.sharedWithHost = model::Fact<bool>(true, {});
    const Diagram diagram = buildDiagram(views, {});
    EXPECT_EQ(cellOf(diagram, 1, "hostFiles").mark, Mark::weaker);
    EXPECT_EQ(cellOf(diagram, 1, "hostFiles").text.normal, "all of them");
}

/// A column that was not looked at is not as the baseline is.
TEST(Diagram, AColumnWithoutTheVantageIsNotTakenForTheBaseline) {
    std::vector<SubjectView> views = samples::four();
    views[1] = views[0];
    views[1].enforced.reset();
    views[2] = views[0];
    views[2].declared.reset();
    const Diagram diagram = buildDiagram(views, {});
    EXPECT_EQ(diagram.columns[1].headText(), "no snapshot");
    EXPECT_EQ(diagram.columns[2].headText(), "= baseline") << "what was asked for is not known, the rest is";
}

TEST(Diagram, AColumnThatFailedSaysSo) {
    std::vector<SubjectView> views = samples::four();
    views[1].enforced.reset();
    views[1].error = "pid 12: no such process";
    const Diagram diagram = buildDiagram(views, {});
    EXPECT_EQ(diagram.columns[1].headText(), "not available");
    const Layout layout = layoutDiagram(diagram, builtInTextWidth, {});
    EXPECT_TRUE(std::ranges::any_of(layout.items, [](const Item& item) {
        return item.kind == ItemKind::columnError && item.text == "pid 12: no such process";
    }));
}

TEST(Diagram, BriefFormsFitNineCells) {
    for (const SubjectView& view : samples::eight()) {
        for (const Slot& slot : slots()) {
            for (const auto* snapshot :
                 {view.at(model::Vantage::declared), view.at(model::Vantage::enforced)}) {
                EXPECT_LE(slot.describe(*snapshot).brief.size(), 9U + 2U)
                    << slot.id; // an ellipsis is three bytes
            }
        }
    }
}

// Every content path that can change has a slot that shows it.
TEST(Diagram, EveryChangeHasASlot) {
    const auto views = samples::eight();
    for (const SubjectView& left : views) {
        for (const SubjectView& right : views) {
            const compare::Sides<const model::Snapshot&> sides{*left.enforced, *right.enforced};
            for (const compare::Change& change : compare::compareSnapshots(sides)) {
                EXPECT_FALSE(slotsOf(change.path, sides).empty()) << change.path;
            }
        }
    }
}

} // namespace
} // namespace bulkhead::diagram
