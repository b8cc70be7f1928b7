#pragma once

#include <cstddef>
#include <string>

namespace bulkhead::bench {

/// A file of so many Pods as teams write them: one container, a mount of the host, limits, capabilities.
[[nodiscard]] std::string podsDocument(std::size_t count);

/// What a user gets of it: a declared snapshot a Pod. How many.
[[nodiscard]] std::size_t importPods(const std::string& document);

/// The floor: the library's own parser reads the same text into its own trees. How many.
[[nodiscard]] std::size_t parsePods(const std::string& document);

} // namespace bulkhead::bench
