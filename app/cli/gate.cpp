#include "app/cli/gate.h"

#include "app/cli/output.h"
#include "core/report/decisions.h"

#include <algorithm>

namespace bulkhead::cli {

using policy::Decision;
using policy::Verdict;

std::string renderDecisions(const std::string& format, const std::vector<Decision>& decisions) {
    namespace out = bulkhead::report;
    if (format == "json") {
        return out::writeDecisionsJson(decisions);
    }
    if (format == "sarif") {
        return out::writeDecisionsSarif(decisions);
    }
    if (format == "junit") {
        return out::writeDecisionsJunit(decisions);
    }
    return out::writeDecisions(decisions, terminalColumns(), {wantsColour()});
}

Exit gateOf(const std::vector<Decision>& decisions, bool strict) {
    if (std::ranges::find(decisions, Verdict::deny, &Decision::verdict) != decisions.end()) {
        return Exit::gate;
    }
    const auto unknown = std::ranges::count(decisions, Verdict::unknown, &Decision::verdict);
    if (unknown > 0) {
        say("gate is partial: " + std::to_string(unknown) + " unknown");
        return strict ? Exit::gate : Exit::done;
    }
    return Exit::done;
}

} // namespace bulkhead::cli
