// bulkhead-probe: the program of ours that runs inside lab containers.

#include "app/probe/look.h"
#include "app/probe/twin.h"
#include "core/base/version.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using bulkhead::base::kVersion;

constexpr int kMisuse = 2;

int say(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t put = ::write(descriptor, text.data(), text.size());
        if (put < 0 && errno != EINTR) {
            return 1;
        }
        text.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
    }
    return 0;
}

/// The first process of a container: it does nothing, reaps what is left to it (pid_namespaces(7)), and ends
/// at SIGTERM or SIGINT.
int hold() {
    sigset_t awaited;
    sigemptyset(&awaited);
    for (const int number : {SIGTERM, SIGINT, SIGCHLD}) {
        sigaddset(&awaited, number);
    }
    if (::sigprocmask(SIG_BLOCK, &awaited, nullptr) != 0) {
        return 1;
    }
    for (;;) {
        const int number = ::sigwaitinfo(&awaited, nullptr);
        if (number == SIGTERM || number == SIGINT) {
            return 0;
        }
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
    }
}

int showVersion() {
    return say(STDOUT_FILENO, "bulkhead-probe ") + say(STDOUT_FILENO, kVersion) + say(STDOUT_FILENO, "\n");
}

int showLook() {
    return say(STDOUT_FILENO, bulkhead::probe::lookAround());
}

int showHelp();

struct Verb {
    std::string_view name;
    std::string_view meaning;
    int (*run)();
};

constexpr std::array kVerbs = {
    Verb{"hold", "keeps a container alive as its first process; ends at SIGTERM or SIGINT", hold},
    Verb{"look", "tries what can be done from in here without leaving a trace; one JSON document", showLook},
    Verb{"--version", "prints the version", showVersion},
    Verb{"--help", "prints this", showHelp},
};

int listVerbs(int descriptor) {
    int result = say(descriptor, "usage: bulkhead-probe VERB\n");
    for (const Verb& verb : kVerbs) {
        for (const std::string_view part :
             {std::string_view("  "), verb.name, std::string_view("  "), verb.meaning,
              std::string_view("\n")}) {
            result |= say(descriptor, part);
        }
    }
    return result;
}

int showHelp() {
    return listVerbs(STDOUT_FILENO);
}

} // namespace

int main(int count, char** arguments) {
    if (bulkhead::probe::startedAsTwin(count, arguments)) {
        bulkhead::probe::becomeTwin();
    }
    const std::string_view wanted = count == 2 ? arguments[1] : "";
    for (const Verb& verb : kVerbs) {
        if (verb.name == wanted) {
            return verb.run();
        }
    }
    listVerbs(STDERR_FILENO);
    return kMisuse;
}
