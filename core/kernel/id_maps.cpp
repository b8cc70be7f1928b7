#include "core/kernel/id_maps.h"

#include "core/kernel/text.h"

namespace bulkhead::kernel {

namespace {

constexpr std::size_t kMaxLines = 340; // UID_GID_MAP_MAX_EXTENTS, include/linux/user_namespace.h

} // namespace

base::Result<model::IdMap> parseIdMap(std::string_view name, std::string_view text) {
    model::IdMap map;
    const auto lines = linesOf(text);
    const std::string file(name);
    if (lines.size() > kMaxLines) {
        return base::fail(base::ErrorKind::malformed, file + ": more than 340 lines");
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto words = wordsOf(lines[i]);
        const auto number = [&](std::size_t word) {
            return word < words.size() ? numberOf<std::uint32_t>(words[word]) : std::nullopt;
        };
        const auto inside = number(0);
        const auto outside = number(1);
        const auto length = number(2);
        if (words.size() != 3 || !inside || !outside || !length) {
            return base::fail(
                base::ErrorKind::malformed,
                file + " line " + std::to_string(i + 1) + ": expected three numbers");
        }
        map.ranges.push_back({*inside, *outside, *length});
    }
    return map;
}

} // namespace bulkhead::kernel
