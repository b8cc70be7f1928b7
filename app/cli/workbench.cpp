#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "core/session/resources.h"

#include <cerrno>
#include <cstdlib>
#include <unistd.h>

namespace bulkhead::cli {

Exit runWorkbench(const Verb& verb, std::span<const std::string> arguments) {
    std::vector<std::string> references;
    Arguments options(verb);
    options.positional("REF", references, "snapshot files or lab folders to open");
    if (const auto exit = options.parse(arguments)) {
        return *exit;
    }
    const auto program = session::findSiblingProgram("bulkhead-workbench");
    if (!program) {
        return say("bulkhead: " + program.error().message + "; install the desktop program"), Exit::machine;
    }
    const bool display = std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr ||
                         std::getenv("QT_QPA_PLATFORM") != nullptr;
    if (!display) {
        return say("bulkhead: there is no display; start it in a graphical session"), Exit::machine;
    }
    std::vector<std::string> words{program->string()};
    words.insert(words.end(), references.begin(), references.end());
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    return report(base::errnoError(errno, words[0]));
}

} // namespace bulkhead::cli
