#include "app/cli/arguments.h"
#include "app/cli/images.h"
#include "app/cli/output.h"
#include "core/base/version.h"
#include "core/report/changes_json.h"
#include "core/report/changes_sarif.h"
#include "core/report/markdown.h"
#include "core/report/table_text.h"
#include "core/session/attack_paths.h"
#include "core/session/load_judge.h"
#include "core/session/mixed.h"
#include "core/session/resolve.h"
#include "core/session/write_report.h"

#include <algorithm>
#include <optional>

namespace bulkhead::cli {

namespace {

using diagram::Diagram;
using diagram::SubjectView;

/// What `diff` was asked to do.
struct DiffRequest {
    std::vector<std::string> references;
    std::string baseline;
    std::string vantage;
    std::string format = "table";
    std::string engine;
    std::vector<std::string> images;
    std::string failOn = "none";
    bool onlyDifferences = false;
    bool strict = false;
};

bool isMixed(const DiffRequest& request) {
    return request.vantage == "mixed";
}

base::Result<diagram::DiagramOptions>
choose(const DiffRequest& request, const std::vector<SubjectView>& subjects) {
    diagram::DiagramOptions options;
    options.onlyDifferences = request.onlyDifferences;
    if (subjects.size() < 2) {
        return base::fail(base::ErrorKind::malformed, "diff needs at least two subjects, found one");
    }
    if (!request.baseline.empty()) {
        const auto found = std::ranges::find(subjects, request.baseline, &SubjectView::name);
        if (found == subjects.end()) {
            return base::fail(
                base::ErrorKind::notFound, "--baseline " + request.baseline + ": no subject is named so");
        }
        options.baseline = static_cast<std::size_t>(found - subjects.begin());
    }
    if (isMixed(request)) {
        return options; // each subject at the strongest account there is of it
    }
    const auto common = session::commonVantage(subjects);
    if (const auto asked = model::valueNamed<model::Vantage>(request.vantage)) {
        options.vantage = *asked;
        for (const SubjectView& subject : subjects) {
            if (subject.at(*asked) == nullptr) {
                return base::fail(
                    base::ErrorKind::notFound, subject.name + ": no " + request.vantage + " snapshot of it");
            }
        }
    } else if (common) {
        options.vantage = *common;
    } else {
        return std::unexpected(common.error());
    }
    return options;
}

base::Result<std::string> render(
    const DiffRequest& request, const Diagram& diagram, const std::vector<SubjectView>& subjects,
    const std::vector<bulkhead::report::SubjectPathChanges>& paths) {
    namespace out = bulkhead::report;
    if (request.format == "json") {
        return out::writeChangesJson(
            diagram, subjects, isMixed(request) ? "mixed" : model::nameOf(diagram.vantage), paths);
    }
    if (request.format == "sarif") {
        return out::writeChangesSarif(diagram, subjects);
    }
    if (request.format == "markdown") {
        return out::writeMarkdown(
            diagram, subjects, {"", std::string(base::kVersion), out::pathChangesSection(paths)});
    }
    if (request.format == "mermaid") {
        return session::renderMermaid(diagram, paths);
    }
    return out::writeTable(diagram, {terminalColumns(), wantsColour()}) +
           out::writePathChanges(paths, terminalColumns(), {wantsColour()});
}

/// What opened and closed; findings point into the catalogue of the judge, which stays with them.
struct ComparedPaths {
    std::optional<threat::Judge> judge;
    std::vector<bulkhead::report::SubjectPathChanges> changes;
};

/// Where the form shows them: SARIF does not.
base::Result<ComparedPaths> pathsFor(
    const DiffRequest& request, const std::vector<SubjectView>& subjects, const Diagram& diagram,
    std::size_t baseline) {
    ComparedPaths out;
    if (request.format == "sarif") {
        return out;
    }
    auto judge = session::loadJudge();
    if (!judge) {
        return std::unexpected(judge.error());
    }
    out.judge = std::move(*judge);
    out.changes = session::comparePathsOf(subjects, baseline, diagram.vantage, *out.judge);
    return out;
}

/// The gate: counts over all columns, and facts that could not be compared.
Exit gate(const DiffRequest& request, const Diagram& diagram) {
    int weaker = 0;
    int changed = 0;
    std::size_t unknown = 0;
    for (const diagram::Column& column : diagram.columns) {
        weaker += column.counts.weaker + column.counts.incomparable;
        changed += column.counts.total();
        unknown +=
            static_cast<std::size_t>(std::ranges::count_if(column.cells, [](const diagram::Cell& cell) {
                return cell.text.gap || cell.mark == diagram::Mark::unknown;
            }));
    }
    const bool refused =
        (request.failOn == "weaker" && weaker > 0) || (request.failOn == "any" && changed > 0);
    if (request.failOn != "none" && !refused && unknown > 0) {
        say("gate is partial: " + std::to_string(unknown) + " unknown");
        return request.strict ? Exit::gate : Exit::done;
    }
    return refused ? Exit::gate : Exit::done;
}

} // namespace

Exit runDiff(const Verb& verb, std::span<const std::string> arguments) {
    DiffRequest request;
    Arguments options(verb);
    options.positional("REF", request.references, "two or more subjects; the first is the baseline", 1);
    options.option("--baseline", request.baseline, "name of the subject the others are compared with");
    options.option(
        "--vantage", request.vantage, "which account to compare; mixed: each subject's strongest",
        {"declared", "enforced", "experienced", "mixed"});
    options.option(
        "--format", request.format, "form of the result", {"table", "json", "markdown", "mermaid", "sarif"});
    options.option(
        "--fail-on", request.failOn, "exit 1 where a change goes this way; incomparable counts as weaker",
        {"weaker", "any", "none"});
    options.flag("--only-differences", request.onlyDifferences, "leave out rows that are equal everywhere");
    options.flag("--strict", request.strict, "exit 1 where the gate passed with facts that are not known");
    options.option("--as", request.engine, kAsHelp);
    options.list("--image", request.images, kImageHelp);
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    std::vector<claims::KnownImage> known;
    if (const auto exit = takeImages(request.images, known)) {
        return *exit;
    }
    auto subjects = session::resolveReferences(request.references, {request.engine, known});
    if (!subjects) {
        return report(subjects.error());
    }
    sayUnused(known, *subjects);
    auto chosen = choose(request, *subjects);
    if (!chosen) {
        return report(chosen.error());
    }
    if (isMixed(request)) {
        *subjects = session::mixVantages(std::move(*subjects));
    }
    Diagram diagram = diagram::buildDiagram(*subjects, *chosen);
    if (isMixed(request)) {
        session::markMixed(diagram, *subjects);
    }
    const auto paths = pathsFor(request, *subjects, diagram, chosen->baseline);
    if (!paths) {
        return report(paths.error());
    }
    if (const std::string sentence = bulkhead::report::pathChangesSentence(paths->changes);
        !sentence.empty()) {
        diagram.headline += (diagram.headline.empty() ? "" : " ") + sentence;
    }
    const auto text = render(request, diagram, *subjects, paths->changes);
    if (!text) {
        return say("bulkhead: " + text.error().message), Exit::usage;
    }
    if (!print(*text)) {
        return Exit::machine;
    }
    chosen->onlyDifferences = false; // the gate counts what is left out of the picture too
    return gate(request, diagram::buildDiagram(*subjects, *chosen));
}

} // namespace bulkhead::cli
