#include "app/cli/arguments.h"
#include "app/cli/images.h"
#include "app/cli/inspect_all.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "core/report/subject_text.h"
#include "core/session/experienced.h"
#include "core/session/resolve.h"
#include "core/session/resources.h"
#include "core/wire/snapshot_json.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

namespace bulkhead::cli {

namespace {

using model::Vantage;

std::optional<model::Snapshot>& placeOf(diagram::SubjectView& subject, Vantage vantage) {
    return vantage == Vantage::declared   ? subject.declared
           : vantage == Vantage::enforced ? subject.enforced
                                          : subject.experienced;
}

/// The snapshots of the subjects at the vantage asked for; without one, the strongest each has.
base::Result<std::vector<model::Snapshot>>
select(std::vector<diagram::SubjectView> subjects, const std::string& wanted) {
    std::vector<model::Snapshot> out;
    out.reserve(subjects.size());
    for (diagram::SubjectView& subject : subjects) {
        bool found = false;
        for (const Vantage vantage : {Vantage::enforced, Vantage::declared, Vantage::experienced}) {
            const bool asked =
                wanted == "all" || wanted == model::nameOf(vantage) || (wanted.empty() && !found);
            if (std::optional<model::Snapshot>& place = placeOf(subject, vantage); asked && place) {
                out.push_back(std::move(*place));
                found = true;
            }
        }
        if (!found) {
            return base::fail(base::ErrorKind::notFound, subject.name + ": no " + wanted + " snapshot of it");
        }
    }
    return out;
}

/// The references that name something alive; a file may name a pid too, of another day.
bool isLive(const std::string& reference) {
    constexpr std::array<std::string_view, 4> kLive = {"pid:", "docker:", "podman:", "oci:"};
    return std::ranges::any_of(kLive, [&](std::string_view kind) { return reference.starts_with(kind); });
}

/// Adds the view from inside to every subject that is alive. Where it cannot be had and other accounts were
/// asked for too, they are shown without it.
base::Status lookFromInside(std::vector<diagram::SubjectView>& subjects, bool othersToo) {
    const Interrupt interrupt;
    const auto probe = session::findSiblingProgram("bulkhead-probe");
    if (!probe) {
        return std::unexpected(probe.error());
    }
    for (diagram::SubjectView& subject : subjects) {
        if (!subject.enforced || subject.experienced || !isLive(subject.enforced->subject.ref)) {
            continue;
        }
        if (wantsProgress()) {
            say("looking from inside " + subject.name);
        }
        auto seen = session::captureExperienced(
            *subject.enforced, {*probe, std::chrono::milliseconds(5000), interrupt.token()});
        if (seen) {
            subject.experienced = std::move(*seen);
        } else if (othersToo && seen.error().kind != base::ErrorKind::canceled) {
            say("bulkhead: " + seen.error().message);
        } else {
            return std::unexpected(seen.error());
        }
    }
    return {};
}

} // namespace

Exit runInspect(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> references;
    bool all = false;
    std::string vantage;
    std::string format = "table";
    std::string engine;
    std::vector<std::string> images;
    Arguments options(verb);
    options.positional(
        "REF", references,
        "pid:N, docker:NAME, podman:NAME, oci:ID, host, lab:NAME, a configuration, compose:FILE,FILE, "
        "image:PATH, "
        "a snapshot "
        "file, a lab folder, "
        "or -");
    options.flag("--all", all, "every confined subject of this machine, in place of references");
    options.option(
        "--vantage", vantage, "which account of the subject", {"declared", "enforced", "experienced", "all"});
    options.option("--format", format, "table or json", {"table", "json"});
    options.option("--as", engine, kAsHelp);
    options.list("--image", images, kImageHelp);
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
    std::vector<claims::KnownImage> known;
    if (const auto exit = takeImages(images, known)) {
        return *exit;
    }
    auto subjects = session::resolveReferences(references, {engine, known});
    if (!subjects) {
        return report(subjects.error());
    }
    sayUnused(known, *subjects);
    const bool inside = vantage == "experienced" || vantage == "all";
    if (inside && std::ranges::any_of(references, isLive)) {
        if (const auto seen = lookFromInside(*subjects, vantage == "all"); !seen) {
            return report(seen.error());
        }
    }
    const auto snapshots = select(std::move(*subjects), vantage);
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
