#include "core/kernel/resource_limits.h"

#include "core/kernel/text.h"

#include <array>

namespace bulkhead::kernel {

namespace {

/// fs/proc/base.c lnames, in the order of asm-generic/resource.h.
constexpr std::array kNames = {
    std::pair{std::string_view("Max cpu time"), "RLIMIT_CPU"},
    std::pair{std::string_view("Max file size"), "RLIMIT_FSIZE"},
    std::pair{std::string_view("Max data size"), "RLIMIT_DATA"},
    std::pair{std::string_view("Max stack size"), "RLIMIT_STACK"},
    std::pair{std::string_view("Max core file size"), "RLIMIT_CORE"},
    std::pair{std::string_view("Max resident set"), "RLIMIT_RSS"},
    std::pair{std::string_view("Max processes"), "RLIMIT_NPROC"},
    std::pair{std::string_view("Max open files"), "RLIMIT_NOFILE"},
    std::pair{std::string_view("Max locked memory"), "RLIMIT_MEMLOCK"},
    std::pair{std::string_view("Max address space"), "RLIMIT_AS"},
    std::pair{std::string_view("Max file locks"), "RLIMIT_LOCKS"},
    std::pair{std::string_view("Max pending signals"), "RLIMIT_SIGPENDING"},
    std::pair{std::string_view("Max msgqueue size"), "RLIMIT_MSGQUEUE"},
    std::pair{std::string_view("Max nice priority"), "RLIMIT_NICE"},
    std::pair{std::string_view("Max realtime priority"), "RLIMIT_RTPRIO"},
    std::pair{std::string_view("Max realtime timeout"), "RLIMIT_RTTIME"},
};

bool setBound(std::string_view word, std::optional<std::uint64_t>& bound) {
    bound = numberOf<std::uint64_t>(word);
    return bound.has_value() || word == "unlimited";
}

} // namespace

base::Result<std::map<std::string, model::ResourceLimit>> parseResourceLimits(std::string_view text) {
    std::map<std::string, model::ResourceLimit> limits;
    const auto lines = linesOf(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (const auto& [title, name] : kNames) {
            if (!lines[i].starts_with(title) || !lines[i].substr(title.size()).starts_with("  ")) {
                continue;
            }
            const auto words = wordsOf(lines[i].substr(title.size()));
            model::ResourceLimit limit;
            if (words.size() < 2 || !setBound(words[0], limit.soft) || !setBound(words[1], limit.hard)) {
                return base::fail(
                    base::ErrorKind::malformed, "limits line " + std::to_string(i + 1) +
                                                    ": expected two limits after " + std::string(title));
            }
            limits.emplace(name, limit);
        }
    }
    return limits;
}

} // namespace bulkhead::kernel
