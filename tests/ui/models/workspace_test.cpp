#include "tests/samples/sample_snapshots.h"
#include "ui/models/workspace.h"

#include <QSignalSpy>
#include <QUndoStack>
#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::models {
namespace {

class WorkspaceOfFour : public ::testing::Test {
protected:
    void SetUp() override {
        for (const diagram::SubjectView& view : samples::four()) {
            m_ids.push_back(m_workspace.putSubject(SubjectGroup::lab, QStringLiteral("lab"), view));
        }
        m_workspace.addColumns(m_ids);
    }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const diagram::Column& column : m_workspace.diagram().columns) {
            out.push_back(column.name);
        }
        return out;
    }

    [[nodiscard]] std::string baseline() const {
        const auto& columns = m_workspace.diagram().columns;
        const auto found = std::ranges::find_if(columns, &diagram::Column::baseline);
        return found == columns.end() ? "" : found->name;
    }

    using Names = std::vector<std::string>;
    Workspace m_workspace;
    std::vector<int> m_ids;
};

TEST_F(WorkspaceOfFour, addingIsOneStepOfUndo) {
    EXPECT_EQ(names(), (Names{"default", "read-only", "rootless", "privileged"}));
    EXPECT_EQ(baseline(), "default");
    m_workspace.undoStack()->undo();
    EXPECT_TRUE(names().empty());
    m_workspace.undoStack()->redo();
    EXPECT_EQ(names().size(), 4U);
}

TEST_F(WorkspaceOfFour, removingTheBaselineMakesTheFirstTheBaselineAndUndoBringsBoth) {
    EXPECT_TRUE(m_workspace.removeColumn(m_ids[0]));
    EXPECT_EQ(names(), (Names{"read-only", "rootless", "privileged"}));
    EXPECT_EQ(baseline(), "read-only");
    m_workspace.undoStack()->undo();
    EXPECT_EQ(names(), (Names{"default", "read-only", "rootless", "privileged"}));
    EXPECT_EQ(baseline(), "default");
}

TEST_F(WorkspaceOfFour, movingKeepsBaselineAndSelection) {
    m_workspace.select({"capabilities", 3});
    EXPECT_TRUE(m_workspace.moveColumn(3, 0));
    EXPECT_EQ(names(), (Names{"privileged", "default", "read-only", "rootless"}));
    EXPECT_EQ(baseline(), "default");
    EXPECT_EQ(m_workspace.selection(), (Selection{"capabilities", 0}));
    EXPECT_FALSE(m_workspace.moveColumn(0, 0));
    EXPECT_FALSE(m_workspace.moveColumn(9, 0));
}

TEST_F(WorkspaceOfFour, anotherBaselineTurnsTheDirections) {
    EXPECT_TRUE(m_workspace.setBaseline(m_ids[3]));
    EXPECT_EQ(baseline(), "privileged");
    EXPECT_EQ(m_workspace.diagram().columns[0].counts.weaker, 0);
    EXPECT_GE(m_workspace.diagram().columns[0].counts.stronger, 7);
    EXPECT_FALSE(m_workspace.setBaseline(4711));
    m_workspace.undoStack()->undo();
    EXPECT_EQ(baseline(), "default");
}

TEST_F(WorkspaceOfFour, theNinthColumnIsRefusedWithAReason) {
    std::vector<int> more;
    for (int i = 0; i < 6; ++i) {
        diagram::SubjectView view = samples::four()[0];
        view.name = "web-" + std::to_string(i);
        more.push_back(m_workspace.putSubject(SubjectGroup::file, QStringLiteral("web.json"), view));
    }
    QSignalSpy refused(&m_workspace, &Workspace::refused);
    EXPECT_TRUE(m_workspace.addColumns(more));
    EXPECT_EQ(m_workspace.state().columns.size(), kMostColumns);
    ASSERT_EQ(refused.count(), 1);
    EXPECT_EQ(
        refused[0][0].toString(),
        QStringLiteral(
            "Eight columns are as many as can be read side by side. Remove one with Delete first."));
}

TEST_F(WorkspaceOfFour, fromFiveColumnsOnlyDifferencesUnlessAskedOtherwise) {
    EXPECT_FALSE(m_workspace.onlyDifferences());
    const std::size_t all = m_workspace.diagram().rows.size();
    diagram::SubjectView view = samples::four()[0];
    view.name = "web-1";
    m_workspace.addColumns({m_workspace.putSubject(SubjectGroup::file, {}, view)});
    EXPECT_TRUE(m_workspace.onlyDifferences());
    EXPECT_LT(m_workspace.diagram().rows.size(), all);
    m_workspace.setOnlyDifferences(false);
    EXPECT_EQ(m_workspace.diagram().rows.size(), all);
}

TEST_F(WorkspaceOfFour, theSameSubjectAgainReplacesItsSnapshot) {
    diagram::SubjectView again = samples::four()[1];
    again.enforced = samples::dockerDefault("read-only");
    const int id = m_workspace.putSubject(SubjectGroup::lab, QStringLiteral("lab"), again);
    EXPECT_EQ(id, m_ids[1]);
    EXPECT_EQ(m_workspace.library().size(), 4U);
    EXPECT_EQ(m_workspace.diagram().columns[1].counts.stronger, 0);
}

TEST_F(WorkspaceOfFour, oneSubjectShowsItsVantagesAndComesBack) {
    m_workspace.select({"", 3});
    m_workspace.showOneSubject(m_ids[3]);
    EXPECT_TRUE(m_workspace.diagram().oneSubject);
    EXPECT_EQ(m_workspace.idOfColumn(0), m_ids[3]);
    m_workspace.showOneSubject(-1);
    EXPECT_FALSE(m_workspace.diagram().oneSubject);
    EXPECT_EQ(m_workspace.selection().column, 3);
    m_workspace.showOneSubject(4711);
    EXPECT_EQ(m_workspace.oneSubject(), -1);
}

TEST_F(WorkspaceOfFour, removingTheOneSubjectEndsItsView) {
    m_workspace.showOneSubject(m_ids[3]);
    m_workspace.removeColumn(m_ids[3]);
    EXPECT_EQ(m_workspace.oneSubject(), -1);
    EXPECT_EQ(names().size(), 3U);
}

TEST(Workspace, aFailedSubjectIsAColumnWithItsError) {
    Workspace workspace;
    diagram::SubjectView failed;
    failed.name = "broken.json";
    failed.error = "broken.json: line 3: unexpected end of input";
    workspace.addColumns({workspace.putSubject(SubjectGroup::file, QStringLiteral("broken.json"), failed)});
    ASSERT_EQ(workspace.diagram().columns.size(), 1U);
    EXPECT_EQ(workspace.diagram().columns[0].error, failed.error);
}

} // namespace
} // namespace bulkhead::models
