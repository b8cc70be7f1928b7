#include "core/lab/run_id.h"

#include "core/os/clock.h"
#include "core/os/process.h"

#include <charconv>
#include <unistd.h>

namespace bulkhead::lab {

namespace {

constexpr std::string_view kPrefix = "bulkhead-";
constexpr std::size_t kRandomDigits = 8;

template <class Number>
bool parseWhole(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

} // namespace

std::string RunId::text() const {
    return std::to_string(owner) + "-" + std::to_string(ownerStart) + "-" + random;
}

std::string RunId::containerId(std::string_view name) const {
    return std::string(kPrefix) + text() + "-" + std::string(name);
}

RunId makeRunId() {
    const std::int64_t self = ::getpid();
    return {self, os::startTimeOf(self).value_or(0), os::randomId().substr(0, kRandomDigits)};
}

std::optional<RunId> parseRunId(std::string_view text) {
    const std::size_t first = text.find('-');
    const std::size_t second = first == std::string_view::npos ? first : text.find('-', first + 1);
    if (second == std::string_view::npos) {
        return std::nullopt;
    }
    RunId run;
    run.random = text.substr(second + 1);
    const bool numbers = parseWhole(text.substr(0, first), run.owner) && run.owner > 0 &&
                         parseWhole(text.substr(first + 1, second - first - 1), run.ownerStart);
    const bool random = run.random.size() == kRandomDigits &&
                        run.random.find_first_not_of("0123456789abcdef") == std::string::npos;
    return numbers && random ? std::optional(run) : std::nullopt;
}

std::optional<RunId> runOfContainer(std::string_view containerId) {
    if (!containerId.starts_with(kPrefix)) {
        return std::nullopt;
    }
    std::string_view rest = containerId.substr(kPrefix.size());
    std::size_t dash = 0;
    for (int part = 0; part < 3 && dash != std::string_view::npos; ++part) {
        dash = rest.find('-', part == 0 ? 0 : dash + 1);
    }
    return dash == std::string_view::npos ? std::nullopt : parseRunId(rest.substr(0, dash));
}

bool ownerLives(const RunId& run) {
    const auto started = os::startTimeOf(run.owner);
    return started && *started == run.ownerStart;
}

} // namespace bulkhead::lab
