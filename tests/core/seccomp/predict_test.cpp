// What a profile makes of calls that libseccomp here does not know: never told, unless the runtime has the
// same libseccomp. The stub of runc refuses numbers above the greatest that its libseccomp knows of the
// profile (libcontainer/seccomp/patchbpf), so those hang on it as well.

#include "core/seccomp/predict.h"
#include "core/seccomp/syscalls.h"

#include <gtest/gtest.h>
#include <seccomp.h>

namespace bulkhead::seccomp {
namespace {

using model::SeccompAction;

constexpr Machine kMachine{"x86_64", true, false};

/// A call of Linux 6.17 (arch/x86/entry/syscalls/syscall_64.tbl: 469), younger than libseccomp 2.5.
constexpr const char* kYoung = "file_setattr";

bool libraryKnows(const char* name) {
    return ::seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR;
}

Profile profileFrom(const std::string& calls, const std::string& otherwise = "1", const char* arches = "") {
    const auto profile = parseProfile(
        R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": )" + otherwise +
            R"(, "architectures": ["SCMP_ARCH_X86_64")" + arches + R"(], "syscalls": [{"names": [)" + calls +
            R"(], "action": "SCMP_ACT_ALLOW"}]})",
        "p.json");
    EXPECT_TRUE(profile) << (profile ? "" : profile.error().message);
    return profile.value_or(Profile{});
}

Prediction predicted(const Profile& profile, ProfileRuntime runtime, const std::string& libseccomp = "") {
    const auto prediction = predictProfile(profile, runtime, libseccomp, kMachine);
    EXPECT_TRUE(prediction) << (prediction ? "" : prediction.error().message);
    return prediction.value_or(Prediction{});
}

std::string answer(const Prediction& prediction, const char* call, const char* arch = "x86_64") {
    return toText(predict(prediction.verdicts, arch, call, {}));
}

std::string reason(const Prediction& prediction, const char* call) {
    const auto& verdict = verdictOf(prediction.verdicts.at("x86_64"), *findArch("x86_64"), call);
    return verdict.doubt ? verdict.doubt->expression : "";
}

TEST(Predict, aNameThatNobodyKnowsIsUndeterminedByItsName) {
    const Profile profile = profileFrom(R"("read", "nosuchcall")");
    const Prediction prediction = predicted(profile, ProfileRuntime::crun);
    EXPECT_EQ(answer(prediction, "nosuchcall"), "undetermined");
    EXPECT_EQ(
        reason(prediction, "nosuchcall"),
        "the profile names nosuchcall, which libseccomp " + libraryVersion() +
            " here does not know; what becomes of it depends on the libseccomp of the runtime");
    EXPECT_EQ(answer(prediction, "read"), "allow");
    EXPECT_EQ(answer(prediction, "open"), "errno(1)");
}

TEST(Predict, aCallYoungerThanLibseccompAndTheNumbersBelowItAreNotGuessed) {
    if (libraryKnows(kYoung)) {
        GTEST_SKIP() << "libseccomp " << libraryVersion() << " knows " << kYoung;
    }
    const Profile profile = profileFrom(R"("read", "write", "file_setattr")");
    const Prediction crun = predicted(profile, ProfileRuntime::crun);
    EXPECT_EQ(answer(crun, kYoung), "undetermined");
    EXPECT_EQ(answer(crun, "file_getattr"), "errno(1)");
    EXPECT_EQ(answer(crun, "470"), "errno(1)");
    // write is 1: with our libseccomp runc's stub refuses 2 and above, with one that knows it 470 and above
    const Prediction runc = predicted(profile, ProfileRuntime::runc);
    EXPECT_EQ(answer(runc, "write"), "allow");
    EXPECT_EQ(answer(runc, "open"), "undetermined");
    EXPECT_EQ(answer(runc, "337"), "undetermined"); // has no name
    EXPECT_EQ(answer(runc, "file_getattr"), "undetermined");
    EXPECT_EQ(answer(runc, kYoung), "undetermined");
    EXPECT_EQ(answer(runc, "470"), "errno(38)");
    EXPECT_EQ(
        reason(runc, "open"),
        "runc refuses numbers above the greatest that its libseccomp knows of the profile; libseccomp " +
            libraryVersion() + " here does not know file_setattr");
    EXPECT_EQ(runc.unknown.names, std::vector<std::string>{kYoung});
}

TEST(Predict, theSameLibseccompLeavesNothingUnknown) {
    const Profile profile = profileFrom(R"("read", "write", "file_setattr", "nosuchcall")");
    if (libraryKnows(kYoung)) {
        GTEST_SKIP() << "libseccomp " << libraryVersion() << " knows " << kYoung;
    }
    const Prediction same = predicted(profile, ProfileRuntime::runc, libraryVersion());
    EXPECT_EQ(answer(same, kYoung), "errno(38)");
    EXPECT_EQ(answer(same, "open"), "errno(38)");
    EXPECT_TRUE(same.unknown.names.empty());
    const Prediction other = predicted(profile, ProfileRuntime::runc, "0.0.1");
    EXPECT_EQ(answer(other, kYoung), "undetermined");
}

TEST(Predict, whereTheStubAnswersAsTheProfileOnlyTheNameIsUnknown) {
    if (libraryKnows(kYoung)) {
        GTEST_SKIP() << "libseccomp " << libraryVersion() << " knows " << kYoung;
    }
    const Prediction prediction =
        predicted(profileFrom(R"("read", "write", "file_setattr")", "38"), ProfileRuntime::runc);
    EXPECT_EQ(answer(prediction, "open"), "errno(38)");
    EXPECT_EQ(answer(prediction, kYoung), "undetermined");
}

TEST(Predict, numbersOfTheOtherAbisHangOnTheirOwnStub) {
    if (libraryKnows(kYoung)) {
        GTEST_SKIP() << "libseccomp " << libraryVersion() << " knows " << kYoung;
    }
    const Prediction prediction = predicted(
        profileFrom(R"("write", "file_setattr")", "1", R"(, "SCMP_ARCH_X86")"), ProfileRuntime::runc);
    EXPECT_EQ(answer(prediction, "write", "i386"), "allow");       // 4
    EXPECT_EQ(answer(prediction, "read", "i386"), "errno(1)");     // 3, below the stub's greatest
    EXPECT_EQ(answer(prediction, "open", "i386"), "undetermined"); // 5
    EXPECT_EQ(answer(prediction, "470", "i386"), "errno(38)");
    // x32 is no architecture of the profile: the program kills what comes by it (libseccomp's bad arch
    // action)
    EXPECT_NE(answer(prediction, "open", "x32"), "allow");
}

TEST(Predict, aRangeOfUnnamedNumbersIsCutAround) {
    Verdicts verdicts;
    model::SeccompVerdict killed;
    killed.action = SeccompAction::killThread;
    verdicts["x86_64"].calls["#337..350"] = killed;
    const UnknownCalls unknown{{}, {{"x86_64", {340, 341}}}};
    markUnknown(verdicts, unknown);
    const auto& calls = verdicts.at("x86_64").calls;
    ASSERT_EQ(calls.size(), 4U);
    EXPECT_EQ(calls.at("#337..339").action, SeccompAction::killThread);
    EXPECT_EQ(calls.at("#340").action, SeccompAction::undetermined);
    EXPECT_EQ(calls.at("#341").action, SeccompAction::undetermined);
    EXPECT_EQ(calls.at("#342..350").action, SeccompAction::killThread);
}

TEST(Predict, aRuleThatSaysWhatTheDefaultSaysLeavesNothingUnknown) {
    const auto profile = parseProfile(
        R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["nosuchcall"],
            "action": "SCMP_ACT_ALLOW"}]})",
        "p.json");
    ASSERT_TRUE(profile);
    EXPECT_TRUE(predicted(*profile, ProfileRuntime::runc).unknown.names.empty());
}

// i386 write is 4; a default that allows lets the rest of a foreign ABI through only where the profile has
// it.
TEST(Predict, defaultActionAndForgottenAbis) {
    const auto profile = parseProfile(
        R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
            "syscalls": [{"names": ["mount"], "action": "SCMP_ACT_ERRNO"}]})",
        "p.json");
    ASSERT_TRUE(profile);
    const Prediction prediction = predicted(*profile, ProfileRuntime::runc);
    EXPECT_EQ(prediction.defaultAction, "allow");
    EXPECT_TRUE(prediction.archGaps.empty());
    EXPECT_EQ(answer(prediction, "mount"), "errno(1)");
    EXPECT_EQ(answer(prediction, "mount", "i386"), "errno(1)");
}

} // namespace
} // namespace bulkhead::seccomp
