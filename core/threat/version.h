#pragma once

#include <compare>
#include <string_view>

namespace bulkhead::threat {

/// Orders versions as package managers do (deb-version(7)): runs of digits as numbers, other runs as text,
/// "~" and "-rc" before the end of the text.
[[nodiscard]] std::strong_ordering compareVersions(std::string_view left, std::string_view right);

/// The numbers that lead a version: "6.1.55" of "6.1.55-1~bpo", "1.1.5" of "v1.1.5+ds1", with its release
/// candidate: "1.4.0-rc.2", "1.0.0~rc6".
[[nodiscard]] std::string_view upstreamPart(std::string_view version);

} // namespace bulkhead::threat
