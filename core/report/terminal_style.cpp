#include "core/report/terminal_style.h"

#include <fmt/format.h>

namespace bulkhead::report {

namespace {

std::string sgr(bool colour, std::string_view code, std::string_view text) {
    return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

} // namespace

std::string TerminalStyle::bold(std::string_view text) const {
    return sgr(colour, "1", text);
}

std::string TerminalStyle::muted(std::string_view text) const {
    return sgr(colour, "2", text);
}

std::string TerminalStyle::marked(diagram::Mark mark, std::string_view text) const {
    using diagram::Mark;
    switch (mark) {
    case Mark::weaker:
        return sgr(colour, "38;5;208", text);
    case Mark::stronger:
        return sgr(colour, "38;5;35", text);
    case Mark::neutral:
    case Mark::incomparable:
    case Mark::unknown:
        return sgr(colour, "38;5;104", text);
    case Mark::gap:
    case Mark::missing:
        return muted(text);
    default:
        return std::string(text);
    }
}

} // namespace bulkhead::report
