#include "tests/samples/exact_snapshots.h"
#include "tests/samples/sample_snapshots.h"
#include "ui/models/cell_text.h"
#include "ui/models/namespace_model.h"

#include <QAbstractItemModelTester>
#include <gtest/gtest.h>

namespace bulkhead::models {
namespace {

class Namespaces : public ::testing::Test {
protected:
    [[nodiscard]] QModelIndex cell(const char* type, int column) const {
        const QModelIndexList found = m_model.match(
            m_model.index(0, 0), Qt::DisplayRole, QString::fromLatin1(type), 1, Qt::MatchExactly);
        return found.isEmpty() ? QModelIndex() : found.front().siblingAtColumn(column);
    }

    [[nodiscard]] QString badge(const char* type, int column) const {
        return cell(type, column).data(badgeRole).toString();
    }

    NamespaceModel m_model;
    QAbstractItemModelTester m_tester{&m_model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(Namespaces, aPodIsOneLetterInEveryTypeItShares) {
    m_model.show(samples::pod(), model::Vantage::enforced);
    EXPECT_EQ(m_model.rowCount(), 8);
    for (const char* type : {"net", "ipc", "uts"}) {
        EXPECT_EQ(badge(type, 1), "A") << type;
        EXPECT_EQ(badge(type, 2), "A") << type;
        EXPECT_EQ(cell(type, 1).data(tintRole), cell(type, 2).data(tintRole)) << type;
        EXPECT_EQ(cell(type, 1).data(identityRole), cell(type, 2).data(identityRole)) << type;
    }
    for (const char* type : {"pid", "mnt"}) {
        EXPECT_FALSE(cell(type, 1).data(badgeRole).isValid()) << type;
        EXPECT_NE(cell(type, 1).data(identityRole), cell(type, 2).data(identityRole)) << type;
    }
    EXPECT_EQ(badge("user", 1), "H");
    EXPECT_NE(cell("user", 1).data(tintRole), cell("net", 1).data(tintRole));
    const auto legend = m_model.legend();
    ASSERT_EQ(legend.size(), 2U);
    EXPECT_EQ(legend[0].letter, "H");
    EXPECT_EQ(legend[0].text, "the host's own: user, cgroup, time");
    EXPECT_EQ(legend[1].text, "web-1, sidecar share net, ipc, uts");
}

TEST_F(Namespaces, theHostsIsMarkedEvenWhereOnlyOneIsInIt) {
    m_model.show(samples::exactFour(), model::Vantage::enforced);
    EXPECT_EQ(badge("user", 1), "H");
    EXPECT_EQ(badge("user", 3), "") << "rootless has its own";
    EXPECT_EQ(cell("user", 1).data().toString(), "the host's");
    EXPECT_TRUE(cell("user", 0).data(differsRole).toBool());
    EXPECT_FALSE(cell("mnt", 0).data(differsRole).toBool()) << "everybody has his own";
}

TEST_F(Namespaces, ownersAndLevelsAreSaid) {
    m_model.show(samples::exactFour(), model::Vantage::enforced);
    const QString net = cell("net", 3).data().toString();
    EXPECT_TRUE(net.endsWith("· owned by a child of uid 100000 · level 1")) << net.toStdString();
    EXPECT_TRUE(cell("user", 3).data().toString().contains("made by uid 100000"));
    EXPECT_TRUE(cell("net", 1).data().toString().endsWith("· owned by the host"));
    EXPECT_TRUE(cell("net", 3).data(Qt::ToolTipRole).toString().contains("owning user namespace 4026532132"));
}

TEST_F(Namespaces, equalInodesOfTwoMachinesAreNotShared) {
    auto subjects = samples::pod();
    for (std::size_t i = 0; i < 2; ++i) {
        subjects[i].enforced->host.bootId = model::Fact<std::string>(i == 0 ? "b1" : "b2", {});
    }
    m_model.show(subjects, model::Vantage::enforced);
    EXPECT_NE(cell("net", 1).data(identityRole), cell("net", 2).data(identityRole));
    EXPECT_FALSE(cell("net", 1).data(badgeRole).isValid());
}

TEST_F(Namespaces, whatCannotBeReadIsAGapWithWhatWouldCloseIt) {
    auto subjects = samples::pod();
    auto& net = subjects[0].enforced->namespaces[model::NamespaceType::net];
    net = {};
    net.inode = model::Unreadable{"EACCES", "CAP_SYS_PTRACE"};
    m_model.show(subjects, model::Vantage::enforced);
    EXPECT_TRUE(cell("net", 1).data(gapRole).toBool());
    EXPECT_TRUE(cell("net", 1).data(Qt::ToolTipRole).toString().contains("needs CAP_SYS_PTRACE"));
    EXPECT_FALSE(cell("net", 2).data(gapRole).toBool());
    EXPECT_FALSE(cell("net", 2).data(badgeRole).isValid()) << "shared with nobody that is known";
}

} // namespace
} // namespace bulkhead::models
