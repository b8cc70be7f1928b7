#include "core/seccomp/base64.h"
#include "core/seccomp/program.h"
#include "tests/core/seccomp/kernel_check.h"
#include "tests/rounds.h"

#include <array>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace bulkhead::seccomp {
namespace {

constexpr Instruction kAllow{0x06, 0, 0, 0x7fff0000};

struct Refused {
    Program program;
    std::string message;
};

TEST(Program, RefusedWithFileAndInstruction) {
    const std::vector<Refused> table = {
        {{{0x28, 0, 0, 0}, kAllow}, "f: instruction 0: code 0x28 is none that a seccomp filter may have"},
        {{kAllow, {0x94, 0, 0, 3}, kAllow},
         "f: instruction 1: code 0x94 is none that a seccomp filter may have"},
        {{{0x20, 0, 0, 2}, kAllow},
         "f: instruction 0: loads at offset 2, which is no word of struct seccomp_data"},
        {{{0x20, 0, 0, 64}, kAllow},
         "f: instruction 0: loads at offset 64, which is no word of struct seccomp_data"},
        {{{0x34, 0, 0, 0}, kAllow}, "f: instruction 0: divides by the constant 0"},
        {{{0x64, 0, 0, 32}, kAllow}, "f: instruction 0: shifts 32 bits by 32"},
        {{{0x02, 0, 0, 16}, kAllow}, "f: instruction 0: memory word 16 of 16"},
        {{{0x05, 0, 0, 1}, kAllow}, "f: instruction 0: jumps 1 ahead, beyond the end"},
        {{{0x15, 0, 1, 0}, kAllow}, "f: instruction 0: jumps 1 ahead, beyond the end"},
        {{{0x60, 0, 0, 3}, kAllow}, "f: instruction 0: memory word 3 may be read before it is written"},
        {{kAllow, {0x00, 0, 0, 0}}, "f: instruction 1: the last instruction must return"},
    };
    for (const Refused& each : table) {
        const auto parsed = parseProgram(bytesOf(each.program), "f");
        ASSERT_FALSE(parsed) << each.message;
        EXPECT_EQ(parsed.error().message, each.message);
    }
    EXPECT_EQ(parseProgram("", "f").error().message, "f: no instructions");
    EXPECT_EQ(
        parseProgram("1234567", "f").error().message,
        "f: 7 bytes are no array of struct sock_filter (8 bytes each)");
    EXPECT_EQ(
        parseProgram(bytesOf(Program(4097, kAllow)), "f").error().message,
        "f: 4097 instructions; the kernel takes at most 4096");
}

TEST(Program, BytesBothWays) {
    const Program program = {{0x20, 0, 0, 4}, {0x15, 1, 0, 0xc000003e}, {0x06, 0, 0, 0}, kAllow};
    const std::string bytes = bytesOf(program);
    EXPECT_EQ(bytes.substr(8, 8), std::string("\x15\x00\x01\x00\x3e\x00\x00\xc0", 8));
    EXPECT_EQ(parseProgram(bytes, "f").value(), program);
}

// Agreement with the kernel that runs the test, by what it installs.
void expectKernelAgrees(const Program& program) {
    const KernelWord word = askKernel(bytesOf(program));
    if (word == KernelWord::none) {
        GTEST_SKIP() << "this process may not install filters";
    }
    const auto parsed = parseProgram(bytesOf(program), "f");
    EXPECT_EQ(parsed.has_value(), word == KernelWord::installed)
        << (parsed ? "accepted here" : parsed.error().message) << ", base64 " << base64Of(bytesOf(program));
}

TEST(Program, EveryCodeAsTheKernelTakesIt) {
    // A process is forked for each, which the sanitizers make dear: there every tenth code is asked.
    for (std::uint32_t code = 0; code < 0x100; code += test::kFewer) {
        for (const std::uint32_t k : {1U, 16U}) {
            expectKernelAgrees(
                {{0x02, 0, 0, 1}, {static_cast<std::uint16_t>(code), 0, 0, k}, kAllow, kAllow});
            if (IsSkipped() || HasFailure()) {
                return;
            }
        }
    }
}

constexpr std::array<std::uint16_t, 48> kCodes = {
    0x00, 0x20, 0x60, 0x80, 0x01, 0x61, 0x81, 0x02, 0x03, 0x06, 0x16, 0x07, 0x87, 0x05, 0x84, 0x15,
    0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d, 0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x44,
    0x4c, 0x54, 0x5c, 0x64, 0x6c, 0x74, 0x7c, 0xa4, 0xac, 0x05, 0x02, 0x60, 0x61, 0x02, 0x15, 0x03};

// Mostly valid programs with the kind of faults that the checks are about: words unwritten on one branch,
// jumps to and beyond the end, odd offsets.
Program randomProgram(std::mt19937& generator) {
    const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
    Program program(1 + random() % 12);
    for (Instruction& in : program) {
        in.code = kCodes[random() % kCodes.size()];
        in.jt = static_cast<std::uint8_t>(random() % 4);
        in.jf = static_cast<std::uint8_t>(random() % 4);
        in.k = random() % 3;
        if (in.code == 0x20) {
            in.k = random() % 17 * 4 + (random() % 32 == 0 ? 2 : 0);
        } else if ((in.code & 7) == 4) {
            in.k = random() % 34;
        }
    }
    program.push_back(kAllow);
    return program;
}

TEST(Program, GeneratedOnesAsTheKernelTakesThem) {
    std::mt19937 random(7);
    std::size_t accepted = 0;
    for (std::size_t round = 0; round < test::rounds(900); ++round) {
        const Program program = randomProgram(random);
        expectKernelAgrees(program);
        if (IsSkipped() || HasFailure()) {
            return;
        }
        accepted += parseProgram(bytesOf(program), "f") ? 1 : 0;
    }
    EXPECT_GT(accepted, test::seenIn(90));
    EXPECT_LT(accepted, test::seenIn(810));
}

TEST(Base64, AsRfc4648HasIt) {
    const std::vector<std::pair<std::string, std::string>> table = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xfb\xff", "+/8="}};
    for (const auto& [bytes, text] : table) {
        EXPECT_EQ(base64Of(bytes), text);
        EXPECT_EQ(bytesFromBase64(text).value(), bytes);
    }
    for (const std::string text : {"Zg", "Zg=a", "Z===", "Zh==", "Zm9 ", "====", "Zg==Zg=="}) {
        EXPECT_FALSE(bytesFromBase64(text)) << text;
    }
    EXPECT_EQ(bytesFromBase64("Zm9_").error().message, "base64: character 3 is none of the alphabet");
}

} // namespace
} // namespace bulkhead::seccomp
