#include "core/kernel/device_program.h"
#include "core/kernel/device_program_read.h"
#include "tests/core/kernel/device_programs.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace bulkhead::kernel {
namespace {

using namespace programs;
using Lines = std::vector<std::string>;

Lines linesOfProgram(const Program& program) {
    const auto rules = evaluateDeviceProgram(program);
    return rules ? rules->lines() : Lines{rules.error().message};
}

/// One access as the program's author meant it: the rules in order, then the rest.
bool meant(
    const std::vector<Rule>& rules, bool rest, char type, std::uint32_t major, std::uint32_t minor,
    int access) {
    for (const Rule& rule : rules) {
        const bool node = (rule.rule.type == 'a' || rule.rule.type == type) &&
                          rule.rule.major.value_or(major) == major &&
                          rule.rule.minor.value_or(minor) == minor;
        if (node && (access & ~accessBits(rule.rule)) == 0) {
            return rule.permits;
        }
    }
    return rest;
}

const Lines kContainer = {"b *:* m",  "c *:* m",  "c 136:* rw", "c 1:3 rw", "c 1:5 rw",
                          "c 1:7 rw", "c 1:8 rw", "c 1:9 rw",   "c 5:0 rw", "c 5:2 rw"};

TEST(DeviceProgram, whatRuncCrunAndSystemdWriteForAContainer) {
    EXPECT_EQ(linesOfProgram(runc(containerRules(), false)), kContainer);
    EXPECT_EQ(linesOfProgram(systemd(containerRules())), kContainer);
    std::vector<Rule> asked = {refuse("a *:* rwm")};
    for (const Rule& rule : containerRules()) {
        asked.push_back(rule);
    }
    EXPECT_EQ(linesOfProgram(crun(asked)), kContainer);
}

TEST(DeviceProgram, everythingNothingAndExceptions) {
    EXPECT_EQ(linesOfProgram(runc({}, true)), Lines{"a *:* rwm"});
    EXPECT_EQ(linesOfProgram(runc({}, false)), Lines{});
    EXPECT_EQ(linesOfProgram(crun({permit("a *:* rwm")})), Lines{"a *:* rwm"});
    EXPECT_EQ(linesOfProgram(systemd({})), Lines{});
    EXPECT_EQ(
        linesOfProgram(runc({refuse("c 1:1 rwm"), refuse("b 8:* rwm")}, true)),
        (Lines{"a *:* rwm", "deny b 8:* rwm", "deny c 1:1 rwm"}));
    // As the shape has it, this refuses writing, and lets who opens for reading and writing pass.
    EXPECT_EQ(
        linesOfProgram(runc({refuse("b 8:* w")}, true)),
        Lines{"it answers reading and writing at once other than each alone"});
    EXPECT_EQ(linesOfProgram(runc({permit("c *:3 r")}, false)), Lines{"c *:3 r"});
    EXPECT_EQ(
        linesOfProgram(runc({permit("c 1:3 rwm"), refuse("c 1:* rwm")}, true)),
        Lines{"it permits exceptions from exceptions"});
}

/// Ways to say the same that compilers choose.
TEST(DeviceProgram, followsWhatCompilersMake) {
    const BpfInstruction exit = op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    const Program narrow = {
        op(BPF_LDX | BPF_H | BPF_MEM, 2, 1, 0, 0), // the type alone
        op(BPF_LDX | BPF_W | BPF_MEM, 4, 1, 4, 0),     op(BPF_ALU64 | BPF_LSH | BPF_K, 4, 0, 0, 32),
        op(BPF_ALU64 | BPF_RSH | BPF_K, 4, 0, 0, 32),  op(BPF_STX | BPF_W | BPF_MEM, 10, 4, -4, 0),
        op(BPF_ST | BPF_DW | BPF_MEM, 10, 0, -16, 1),  op(BPF_LDX | BPF_W | BPF_MEM, 6, 10, -4, 0),
        op(BPF_LDX | BPF_DW | BPF_MEM, 0, 10, -16, 0), op(BPF_JMP32 | BPF_JEQ | BPF_K, 6, 0, 1, 8),
        op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),   exit};
    EXPECT_EQ(linesOfProgram(narrow), Lines{"a 8:* rwm"});
    const Program range = {
        op(BPF_LDX | BPF_W | BPF_MEM, 4, 1, 4, 0),
        op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1),
        op(BPF_JMP | BPF_JGT | BPF_K, 4, 0, 1, 2), // 0, 1 and 2
        op(BPF_JMP | BPF_JSGE | BPF_K, 4, 0, 1, -5),
        op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
        exit};
    EXPECT_EQ(linesOfProgram(range), (Lines{"a 0:* rwm", "a 1:* rwm", "a 2:* rwm"}));
}

TEST(DeviceProgram, whatIsNotInTheProgramIsSaid) {
    const BpfInstruction exit = op(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    const auto message = [](const Program& program) {
        return evaluateDeviceProgram(program).error().message;
    };
    EXPECT_EQ(
        message({op(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_current_uid_gid), exit}),
        "instruction 0 asks the kernel, and the answer is not in the program");
    EXPECT_EQ(
        message({op(BPF_JMP | BPF_CALL, 0, 1, 0, 1), exit}),
        "instruction 0 calls a function, which this version does not follow");
    const Program map = {
        op(BPF_LD | BPF_DW | BPF_IMM, 3, BPF_PSEUDO_MAP_VALUE, 0, 5), op(0, 0, 0, 0, 0),
        op(BPF_LDX | BPF_W | BPF_MEM, 0, 3, 0, 0), exit};
    EXPECT_EQ(message(map), "instruction 3 answers with something that the program alone does not tell");
    Program decides = map;
    decides.insert(decides.begin() + 3, op(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 0, 1));
    EXPECT_EQ(message(decides), "instruction 3 decides by something that the program alone does not tell");
    EXPECT_EQ(
        message(
            {op(BPF_LDX | BPF_W | BPF_MEM, 4, 1, 8, 0), op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1),
             op(BPF_JMP | BPF_JSET | BPF_K, 4, 0, 0, 1), exit}),
        "instruction 2 decides by single bits of a device number");
    EXPECT_EQ(
        message(
            {op(BPF_LDX | BPF_W | BPF_MEM, 4, 1, 8, 0), op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1),
             op(BPF_JMP | BPF_JGT | BPF_K, 4, 0, 1, 5000), op(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
             exit}),
        "it decides by wide ranges of minor numbers");
    EXPECT_EQ(message({op(BPF_JMP | BPF_JA, 0, 0, 5, 0)}), "instruction 6 lies outside the program");
    EXPECT_EQ(message({op(0xD4, 0, 0, 0, 16), exit}), "instruction 0 is of a kind that is not known");
    EXPECT_EQ(message({op(BPF_JMP | BPF_JA, 0, 0, -1, 0)}), "it has more ways through it than are followed");
    EXPECT_EQ(
        message(runc({permit("c 1:3 r"), permit("c 1:3 w")}, false)),
        "it answers reading and writing at once other than each alone");
}

/// Rules of a small world: three majors, three minors, and the rest.
Rule randomRule(std::mt19937& random) {
    std::uniform_int_distribution<std::uint32_t> four(0, 3);
    const auto number = [&]() -> std::optional<std::uint32_t> {
        const std::uint32_t n = four(random);
        return n == 3 ? std::nullopt : std::optional(n);
    };
    const std::uint32_t access = std::uniform_int_distribution<std::uint32_t>(1, 7)(random);
    return {
        four(random) != 0,
        {"abcc"[four(random)], number(), number(), (access & 2U) != 0, (access & 4U) != 0,
         (access & 1U) != 0}};
}

bool permits(
    const model::DeviceRules& rules, char type, std::uint32_t major, std::uint32_t minor, int access) {
    const auto single = [&](const std::vector<model::DeviceRule>& list, int bit) {
        return std::ranges::any_of(list, [&](const model::DeviceRule& rule) {
            return (rule.type == 'a' || rule.type == type) && rule.major.value_or(major) == major &&
                   rule.minor.value_or(minor) == minor && (accessBits(rule) & bit) != 0;
        });
    };
    for (const int bit : {1, 2, 4}) {
        if ((access & bit) != 0 && (!single(rules.allowed, bit) || single(rules.denied, bit))) {
            return false;
        }
    }
    return true;
}

// What the evaluation says is what a reading of the rules in order says, for every access.
TEST(DeviceProgram, agreesWithItsAuthorOnRandomRules) {
    std::mt19937 random(3);
    int evaluated = 0;
    for (int round = 0; round < 4000; ++round) {
        std::vector<Rule> rules(random() % 5);
        for (Rule& rule : rules) {
            rule = randomRule(random);
        }
        const bool rest = random() % 4 == 0;
        const auto found = evaluateDeviceProgram(runc(rules, rest));
        if (!found) {
            continue;
        }
        ++evaluated;
        for (std::uint32_t node = 0; node < 16; ++node) {
            for (const char type : {'b', 'c'}) {
                for (const int access : {1, 2, 4, 6}) {
                    ASSERT_EQ(
                        permits(*found, type, node / 4, node % 4, access),
                        meant(rules, rest, type, node / 4, node % 4, access))
                        << round;
                }
            }
        }
    }
    EXPECT_GT(evaluated, 2000);
}

TEST(DeviceProgram, aLongListIsFollowedWithinBounds) {
    std::vector<Rule> rules;
    for (int i = 0; i < 100; ++i) {
        rules.push_back(permit("c " + std::to_string(i) + ":" + std::to_string(i * 3) + " rw"));
    }
    const auto found = evaluateDeviceProgram(runc(rules, false));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->allowed.size(), 100U);
}

TEST(CapturedPrograms, areACountAndDigits) {
    const auto none = parseCapturedPrograms("0\n");
    ASSERT_TRUE(none);
    EXPECT_TRUE(none->empty());
    const auto two = parseCapturedPrograms("2\nb700000001000000"
                                           "9500000000000000\n");
    ASSERT_TRUE(two);
    ASSERT_EQ(two->size(), 2U);
    EXPECT_EQ(linesOfProgram(*two->front()), Lines{"a *:* rwm"});
    EXPECT_EQ(two->back().error().why.reason, "the capture kept no instructions of it");
    EXPECT_EQ(
        parseCapturedPrograms("some\n").error().message,
        "bulkhead.device_programs line 1: expected how many programs there are");
    EXPECT_EQ(
        parseCapturedPrograms("1\nb7000\n").error().message,
        "bulkhead.device_programs line 2: expected instructions as hexadecimal digits");
}

} // namespace
} // namespace bulkhead::kernel
