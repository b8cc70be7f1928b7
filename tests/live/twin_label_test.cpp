#include "core/twin/filters.h"
#include "core/twin/launch.h"
#include "core/twin/plan.h"
#include "core/twin/program.h"
#include "core/twin/target.h"
#include "tests/live/forked.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>

namespace bulkhead::live {
namespace {

using twin::Outcome;

/// A twin of a process in namespaces of its own, with a label that is planned and not the process's.
base::Result<Outcome> twinWith(pid_t pid, const twin::LabelCopy& label) {
    auto target = twin::readTarget(os::ProcRoot{}, pid);
    if (!target) {
        return std::unexpected(target.error());
    }
    target->label = label;
    auto shared = twin::SharedPlan::make();
    const std::vector<twin::WantedTry> tries{{wire::Try::look, "/", false}};
    if (auto filled = twin::fillPlan(shared->plan(), *target, tries, 40); !filled) {
        return std::unexpected(filled.error());
    }
    auto program = twin::sealProgram(std::getenv("LAB_PROBE"));
    if (!program) {
        return std::unexpected(program.error());
    }
    return twin::runTwin(
        {*target, program->get(), shared->file(), {}, shared->plan(), std::chrono::seconds(20), {}});
}

bool leaveNamespaces() {
    return ::unshare(CLONE_NEWNS | CLONE_NEWUTS) == 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

// No machine of ours has either module; the kernel itself refuses what none of its modules knows.
TEST(TwinLabel, ARefusalOfTheKernelIsAGapAndTheTwinGoesOn) {
    if (::geteuid() != 0 || std::getenv("LAB_PROBE") == nullptr) {
        GTEST_SKIP() << "needs root, and bulkhead-probe as LAB_PROBE";
    }
    const Forked process([](int) { return leaveNamespaces(); });
    ASSERT_TRUE(process.ready());
    const auto outcome = twinWith(
        process.pid(), {"attr/current", "AppArmor", "unconfined", wire::LabelFile::current,
                        "changeprofile bulkhead-no-such-profile", ""});
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->broken, "");
    ASSERT_EQ(outcome->answers.size(), 1U);
    EXPECT_EQ(outcome->answers[0].done, 1U); // it looked around all the same
    EXPECT_TRUE(outcome->same.at("label").unreadable());
    // what comes after the label is there too: no_new_privs, and a twin in the namespaces
    for (const char* name : {"noNewPrivileges", "capabilities.effective", "namespaces.uts", "uid"}) {
        EXPECT_TRUE(outcome->same.at(name).valueOr(false)) << name;
    }
}

TEST(TwinLabel, WithoutAModuleThereIsNothingToTakeOver) {
    if (::geteuid() != 0 || std::getenv("LAB_PROBE") == nullptr) {
        GTEST_SKIP() << "needs root, and bulkhead-probe as LAB_PROBE";
    }
    const Forked process([](int) { return leaveNamespaces(); });
    ASSERT_TRUE(process.ready());
    const auto target = twin::readTarget(os::ProcRoot{}, process.pid());
    ASSERT_TRUE(target) << target.error().message;
    EXPECT_EQ(target->label.file, wire::LabelFile::none); // ours is the same
    const auto outcome = twinWith(process.pid(), target->label);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(outcome->same.at("label").valueOr(false));
}

} // namespace
} // namespace bulkhead::live
