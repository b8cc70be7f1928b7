#include "app/cli/arguments.h"
#include "app/cli/gate.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "app/cli/result_file.h"
#include "core/lab/scenario_run.h"
#include "core/session/resolve.h"
#include "core/session/specification.h"

namespace bulkhead::cli {

namespace {

using Subjects = base::Result<std::vector<diagram::SubjectView>>;

/// The subject of a specification as it is now: a scenario is launched, anything else is read.
Subjects subjectAgain(const std::string& reference, const std::string& engine) {
    constexpr std::string_view kLab = "lab:";
    if (!reference.starts_with(kLab)) {
        return session::resolveReferences({reference}, {engine});
    }
    const Interrupt interrupt;
    lab::LabRequest request;
    request.names = {reference.substr(kLab.size())};
    lab::Observer observer;
    if (wantsProgress()) {
        observer.log = [](const std::string& line) { say("  " + line); };
    }
    auto outcome = lab::runScenarios(request, observer, interrupt.token());
    if (!outcome) {
        return std::unexpected(outcome.error());
    }
    for (const lab::Skipped& skipped : outcome->skipped) {
        return base::fail(
            base::ErrorKind::unsupported, reference + ": cannot be launched here: " + skipped.reason);
    }
    return std::move(outcome->subjects);
}

} // namespace

Exit runExpect(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> references;
    std::string out;
    std::string engine;
    Arguments options(verb);
    options.positional("REF", references, "the subject whose boundary shall stay as it is", 1);
    options.option("--out", out, "file for the specification; - for standard output");
    options.option("--as", engine, kAsHelp);
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    if (references.size() != 1 || out.empty()) {
        say(out.empty() ? "bulkhead: --out SPEC.yaml is required; see bulkhead expect --help"
                        : "bulkhead: expect takes one REF; see bulkhead expect --help");
        return Exit::usage;
    }
    const auto text = session::expectation(references.front(), engine);
    if (!text) {
        return report(text.error());
    }
    const Exit written = writeResult(out, *text);
    if (written != Exit::done || isStandardOutput(out)) {
        return written;
    }
    say("written to " + out + "; bulkhead verify " + out + " asks whether it still holds");
    return Exit::done;
}

Exit runVerify(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> positional;
    std::string format = "table";
    std::string engine;
    bool strict = false;
    Arguments options(verb);
    options.positional(
        "SPEC", positional,
        "a specification, then the subjects to ask; without any the one it was written from, a lab scenario "
        "by "
        "launching it",
        1);
    options.option("--format", format, "form of the result", {"table", "junit", "json", "sarif"});
    options.flag("--strict", strict, "exit 1 where all that is known holds and something is not known");
    options.option("--as", engine, kAsHelp);
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    const auto specification = session::readSpecification(positional.front());
    if (!specification) {
        return report(specification.error());
    }
    positional.erase(positional.begin());
    const auto subjects = positional.empty() ? subjectAgain(specification->subject, engine)
                                             : session::resolveReferences(positional, {engine});
    if (!subjects) {
        return report(subjects.error());
    }
    const auto decisions = session::verify(*specification, *subjects);
    return print(renderDecisions(format, decisions)) ? gateOf(decisions, strict) : Exit::machine;
}

} // namespace bulkhead::cli
