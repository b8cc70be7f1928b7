#include "tests/samples/exact_snapshots.h"
#include "ui/models/cell_text.h"
#include "ui/models/syscall_model.h"
#include "ui/models/syscall_ranges.h"
#include "ui/models/table_filter.h"

#include <QAbstractItemModelTester>
#include <gtest/gtest.h>

namespace bulkhead::models {
namespace {

using model::SeccompAction;

model::SeccompVerdict answer(SeccompAction action, std::int64_t data = 0) {
    model::SeccompVerdict verdict;
    verdict.action = action;
    verdict.data = data;
    return verdict;
}

/// Two columns with one call each way: the cell of the second.
class OneCall : public ::testing::Test {
protected:
    void show(const model::SeccompVerdict& before, const model::SeccompVerdict& after) {
        auto subjects = samples::exactFour();
        subjects.resize(2);
        std::size_t at = 0;
        for (const model::SeccompVerdict& verdict : {before, after}) {
            model::ArchVerdicts account;
            account.others = answer(SeccompAction::errorNumber, 38);
            account.calls["mount"] = verdict;
            subjects[at++].enforced->seccomp.verdicts =
                model::Fact<std::map<std::string, model::ArchVerdicts>>({{"x86_64", account}}, {});
        }
        m_model.show(subjects, {model::Vantage::enforced, 0, "x86_64"});
    }

    [[nodiscard]] QString text() const { return m_model.index(0, 3).data().toString(); }
    [[nodiscard]] QString toolTip() const { return m_model.index(0, 3).data(Qt::ToolTipRole).toString(); }
    diagram::Mark markOf(const model::SeccompVerdict& before, const model::SeccompVerdict& after) {
        show(before, after);
        return static_cast<diagram::Mark>(m_model.index(0, 3).data(markRole).toInt());
    }

    SyscallModel m_model;
};

TEST_F(OneCall, spellsOutConditions) {
    show(answer(SeccompAction::allow), samples::dockerClone());
    EXPECT_EQ(text(), "allow if arg0 & 0x7e020000 == 0; else errno(1)");
    EXPECT_TRUE(toolTip().contains("errno(1) EPERM if ")) << toolTip().toStdString();
    show(answer(SeccompAction::allow), answer(SeccompAction::errorNumber, 4095));
    EXPECT_EQ(text(), "errno(4095)");
}

TEST_F(OneCall, saysWhatTheKernelExemptsAndWhatDefiesAnAnswer) {
    auto exempt = answer(SeccompAction::errorNumber, 1);
    exempt.kernelExempt = true;
    show(exempt, exempt);
    EXPECT_EQ(text(), "runs unasked (filter: errno(1))");
    auto doubt = answer(SeccompAction::undetermined);
    doubt.doubt = model::SeccompDoubt{
        "(arg0 + arg1) * 2",
        {{{{1}, {2}, {0}, {0}, {0}, {0}}, {0}, SeccompAction::allow, 0},
         {{{0}, {0}, {0}, {0}, {0}, {0}}, {0}, SeccompAction::errorNumber, 1}}};
    show(exempt, doubt);
    EXPECT_EQ(text(), "undetermined: (arg0 + arg1) * 2");
    EXPECT_TRUE(toolTip().contains("allow with arguments 0x1, 0x2, 0x0, 0x0, 0x0, 0x0"));
}

/// A hostile program makes a thousand cases: neither cell nor tooltip holds them all.
TEST_F(OneCall, boundsItsWords) {
    auto verdict = answer(SeccompAction::allow);
    for (std::uint64_t i = 0; i < 1000; ++i) {
        verdict.cases.push_back(
            {{{0, model::ArgumentOperator::equal, {~0ULL}, {i}}},
             SeccompAction::errorNumber,
             static_cast<std::int64_t>(i % 2)});
    }
    show(answer(SeccompAction::allow), verdict);
    EXPECT_LE(text().size(), 303);
    EXPECT_TRUE(toolTip().endsWith("and 976 more"));
}

/// Directions by the sets of allowed calls.
TEST_F(OneCall, followsWhatIsAllowed) {
    using diagram::Mark;
    const auto allow = answer(SeccompAction::allow);
    const auto denied = answer(SeccompAction::errorNumber, 1);
    EXPECT_EQ(markOf(denied, allow), Mark::weaker);
    EXPECT_EQ(markOf(allow, denied), Mark::stronger);
    EXPECT_EQ(markOf(denied, answer(SeccompAction::killProcess)), Mark::neutral);
    EXPECT_EQ(markOf(allow, answer(SeccompAction::log)), Mark::neutral);
    EXPECT_EQ(markOf(allow, allow), Mark::same);
    EXPECT_EQ(markOf(denied, answer(SeccompAction::userNotif)), Mark::weaker);
    EXPECT_EQ(markOf(denied, samples::dockerClone()), Mark::weaker);
    EXPECT_EQ(markOf(allow, samples::dockerClone()), Mark::stronger);
    // the same call under a flag that Docker's condition also names: strictly fewer arguments are refused
    auto wider = samples::dockerClone();
    for (model::SeccompCase& one : wider.cases) {
        one.when[0].mask = {0x10000000};
    }
    EXPECT_EQ(markOf(samples::dockerClone(), wider), Mark::weaker);
    auto other = samples::dockerClone();
    for (model::SeccompCase& one : other.cases) {
        one.when[0].mask = {0x80000000};
    }
    EXPECT_EQ(markOf(samples::dockerClone(), other), Mark::incomparable);
}

TEST(SyscallRanges, areReadAndParted) {
    EXPECT_EQ(callRange("#512"), (CallRange{512, 512}));
    EXPECT_EQ(callRange("#512..600"), (CallRange{512, 600}));
    for (const char* bad : {"mount", "#", "#x", "#5..", "#9..3", "#1..2..3", "#-1"}) {
        EXPECT_FALSE(callRange(bad)) << bad;
    }
    model::ArchVerdicts one;
    one.calls["#512..600"] = answer(SeccompAction::allow);
    model::ArchVerdicts other;
    other.calls["#512..547"] = answer(SeccompAction::errorNumber, 38);
    other.calls["#700"] = answer(SeccompAction::log);
    EXPECT_EQ(commonRanges({&one, &other}), (std::vector<CallRange>{{512, 547}, {548, 600}, {700, 700}}));
    EXPECT_EQ(verdictOf(one, "#548..600").action, SeccompAction::allow);
    EXPECT_EQ(verdictOf(other, "#548..600"), other.others);
}

class Syscalls : public ::testing::Test {
protected:
    void show(const std::optional<std::string>& abi = "x86_64", std::size_t baseline = 0) {
        m_model.show(samples::exactFour(), {model::Vantage::enforced, baseline, abi});
    }

    [[nodiscard]] QModelIndex cell(const char* call, int column) const {
        const QModelIndexList found = m_model.match(
            m_model.index(0, 0), Qt::DisplayRole, QString::fromLatin1(call), 1, Qt::MatchExactly);
        return found.isEmpty() ? QModelIndex() : found.front().siblingAtColumn(column);
    }

    static diagram::Mark mark(const QModelIndex& index) {
        return static_cast<diagram::Mark>(index.data(markRole).toInt());
    }

    SyscallModel m_model;
    QAbstractItemModelTester m_tester{&m_model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(Syscalls, areTheUnionOverTheSubjects) {
    EXPECT_EQ(m_model.rowCount(), 0);
    show();
    EXPECT_EQ(m_model.rowCount(), 10); // nine that the profile treats apart, and all others
    EXPECT_EQ(m_model.columnCount(), 2 + 4);
    EXPECT_EQ(cell("clone", 2).data().toString(), "allow if arg0 & 0x7e020000 == 0; else errno(1)");
    EXPECT_EQ(cell("uretprobe", 2).data().toString(), "runs unasked (filter: errno(1))");
    EXPECT_EQ(cell("all others", 2).data().toString(), "errno(1)");
    EXPECT_EQ(cell("mount", 5).data().toString(), "allow") << "privileged has no filter";
    EXPECT_EQ(m_model.callAt(cell("clone", 3)), (std::pair<std::string, std::string>("x86_64", "clone")));
    EXPECT_EQ(m_model.callAt(cell("all others", 0)).second, "");
}

TEST_F(Syscalls, carryTheirDirectionAgainstTheBaseline) {
    show();
    EXPECT_EQ(mark(cell("mount", 4)), diagram::Mark::weaker);
    EXPECT_EQ(mark(cell("clone3", 4)), diagram::Mark::neutral);
    EXPECT_EQ(mark(cell("read", 4)), diagram::Mark::same);
    EXPECT_EQ(mark(cell("clone", 5)), diagram::Mark::weaker);
    EXPECT_TRUE(cell("mount", 0).data(differsRole).toBool());
    EXPECT_FALSE(cell("read", 0).data(differsRole).toBool());
    show("x86_64", 3);
    EXPECT_EQ(mark(cell("mount", 2)), diagram::Mark::stronger);
}

TEST_F(Syscalls, filtersThatWereNotReadAreGapsAndNotAnswers) {
    show();
    const QModelIndex unread = cell("mount", 3);
    EXPECT_TRUE(unread.data(gapRole).toBool());
    EXPECT_EQ(unread.data().toString(), "filter unread");
    EXPECT_EQ(
        unread.data(Qt::ToolTipRole).toString(),
        "not readable: the filter programs were not read, needs CAP_SYS_ADMIN");
    EXPECT_EQ(mark(unread), diagram::Mark::value) << "nothing is compared with what is not known";
}

TEST_F(Syscalls, abisThatAreNotRunOrForgottenAreSaid) {
    show("x32");
    EXPECT_EQ(cell("mount", 2).data().toString(), "not run");
    EXPECT_TRUE(cell("mount", 2).data(Qt::ToolTipRole).toString().contains("errno(1)"));
    EXPECT_EQ(
        m_model.notes(), QStringList(
                             {"read-only: the filter programs were not read. To read them: CAP_SYS_ADMIN.",
                              "x32 is forgotten by the filters of default.",
                              "x32 is not run by the kernel of default, rootless."}));
    show(std::nullopt);
    EXPECT_EQ(m_model.rowCount(), 10 + 9 + 10);
    EXPECT_EQ(syscallAbis(samples::exactFour(), model::Vantage::enforced).front(), "x86_64");
    EXPECT_EQ(syscallAbis(samples::exactFour(), model::Vantage::enforced).back(), "x32");
}

TEST_F(Syscalls, onlyDifferencesLeavesOutTheRest) {
    show();
    TableFilter filter;
    filter.setSourceModel(&m_model);
    filter.setOnlyDifferences(true);
    for (int row = 0; row < filter.rowCount(); ++row) {
        EXPECT_NE(filter.index(row, 0).data().toString(), "read");
    }
    EXPECT_LT(filter.rowCount(), 10);
    EXPECT_GE(filter.rowCount(), 4); // clone, clone3, mount, all others
    filter.setText(QStringLiteral("0x7e020000"));
    ASSERT_EQ(filter.rowCount(), 1) << "conditions are searched too";
    EXPECT_EQ(filter.index(0, 0).data().toString(), "clone");
}

} // namespace
} // namespace bulkhead::models
