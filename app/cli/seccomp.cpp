#include "app/cli/seccomp.h"

#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "core/report/seccomp_text.h"
#include "core/seccomp/disassemble.h"
#include "core/session/filters_of.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sys/utsname.h>

namespace bulkhead::cli {

seccomp::Machine thisMachine() {
    utsname name{};
    ::uname(&name);
    seccomp::Machine machine;
    if (seccomp::findArch(name.machine) != nullptr) {
        machine.arch = name.machine;
    }
    return machine;
}

namespace {

using session::NamedFilters;

Exit finish(const std::string& text) {
    return print(text) ? Exit::done : Exit::machine;
}

void warn(const NamedFilters& filters) {
    if (filters.stack.empty()) {
        say(filters.name + ": no filter, every call is allowed");
    }
    std::string names;
    for (const std::string& name : filters.unknownCalls) {
        names += (names.empty() ? "" : ", ") + name;
    }
    if (!names.empty()) {
        say(filters.name + ": libseccomp here does not know, so what becomes of them is not known: " + names);
    }
}

/// What `show` and `disasm` are asked for.
struct ListRequest {
    std::vector<std::string> references;
    std::string arch;
    std::string format = "table";
};

std::optional<Exit> parse(
    ListRequest& request, const Verb& verb, std::string_view act, std::string_view title, int least,
    std::span<const std::string> arguments) {
    Arguments options(verb, act, title);
    options.positional(
        "REF", request.references, "bpf:FILE[,FILE...], a profile, a snapshot, pid:N or lab:NAME", least);
    options.option(
        "--arch", request.arch, "only this architecture", {"x86_64", "i386", "x32", "aarch64", "arm"});
    options.option("--format", request.format, "form of the result", {"table", "json"});
    return options.parse(arguments);
}

Exit runShow(const Verb& verb, std::span<const std::string> arguments) {
    ListRequest request;
    if (const auto exit = parse(request, verb, "show", "what becomes of every system call", 1, arguments)) {
        return *exit;
    }
    std::string text;
    for (const std::string& reference : request.references) {
        const auto filters = session::resolveFilters(reference, {});
        if (!filters) {
            return report(filters.error());
        }
        warn(*filters);
        seccomp::Machine machine = thisMachine();
        if (const auto* arch = seccomp::findArch(request.arch)) {
            machine.arch = arch->native;
        }
        const auto verdicts = seccomp::evaluateStack(filters->stack, machine);
        if (request.format == "json") {
            text += bulkhead::report::writeVerdictsJson(filters->name, filters->stack, verdicts);
        } else {
            text += bulkhead::report::writeVerdicts(verdicts, request.arch, terminalColumns());
        }
    }
    return finish(text);
}

Exit runDisasm(const Verb& verb, std::span<const std::string> arguments) {
    ListRequest request;
    if (const auto exit = parse(request, verb, "disasm", "the programs as listings", 1, arguments)) {
        return *exit;
    }
    const std::string arch = request.arch.empty() ? thisMachine().arch : request.arch;
    std::string text;
    for (const std::string& reference : request.references) {
        const auto filters = session::resolveFilters(reference, {});
        if (!filters) {
            return report(filters.error());
        }
        warn(*filters);
        if (request.format == "json") {
            text += bulkhead::report::writeListingJson(filters->name, filters->stack, arch);
            continue;
        }
        for (std::size_t i = 0; i < filters->stack.size(); ++i) {
            if (filters->stack.size() > 1) {
                text += fmt::format(
                    "filter {} of {}{}\n", i, filters->stack.size(), i == 0 ? ", the oldest" : "");
            }
            text += seccomp::writeListing(filters->stack[i], arch);
        }
    }
    return finish(text);
}

Exit runCompare(const Verb& verb, std::span<const std::string> arguments) {
    ListRequest request;
    if (const auto exit = parse(request, verb, "diff", "two stacks as sets of allowed calls", 2, arguments)) {
        return *exit;
    }
    if (request.references.size() != 2) {
        say("bulkhead: seccomp diff needs exactly two references; see bulkhead seccomp diff --help");
        return Exit::usage;
    }
    std::vector<NamedFilters> sides;
    for (const std::string& reference : request.references) {
        auto filters = session::resolveFilters(reference, {});
        if (!filters) {
            return report(filters.error());
        }
        warn(*filters);
        sides.push_back(std::move(*filters));
    }
    seccomp::Machine machine = thisMachine();
    if (const auto* arch = seccomp::findArch(request.arch)) {
        machine.arch = arch->native;
    }
    const auto before = seccomp::evaluateStack(sides[0].stack, machine);
    const auto after = seccomp::evaluateStack(sides[1].stack, machine);
    bulkhead::report::VerdictChanges changes;
    for (const auto& [name, verdicts] : before) {
        if (request.arch.empty() || request.arch == name) {
            changes[name] = seccomp::changesOf(verdicts, after.at(name), *seccomp::findArch(name));
        }
    }
    return finish(
        request.format == "json"
            ? bulkhead::report::writeVerdictChangesJson(sides[0].name, sides[1].name, changes)
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
