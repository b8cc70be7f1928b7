#include "app/cli/seccomp.h"

#include "app/cli/output.h"
#include "core/report/seccomp_text.h"
#include "core/seccomp/disassemble.h"

#include <array>
#include <fmt/format.h>

namespace bulkhead::cli {

namespace {

using session::NamedFilters;

Exit finish(const std::string& text) {
    return print(text) ? Exit::done : Exit::machine;
}

std::optional<Exit> parse(
    SeccompRequest& request, const Verb& verb, std::string_view act, std::string_view title, int least,
    std::span<const std::string> arguments) {
    Arguments options(verb, act, title);
    declareRequest(options, request, least);
    return options.parse(arguments);
}

/// Of one ABI alone where it was asked for.
seccomp::Verdicts verdictsFor(const NamedFilters& filters, const SeccompRequest& request) {
    seccomp::Verdicts verdicts = session::verdictsOf(filters, machineFor(request.arch));
    if (!request.arch.empty()) {
        std::erase_if(verdicts, [&](const auto& each) { return each.first != request.arch; });
    }
    return verdicts;
}

Exit runShow(const Verb& verb, std::span<const std::string> arguments) {
    SeccompRequest request;
    if (const auto exit = parse(request, verb, "show", "what becomes of every system call", 1, arguments)) {
        return *exit;
    }
    const auto all = resolveAll(request);
    if (!all) {
        return report(all.error());
    }
    std::string text;
    for (const NamedFilters& filters : *all) {
        const auto verdicts = verdictsFor(filters, request);
        if (request.format == "json") {
            text += bulkhead::report::writeVerdictsJson(filters.name, filters.stack, verdicts);
        } else {
            text += bulkhead::report::writeVerdicts(verdicts, terminalColumns());
        }
    }
    return finish(text);
}

Exit runDisasm(const Verb& verb, std::span<const std::string> arguments) {
    SeccompRequest request;
    if (const auto exit = parse(request, verb, "disasm", "the programs as listings", 1, arguments)) {
        return *exit;
    }
    const auto all = resolveAll(request);
    if (!all) {
        return report(all.error());
    }
    const std::string arch = request.arch.empty() ? machineFor("").arch : request.arch;
    std::string text;
    for (const NamedFilters& filters : *all) {
        if (request.format == "json") {
            text += bulkhead::report::writeListingJson(filters.name, filters.stack, arch);
            continue;
        }
        for (std::size_t i = 0; i < filters.stack.size(); ++i) {
            if (filters.stack.size() > 1) {
                text +=
                    fmt::format("filter {} of {}{}\n", i, filters.stack.size(), i == 0 ? ", the oldest" : "");
            }
            text += seccomp::writeListing(filters.stack[i], arch);
        }
    }
    return finish(text);
}

Exit runCompare(const Verb& verb, std::span<const std::string> arguments) {
    SeccompRequest request;
    if (const auto exit = parse(request, verb, "diff", "two stacks as sets of allowed calls", 2, arguments)) {
        return *exit;
    }
    if (request.references.size() != 2) {
        say("bulkhead: seccomp diff needs exactly two references; see bulkhead seccomp diff --help");
        return Exit::usage;
    }
    const auto sides = resolveAll(request);
    if (!sides) {
        return report(sides.error());
    }
    const auto before = verdictsFor(sides->front(), request);
    const auto after = verdictsFor(sides->back(), request);
    bulkhead::report::VerdictChanges changes;
    for (const auto& [name, verdicts] : before) {
        changes[name] = {
            verdicts.reachable, seccomp::changesOf(verdicts, after.at(name), *seccomp::findArch(name))};
    }
    return finish(
        request.format == "json"
            ? bulkhead::report::writeVerdictChangesJson(sides->front().name, sides->back().name, changes)
            : bulkhead::report::writeVerdictChanges(changes, terminalColumns()));
}

/// A subcommand.
struct Act {
    std::string_view id;
    Exit (*run)(const Verb& verb, std::span<const std::string> arguments);
};

constexpr std::array<Act, 4> kActs = {
    {{"show", runShow}, {"disasm", runDisasm}, {"diff", runCompare}, {"eval", runSeccompEval}}};

} // namespace

Exit runSeccomp(const Verb& verb, std::span<const std::string> arguments) {
    for (const Act& act : kActs) {
        if (!arguments.empty() && arguments.front() == act.id) {
            return act.run(verb, arguments.subspan(1));
        }
    }
    if (!arguments.empty() && (arguments.front() == "--help" || arguments.front() == "-h")) {
        return finish(
            std::string(verb.title) +
            "\nUsage: bulkhead seccomp show|disasm REF... | diff REF REF\n"
            "       bulkhead seccomp eval REF --arch ARCH --syscall NAME|NR [--arg I=VALUE]... | --batch\n"
            "Each has --help.\n\nExample:\n  " +
            std::string(verb.example) + "\n");
    }
    say("bulkhead: seccomp needs show, disasm, diff or eval; see bulkhead seccomp --help");
    return Exit::usage;
}

} // namespace bulkhead::cli
