#include "app/cli/arguments.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "core/base/escaped.h"
#include "core/lab/clean.h"
#include "core/lab/doctor_engines.h"
#include "core/lab/scenario_run.h"
#include "core/report/table_text.h"

#include <algorithm>
#include <array>

namespace bulkhead::cli {

namespace {

Exit listScenarios(const Verb& verb, std::span<const std::string> arguments) {
    Arguments options(verb, "list", "the scenarios that can be run");
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    const auto scenarios = lab::shippedScenarios();
    if (!scenarios) {
        return report(scenarios.error());
    }
    std::string text;
    for (const catalog::Scenario& scenario : *scenarios) {
        constexpr std::size_t kNameCells = 18;
        text += scenario.name +
                std::string(kNameCells - std::min(kNameCells - 1, scenario.name.size()), ' ') +
                base::terminalText(scenario.title).str() + "\n";
    }
    text +=
        "\nWhat can launch them here, by the word of lab run --engine (auto takes the first of runc and crun "
        "that works):\n";
    constexpr std::array kWords = {"yes", "partly", "no"};
    for (const lab::Finding& finding : lab::examineLaunchers(lab::LabOptions().searchPath)) {
        const std::string line =
            finding.why + (finding.remedy.empty() ? "" : "; to change it: " + finding.remedy);
        text += "  " + finding.id + ": " + kWords.at(static_cast<std::size_t>(finding.ability)) + ", " +
                base::terminalText(line).str() + "\n";
    }
    return print(text) ? Exit::done : Exit::machine;
}

lab::Observer observe(bool quiet) {
    lab::Observer observer;
    if (!quiet) {
        observer.progress = [](const lab::Progress& progress) {
            say("[" + std::to_string(std::min(progress.done + 1, progress.total)) + "/" +
                std::to_string(progress.total) + "] " + progress.text);
        };
        observer.log = [](const std::string& line) { say("  " + line); };
    }
    return observer;
}

void tell(const lab::LabOutcome& outcome, const std::string& out) {
    for (const std::string& note : outcome.notes) {
        say("note: " + note);
    }
    for (const lab::Skipped& skipped : outcome.skipped) {
        say("skipped " + skipped.scenario + ": " + skipped.reason);
    }
    if (!out.empty()) {
        say("the snapshots, report.md and diagram.mmd are in " + out);
    }
}

Exit runScenarios(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> names;
    std::string engine = "auto";
    std::string out;
    bool hold = false;
    bool quiet = false;
    bool record = false;
    Arguments options(verb, "run", "launch scenarios side by side, capture them, remove them");
    options.positional("NAME", names, "scenarios to run; all where none is named");
    options.option(
        "--engine", engine,
        "who launches: runc or crun, which auto tries in this order, or an engine over its API; bulkhead lab "
        "list says which can here",
        {"auto", "runc", "crun", "docker", "podman"});
    options.option("--out", out, "folder for the snapshots, report.md and diagram.mmd");
    options.flag("--hold", hold, "keep the containers running after the results are written, until Ctrl+C");
    options.flag(
        "--record", record, "mark the snapshots as recordings, to be shown where nothing can be launched");
    options.flag("--no-progress", quiet, "do not say what is being done");
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    const auto choice = engines::engineChoiceNamed(engine);
    const Interrupt interrupt;
    lab::LabRequest request{names, choice.value_or(engines::EngineChoice::automatic), record, out, {}};
    if (hold) {
        request.hold = [&](const std::filesystem::path& stateRoot) {
            say("the containers are running (runtime state below " + stateRoot.string() +
                "); Ctrl+C removes them");
            interrupt.wait();
        };
    }
    const auto outcome = lab::runScenarios(request, observe(quiet), interrupt.token());
    if (!outcome) {
        return report(outcome.error());
    }
    tell(*outcome, out);
    const diagram::Diagram diagram = diagram::buildDiagram(outcome->subjects, {});
    return print(bulkhead::report::writeTable(diagram, {terminalColumns(), wantsColour()})) ? Exit::done
                                                                                            : Exit::machine;
}

Exit clean(const Verb& verb, std::span<const std::string> arguments) {
    Arguments options(verb, "clean", "remove everything that killed runs left behind");
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    const auto cleaned = lab::cleanLab();
    if (!cleaned) {
        return report(cleaned.error());
    }
    for (const std::string& line : cleaned->removed) {
        say("removed " + line);
    }
    for (const std::string& line : cleaned->living) {
        say("still running, left alone: " + line);
    }
    for (const std::string& line : cleaned->left) {
        say("could not remove " + line);
    }
    if (cleaned->removed.empty() && cleaned->left.empty()) {
        say("nothing to clean");
    }
    return cleaned->left.empty() ? Exit::done : Exit::machine;
}

/// What the lab can be told to do.
struct Act {
    std::string_view id;
    Exit (*run)(const Verb& verb, std::span<const std::string> arguments);
};

constexpr std::array kActs = {Act{"list", listScenarios}, Act{"run", runScenarios}, Act{"clean", clean}};

} // namespace

Exit runLab(const Verb& verb, std::span<const std::string> arguments) {
    for (const Act& act : kActs) {
        if (!arguments.empty() && arguments.front() == act.id) {
            return act.run(verb, arguments.subspan(1));
        }
    }
    const bool asked = !arguments.empty() && (arguments.front() == "--help" || arguments.front() == "-h");
    const std::string text = std::string(verb.title) +
                             "\nUsage: bulkhead lab list | run [NAME...] [--engine "
                             "auto|runc|crun|docker|podman] --out DIR | clean\n"
                             "Each has --help.\n\nExample:\n  " +
                             std::string(verb.example) + "\n";
    if (asked) {
        return print(text) ? Exit::done : Exit::machine;
    }
    say("bulkhead: lab needs list, run or clean; see bulkhead lab --help");
    return Exit::usage;
}

} // namespace bulkhead::cli
