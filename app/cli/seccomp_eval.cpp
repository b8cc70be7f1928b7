#include "app/cli/output.h"
#include "app/cli/seccomp.h"
#include "core/seccomp/arch.h"
#include "core/seccomp/disassemble.h"
#include "core/seccomp/run.h"
#include "core/seccomp/syscalls.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <iostream>

namespace bulkhead::cli {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using session::NamedFilters;

constexpr std::size_t kFields = 8; // of a line of --batch: arch, number, six arguments
constexpr std::size_t kFlush = 1UL << 16U;

/// Decimal or 0x, 64 bits; -1 is all ones.
std::optional<std::uint64_t> wordOf(std::string_view text) {
    const bool negative = text.starts_with('-');
    text.remove_prefix(negative ? 1 : 0);
    const int base = text.starts_with("0x") || text.starts_with("0X") ? 16 : 10;
    text.remove_prefix(base == 16 ? 2 : 0);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
        return std::nullopt;
    }
    return negative ? 0 - value : value;
}

Result<seccomp::CallData> callOf(std::string_view arch, std::string_view call) {
    const seccomp::Arch* known = seccomp::findArch(arch);
    if (known == nullptr) {
        return fail(
            ErrorKind::malformed,
            "architecture " + std::string(arch) + ": expected x86_64, i386, x32, aarch64 or arm");
    }
    const auto number = seccomp::numberOf(*known, call);
    if (!number) {
        return fail(
            ErrorKind::malformed, "system call " + std::string(call) + ": no call of " + std::string(arch) +
                                      " is named so, and it is no number");
    }
    seccomp::CallData data;
    data.arch = known->audit;
    data.number = *number;
    return data;
}

Result<seccomp::CallData> callOfLine(std::string_view line) {
    std::array<std::string_view, kFields> fields;
    std::size_t count = 0;
    for (std::size_t from = 0; from <= line.size();) {
        const std::size_t tab = std::min(line.find('\t', from), line.size());
        if (count == kFields) {
            return fail(ErrorKind::malformed, "more than 8 fields");
        }
        fields[count++] = line.substr(from, tab - from);
        from = tab + 1;
    }
    if (count != kFields) {
        return fail(
            ErrorKind::malformed,
            fmt::format("{} fields, expected 8: arch, number and six arguments, tabs between", count));
    }
    auto data = callOf(fields[0], fields[1]);
    for (std::size_t i = 0; data && i < data->args.size(); ++i) {
        const auto word = wordOf(fields[i + 2]);
        if (!word) {
            return fail(ErrorKind::malformed, fmt::format("argument {}: {} is no number", i, fields[i + 2]));
        }
        data->args[i] = *word;
    }
    return data;
}

/// What becomes of a call, and of one that hangs on the runtime's libseccomp: why that is not known.
struct Evaluated {
    seccomp::Decision decision;
    std::string unknown;
};

Evaluated evaluate(const NamedFilters& filters, const seccomp::CallData& data, std::string_view arch) {
    Evaluated out{seccomp::decide(filters.stack, data), {}};
    const seccomp::Arch* known = seccomp::findArch(arch);
    // Numbers with the x32 bit are x32's, under whichever name of the two they are asked.
    const bool isX32 = known->name == "x86_64" && (data.number & ~0x3fffffffU) == seccomp::kX32Bit;
    out.unknown = filters.unknown.reasonFor(isX32 ? *seccomp::findArch("x32") : *known, data.number);
    if (!out.unknown.empty()) {
        out.decision.answer = {model::SeccompAction::undetermined, 0};
    }
    return out;
}

Exit runBatch(const NamedFilters& filters) {
    std::ios::sync_with_stdio(false);
    std::string line;
    std::string out;
    for (std::size_t number = 1; std::getline(std::cin, line); ++number) {
        const auto data = callOfLine(line);
        if (!data) {
            (void)print(out);
            return report(data.error().in(fmt::format("standard input, line {}", number)));
        }
        const std::string_view arch = std::string_view(line).substr(0, line.find('\t'));
        out += seccomp::toText(evaluate(filters, *data, arch).decision.answer);
        out += '\n';
        if (out.size() > kFlush) {
            if (!print(out)) {
                return Exit::machine;
            }
            out.clear();
        }
    }
    return print(out) ? Exit::done : Exit::machine;
}

/// What `eval` was asked.
struct EvalRequest {
    SeccompRequest common;
    std::string call;
    std::vector<std::string> args;
    bool batch = false;
};

Result<seccomp::CallData> callOf(const EvalRequest& request) {
    auto data = callOf(request.common.arch, request.call);
    for (const std::string& arg : request.args) {
        if (!data) {
            break;
        }
        const auto value =
            arg.size() > 2 && arg[1] == '=' ? wordOf(std::string_view(arg).substr(2)) : std::nullopt;
        if (!value || arg[0] < '0' || arg[0] > '5') {
            return fail(ErrorKind::malformed, "--arg " + arg + ": expected I=VALUE with I from 0 to 5");
        }
        data->args[static_cast<std::size_t>(arg[0] - '0')] = *value;
    }
    return data;
}

std::string ruleOf(const seccomp::Stack& stack, const seccomp::Decision& decision, std::string_view arch) {
    if (decision.filter == stack.size()) {
        return "no filter is installed";
    }
    const seccomp::Program& program = stack[decision.filter];
    const std::size_t at = decision.returned.instruction;
    const std::string which =
        stack.size() == 1 ? ""
                          : fmt::format("filter {} of {} (0 is the oldest), ", decision.filter, stack.size());
    return fmt::format("{}instruction {}: {}", which, at, seccomp::disassemble(program, arch)[at].mnemonic);
}

std::string
writeDecision(const EvalRequest& request, const NamedFilters& filters, const seccomp::CallData& data) {
    const std::string& arch = request.common.arch;
    const auto [decision, unknown] = evaluate(filters, data, arch);
    const bool exempt = seccomp::isKernelExempt(*seccomp::findArch(arch), data.number);
    const std::string rule = unknown.empty() ? ruleOf(filters.stack, decision, arch) : unknown;
    if (request.common.format == "json") {
        const bool decided = unknown.empty() && decision.filter < filters.stack.size();
        return fmt::format(
            "{{\"arch\": \"{}\", \"number\": {}, \"action\": \"{}\", \"data\": {}, \"kernelExempt\": {}, "
            "\"filter\": {}, \"instruction\": {}, \"rule\": \"{}\"}}\n",
            arch, data.number, model::nameOf(decision.answer.action), decision.answer.data, exempt,
            decided ? std::to_string(decision.filter) : "null",
            decided ? std::to_string(decision.returned.instruction) : "null", rule);
    }
    return seccomp::toText(decision.answer) + (unknown.empty() ? "\n  by " : "\n  ") + rule + "\n" +
           (exempt ? "  the kernel runs this call without asking any filter\n" : "");
}

} // namespace

Exit runSeccompEval(const Verb& verb, std::span<const std::string> arguments) {
    EvalRequest request;
    Arguments options(verb, "eval", "one call decided, with the instruction that decides");
    declareRequest(options, request.common, 1);
    options.option("--syscall", request.call, "name or number of the call");
    options.list("--arg", request.args, "I=VALUE, decimal or 0x; arguments not given are 0");
    options.flag(
        "--batch", request.batch,
        "read lines \"arch<TAB>nr<TAB>a0<TAB>..a5\" from standard input, write one action a line");
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    if (request.common.references.size() != 1 || request.batch != request.call.empty()) {
        say("bulkhead: seccomp eval needs one reference, and --syscall or --batch; see bulkhead seccomp eval "
            "--help");
        return Exit::usage;
    }
    const auto filters = resolveAll(request.common);
    if (!filters) {
        return report(filters.error());
    }
    if (request.batch) {
        return runBatch(filters->front());
    }
    if (request.common.arch.empty()) {
        request.common.arch = machineFor("").arch;
    }
    const auto data = callOf(request);
    if (!data) {
        return report(data.error());
    }
    return print(writeDecision(request, filters->front(), *data)) ? Exit::done : Exit::machine;
}

} // namespace bulkhead::cli
