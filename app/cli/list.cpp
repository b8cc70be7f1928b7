#include "app/cli/arguments.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "core/report/subject_list.h"
#include "core/session/list_subjects.h"
#include "core/wire/subject_list_json.h"

namespace bulkhead::cli {

namespace {

Exit printList(const session::SweepOptions& options, bool json) {
    const auto list = session::listSubjects(options);
    if (!list) {
        return report(list.error());
    }
    const std::size_t columns = terminalColumns();
    const std::string text = json ? wire::writeSubjectList(*list)
                                  : bulkhead::report::writeSubjectTable(*list, columns, {wantsColour()}) +
                                        "\n" + bulkhead::report::writeSweepNotes(*list, columns);
    return print(text) ? Exit::done : Exit::machine;
}

Exit printPostures(const session::SweepOptions& options, bool json) {
    const auto table = session::sweepPosture(options);
    if (!table) {
        return report(table.error());
    }
    const std::size_t columns = terminalColumns();
    const std::string text =
        json ? wire::writePostures(table->list, table->postures)
             : bulkhead::report::writePostureTable(table->list, table->postures, columns, {wantsColour()}) +
                   "\n" + bulkhead::report::writeSweepNotes(table->list, columns);
    return print(text) ? Exit::done : Exit::machine;
}

} // namespace

Exit runList(const Verb& verb, std::span<const std::string> arguments) {
    bool posture = false;
    std::string format = "table";
    std::vector<std::string> folders;
    Arguments options(verb);
    options.flag("--posture", posture, "one line of authority for each subject");
    options.option("--format", format, "table or json", {"table", "json"});
    options.positional("--state", folders, "a further state folder of a runtime, as in runc --root");
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    const Interrupt interrupt;
    session::SweepOptions sweep;
    sweep.stateFolders.assign(folders.begin(), folders.end());
    sweep.stop = interrupt.token();
    return posture ? printPostures(sweep, format == "json") : printList(sweep, format == "json");
}

} // namespace bulkhead::cli
