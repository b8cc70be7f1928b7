#include "core/lab/doctor.h"

#include "app/cli/arguments.h"
#include "app/cli/output.h"

namespace bulkhead::cli {

Exit runDoctor(const Verb& verb, std::span<const std::string> arguments) {
    std::string format = "table";
    Arguments options(verb);
    options.option("--format", format, "table or json", {"table", "json"});
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    const auto findings = lab::examineMachine();
    const std::string text =
        format == "json" ? lab::writeFindingsJson(findings) : lab::writeFindings(findings, terminalColumns());
    return print(text) ? Exit::done : Exit::machine;
}

} // namespace bulkhead::cli
