#include "app/cli/arguments.h"
#include "app/cli/inspect_all.h"
#include "app/cli/output.h"
#include "core/report/subject_text.h"
#include "core/session/resolve.h"
#include "core/wire/snapshot_json.h"

namespace bulkhead::cli {

namespace {

using model::Vantage;

/// The snapshots of the subjects at the vantage asked for; without one, the strongest each has.
base::Result<std::vector<model::Snapshot>>
select(const std::vector<diagram::SubjectView>& subjects, const std::string& wanted) {
    std::vector<model::Snapshot> out;
    for (const diagram::SubjectView& subject : subjects) {
        bool found = false;
        for (const Vantage vantage : {Vantage::enforced, Vantage::declared, Vantage::experienced}) {
            const bool asked =
                wanted == "all" || wanted == model::nameOf(vantage) || (wanted.empty() && !found);
            if (asked && subject.at(vantage) != nullptr) {
                out.push_back(*subject.at(vantage));
                found = true;
            }
        }
        if (!found) {
            return base::fail(base::ErrorKind::notFound, subject.name + ": no " + wanted + " snapshot of it");
        }
    }
    return out;
}

} // namespace

Exit runInspect(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> references;
    bool all = false;
    std::string vantage;
    std::string format = "table";
    Arguments options(verb);
    options.positional("REF", references, "pid:N, oci:ID, lab:NAME, a snapshot file, a lab folder, or -");
    options.flag("--all", all, "every confined subject of this machine, in place of references");
    options.option(
        "--vantage", vantage, "which account of the subject", {"declared", "enforced", "experienced", "all"});
    options.option("--format", format, "table or json", {"table", "json"});
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    if (all == !references.empty() || (all && !vantage.empty() && vantage != "enforced")) {
        say(all ? "bulkhead: --all takes every subject at the enforced vantage, and no reference beside it"
                : "bulkhead: REF is required, or --all; see bulkhead inspect --help");
        return Exit::usage;
    }
    if (all) {
        return inspectAll(format == "json");
    }
    const auto subjects = session::resolveReferences(references);
    if (!subjects) {
        return report(subjects.error());
    }
    const auto snapshots = select(*subjects, vantage);
    if (!snapshots) {
        return report(snapshots.error());
    }
    if (format == "json") {
        return print(wire::writeSnapshots(*snapshots)) ? Exit::done : Exit::machine;
    }
    std::string text;
    for (const model::Snapshot& snapshot : *snapshots) {
        text += text.empty() ? "" : "\n";
        text += bulkhead::report::writeSubject(snapshot, {terminalColumns(), wantsColour()});
    }
    return print(text) ? Exit::done : Exit::machine;
}

} // namespace bulkhead::cli
