#include "core/report/contradictions.h"

#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "core/report/changes_json.h"
#include "core/session/resolve.h"

namespace bulkhead::cli {

namespace {

using diagram::SubjectView;

/// The one subject of a reference.
base::Result<std::vector<SubjectView>> oneSubject(const std::string& reference, const std::string& engine) {
    auto subjects = session::resolveReference(reference, {engine});
    if (!subjects) {
        return subjects;
    }
    if (subjects->size() != 1) {
        std::string names;
        for (const SubjectView& subject : *subjects) {
            names += (names.empty() ? "" : ", ") + subject.name;
        }
        return base::fail(
            base::ErrorKind::malformed,
            reference + ": names several subjects; choose one of them by " + reference + "#NAME: " + names);
    }
    return subjects;
}

/// There are two accounts to be held against each other.
base::Status checkAccounts(const SubjectView& subject) {
    for (const model::Vantage vantage : {model::Vantage::declared, model::Vantage::enforced}) {
        if (subject.at(vantage) == nullptr) {
            return base::fail(
                base::ErrorKind::notFound,
                subject.name + ": no " + std::string(model::nameOf(vantage)) +
                    " snapshot of it, so there is nothing to hold against the other; " +
                    (vantage == model::Vantage::declared
                         ? "name its container (docker:NAME, podman:NAME, oci:ID, as bulkhead list shows "
                           "it), or "
                           "its document with --declared"
                         : "name what runs, and the document with --declared"));
        }
    }
    return {};
}

/// The subject, with the declaration of another reference in place of its own where one is named.
base::Result<std::vector<SubjectView>>
subjectOf(const std::string& reference, const std::string& declaration, const std::string& engine) {
    auto subjects = oneSubject(reference, engine);
    if (!subjects) {
        return subjects;
    }
    if (!declaration.empty()) {
        auto asked = oneSubject(declaration, engine);
        if (!asked) {
            return asked;
        }
        subjects->front().declared = std::move(asked->front().declared);
    }
    if (auto both = checkAccounts(subjects->front()); !both) {
        return std::unexpected(both.error());
    }
    return subjects;
}

} // namespace

Exit runContradictions(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> references;
    std::string declaration;
    std::string engine;
    std::string format = "table";
    Arguments options(verb);
    options.positional("REF", references, "one subject that has a declared and an enforced account", 1);
    options.option(
        "--declared", declaration,
        "the document that asked for it, where the subject does not bring it: a Pod, ...");
    options.option("--as", engine, kAsHelp);
    options.option("--format", format, "form of the result", {"table", "json", "markdown"});
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    if (references.size() != 1) {
        say("bulkhead: contradictions takes one REF; see bulkhead contradictions --help");
        return Exit::usage;
    }
    const auto subjects = subjectOf(references.front(), declaration, engine);
    if (!subjects) {
        return report(subjects.error());
    }
    diagram::DiagramOptions shown;
    shown.vantage = model::Vantage::enforced;
    const diagram::Diagram diagram = diagram::buildDiagram(*subjects, shown);
    namespace out = bulkhead::report;
    const std::string text = format == "json" ? out::writeContradictionsJson(diagram, subjects->front())
                             : format == "markdown"
                                 ? out::writeContradictionsMarkdown(diagram)
                                 : out::writeContradictions(diagram, terminalColumns(), {wantsColour()});
    return print(text) ? Exit::done : Exit::machine;
}

} // namespace bulkhead::cli
