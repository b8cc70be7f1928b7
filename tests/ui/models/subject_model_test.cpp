#include "tests/samples/sample_snapshots.h"
#include "ui/models/subject_model.h"

#include <QAbstractItemModelTester>
#include <QMimeData>
#include <gtest/gtest.h>
#include <memory>

namespace bulkhead::models {
namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

TEST(SubjectModel, groupsSubjectsByWhereTheyCameFrom) {
    Workspace workspace;
    SubjectModel model(workspace);
    const QAbstractItemModelTester tester(&model, Mode::Fatal);
    ASSERT_EQ(model.rowCount(), 5);
    EXPECT_EQ(model.index(0, 0).data().toString(), "Lab results");
    EXPECT_EQ(model.index(1, 0).data().toString(), "Live");
    EXPECT_EQ(model.index(2, 0).data().toString(), "Files");
    EXPECT_EQ(model.index(3, 0).data().toString(), "Recorded");
    const auto four = samples::four();
    workspace.putSubject(SubjectGroup::file, QStringLiteral("a.json"), four[0]);
    workspace.putSubject(SubjectGroup::lab, QStringLiteral("lab"), four[1]);
    workspace.putSubject(SubjectGroup::file, QStringLiteral("a.json"), four[2]);
    EXPECT_EQ(model.rowCount(model.index(0, 0)), 1);
    EXPECT_EQ(model.rowCount(model.index(2, 0)), 2);
    EXPECT_EQ(model.index(1, 0, model.index(2, 0)).data().toString(), "rootless");
}

TEST(SubjectModel, aCheckIsAColumn) {
    Workspace workspace;
    SubjectModel model(workspace);
    const int id = workspace.putSubject(SubjectGroup::lab, QStringLiteral("lab"), samples::four()[0]);
    const QModelIndex index = model.index(0, 0, model.index(0, 0));
    EXPECT_EQ(index.data(Qt::CheckStateRole), Qt::Unchecked);
    EXPECT_TRUE(model.setData(index, Qt::Checked, Qt::CheckStateRole));
    EXPECT_TRUE(workspace.isShown(id));
    EXPECT_EQ(index.data(Qt::CheckStateRole), Qt::Checked);
    EXPECT_TRUE(model.setData(index, Qt::Unchecked, Qt::CheckStateRole));
    EXPECT_FALSE(workspace.isShown(id));
    EXPECT_FALSE(model.setData(model.index(0, 0), Qt::Checked, Qt::CheckStateRole)) << "a group is no column";
}

TEST(SubjectModel, isDraggedAsLibraryIds) {
    Workspace workspace;
    SubjectModel model(workspace);
    const int id = workspace.putSubject(SubjectGroup::lab, QStringLiteral("lab"), samples::four()[0]);
    const std::unique_ptr<QMimeData> mime(
        model.mimeData({model.index(0, 0, model.index(0, 0)), model.index(0, 0)}));
    EXPECT_EQ(mime->data(QString::fromLatin1(kSubjectMime)), QByteArray::number(id));
}

TEST(SubjectModel, recordingsAndFailuresSayWhatTheyAre) {
    Workspace workspace;
    SubjectModel model(workspace);
    diagram::SubjectView recorded = samples::four()[0];
    recorded.enforced->recorded = model::Recorded{"6.1.0", "runc 1.1.5", "2026-11-24T02:00:00Z"};
    workspace.putSubject(SubjectGroup::recorded, {}, recorded);
    diagram::SubjectView failed;
    failed.name = "x.json";
    failed.error = "x.json: not a snapshot";
    workspace.putSubject(SubjectGroup::file, {}, failed);
    const QString tip = model.index(0, 0, model.index(3, 0)).data(Qt::ToolTipRole).toString();
    EXPECT_TRUE(tip.contains("recorded: runc 1.1.5, kernel 6.1.0, 2026-11-24T02:00:00Z"));
    EXPECT_EQ(model.index(0, 0, model.index(2, 0)).data().toString(), "x.json (failed)");
}

} // namespace
} // namespace bulkhead::models
