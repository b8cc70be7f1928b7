#include "tests/samples/sample_snapshots.h"
#include "ui/models/capability_model.h"
#include "ui/models/cell_text.h"
#include "ui/models/mount_model.h"
#include "ui/models/namespace_model.h"
#include "ui/models/selection_text.h"
#include "ui/models/table_filter.h"

#include <QAbstractItemModelTester>
#include <gtest/gtest.h>

namespace bulkhead::models {
namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

/// A model under test reports what it does wrong as a fatal message.
template <class Model>
struct Tested {
    Model model;
    QAbstractItemModelTester tester{&model, Mode::Fatal};
};

QModelIndex rowNamed(const QAbstractItemModel& model, const QString& name) {
    const QModelIndexList found =
        model.match(model.index(0, 0), Qt::DisplayRole, name, 1, Qt::MatchExactly | Qt::MatchRecursive);
    return found.isEmpty() ? QModelIndex() : found.front();
}

TEST(CapabilityModel, hasARowForEachCapabilityOfTheKernelAndAColumnForEachSet) {
    Tested<CapabilityModel> tested;
    EXPECT_EQ(tested.model.rowCount(), 0);
    tested.model.show(samples::four(), model::Vantage::enforced, std::nullopt);
    EXPECT_EQ(tested.model.rowCount(), 41);
    EXPECT_EQ(tested.model.columnCount(), 1 + 4 * 5);
    tested.model.show(samples::four(), model::Vantage::enforced, 0);
    EXPECT_EQ(tested.model.columnCount(), 1 + 4);
    EXPECT_EQ(
        tested.model.headerData(4, Qt::Horizontal, Qt::DisplayRole).toString(), "privileged\neffective");
}

TEST(CapabilityModel, saysWhoHoldsWhat) {
    Tested<CapabilityModel> tested;
    tested.model.show(samples::four(), model::Vantage::enforced, 0);
    const QModelIndex admin = rowNamed(tested.model, QStringLiteral("CAP_SYS_ADMIN"));
    ASSERT_TRUE(admin.isValid());
    EXPECT_EQ(admin.row(), 21); // CAP_SYS_ADMIN is 21 in linux/capability.h
    EXPECT_EQ(admin.siblingAtColumn(1).data(Qt::AccessibleTextRole).toString(), "not held");
    EXPECT_EQ(admin.siblingAtColumn(4).data(Qt::AccessibleTextRole).toString(), "held");
    int held = 0;
    for (int row = 0; row < tested.model.rowCount(); ++row) {
        held += tested.model.index(row, 1).data().toString() == QStringLiteral("●") ? 1 : 0;
    }
    EXPECT_EQ(held, 14); // Docker's default set
}

TEST(CapabilityModel, whatCouldNotBeReadIsNoAbsence) {
    auto subjects = samples::four();
    subjects.resize(1);
    subjects[0].enforced->capabilities.effective = model::Unreadable{"EACCES", "CAP_SYS_PTRACE"};
    subjects[0].enforced->host.capLastCap = {};
    Tested<CapabilityModel> tested;
    tested.model.show(subjects, model::Vantage::enforced, 0);
    EXPECT_EQ(tested.model.rowCount(), 41);
    EXPECT_EQ(tested.model.index(0, 1).data().toString(), "?");
    EXPECT_EQ(
        tested.model.index(0, 1).data(Qt::ToolTipRole).toString(),
        "not readable: EACCES, needs CAP_SYS_PTRACE");
}

TEST(CapabilityModel, anAbsurdLastCapabilityIsBounded) {
    auto subjects = samples::four();
    subjects[0].enforced->host.capLastCap = model::Fact<std::int64_t>(2'000'000'000, {});
    Tested<CapabilityModel> tested;
    tested.model.show(subjects, model::Vantage::enforced, std::nullopt);
    EXPECT_EQ(tested.model.rowCount(), 64);
}

TEST(NamespaceModel, cellsOfOneNamespaceShareLetterAndTint) {
    auto subjects = samples::four();
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        auto& net = subjects[i].enforced->namespaces[model::NamespaceType::net];
        net.inode = model::Fact<std::uint64_t>(i < 2 ? 4026531840U : 4026532000U + i, {});
    }
    Tested<NamespaceModel> tested;
    tested.model.setTints({Qt::lightGray, Qt::gray});
    tested.model.show(subjects, model::Vantage::enforced);
    EXPECT_EQ(tested.model.rowCount(), 8);
    EXPECT_EQ(tested.model.columnCount(), 5);
    const QModelIndex net = rowNamed(tested.model, QStringLiteral("net"));
    ASSERT_TRUE(net.isValid());
    EXPECT_TRUE(net.siblingAtColumn(1).data().toString().startsWith("A  "));
    EXPECT_TRUE(net.siblingAtColumn(2).data().toString().startsWith("A  "));
    EXPECT_EQ(
        net.siblingAtColumn(1).data(Qt::BackgroundRole), net.siblingAtColumn(2).data(Qt::BackgroundRole));
    EXPECT_FALSE(net.siblingAtColumn(3).data(Qt::BackgroundRole).isValid());
    EXPECT_NE(net.siblingAtColumn(3).data(identityRole), net.siblingAtColumn(4).data(identityRole));
}

TEST(NamespaceModel, equalInodesOfTwoMachinesAreNotShared) {
    auto subjects = samples::four();
    subjects.resize(2);
    for (const char* boot : {"b1", "b2"}) {
        auto& snapshot = *subjects[boot[1] == '1' ? 0 : 1].enforced;
        snapshot.host.bootId = model::Fact<std::string>(boot, {});
        snapshot.namespaces[model::NamespaceType::net].inode = model::Fact<std::uint64_t>(4026531840U, {});
    }
    Tested<NamespaceModel> tested;
    tested.model.show(subjects, model::Vantage::enforced);
    const QModelIndex net = rowNamed(tested.model, QStringLiteral("net"));
    EXPECT_NE(net.siblingAtColumn(1).data(identityRole), net.siblingAtColumn(2).data(identityRole));
    EXPECT_FALSE(net.siblingAtColumn(1).data().toString().startsWith("A  "));
}

model::Mount mountOf(std::int64_t id, std::int64_t parent, const std::string& target) {
    model::Mount mount;
    mount.id = id;
    mount.parent = parent;
    mount.target = target;
    return mount;
}

model::Snapshot withMounts(std::vector<model::Mount> mounts) {
    model::Snapshot snapshot;
    snapshot.mounts = model::Fact<std::vector<model::Mount>>(std::move(mounts), {});
    return snapshot;
}

TEST(MountModel, isTheTreeOfParentIds) {
    const auto snapshot = withMounts(
        {mountOf(30, 1, "/"), mountOf(31, 30, "/proc"), mountOf(32, 31, "/proc/sys"),
         mountOf(33, 30, "/dev")});
    Tested<MountModel> tested;
    tested.model.show(&snapshot);
    ASSERT_EQ(tested.model.rowCount(), 1);
    const QModelIndex root = tested.model.index(0, 0);
    EXPECT_EQ(root.data().toString(), "/");
    EXPECT_EQ(tested.model.rowCount(root), 2);
    const QModelIndex sys = rowNamed(tested.model, QStringLiteral("/proc/sys"));
    EXPECT_EQ(sys.parent().data().toString(), "/proc");
}

TEST(MountModel, idsInACircleMakeNoLoop) {
    const auto snapshot = withMounts({mountOf(1, 2, "/a"), mountOf(2, 1, "/b"), mountOf(3, 3, "/c")});
    Tested<MountModel> tested;
    tested.model.show(&snapshot);
    EXPECT_TRUE(rowNamed(tested.model, QStringLiteral("/b")).isValid());
    EXPECT_EQ(tested.model.rowCount(), 2); // /a with /b below it, /c
}

TEST(MountModel, mountsThatCannotBeReadAreAGap) {
    model::Snapshot snapshot;
    snapshot.mounts = model::Unreadable{"EACCES", "CAP_SYS_PTRACE"};
    Tested<MountModel> tested;
    tested.model.show(&snapshot);
    EXPECT_EQ(tested.model.rowCount(), 0);
    EXPECT_EQ(tested.model.gap(), "not readable: EACCES, needs CAP_SYS_PTRACE");
    tested.model.show(nullptr);
    EXPECT_EQ(tested.model.gap(), "");
}

TEST(TableFilter, everyWordMustOccurInSomeCell) {
    CapabilityModel model;
    model.show(samples::four(), model::Vantage::enforced, 0);
    TableFilter filter;
    const QAbstractItemModelTester tester(&filter, Mode::Fatal);
    filter.setSourceModel(&model);
    filter.setText(QStringLiteral("sys_ admin"));
    ASSERT_EQ(filter.rowCount(), 1);
    EXPECT_EQ(filter.index(0, 0).data().toString(), "CAP_SYS_ADMIN");
    filter.setText(QStringLiteral("nothing like it"));
    EXPECT_EQ(filter.rowCount(), 0);
    filter.setText({});
    EXPECT_EQ(filter.rowCount(), 41);
}

TEST(TableFilter, aTreeKeepsTheWayToWhatMatches) {
    MountModel model;
    const auto snapshot =
        withMounts({mountOf(30, 1, "/"), mountOf(31, 30, "/proc"), mountOf(32, 31, "/proc/sys")});
    model.show(&snapshot);
    TableFilter filter;
    filter.setSourceModel(&model);
    filter.setText(QStringLiteral("/proc/sys"));
    EXPECT_TRUE(rowNamed(filter, QStringLiteral("/proc/sys")).isValid());
    EXPECT_TRUE(rowNamed(filter, QStringLiteral("/")).isValid());
}

TEST(TableFilter, sortsByWhatACellMeans) {
    CapabilityModel model;
    model.show(samples::four(), model::Vantage::enforced, 0);
    TableFilter filter;
    filter.setSourceModel(&model);
    filter.sort(1, Qt::AscendingOrder);
    EXPECT_EQ(filter.index(0, 1).data(Qt::AccessibleTextRole).toString(), "held");
    EXPECT_EQ(filter.index(40, 1).data(Qt::AccessibleTextRole).toString(), "not held");
    filter.sort(0, Qt::DescendingOrder);
    EXPECT_EQ(filter.index(0, 0).data().toString(), "CAP_CHECKPOINT_RESTORE"); // 40, the highest
}

TEST(SelectionText, isTabSeparatedWithHeadersAndWords) {
    CapabilityModel model;
    model.show(samples::four(), model::Vantage::enforced, 0);
    const QString text =
        selectionText({model.index(21, 4), model.index(21, 0), model.index(0, 0), model.index(0, 4)});
    EXPECT_EQ(
        text, QStringLiteral("Capability\tprivileged effective\nCAP_CHOWN\theld\nCAP_SYS_ADMIN\theld\n"));
    EXPECT_EQ(selectionText({}), QString());
}

} // namespace
} // namespace bulkhead::models
