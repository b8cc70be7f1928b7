#include "tests/core/seccomp/agreement.h"

#include "core/seccomp/base64.h"
#include "core/seccomp/run.h"
#include "core/seccomp/syscalls.h"
#include "core/seccomp/verdicts.h"

#include <fmt/format.h>

namespace bulkhead::seccomp::test {

using model::SeccompAction;

namespace {

CallData dataOf(const Words& words) {
    CallData data;
    data.number = words[0];
    data.arch = words[1];
    data.instructionPointer = words[2] | static_cast<std::uint64_t>(words[3]) << 32U;
    for (std::size_t i = 0; i < 6; ++i) {
        data.args[i] = words[4 + 2 * i] | static_cast<std::uint64_t>(words[5 + 2 * i]) << 32U;
    }
    return data;
}

Words wordsOf(std::uint32_t number, std::uint32_t arch, const model::SeccompWitness& witness) {
    Words words{
        number, arch, static_cast<std::uint32_t>(witness.instructionPointer.value),
        static_cast<std::uint32_t>(witness.instructionPointer.value >> 32U)};
    for (std::size_t i = 0; i < 6; ++i) {
        words[4 + 2 * i] = static_cast<std::uint32_t>(witness.args[i].value);
        words[5 + 2 * i] = static_cast<std::uint32_t>(witness.args[i].value >> 32U);
    }
    return words;
}

std::uint32_t likelyNumber(Random& random, const Arch& arch) {
    switch (random() % 8) {
    case 0:
        return static_cast<std::uint32_t>(random());
    case 1:
        return 0xffffffff;
    case 2:
        return static_cast<std::uint32_t>(random() % 600) | arch.bit;
    case 3:
        return likelyWord(random);
    default:
        return static_cast<std::uint32_t>(random() % 42) | arch.bit;
    }
}

bool belongs(const Arch& arch, std::uint32_t number) {
    const bool x32 = number >= 0x40000000 && number < 0x80000000;
    return arch.name == "x32" ? x32 : arch.name != "x86_64" || !x32;
}

// How many cases of a verdict hold for the arguments.
std::size_t casesHolding(const model::SeccompVerdict& verdict, const CallData& data) {
    std::size_t count = 0;
    for (const model::SeccompCase& each : verdict.cases) {
        model::SeccompVerdict alone;
        alone.action = SeccompAction::undetermined;
        alone.cases = {each};
        count += answerTo(alone, data.args).action != SeccompAction::undetermined ? 1 : 0;
    }
    return count;
}

std::string disagreementOn(
    const Stack& stack, const model::ArchVerdicts& verdicts, const Arch& arch, const Words& words,
    Tally& tally) {
    ++tally.inputs;
    const CallData data = dataOf(words);
    const std::string truth = interpretStack(stack, words);
    if (const std::string ran = toText(decide(stack, data).answer); ran != truth) {
        return fmt::format("run says {}, the interpreter {}", ran, truth);
    }
    const model::SeccompVerdict& verdict = verdictOf(verdicts, arch, words[0]);
    if (verdict.action == SeccompAction::undetermined) {
        ++tally.undetermined;
        return "";
    }
    if (toText(answerTo(verdict, data.args)) != truth) {
        return fmt::format("the verdict is {}, the interpreter says {}", toText(verdict), truth);
    }
    const bool parted = casesHolding(verdict, data) == (verdict.cases.empty() ? 0U : 1U);
    return parted ? "" : "not exactly one case holds of " + toText(verdict);
}

std::string falseWitness(const Stack& stack, const model::ArchVerdicts& verdicts, const Arch& arch) {
    for (const auto& [call, verdict] : verdicts.calls) {
        const auto numbers = numbersOfKey(arch, call);
        if (!numbers || (verdict.action == SeccompAction::undetermined) != verdict.doubt.has_value()) {
            return call + ": no number, or a doubt that is none";
        }
        for (const auto& witness :
             verdict.doubt ? verdict.doubt->witnesses : std::vector<model::SeccompWitness>{}) {
            const std::string truth = interpretStack(stack, wordsOf(numbers->low, arch.audit, witness));
            if (toText(Answer{witness.action, witness.data}) != truth) {
                return fmt::format("{}: a witness is false, the interpreter says {}", call, truth);
            }
        }
    }
    return "";
}

} // namespace

std::string
disagreement(const Stack& stack, const Machine& machine, Random& random, int inputs, Tally& tally) {
    const auto all = evaluateStack(stack, machine);
    std::string found = all.size() == (machine.arch == "aarch64" ? 2U : 3U) ? "" : "an ABI is missing";
    for (int i = 0; i < inputs && found.empty(); ++i) {
        const auto at = static_cast<std::ptrdiff_t>(random() % all.size());
        const auto& [name, verdicts] = *std::next(all.begin(), at);
        const Arch& arch = *findArch(name);
        Words words{};
        for (std::uint32_t& word : words) {
            word = likelyWord(random);
        }
        words[0] = likelyNumber(random, arch);
        words[1] = arch.audit;
        if (!belongs(arch, words[0])) {
            continue;
        }
        if (const std::string differs = disagreementOn(stack, verdicts, arch, words, tally);
            !differs.empty()) {
            found = fmt::format("{} nr {}: {}", name, words[0], differs);
        }
    }
    for (const auto& [name, verdicts] : all) {
        found = found.empty() ? falseWitness(stack, verdicts, *findArch(name)) : found;
    }
    for (const Program& program : found.empty() ? Stack{} : stack) {
        found += "\n" + base64Of(bytesOf(program));
    }
    return found;
}

Program forArm(Program program) {
    for (Instruction& in : program) {
        if (in.code == 0x15 && in.k == 0xc000003e) {
            in.k = 0xc00000b7;
        } else if (in.code == 0x15 && in.k == 0x40000003) {
            in.k = 0x40000028;
        }
    }
    return program;
}

} // namespace bulkhead::seccomp::test
