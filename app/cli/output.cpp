#include "app/cli/output.h"

#include "app/cli/verb.h"
#include "core/base/escaped.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace bulkhead::cli {

bool print(std::string_view text) {
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

void say(std::string_view line) {
    const std::string text = base::terminalText(line).str() + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
}

std::size_t terminalColumns() {
    constexpr std::size_t kDefault = 80;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    const char* columns = std::getenv("COLUMNS");
    const long given = columns != nullptr ? std::strtol(columns, nullptr, 10) : 0;
    return given >= 40 && given <= 1000 ? static_cast<std::size_t>(given) : kDefault;
}

namespace {

bool isTerminal(int descriptor) {
    return ::isatty(descriptor) == 1;
}

} // namespace

bool writesToTerminal() {
    return isTerminal(STDOUT_FILENO);
}

bool wantsColour() {
    const char* refused = std::getenv("NO_COLOR");
    return isTerminal(STDOUT_FILENO) && (refused == nullptr || *refused == '\0');
}

bool wantsProgress() {
    return isTerminal(STDERR_FILENO);
}

Exit report(const base::Error& error) {
    say("bulkhead: " + error.message);
    switch (error.kind) {
    case base::ErrorKind::malformed:
    case base::ErrorKind::notFound:
        return Exit::input;
    case base::ErrorKind::canceled:
        return Exit::canceled;
    default:
        return Exit::machine;
    }
}

} // namespace bulkhead::cli
