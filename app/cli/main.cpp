#include "app/cli/output.h"
#include "app/cli/verb.h"
#include "core/base/version.h"

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

namespace {

using bulkhead::cli::Exit;
using bulkhead::cli::Verb;

std::string helpText() {
    std::string text = "Bulkhead: what decides who reaches the host from a container, side by side.\n\n"
                       "Usage: bulkhead VERB [ARGUMENTS]\n\nVerbs:\n";
    std::size_t width = 0;
    for (const Verb& verb : bulkhead::cli::verbs()) {
        width = std::max(width, verb.id.size());
    }
    for (const Verb& verb : bulkhead::cli::verbs()) {
        text += "  " + std::string(verb.id) + std::string(width - verb.id.size() + 3, ' ') +
                std::string(verb.title) + "\n";
    }
    return text +
           "\nA subject is pid:N, docker:NAME, podman:NAME, oci:ID, lab:NAME, a snapshot file, or a folder\n"
           "that the lab wrote.\n"
           "Every verb has --help with an example. Exit codes: 0 done, 1 a gate said no, 2 wrong usage,\n"
           "3 an input is invalid, 4 this machine cannot do it, 130 interrupted.\n\n"
           "Example:\n  bulkhead lab run default privileged --out lab-results\n";
}

Exit run(const std::vector<std::string>& arguments) {
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
        bulkhead::cli::print(helpText());
        return arguments.empty() ? Exit::usage : Exit::done;
    }
    if (arguments[0] == "--version") {
        bulkhead::cli::print("bulkhead " + std::string(bulkhead::base::kVersion) + "\n");
        return Exit::done;
    }
    const auto all = bulkhead::cli::verbs();
    const auto verb = std::ranges::find(all, arguments[0], &Verb::id);
    if (verb == all.end()) {
        bulkhead::cli::say("bulkhead: no verb is named " + arguments[0] + "; bulkhead --help lists them");
        return Exit::usage;
    }
    return verb->run(*verb, std::span(arguments).subspan(1));
}

} // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    return static_cast<int>(run({argv + 1, argv + argc}));
}
