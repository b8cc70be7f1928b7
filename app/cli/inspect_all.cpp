#include "app/cli/inspect_all.h"

#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "core/report/subject_list.h"
#include "core/report/subject_text.h"
#include "core/session/list_subjects.h"
#include "core/wire/snapshot_json.h"

namespace bulkhead::cli {

namespace {

void sayLines(std::string_view text) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        say(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
}

} // namespace

Exit inspectAll(bool json) {
    const Interrupt interrupt;
    session::SweepOptions options;
    options.stop = interrupt.token();
    std::size_t written = 0;
    bool whole = true;
    const auto list = session::sweepSnapshots(
        options, [&](const model::SubjectSummary& subject, base::Result<model::Snapshot> snapshot) {
            if (!snapshot) {
                say("bulkhead: " + subject.ref + ": " + snapshot.error().message);
                return true;
            }
            const std::string_view before =
                json ? (written == 0 ? "[\n" : ",\n") : (written == 0 ? "" : "\n");
            const std::string text =
                json ? wire::writeSnapshot(*snapshot)
                     : bulkhead::report::writeSubject(*snapshot, {terminalColumns(), wantsColour()});
            ++written;
            whole = print(std::string(before) + text);
            return whole;
        });
    if (!list) {
        return report(list.error());
    }
    if (json) {
        whole = whole && print(written == 0 ? "[]\n" : "]\n");
    }
    sayLines(bulkhead::report::writeSweepNotes(*list, terminalColumns()));
    return whole ? Exit::done : Exit::machine;
}

} // namespace bulkhead::cli
