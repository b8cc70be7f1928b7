#include "tests/samples/sample_postures.h"
#include "ui/models/cell_text.h"
#include "ui/models/posture_columns.h"
#include "ui/models/posture_model.h"
#include "ui/models/table_filter.h"

#include <QAbstractItemModelTester>
#include <QFont>
#include <gtest/gtest.h>

namespace bulkhead::models {
namespace {

class Postures : public ::testing::Test {
protected:
    void SetUp() override { m_model.show({samples::machineList(), samples::machinePostures()}); }

    [[nodiscard]] QModelIndex row(const char* label) const {
        const QModelIndexList found = m_model.match(
            m_model.index(0, 0), Qt::DisplayRole, QString::fromLatin1(label), 1,
            Qt::MatchExactly | Qt::MatchRecursive);
        return found.isEmpty() ? QModelIndex() : found.front();
    }

    [[nodiscard]] QModelIndex cell(const char* label, const char* title) const {
        for (int column = 0; column < m_model.columnCount(); ++column) {
            if (m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole) == QString::fromLatin1(title)) {
                return row(label).siblingAtColumn(column);
            }
        }
        return {};
    }

    [[nodiscard]] QString text(const char* label, const char* title) const {
        return cell(label, title).data().toString();
    }

    PostureModel m_model;
    QAbstractItemModelTester m_tester{&m_model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(Postures, areGroupedByKindByPodAndByNesting) {
    ASSERT_EQ(m_model.rowCount(), 3);
    EXPECT_EQ(m_model.index(0, 0).data().toString(), "Containers (5)");
    EXPECT_EQ(m_model.index(1, 0).data().toString(), "Services (1)");
    EXPECT_EQ(m_model.index(2, 0).data().toString(), "Sandboxes (1)");
    EXPECT_EQ(row("inner").parent(), row("web"));
    EXPECT_EQ(row("app").parent().data().toString(), "pod pod7f3a: shares net, ipc (2)");
    EXPECT_EQ(row("sidecar").parent(), row("app").parent());
    EXPECT_FALSE(m_model.index(0, 0).flags().testFlag(Qt::ItemIsSelectable)) << "a kind is no subject";
    EXPECT_EQ(m_model.postureAt(row("web"))->subject.ref, "oci:web");
    EXPECT_EQ(m_model.postureAt(m_model.index(0, 0)), nullptr);
    EXPECT_EQ(m_model.summary(), "46 processes looked at: 12 in 7 subjects, 33 on the host, 1 not known");
}

TEST_F(Postures, sayTheAuthorityOfEachSubject) {
    EXPECT_EQ(text("web", "Worst path"), "none known");
    EXPECT_EQ(text("build", "Worst path"), "root on the host");
    EXPECT_EQ(text("resolved (pid:60), inferred", "Worst path"), "code in the host's kernel, possible");
    EXPECT_EQ(text("web", "Privileged"), "no");
    EXPECT_EQ(text("web", "Host's root"), "yes");
    EXPECT_EQ(text("web", "Capabilities"), "14");
    EXPECT_EQ(text("web", "System calls"), "311 calls");
    EXPECT_EQ(text("web", "Host namespaces"), "none") << "user, cgroup and time are what every one shares";
    EXPECT_EQ(
        cell("web", "Host namespaces").data(Qt::ToolTipRole).toString(), "the host's: user, cgroup, time");
    EXPECT_EQ(text("web", "Processes"), "2, 1 by exec");
    EXPECT_EQ(text("web", "LSM"), "docker-default (enforce)");
    EXPECT_EQ(text("build", "Privileged"), "yes");
    EXPECT_EQ(text("build", "System calls"), "all calls");
    EXPECT_EQ(text("build", "Host namespaces"), "pid, net");
    EXPECT_EQ(text("build", "Host mounts"), "3, 1 writable");
    EXPECT_EQ(text("build", "Sockets"), "1");
}

/// Authority over the host stands out, what gives none is quiet, and neither needs colour.
TEST_F(Postures, weighCellsByWhatTheyReach) {
    EXPECT_EQ(cell("build", "Privileged").data(Qt::FontRole).value<QFont>().weight(), QFont::Bold);
    EXPECT_EQ(cell("build", "Sockets").data(Qt::FontRole).value<QFont>().weight(), QFont::Bold);
    EXPECT_TRUE(cell("web", "Privileged").data(mutedRole).toBool());
    EXPECT_FALSE(cell("web", "Capabilities").data(mutedRole).toBool());
}

TEST_F(Postures, whatIsNotReadableIsAGapWithItsRemedy) {
    const QModelIndex gap = cell("resolved (pid:60), inferred", "Host namespaces");
    EXPECT_EQ(gap.data().toString(), "?");
    EXPECT_TRUE(gap.data(gapRole).toBool());
    EXPECT_EQ(gap.data(Qt::ToolTipRole).toString(), "not readable: permission denied, needs CAP_SYS_PTRACE");
    EXPECT_EQ(
        gap.data(Qt::AccessibleTextRole).toString(),
        "Host namespaces: not readable: permission denied, needs CAP_SYS_PTRACE");
    EXPECT_TRUE(row("resolved (pid:60), inferred").data(mutedRole).toBool());
    const QModelIndex filter = cell("resolved (pid:60), inferred", "System calls");
    EXPECT_EQ(filter.data().toString(), "filter");
    EXPECT_TRUE(filter.data(gapRole).toBool());
    EXPECT_EQ(text("resolved (pid:60), inferred", "Processes"), "1") << "this the sweep has seen";
}

TEST_F(Postures, aSubjectThatEndedKeepsItsRowAndSaysSo) {
    const QModelIndex gap = cell("render (pid:70)", "Privileged");
    EXPECT_TRUE(gap.data(gapRole).toBool());
    EXPECT_EQ(gap.data(Qt::ToolTipRole).toString(), "not readable: pid 70: exited meanwhile");
    EXPECT_EQ(text("render (pid:70)", "PID"), "70");
    EXPECT_EQ(
        m_model.notes(), QStringList(
                             {"the kernel refused the namespaces of 1 process (pid 1)",
                              "render (pid:70) could not be read: pid 70: exited meanwhile"}));
}

/// A machine can hide a thousand things from a user; the rows stay in sight.
TEST(PostureNotes, areAFewLinesAndACount) {
    model::SubjectList list;
    list.gaps.assign(20, "/run/runc: permission denied");
    PostureModel model;
    model.show({list, {}});
    EXPECT_EQ(model.notes().size(), 5);
    EXPECT_EQ(model.notes().last(), "and 16 more; bulkhead doctor tells them all");
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(PostureNotes, sayThatNothingRuns) {
    model::SubjectList list;
    list.processes = 40;
    list.onHost = 40;
    PostureModel model;
    model.show({list, {}});
    EXPECT_EQ(model.notes(), QStringList("No confined process is running, as far as can be seen."));
    EXPECT_EQ(model.summary(), "40 processes looked at: 0 in 0 subjects, 40 on the host");
}

/// Numbers sort as numbers, unknown ones before all.
TEST_F(Postures, sortByAuthority) {
    TableFilter filter;
    filter.setSourceModel(&m_model);
    const int column = cell("web", "System calls").column();
    filter.sort(column, Qt::DescendingOrder);
    const QModelIndex containers = filter.mapFromSource(m_model.index(0, 0));
    EXPECT_EQ(filter.index(0, 0, containers).data().toString(), "build") << "no filter leaves most";
    EXPECT_LT(
        cell("render (pid:70)", "System calls").data(sortKeyRole).toLongLong(),
        cell("web", "System calls").data(sortKeyRole).toLongLong());
}

/// Names come from state files that others can write.
TEST(PostureNames, areShownEscaped) {
    model::SubjectSummary subject;
    subject.ref = "oci:x";
    subject.name = "a\033[31m\nb";
    subject.naming = model::Naming::claimed;
    EXPECT_EQ(subjectTitle(subject), "a\\x1b[31m\\x0ab");
    subject.id = std::string(64, 'a');
    subject.name = subject.id;
    EXPECT_EQ(subjectTitle(subject), "aaaaaaaaaaaa");
    subject.name.clear();
    EXPECT_EQ(subjectTitle(subject), "oci:x");
    subject.doubts = {"two engines claim it"};
    EXPECT_EQ(subjectLabel(subject), "oci:x, in doubt");
    EXPECT_TRUE(subjectToolTip(subject).contains(QStringLiteral("in doubt: two engines claim it")));
}

} // namespace
} // namespace bulkhead::models
