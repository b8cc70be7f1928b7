#include "core/session/compose_reference.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace bulkhead::session {

std::optional<ComposeReference> readComposeReference(const std::string& reference) {
    constexpr std::string_view kPrefix = "compose:";
    if (!reference.starts_with(kPrefix)) {
        return std::nullopt;
    }
    ComposeReference out;
    std::string list = reference.substr(kPrefix.size());
    std::error_code error;
    const auto hash = list.rfind('#');
    if (hash != std::string::npos && !std::filesystem::exists(list.substr(list.rfind(',') + 1), error)) {
        out.service = list.substr(hash + 1);
        list.resize(hash);
    }
    for (std::size_t start = 0; start <= list.size();) {
        const std::size_t end = std::min(list.find(',', start), list.size());
        out.files.push_back(list.substr(start, end - start));
        start = end + 1;
    }
    return out;
}

} // namespace bulkhead::session
