#include "core/kernel/os_release.h"

#include "core/base/bytes.h"
#include "core/kernel/text.h"

namespace bulkhead::kernel {

std::optional<std::string> parsePrettyName(std::string_view osRelease) {
    constexpr std::string_view kKey = "PRETTY_NAME=";
    for (const std::string_view line : linesOf(osRelease)) {
        if (!line.starts_with(kKey)) {
            continue;
        }
        std::string_view value = trimmed(line.substr(kKey.size()));
        const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                            value.back() == value.front();
        return base::textFromBytes(quoted ? value.substr(1, value.size() - 2) : value);
    }
    return std::nullopt;
}

} // namespace bulkhead::kernel
