// The kernel itself is asked what it makes of system calls, and our evaluation of the same filters must say
// the same: profiles of the engines, stacks of them, and generated programs. The calls are not executed
// (oracle.h).

#include "core/catalog/seccomp_profile.h"
#include "core/kernel/abis.h"
#include "core/os/file.h"
#include "core/seccomp/evaluate.h"
#include "core/seccomp/opcodes.h"
#include "core/seccomp/profile.h"
#include "core/seccomp/syscalls.h"
#include "core/seccomp/verdicts.h"
#include "oracle.h"

#include <cerrno>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>
#include <set>

namespace bulkhead::live {
namespace {

using model::SeccompAction;
using seccomp::Answer;
using seccomp::Arch;
using seccomp::Instruction;
using seccomp::Program;
using seccomp::Stack;
using Arguments = std::array<std::uint64_t, 6>;

/// What the oracle cannot tell apart, made equal.
Answer comparable(Answer answer) {
    if (answer.action == SeccompAction::userNotif) {
        return {SeccompAction::errorNumber, 38}; // nobody listens: ENOSYS (kernel/seccomp.c)
    }
    if (answer.action == SeccompAction::log) {
        return {SeccompAction::allow, 0};
    }
    return answer;
}

/// An unknown action that is laxer than the oracle's own RET_TRACE: the kernel takes the stricter of the two,
/// so nobody can see that without the oracle it would end the process.
bool isHidden(const seccomp::Decision& decision) {
    constexpr std::uint32_t kReturnTrace = 0x7ff00000;
    return decision.answer.action == SeccompAction::killProcess &&
           seccomp::isStricter(kReturnTrace, decision.returned.value);
}

/// Values at which a comparison with this one, under this mask, may change.
void addBoundaries(std::set<std::uint64_t>& values, std::uint64_t value, std::uint64_t mask) {
    constexpr std::uint64_t kHigh = 1ULL << 32U;
    for (const std::uint64_t at : {value, value - 1, value + 1, value ^ kHigh, value | ~mask, mask, ~mask}) {
        values.insert(at);
    }
}

/// Argument sets for one call: nothing, everything, and each boundary of its conditions with the rest zero.
std::vector<Arguments> argumentsFor(const model::SeccompVerdict& verdict) {
    std::vector<Arguments> sets = {{}, {~0ULL, ~0ULL, ~0ULL, ~0ULL, ~0ULL, ~0ULL}};
    std::array<std::set<std::uint64_t>, 6> values;
    for (const model::SeccompCase& one : verdict.cases) {
        for (const model::ArgumentCondition& condition : one.when) {
            addBoundaries(values[condition.arg], condition.value.value, condition.mask.value);
        }
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (const std::uint64_t value : values[i]) {
            sets.emplace_back()[i] = value;
        }
    }
    return sets;
}

/// ABIs in which a call reaches the filters here. x32 numbers do on every x86_64 kernel; int 0x80 ends a
/// process where the 32-bit ABI is off, which a kernel built with it may be too (ia32_emulation=0,
/// confidential guests).
const std::vector<std::string>& abis() {
    static const std::vector<std::string> kAbis = [] {
        const auto machine = kernel::readAbis(os::ProcRoot{}, "x86_64");
        const bool compat = machine && machine->compat;
        std::printf("i386 %s\n", compat ? "is asked too" : "is not run by this kernel, and not asked");
        return compat ? std::vector<std::string>{"x86_64", "i386", "x32"}
                      : std::vector<std::string>{"x86_64", "x32"};
    }();
    return kAbis;
}

/// One stack, the kernel that has it and our account of it.
class Trial {
public:
    explicit Trial(const Stack& stack)
        : m_stack(stack), m_verdicts(seccomp::evaluateStack(stack, {"x86_64", true, true})), m_oracle(stack) {
        bool logs = false;
        for (const Program& program : stack) {
            for (const Instruction& i : program) {
                logs = logs || (i.code == seccomp::op::kReturn && (i.k & 0xffff0000U) == 0x7ffc0000U);
            }
        }
        if (auto marked = logs ? markLogs(stack) : std::nullopt) {
            m_marked = std::move(*marked);
            m_logOracle = std::make_unique<Oracle>(m_marked);
        }
    }

    [[nodiscard]] const model::SeccompVerdict& verdict(const Arch& arch, std::uint32_t number) const {
        return seccomp::verdictOf(m_verdicts.at(std::string(arch.name)), arch, number);
    }

    void compare(const Arch& arch, std::uint32_t number, Arguments args) {
        if (!arch.wide && arch.bit == 0) {
            for (std::uint64_t& value : args) {
                value &= 0xffffffffU;
            }
        }
        ++asked;
        const std::string name = fmt::format(
            "{} #{} ({:#x}, {:#x}, {:#x}, {:#x}, {:#x}, {:#x})", arch.name, number, args[0], args[1], args[2],
            args[3], args[4], args[5]);
        const KernelAnswer kernel = m_oracle.ask(arch, number, args);
        ASSERT_EQ(kernel.trouble, "") << name;
        if (seccomp::isKernelExempt(arch, number)) {
            // Run without asking: uretprobe dies outside its trampoline (SIGILL), uprobe answers ENXIO
            // (arch/x86).
            const Answer outside = {SeccompAction::errorNumber, ENXIO};
            ASSERT_TRUE(kernel.exempt || kernel.answer == outside) << name << toText(kernel.answer);
            return;
        }
        ASSERT_FALSE(kernel.exempt) << name;
        const seccomp::CallData data{number, arch.audit, m_oracle.instructionPointerOf(arch), args};
        const seccomp::Decision decision = seccomp::decide(m_stack, data);
        const Answer run = decision.answer;
        if (!isHidden(decision)) {
            ASSERT_EQ(toText(kernel.answer), toText(comparable(run))) << name;
        }
        const model::SeccompVerdict& exact = verdict(arch, number);
        const Answer said = seccomp::answerTo(exact, args);
        if (said.action != SeccompAction::undetermined) {
            ASSERT_EQ(toText(said), toText(run)) << name;
            ++decided;
        }
        if (m_logOracle && (run.action == SeccompAction::log || run.action == SeccompAction::allow)) {
            const Answer told = m_logOracle->ask(arch, number, args).answer;
            const Answer marked = {SeccompAction::errorNumber, kLogMark};
            ASSERT_EQ(toText(told), toText(run.action == SeccompAction::log ? marked : run)) << name;
            ++logsTold;
        }
    }

    void compareAll(std::uint32_t numbers) {
        for (const std::string& name : abis()) {
            const Arch& arch = *seccomp::findArch(name);
            for (std::uint32_t number = 0; number < numbers; ++number) {
                for (const Arguments& args : argumentsFor(verdict(arch, number | arch.bit))) {
                    compare(arch, number | arch.bit, args);
                    if (testing::Test::HasFatalFailure()) {
                        return;
                    }
                }
            }
        }
    }

    int asked = 0;
    int decided = 0;  ///< of them by a verdict that is not undetermined
    int logsTold = 0; ///< of them with log told from allow

private:
    const Stack& m_stack;
    seccomp::Verdicts m_verdicts;
    Oracle m_oracle;
    Stack m_marked;
    std::unique_ptr<Oracle> m_logOracle;
};

constexpr std::uint32_t kNumbers = 1024;

/// A profile as runc would install it for a container that was given two capabilities.
Program programOf(const std::string& file) {
    const auto text = os::readFile(file);
    EXPECT_TRUE(text) << file;
    const std::string content = text.value_or("");
    seccomp::ProfileTarget target{{}, "x86_64", {6, 1}};
    target.bounding.add(*model::capabilityNamed("CAP_CHOWN"));
    target.bounding.add(*model::capabilityNamed("CAP_SYS_CHROOT"));
    seccomp::Profile profile;
    if (file.ends_with(".yaml")) {
        profile = catalog::profileOf(
            catalog::parseSeccompProfile(content, file).value_or(catalog::SeccompProfile{}));
    } else {
        profile = seccomp::parseProfile(content, file).value_or(seccomp::Profile{});
    }
    const auto compiled =
        seccomp::compileProfile(seccomp::resolveProfile(profile, target), seccomp::ProfileRuntime::runc);
    EXPECT_TRUE(compiled) << (compiled ? "" : compiled.error().message);
    return compiled ? compiled->program : Program{};
}

Program docker() {
    return programOf("resources/profiles/docker-default.yaml");
}
Program podman() {
    return programOf("tests/fixtures/seccomp/podman-4.3.json");
}
Program strict() {
    return programOf("tests/fixtures/seccomp/strict.json");
}

void expectAgreement(const Stack& stack) {
    Trial trial(stack);
    trial.compareAll(kNumbers);
    EXPECT_GT(trial.asked, static_cast<int>(2 * abis().size() * kNumbers));
    EXPECT_EQ(trial.decided, trial.asked - 4); // uretprobe and uprobe, asked twice each
    std::printf("%d calls, %d of them told allow from log\n", trial.asked, trial.logsTold);
}

TEST(SkipOracle, agreesOnDockersProfile) {
    expectAgreement({docker()});
}

TEST(SkipOracle, agreesOnPodmansProfile) {
    expectAgreement({podman()});
}

TEST(SkipOracle, agreesOnAStrictProfileThatKills) {
    expectAgreement({strict()});
}

TEST(SkipOracle, agreesOnStacks) {
    expectAgreement({docker(), podman()});
    const Program tracing = {
        {seccomp::op::kLoadData, 0, 0, 0},        {0x15, 0, 1, 39},  // getpid
        {seccomp::op::kReturn, 0, 0, 0x7ff00007}, {0x15, 0, 1, 102}, // getuid
        {seccomp::op::kReturn, 0, 0, 0x7ffc0000}, {0x15, 0, 1, 104}, // getgid
        {seccomp::op::kReturn, 0, 0, 0x00030009}, {seccomp::op::kReturn, 0, 0, 0x7fff0000}};
    expectAgreement({podman(), docker(), tracing});
}

/// Programs as nobody would write them, valid for the kernel.
class Generator {
public:
    Program next() {
        for (;;) {
            Program program;
            const std::size_t length = 6 + pick(30);
            for (std::size_t i = 0; i + 1 < length; ++i) {
                program.push_back(instruction(length - i - 2));
            }
            program.push_back({seccomp::op::kReturn, 0, 0, answer()});
            if (auto valid = seccomp::parseProgram(seccomp::bytesOf(program), "generated")) {
                return std::move(*valid);
            }
        }
    }

    std::uint32_t pick(std::uint32_t below) { return static_cast<std::uint32_t>(m_random() % below); }

    std::uint64_t value() {
        constexpr std::array<std::uint64_t, 8> kValues = {0,          1,          5,           0xff,
                                                          0x80000000, 0xffffffff, 0x100000001, ~0ULL};
        return kValues[pick(kValues.size())];
    }

private:
    std::uint32_t answer() {
        constexpr std::array kAnswers = {0x7fff0000U, 0x7fff0000U, 0x7ffc0000U, 0x00050001U,
                                         0x00050026U, 0x00050000U, 0x00051388U, 0x00030007U,
                                         0x7ff00003U, 0x7ff0ffffU, 0x7fc00000U, 0x0005000dU};
        constexpr std::array kDeadly = {0x80000000U, 0x00000000U, 0x12340000U, 0x7ffe0001U};
        return pick(40) == 0 ? kDeadly[pick(kDeadly.size())] : kAnswers[pick(kAnswers.size())];
    }

    Instruction instruction(std::size_t left) {
        using namespace seccomp::op;
        constexpr std::array kConstants = {0U,    1U,          5U,          12U,         39U,
                                           0xffU, 0x40000003U, 0xc000003eU, 0x40000000U, 0xffffffffU};
        constexpr std::array kArithmetic = {kAnd,        kOr,  kAdd,      kSubtract, kShiftLeft,
                                            kShiftRight, kXor, kMultiply, kDivide};
        constexpr std::array kConditions = {kEqual, kGreater, kGreaterOrEqual, kAnyBit};
        const std::uint32_t constant = kConstants[pick(kConstants.size())];
        const std::uint32_t kind = pick(20);
        if (kind < 8) {
            return {kLoadData, 0, 0, 4 * (pick(3) == 0 ? pick(2) : 4 + pick(12))};
        }
        if (kind < 14) {
            const auto code = static_cast<std::uint16_t>(
                kClassJump | kConditions[pick(kConditions.size())] | (pick(8) == 0 ? kFromX : 0));
            const auto most = static_cast<std::uint32_t>(std::min<std::size_t>(left + 1, 12));
            return {
                code, static_cast<std::uint8_t>(pick(most)), static_cast<std::uint8_t>(pick(most)), constant};
        }
        if (kind < 16) {
            const std::uint16_t operation = kArithmetic[pick(kArithmetic.size())];
            const bool shift = operation == kShiftLeft || operation == kShiftRight;
            return {
                static_cast<std::uint16_t>(kClassAlu | operation), 0, 0, shift ? constant % 32 : constant};
        }
        if (kind == 16) {
            return {pick(2) == 0 ? kStore : kLoadMemory, 0, 0, pick(3)};
        }
        if (kind == 17) {
            return {pick(2) == 0 ? kXFromA : kAFromX, 0, 0, 0};
        }
        return {kReturn, 0, 0, answer()};
    }

    std::mt19937_64 m_random{20261126};
};

TEST(SkipOracle, agreesOnThousandsOfGeneratedPrograms) {
    Generator generator;
    int programs = 0;
    int asked = 0;
    int decided = 0;
    for (int round = 0; round < 1500; ++round) {
        Stack stack;
        for (std::uint32_t i = 0; i < 1 + generator.pick(3); ++i) {
            stack.push_back(generator.next());
            ++programs;
        }
        Trial trial(stack);
        for (const std::string& name : abis()) {
            const Arch& arch = *seccomp::findArch(name);
            for (int i = 0; i < 6; ++i) {
                constexpr std::array kNumbersTried = {0U, 1U, 5U, 12U, 39U, 400U};
                Arguments args{};
                for (std::uint64_t& value : args) {
                    value = generator.value();
                }
                trial.compare(arch, kNumbersTried[static_cast<std::size_t>(i)] | arch.bit, args);
                ASSERT_FALSE(HasFatalFailure()) << "round " << round;
            }
        }
        asked += trial.asked;
        decided += trial.decided;
    }
    EXPECT_GT(programs, 2000);
    EXPECT_GT(decided, asked / 2);
    std::printf("%d programs, %d calls, %d decided by the exact table\n", programs, asked, decided);
}

} // namespace
} // namespace bulkhead::live
