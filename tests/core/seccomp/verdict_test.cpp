#include "core/seccomp/disassemble.h"
#include "core/seccomp/evaluate.h"
#include "core/seccomp/intervals.h"
#include "core/seccomp/syscalls.h"
#include "core/seccomp/verdict_changes.h"
#include "core/seccomp/verdicts.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <gtest/gtest.h>
#include <random>
#include <seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bulkhead::seccomp {
namespace {

using model::SeccompAction;

/// A filter that libseccomp writes; owns the library's context.
class Library {
public:
    explicit Library(std::uint32_t otherwise) : m_context(seccomp_init(otherwise)) {}
    ~Library() { seccomp_release(m_context); }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    void architecture(std::uint32_t token) { EXPECT_EQ(seccomp_arch_add(m_context, token), 0); }
    void rule(std::uint32_t action, const char* name, std::vector<scmp_arg_cmp> arguments = {}) {
        const int number = seccomp_syscall_resolve_name(name);
        EXPECT_EQ(
            seccomp_rule_add_array(
                m_context, action, number, static_cast<unsigned>(arguments.size()), arguments.data()),
            0)
            << name;
    }
    [[nodiscard]] Program program() const {
        std::FILE* file = std::tmpfile();
        EXPECT_EQ(seccomp_export_bpf(m_context, fileno(file)), 0);
        std::string bytes(1 << 16, '\0');
        std::rewind(file);
        bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
        std::fclose(file);
        return parseProgram(bytes, "libseccomp").value();
    }

private:
    scmp_filter_ctx m_context;
};

std::string verdictText(const Program& program, std::string_view call, const std::string& arch = "x86_64") {
    return toText(verdictOf(evaluateStack({program}, {}).at(arch), *findArch(arch), call));
}

constexpr std::uint32_t kDenied = SCMP_ACT_ERRNO(1);

TEST(Verdict, ConditionsOfDockersDefaultProfile) {
    Library library(kDenied);
    library.rule(SCMP_ACT_ALLOW, "clone", {{0, SCMP_CMP_MASKED_EQ, 0x7e020000, 0}});
    library.rule(SCMP_ACT_ALLOW, "socket", {{0, SCMP_CMP_LT, 40, 0}});
    library.rule(SCMP_ACT_ALLOW, "socket", {{0, SCMP_CMP_GT, 40, 0}});
    for (const std::uint64_t value : {0ULL, 8ULL, 0x20000ULL, 0x20008ULL, 0xffffffffULL}) {
        library.rule(SCMP_ACT_ALLOW, "personality", {{0, SCMP_CMP_EQ, value, 0}});
    }
    library.rule(SCMP_ACT_ALLOW, "read");
    const Program program = library.program();
    EXPECT_EQ(verdictText(program, "clone"), "allow if arg0 & 0x7e020000 == 0; else errno(1)");
    EXPECT_EQ(verdictText(program, "socket"), "allow if arg0 != 40; else errno(1)");
    EXPECT_EQ(
        verdictText(program, "personality"),
        "allow if arg0 == 0 || arg0 == 8 || arg0 == 0x20000 || arg0 == 0x20008 || arg0 == 0xffffffff; else "
        "errno(1)");
    EXPECT_EQ(verdictText(program, "read"), "allow");
    EXPECT_EQ(verdictText(program, "mount"), "errno(1)");
    EXPECT_EQ(verdictText(program, "#100000"), "errno(1)");
    EXPECT_EQ(verdictText(program, "-1"), "errno(1)");
    // libseccomp kills what comes from an architecture it was not told of.
    EXPECT_EQ(verdictText(program, "read", "i386"), "kill_thread");
    EXPECT_EQ(verdictText(program, "read", "x32"), "kill_thread");
}

TEST(Verdict, AddressesOf64Bits) {
    Library library(SCMP_ACT_ALLOW);
    library.rule(kDenied, "ioctl", {{1, SCMP_CMP_GE, 0x123456789ULL, 0}});
    library.rule(kDenied, "fcntl", {{1, SCMP_CMP_NE, 0x500000007ULL, 0}, {0, SCMP_CMP_EQ, 3, 0}});
    EXPECT_EQ(verdictText(library.program(), "ioctl"), "allow if arg1 <= 0x123456788; else errno(1)");
    const std::string text = verdictText(library.program(), "fcntl");
    EXPECT_NE(text.find("arg0 == 3 && arg1 != 0x500000007"), std::string::npos) << text;
}

TEST(Verdict, AThresholdOfNumbersAndTheRangesBelow) {
    // runc's stub: numbers above 450 answer ENOSYS; 100 is allowed.
    const Program program = {{0x20, 0, 0, 0},   {0x25, 0, 1, 450},        {0x06, 0, 0, 0x00050026},
                             {0x15, 0, 1, 100}, {0x06, 0, 0, 0x7fff0000}, {0x06, 0, 0, 0x00050001}};
    const auto all = evaluateStack({program}, {});
    const auto& verdicts = all.at("x86_64");
    EXPECT_EQ(toText(verdicts.others), "errno(38)");
    EXPECT_EQ(toText(verdicts.calls.at("times")), "allow");
    EXPECT_EQ(toText(verdicts.calls.at("mount")), "errno(1)");
    EXPECT_FALSE(verdicts.calls.contains("cachestat")); // 451, as the others
    EXPECT_EQ(toText(verdicts.calls.at("#337..423")), "errno(1)");
    EXPECT_EQ(verdicts.calls.at("uretprobe").kernelExempt, true);
    EXPECT_TRUE(all.at("i386").reachable);
    EXPECT_FALSE(all.at("x32").reachable);
}

// kernel/seccomp.c, seccomp_uprobe_exception: x86_64 335 and 336 run whatever the filters say.
TEST(Verdict, CallsThatTheKernelExemptsCountAsAllowed) {
    const auto denied = evaluateStack({Program{{0x06, 0, 0, 0x00050001}}}, {});
    const CallCount native = countCalls(denied.at("x86_64"), *findArch("x86_64"));
    EXPECT_EQ(native.allowed, 2U); // uretprobe and uprobe
    EXPECT_EQ(native.conditional, 0U);
    EXPECT_EQ(countCalls(denied.at("i386"), *findArch("i386")).allowed, 0U);
}

TEST(Verdict, ArithmeticOnArgumentsIsUndeterminedWithWitnesses) {
    // A = arg0 + arg1, low halves; 7: errno, else allow.
    const Program program = {{0x20, 0, 0, 16},        {0x07, 0, 0, 0}, {0x20, 0, 0, 24},
                             {0x0c, 0, 0, 0},         {0x15, 0, 1, 7}, {0x06, 0, 0, 0x00050001},
                             {0x06, 0, 0, 0x7fff0000}};
    const auto verdict = evaluateStack({program}, {}).at("x86_64").others;
    ASSERT_EQ(verdict.action, SeccompAction::undetermined);
    EXPECT_EQ(verdict.doubt->expression, "arg1 + arg0");
    ASSERT_EQ(verdict.doubt->witnesses.size(), 2U);
    const auto& denied = verdict.doubt->witnesses.at(0);
    EXPECT_EQ(denied.action, SeccompAction::errorNumber);
    EXPECT_EQ(static_cast<std::uint32_t>(denied.args[0].value + denied.args[1].value), 7U);
    EXPECT_EQ(verdict.doubt->witnesses.at(1).action, SeccompAction::allow);
}

TEST(Verdict, NumbersAsTheKernelsHeadersHaveThem) {
    const std::vector<std::pair<std::string, long>> native = {
        {"read", SYS_read}, {"mount", SYS_mount}, {"clone3", SYS_clone3}, {"landlock_create_ruleset", 444}};
    for (const auto& [name, number] : native) {
        EXPECT_EQ(numberOf(*findArch("x86_64"), name), static_cast<std::uint32_t>(number));
    }
    EXPECT_EQ(nameOf(*findArch("i386"), 21), "mount");
    EXPECT_EQ(nameOf(*findArch("aarch64"), 40), "mount");
    EXPECT_EQ(nameOf(*findArch("x32"), 0x40000000 | 165), "mount");
    EXPECT_EQ(nameOf(*findArch("x86_64"), 469), "file_setattr");
    EXPECT_EQ(nameOf(*findArch("x86_64"), 457), "statmount");
    EXPECT_EQ(callKey(*findArch("x86_64"), 4000), "#4000");
}

// Ten bits are few enough to try every word.
TEST(Intervals, CommonWordAgreesWithTryingEveryWord) {
    std::mt19937 random(5);
    const auto below = [&](std::uint64_t bound) { return random() % bound; };
    int found = 0;
    for (int round = 0; round < 4000; ++round) {
        std::vector<Intervals> sets(1 + below(3));
        std::vector<const Intervals*> pointers;
        for (Intervals& each : sets) {
            each.mask = below(1024);
            for (std::uint64_t i = 0; i <= below(3); ++i) {
                const std::uint64_t low = below(1024);
                each = unionOf(each, intervalsBetween(low, low + below(40), each.mask));
            }
            each = below(2) == 0 ? complementOf(each) : each;
            pointers.push_back(&each);
        }
        bool exists = false;
        for (std::uint64_t word = 0; word < 1024 && !exists; ++word) {
            exists = std::ranges::all_of(sets, [&](const Intervals& s) { return s.contains(word & s.mask); });
        }
        std::size_t effort = 100000;
        const auto word = commonWord(pointers, effort);
        ASSERT_EQ(word.has_value(), exists) << round;
        ASSERT_TRUE(!word || std::ranges::all_of(sets, [&](const Intervals& s) {
            return s.contains(*word & s.mask);
        }));
        found += exists ? 1 : 0;
    }
    EXPECT_GT(found, 400);
    EXPECT_LT(found, 3600);
}

TEST(Intervals, SetOperationsAgreeWithTryingEveryValue) {
    std::mt19937 random(6);
    for (int round = 0; round < 2000; ++round) {
        const std::uint64_t mask = random() % 256;
        Intervals a{mask, {}};
        Intervals b{mask, {}};
        for (int i = 0; i < 3; ++i) {
            const std::uint64_t low = random() % 256;
            a = unionOf(a, intervalsBetween(low, low + random() % 20, mask));
            b = unionOf(b, intervalsBetween(random() % 256, random() % 256, mask));
        }
        for (std::uint64_t word = 0; word < 256; ++word) {
            const std::uint64_t value = word & mask;
            ASSERT_EQ(unionOf(a, b).contains(value), a.contains(value) || b.contains(value));
            ASSERT_EQ(intersectionOf(a, b).contains(value), a.contains(value) && b.contains(value));
            ASSERT_NE(complementOf(a).contains(value), a.contains(value));
        }
        ASSERT_EQ(complementOf(complementOf(a)), a); // one form for one set
    }
}

model::SeccompVerdict
when(std::vector<model::ArgumentCondition> conditions, SeccompAction then, SeccompAction otherwise) {
    using model::ArgumentOperator;
    model::SeccompVerdict verdict;
    auto opposite = conditions;
    opposite.at(0).op =
        conditions.at(0).op == ArgumentOperator::equal ? ArgumentOperator::notEqual : ArgumentOperator::equal;
    verdict.cases = {{conditions, then, 0}, {opposite, otherwise, 0}};
    verdict.action = std::max(then, otherwise);
    return verdict;
}

model::SeccompVerdict always(SeccompAction action, std::int64_t data = 0) {
    model::SeccompVerdict verdict;
    verdict.action = action;
    verdict.data = data;
    return verdict;
}

TEST(Relation, AsSetsOfArguments) {
    using enum SeccompAction;
    constexpr auto kEqual = model::ArgumentOperator::equal;
    const auto one = when({{0, kEqual, {~0ULL}, {1}}}, allow, errorNumber);
    const auto two = when({{0, kEqual, {~0ULL}, {2}}}, allow, errorNumber);
    const auto even = when({{0, kEqual, {1}, {0}}}, allow, errorNumber);
    EXPECT_EQ(relationOf(always(errorNumber, 1), always(allow)), Relation::wider);
    EXPECT_EQ(relationOf(always(allow), always(errorNumber, 1)), Relation::narrower);
    EXPECT_EQ(relationOf(always(errorNumber, 1), always(killProcess)), Relation::otherDenial);
    EXPECT_EQ(relationOf(always(allow), always(log)), Relation::visibility);
    EXPECT_EQ(relationOf(always(errorNumber, 1), always(userNotif)), Relation::wider);
    EXPECT_EQ(relationOf(one, always(allow)), Relation::wider);
    EXPECT_EQ(relationOf(one, always(errorNumber)), Relation::narrower);
    EXPECT_EQ(relationOf(one, two), Relation::incomparable);
    EXPECT_EQ(relationOf(two, even), Relation::wider); // 2 is even
    EXPECT_EQ(relationOf(even, one), Relation::incomparable);
    EXPECT_EQ(relationOf(always(undetermined), one), Relation::unknown);
    // The same set said in two ways.
    model::SeccompVerdict split = always(allow);
    split.cases = {
        {{{0, kEqual, {0xffffffff}, {1}}, {0, kEqual, {0xffffffff00000000}, {0}}}, allow, 0},
        {{{0, model::ArgumentOperator::notEqual, {~0ULL}, {1}}}, errorNumber, 0}};
    EXPECT_EQ(relationOf(one, split), Relation::same);
    // An ABI of 32 bits cannot pass the upper half.
    const auto low = when({{0, kEqual, {0xffffffff}, {1}}}, allow, errorNumber);
    EXPECT_EQ(relationOf(one, low), Relation::wider);
    EXPECT_EQ(relationOf(one, low, false), Relation::same);
}

/// arch/x86/kernel/uprobes.c and kernel/seccomp.c: uretprobe (335) and uprobe (336) run unasked, so that no
/// filter takes them away and none gives them.
TEST(Changes, WhatTheKernelRunsUnaskedDiffersInNothing) {
    const Arch& arch = *findArch("x86_64");
    const Program denyAll = {{0x06, 0, 0, 0x00050001}};
    const Program allowAll = {{0x06, 0, 0, 0x7fff0000}};
    const auto denied = evaluateStack({denyAll}, {}).at("x86_64");
    const auto allowed = evaluateStack({allowAll}, {}).at("x86_64");
    ASSERT_TRUE(denied.calls.at("uretprobe").kernelExempt.value_or(false));
    const model::ArchVerdicts unfiltered;
    for (const auto* other : {&allowed, &unfiltered}) {
        const auto changes = changesOf(denied, *other, arch);
        const auto about = [&](std::string_view name) {
            return std::ranges::count(changes, name, &VerdictChange::call);
        };
        EXPECT_EQ(about("uretprobe"), 0);
        EXPECT_EQ(about("uprobe"), 0);
        EXPECT_EQ(about("read"), 1);
    }
}

TEST(Disassemble, AsTheFieldWritesIt) {
    const Program program = {{0x20, 0, 0, 4},  {0x15, 1, 0, 0xc000003e}, {0x06, 0, 0, 0},
                             {0x20, 0, 0, 0},  {0x15, 1, 0, 56},         {0x06, 0, 0, 0x7fff0000},
                             {0x20, 0, 0, 20}, {0x54, 0, 0, 0x7e020000}, {0x06, 0, 0, 0x00050001}};
    EXPECT_EQ(
        writeListing(program, "x86_64"),
        " line  code  jt   jf      k\n"
        "    0: 0x20 0x00 0x00 0x00000004  ld [4]                     ; architecture\n"
        "    1: 0x15 0x01 0x00 0xc000003e  jeq #0xc000003e, 3, 2      ; x86_64\n"
        "    2: 0x06 0x00 0x00 0x00000000  ret #0x0                   ; kill_thread\n"
        "    3: 0x20 0x00 0x00 0x00000000  ld [0]                     ; number\n"
        "    4: 0x15 0x01 0x00 0x00000038  jeq #0x38, 6, 5            ; clone\n"
        "    5: 0x06 0x00 0x00 0x7fff0000  ret #0x7fff0000            ; allow\n"
        "    6: 0x20 0x00 0x00 0x00000014  ld [20]                    ; args[0], high\n"
        "    7: 0x54 0x00 0x00 0x7e020000  and #0x7e020000\n"
        "    8: 0x06 0x00 0x00 0x00050001  ret #0x50001               ; errno(1)\n");
}

} // namespace
} // namespace bulkhead::seccomp
