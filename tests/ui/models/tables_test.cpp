#include "tests/samples/sample_snapshots.h"
#include "ui/models/capability_model.h"
#include "ui/models/cell_text.h"
#include "ui/models/mount_model.h"
#include "ui/models/selection_text.h"
#include "ui/models/table_filter.h"

#include <QAbstractItemModelTester>
#include <gtest/gtest.h>
#include <map>

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
    EXPECT_EQ(tested.model.columnCount(), 1 + 4 * 6);
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
    EXPECT_EQ(admin.siblingAtColumn(4).data(Qt::AccessibleTextRole).toString(), "held over the host");
    int held = 0;
    for (int row = 0; row < tested.model.rowCount(); ++row) {
        held += tested.model.index(row, 1).data().toString() == QStringLiteral("● over host") ? 1 : 0;
    }
    EXPECT_EQ(held, 14); // Docker's default set
}

/// The same bits in a child user namespace count over that one alone (user_namespaces(7)).
TEST(CapabilityModel, saysOverWhichNamespace) {
    Tested<CapabilityModel> tested;
    tested.model.show(samples::four(), model::Vantage::enforced, 0);
    const QModelIndex chown = rowNamed(tested.model, QStringLiteral("CAP_CHOWN"));
    const QModelIndex rootless = chown.siblingAtColumn(3);
    EXPECT_EQ(rootless.data().toString(), "○ own user ns");
    EXPECT_EQ(rootless.data(Qt::AccessibleTextRole).toString(), "held over its own user namespace only");
    EXPECT_TRUE(rootless.data(Qt::ToolTipRole).toString().contains("over the host's objects it is nothing"));
    EXPECT_TRUE(chown.data(differsRole).toBool());
    EXPECT_FALSE(rowNamed(tested.model, QStringLiteral("CAP_SYS_RESOURCE")).data(differsRole).toBool())
        << "nobody has it";
}

TEST(CapabilityModel, namesTheHostsNamespacesOverWhichACapabilityCounts) {
    auto subjects = samples::four();
    subjects.resize(1);
    auto& over = subjects[0].enforced->capabilities.over;
    model::CapabilitySet admin;
    admin.add(static_cast<model::Capability>(0));
    over[model::NamespaceType::net] = model::Fact<model::CapabilitySet>(admin, {});
    over[model::NamespaceType::uts] = model::Fact<model::CapabilitySet>(admin, {});
    Tested<CapabilityModel> tested;
    tested.model.show(subjects, model::Vantage::enforced, 0);
    EXPECT_TRUE(tested.model.index(0, 1)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains("counts over the host's namespaces: net, uts"));
    subjects[0].enforced->identity.userNamespaceIsHost = model::Unreadable{"EACCES", "CAP_SYS_PTRACE"};
    tested.model.show(subjects, model::Vantage::enforced, 3); // bounding: only the user namespace tells
    EXPECT_EQ(tested.model.index(0, 1).data().toString(), "● over ?");
    EXPECT_TRUE(
        tested.model.index(0, 1).data(Qt::ToolTipRole).toString().contains("EACCES, needs CAP_SYS_PTRACE"));
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

/// Each column says what it is called, for the mount that has it.
TEST(MountModel, saysWhatIsShadowedMaskedReadOnlyAndShared) {
    model::Mount shadowed = mountOf(31, 30, "/data");
    shadowed.visible = false;
    model::Mount masked = mountOf(32, 30, "/proc/kcore");
    masked.kind = model::MountKind::masked;
    masked.readOnly = true;
    masked.options = {"ro", "nosuid"};
    model::Mount bound = mountOf(33, 30, "/host");
    bound.readOnly = true;
    bound.superOptions = {"ro"};
    bound.propagation = "shared";
    bound.peerGroup = 7;
    bound.sharedWithHostPeer = model::Fact<bool>(true, {});
    bound.hostPaths = model::Fact<std::vector<std::string>>({"/srv/www"}, {});
    bound.idmap = true;
    bound.deleted = true;
    model::Mount root = mountOf(30, 1, "/");
    root.propagation = "slave";
    root.master = 1;
    root.receivesFromHost = model::Fact<bool>(true, {});
    root.overlay = model::Overlay{};
    root.overlay->lower = {"/l1", "/l2"};
    root.overlay->upper = "/up";
    root.hostPaths = model::Unreadable{"another mount namespace", "CAP_SYS_ADMIN"};
    const auto snapshot = withMounts({root, shadowed, masked, bound});
    Tested<MountModel> tested;
    tested.model.show(&snapshot);
    std::map<QString, int> columns;
    for (int i = 0; i < tested.model.columnCount(); ++i) {
        columns[tested.model.headerData(i, Qt::Horizontal, Qt::DisplayRole).toString()] = i;
    }
    const auto cell = [&](const char* target, const char* column) {
        return rowNamed(tested.model, QString::fromLatin1(target)).siblingAtColumn(columns.at(column));
    };
    EXPECT_TRUE(cell("/data", "Target").data(struckRole).toBool());
    EXPECT_FALSE(cell("/host", "Target").data(struckRole).toBool());
    EXPECT_EQ(cell("/data", "State").data().toString(), "shadowed");
    EXPECT_EQ(cell("/proc/kcore", "State").data().toString(), "masked");
    EXPECT_EQ(cell("/proc/kcore", "Access").data().toString(), "read-only (mount)");
    EXPECT_EQ(cell("/host", "State").data().toString(), "source deleted");
    EXPECT_EQ(cell("/host", "Access").data().toString(), "read-only (superblock)");
    EXPECT_EQ(cell("/host", "Propagation").data().toString(), "shared, travels to the host");
    EXPECT_EQ(cell("/", "Propagation").data().toString(), "slave, receives from the host");
    EXPECT_EQ(cell("/host", "Host paths").data().toString(), "/srv/www");
    EXPECT_EQ(cell("/host", "Ids").data().toString(), "mapped by the mount");
    EXPECT_EQ(cell("/", "Layers").data().toString(), "2 lower, upper /up");
    EXPECT_TRUE(cell("/", "Host paths").data(gapRole).toBool());
    const QString tip = cell("/", "Target").data(Qt::ToolTipRole).toString();
    EXPECT_TRUE(tip.contains("needs CAP_SYS_ADMIN")) << tip.toStdString();
    EXPECT_TRUE(tip.contains("lower layer: /l2"));
    EXPECT_TRUE(cell("/host", "Target").data(Qt::ToolTipRole).toString().contains("peer group 7"));
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
    EXPECT_EQ(filter.index(0, 1).data(Qt::AccessibleTextRole).toString(), "held over the host");
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
        text, QStringLiteral("Capability\tprivileged effective\nCAP_CHOWN\theld over the "
                             "host\nCAP_SYS_ADMIN\theld over the host\n"));
    EXPECT_EQ(selectionText({}), QString());
}

} // namespace
} // namespace bulkhead::models
