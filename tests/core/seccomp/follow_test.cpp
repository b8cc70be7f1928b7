#include "core/seccomp/base64.h"
#include "core/seccomp/follow.h"
#include "core/seccomp/run.h"
#include "core/seccomp/syscalls.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <regex>

namespace bulkhead::seccomp {
namespace {

constexpr auto kHere = Step::passed;
constexpr auto kNot = Step::untouched;

/// clone(2) is allowed without namespace flags, everything else fails with EPERM, foreign ABIs are killed.
Program cloneOnly() {
    return {
        {0x20, 0, 0, 4},          // 0: ld [4]
        {0x15, 1, 0, 0xc000003e}, // 1: jeq x86_64, 3, 2
        {0x06, 0, 0, 0x80000000}, // 2: ret kill_process
        {0x20, 0, 0, 0},          // 3: ld [0]
        {0x15, 0, 3, 56},         // 4: jeq clone, 5, 8
        {0x20, 0, 0, 16},         // 5: ld [16], args[0] low
        {0x45, 1, 0, 0x7e020000}, // 6: jset, 8, 7
        {0x06, 0, 0, 0x7fff0000}, // 7: ret allow
        {0x06, 0, 0, 0x00050001}, // 8: ret errno(1)
    };
}

TEST(FollowCall, MarksWhatNamesAsksAndAnswers) {
    const Arch& native = *findArch("x86_64");
    EXPECT_EQ(
        followCall(cloneOnly(), native, 56),
        (std::vector{
            kHere, Step::names, kNot, kHere, Step::names, kHere, Step::asks, Step::answers, Step::answers}));
    EXPECT_EQ(
        followCall(cloneOnly(), native, 0),
        (std::vector{kHere, Step::names, kNot, kHere, kHere, kNot, kNot, kNot, Step::answers}));
    EXPECT_EQ(
        followCall(cloneOnly(), *findArch("i386"), 56),
        (std::vector{kHere, kHere, Step::answers, kNot, kNot, kNot, kNot, kNot, kNot}));
    EXPECT_TRUE(followCall({}, native, 0).empty());
}

TEST(FollowCall, ComputesWhatDoesNotDependOnArguments) {
    const Program program = {
        {0x20, 0, 0, 0},          // 0: ld [0]
        {0x54, 0, 0, 0xff},       // 1: and 0xff
        {0x02, 0, 0, 3},          // 2: st M[3]
        {0x01, 0, 0, 56},         // 3: ldx 56
        {0x20, 0, 0, 24},         // 4: ld [24]
        {0x60, 0, 0, 3},          // 5: ld M[3]
        {0x1d, 1, 0, 0},          // 6: jeq x, 8, 7
        {0x06, 0, 0, 0x7fff0000}, // 7: ret allow
        {0x06, 0, 0, 0},          // 8: ret kill_thread
    };
    const auto steps = followCall(program, *findArch("x86_64"), 0x138);
    EXPECT_EQ(steps[6], Step::names);
    EXPECT_EQ(steps[7], Step::untouched);
    EXPECT_EQ(steps[8], Step::answers);
}

TEST(FollowCall, ADivisionByAnArgumentCanAnswer) {
    const Program program = {
        {0x20, 0, 0, 16},         // 0: ld [16]
        {0x07, 0, 0, 0},          // 1: tax
        {0x3c, 0, 0, 0},          // 2: div x, which ends the program where x is 0
        {0x06, 0, 0, 0x7fff0000}, // 3: ret allow
    };
    EXPECT_EQ(
        followCall(program, *findArch("x86_64"), 1),
        (std::vector{kHere, kHere, Step::answers, Step::answers}));
}

TEST(FollowCall, ShowsNoWayThatTwoTestsTogetherRuleOut) {
    const Program program = {
        {0x20, 0, 0, 16},         //  0: ld [16], args[0] low
        {0x25, 0, 4, 10},         //  1: jgt 10, 2, 6
        {0x20, 0, 0, 16},         //  2: ld [16], as if another profile began
        {0x15, 0, 1, 3},          //  3: jeq 3, 4, 5: never, it is above 10
        {0x06, 0, 0, 0},          //  4: ret kill_thread
        {0x06, 0, 0, 0x7fff0000}, //  5: ret allow
        {0x45, 0, 2, 0x8},        //  6: jset 8, 7, 9
        {0x15, 0, 1, 12},         //  7: jeq 12, 8, 9: never, it is 10 at most
        {0x06, 0, 0, 0},          //  8: ret kill_thread
        {0x06, 0, 0, 0x00050001}, //  9: ret errno(1)
    };
    EXPECT_EQ(
        followCall(program, *findArch("x86_64"), 1),
        (std::vector{
            kHere, Step::asks, kHere, kHere, kNot, Step::answers, Step::asks, kHere, kNot, Step::answers}));
}

/// As libseccomp writes a masked comparison: of the upper half nothing is left, and that is no name.
TEST(FollowCall, ATestOfWhatIsLeftOfAnArgumentNamesNoCall) {
    const Program program = {
        {0x20, 0, 0, 20},         // 0: ld [20], args[0] high
        {0x54, 0, 0, 0},          // 1: and 0
        {0x15, 0, 1, 0},          // 2: jeq 0, 3, 4
        {0x06, 0, 0, 0x7fff0000}, // 3: ret allow
        {0x06, 0, 0, 0x00050001}, // 4: ret errno(1)
    };
    EXPECT_EQ(
        followCall(program, *findArch("x86_64"), 1), (std::vector{kHere, kHere, kHere, Step::answers, kNot}));
}

TEST(FollowCall, HalvesAndOtherArgumentsAreNotMistakenForOneAnother) {
    const Program program = {
        {0x20, 0, 0, 16},         // 0: ld [16], args[0] low
        {0x15, 0, 4, 7},          // 1: jeq 7, 2, 6
        {0x20, 0, 0, 20},         // 2: ld [20], args[0] high
        {0x15, 0, 2, 9},          // 3: jeq 9, 4, 6
        {0x20, 0, 0, 24},         // 4: ld [24], args[1] low
        {0x15, 1, 0, 9},          // 5: jeq 9, 7, 6
        {0x06, 0, 0, 0x00050001}, // 6: ret errno(1)
        {0x06, 0, 0, 0x7fff0000}, // 7: ret allow
    };
    EXPECT_EQ(
        followCall(program, *findArch("x86_64"), 1),
        (std::vector{kHere, Step::asks, kHere, Step::asks, kHere, Step::asks, Step::answers, Step::answers}));
}

/// A program that tests every bit of an argument, over and over: its ways are joined and none is lost. A
/// search that did not join them would go through more ways than there are atoms, and never end.
TEST(FollowCall, APuzzleIsBoundedAndLosesNoWay) {
    Program program = {{0x20, 0, 0, 16}};
    for (std::uint32_t round = 0; program.size() < 4000; ++round) {
        program.push_back({0x45, 0, 1, (1U << round % 32) | (1U << (round * 7) % 32)});
        program.push_back({0x87, 0, 0, 0}); // txa, so that both ways differ
        program.push_back({0x20, 0, 0, 16 + 8 * (round % 6)});
    }
    program.push_back({0x16, 0, 0, 0}); // ret a
    const auto steps = followCall(program, *findArch("x86_64"), 1);
    EXPECT_EQ(steps.back(), Step::answers);
    EXPECT_EQ(std::ranges::count(steps, Step::untouched), 0);
}

/// The programs of a recorded container, as the document carries them.
std::vector<Program> recordedPrograms() {
    std::ifstream file("resources/recordings/default.json");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::regex field("\"program\": \"([A-Za-z0-9+/=]+)\"");
    std::vector<Program> programs;
    for (std::sregex_iterator it(text.begin(), text.end(), field), end; it != end; ++it) {
        programs.push_back(*parseProgram(*bytesFromBase64((*it)[1].str()), "recording"));
    }
    return programs;
}

/// Runs of a real filter never end where the walk did not say they may, and where it says one answer it is
/// that.
TEST(FollowCall, HoldsForRunsOfARealFilter) {
    const auto programs = recordedPrograms();
    ASSERT_FALSE(programs.empty());
    std::mt19937_64 random(7);
    std::size_t single = 0;
    for (const char* name : {"x86_64", "i386", "x32"}) {
        const Arch& arch = *findArch(name);
        for (std::uint32_t number = 0; number < 520; ++number) {
            const auto steps = followCall(programs.front(), arch, arch.bit | number);
            single += std::ranges::count(steps, Step::answers) == 1 ? 1 : 0;
            for (int round = 0; round < 40; ++round) {
                CallData data{arch.bit | number, arch.audit, random(), {}};
                for (auto& arg : data.args) {
                    arg = (round & 1) != 0 ? random() : random() & 0xf;
                }
                const auto at = run(programs.front(), data).instruction;
                ASSERT_EQ(steps.at(at), Step::answers) << name << " " << number << " ended at " << at;
            }
        }
    }
    EXPECT_GT(single, 1400U) << "few calls of Docker's profile depend on arguments";
}

} // namespace
} // namespace bulkhead::seccomp
