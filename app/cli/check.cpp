#include "core/session/check.h"

#include "app/cli/arguments.h"
#include "app/cli/gate.h"
#include "app/cli/images.h"
#include "app/cli/output.h"

namespace bulkhead::cli {

Exit runCheck(const Verb& verb, std::span<const std::string> arguments) {
    session::CheckRequest request;
    std::string format = "table";
    std::string log;
    bool strict = false;
    std::vector<std::string> images;
    Arguments options(verb);
    options.positional(
        "REF", request.references, "one or more subjects; several in one file are all meant", 1);
    options.list(
        "--policy", request.policies,
        "a policy by name, or a file of your own; may be given several times. bulkhead policy list names "
        "them; "
        "pss:baseline and pss:restricted take a version as in pss:restricted@v1.29");
    options.option("--format", format, "form of the result", {"table", "json", "sarif", "junit"});
    options.option("--log", log, "file to which one JSON line is added for each decision");
    options.flag("--strict", strict, "exit 1 where nothing was denied and something could not be told");
    options.option("--as", request.engine, kAsHelp);
    options.list("--image", images, kImageHelp);
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    if (request.policies.empty()) {
        say("bulkhead: --policy NAME is required; see bulkhead check --help");
        return Exit::usage;
    }
    if (const auto exit = takeImages(images, request.images)) {
        return *exit;
    }
    const auto decisions = session::check(request);
    if (!decisions) {
        return report(decisions.error());
    }
    if (!log.empty()) {
        if (const auto written = session::logDecisions(*decisions, log); !written) {
            return report(written.error());
        }
    }
    if (!print(renderDecisions(format, *decisions))) {
        return Exit::machine;
    }
    return gateOf(*decisions, strict);
}

} // namespace bulkhead::cli
