#include "app/probe/copy_label.h"
#include "core/twin/label.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <unistd.h>

namespace bulkhead::twin {
namespace {

namespace fs = std::filesystem;
using kernel::Task;
using wire::LabelFile;

constexpr const char* kApparmor = "attr/apparmor/current";

/// A composed tree: process 7 is the target, 8 the twin, self we. The files stand for the kernel's.
class Machine {
public:
    Machine() : m_folder(fs::temp_directory_path() / ("bulkhead-label-" + std::to_string(::getpid()))) {
        fs::remove_all(m_folder);
        for (const char* process : {"7", "8", "self"}) {
            write(std::string("proc/") + process + "/stat", "");
        }
    }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    ~Machine() { fs::remove_all(m_folder); }

    void write(const std::string& path, const std::string& text) const {
        fs::create_directories((m_folder / path).parent_path());
        std::ofstream(m_folder / path) << text;
    }
    void labels(const std::string& file, const std::string& ours, const std::string& theirs) const {
        write("proc/self/" + file, ours);
        write("proc/7/" + file, theirs);
    }
    [[nodiscard]] LabelCopy plan() const {
        const auto root = os::ProcRoot::captured(m_folder);
        return planLabel(root, *Task::open(root, 7), *Task::openSelf(root));
    }
    [[nodiscard]] std::string judge(const LabelCopy& copy, int error) const {
        const auto root = os::ProcRoot::captured(m_folder);
        const auto same = judgeLabel(copy, *Task::open(root, 7), *Task::open(root, 8), error);
        return same.unreadable() ? same.gap().reason : same.value() ? "same" : "false";
    }
    [[nodiscard]] fs::path folder() const { return m_folder; }

private:
    fs::path m_folder;
};

// security/apparmor/lsm.c, do_setattr: "changeprofile NAME", the name as aa_label_parse takes it.
TEST(PlanLabel, AppArmorTakesTheNameWithoutTheMode) {
    struct Case {
        const char* theirs;
        const char* written;
    };
    const Machine machine;
    for (const Case& one : {
             Case{"docker-default (enforce)\n", "changeprofile docker-default"},
             Case{"docker-default (complain)\n", "changeprofile docker-default"},
             Case{"a (old) (enforce)\n", "changeprofile a (old)"},
             Case{
                 "docker-default//&:lxd-c1:unconfined (mixed)\n",
                 "changeprofile docker-default//&:lxd-c1:unconfined"},
             Case{":lxd-c1://inner//child (kill)\n", "changeprofile :lxd-c1://inner//child"},
             Case{":lxd-c1:unconfined\n", "changeprofile :lxd-c1:unconfined"},
         }) {
        machine.labels(kApparmor, "unconfined\n", one.theirs);
        const LabelCopy copy = machine.plan();
        EXPECT_EQ(copy.text, one.written);
        EXPECT_EQ(copy.file, LabelFile::apparmorCurrent) << one.theirs;
        EXPECT_EQ(copy.whyNot, "");
    }
}

TEST(PlanLabel, ALabelThatIsOursAlreadyIsNotWritten) {
    const Machine machine;
    machine.labels(kApparmor, "unconfined\n", "unconfined\n");
    EXPECT_EQ(machine.plan(), (LabelCopy{kApparmor, "AppArmor", "unconfined", LabelFile::none, "", ""}));
    machine.labels(kApparmor, "snap.x (enforce)\n", "unconfined\n");
    EXPECT_EQ(machine.plan().text, "changeprofile unconfined");
}

// Kernels before 5.8 have no attr/apparmor: there attr/current belongs to the one active module.
TEST(PlanLabel, TheSharedFileIsTheActiveModules) {
    const Machine machine;
    machine.labels("attr/current", "unconfined\n", "docker-default (enforce)\n");
    EXPECT_EQ(machine.plan().file, LabelFile::current);
    EXPECT_EQ(machine.plan().text, "changeprofile docker-default");
    const std::string context = "system_u:system_r:container_t:s0:c12,c345";
    machine.labels(
        "attr/current", "unconfined_u:unconfined_r:unconfined_t:s0", context + std::string(1, '\0'));
    EXPECT_EQ(machine.plan().file, LabelFile::current);
    EXPECT_EQ(machine.plan().text, context);
    EXPECT_EQ(machine.plan().module, "SELinux");
}

TEST(PlanLabel, WhatIsNotTakenOverHasItsReason) {
    const Machine none;
    EXPECT_EQ(none.plan(), LabelCopy{});
    EXPECT_EQ(none.judge(none.plan(), 0), "same");
    none.labels(kApparmor, "unconfined\n", "--- (-)\n");
    EXPECT_EQ(none.plan().whyNot, "the name of its AppArmor profile is not shown to us");
    none.labels(kApparmor, "unconfined\n", std::string(4090, 'a') + " (enforce)\n");
    EXPECT_EQ(none.plan().whyNot, "its label is longer than the kernel takes in one write");
    EXPECT_EQ(none.plan().text, "");
    const Machine smack;
    smack.write("sys/kernel/security/lsm", "capability,smack");
    smack.labels("attr/current", "_\n", "floor\n");
    smack.write("proc/8/attr/current", "_\n");
    EXPECT_EQ(
        smack.judge(smack.plan(), 0),
        "the twin has _, the process floor; a label of this security module is not taken over");
}

TEST(JudgeLabel, EachRefusalIsAGapWithItsReason) {
    const Machine machine;
    machine.labels(kApparmor, "snap.x (enforce)\n", "docker-default (enforce)\n");
    const LabelCopy copy = machine.plan();
    machine.write(std::string("proc/8/") + kApparmor, "snap.x (enforce)\n");
    const std::string differs =
        "AppArmor: the twin has snap.x (enforce), the process docker-default (enforce); ";
    EXPECT_EQ(
        machine.judge(copy, EACCES),
        differs + "our own profile does not let us change to it (change_profile): EACCES");
    EXPECT_EQ(
        machine.judge(copy, EPERM), differs + "no_new_privs allows only a subset of our own profile: EPERM");
    EXPECT_EQ(
        machine.judge(copy, ENOENT), differs + "no profile of that name is loaded where we are: ENOENT");
    EXPECT_EQ(machine.judge(copy, EINVAL), differs + "the kernel did not take it: EINVAL");
    machine.write(std::string("proc/8/") + kApparmor, "unconfined//&docker-default (enforce)\n");
    EXPECT_EQ(
        machine.judge(copy, 0),
        "AppArmor: the twin has unconfined//&docker-default (enforce), the process docker-default (enforce); "
        "it "
        "was stacked upon our own (kernel.apparmor_restrict_unprivileged_unconfined)");
    machine.write(std::string("proc/8/") + kApparmor, "docker-default (enforce)\n");
    EXPECT_EQ(machine.judge(copy, 0), "same");
}

TEST(JudgeLabel, SelinuxNamesTheRuleThatIsMissing) {
    const Machine machine;
    machine.labels("attr/current", "u:r:unconfined_t:s0", "u:r:container_t:s0:c1,c2");
    machine.write("proc/8/attr/current", "u:r:unconfined_t:s0");
    EXPECT_EQ(
        machine.judge(machine.plan(), EACCES),
        "SELinux: the twin has u:r:unconfined_t:s0, the process u:r:container_t:s0:c1,c2; the policy does "
        "not "
        "let u:r:unconfined_t:s0 take it (process setcurrent, dyntransition, and ptrace of what is held): "
        "EACCES");
}

wire::ProbePlan& planOf(std::unique_ptr<wire::ProbePlan>& plan, LabelFile file, const std::string& text) {
    plan = std::make_unique<wire::ProbePlan>();
    plan->labelFile = file;
    plan->labelSize = static_cast<std::uint32_t>(text.size());
    std::ranges::copy(text, plan->label.begin());
    return *plan;
}

// A mock of /proc/self/attr: files that record what was written.
TEST(CopyLabel, WritesOnceIntoTheFileOfTheModule) {
    const Machine machine;
    machine.write("attr/current", "");
    machine.write("attr/apparmor/current", "");
    const std::string folder = machine.folder() / "attr";
    std::unique_ptr<wire::ProbePlan> plan;
    const auto recorded = [&](const char* name) {
        std::ifstream file(folder + "/" + name);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    auto& profile = planOf(plan, LabelFile::apparmorCurrent, "changeprofile docker-default");
    probe::copyLabel(probe::openLabel(folder.c_str(), profile), profile);
    EXPECT_EQ(profile.labelError.load(), 0);
    EXPECT_EQ(recorded("apparmor/current"), "changeprofile docker-default");
    EXPECT_EQ(recorded("current"), "");
    auto& context = planOf(plan, LabelFile::current, "u:r:container_t:s0:c1,c2");
    probe::copyLabel(probe::openLabel(folder.c_str(), context), context);
    EXPECT_EQ(recorded("current"), "u:r:container_t:s0:c1,c2");
    auto& none = planOf(plan, LabelFile::none, "");
    EXPECT_EQ(probe::openLabel(folder.c_str(), none), -1);
    EXPECT_EQ(none.labelError.load(), 0);
}

TEST(CopyLabel, ARefusalStandsInThePlan) {
    std::unique_ptr<wire::ProbePlan> plan;
    auto& absent = planOf(plan, LabelFile::apparmorCurrent, "changeprofile x");
    probe::copyLabel(probe::openLabel("/nonexistent", absent), absent);
    EXPECT_EQ(absent.labelError.load(), ENOENT);
    auto& full = planOf(plan, LabelFile::current, "u:r:t:s0");
    probe::copyLabel(::open("/dev/full", O_WRONLY | O_CLOEXEC), full);
    EXPECT_EQ(full.labelError.load(), ENOSPC);
}

/// The kernel itself: what it says to a label that no module of it knows is what the twin is told.
TEST(CopyLabel, TheKernelsOwnRefusalIsKept) {
    std::unique_ptr<wire::ProbePlan> plan;
    auto& real = planOf(plan, LabelFile::current, "changeprofile bulkhead test, no such profile");
    probe::copyLabel(probe::openLabel("/proc/self/attr", real), real);
    EXPECT_NE(real.labelError.load(), 0);
}

} // namespace
} // namespace bulkhead::twin
