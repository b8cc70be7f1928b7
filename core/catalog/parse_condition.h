#pragma once

#include "core/catalog/condition.h"
#include "core/catalog/yaml_reader.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog {

/// Reads the condition under `key` of a map: a list (all of it holds), or one node. A node is
///   - a text: a fact that holds, or a derived fact with its arguments: `capability(CAP_SYS_ADMIN)`;
///   - `{fact: PATH, TEST: VALUE}` with one test: is, one-of, at-least, at-most, contains, outside,
///     starts-with, absent, empty;
///   - `{all: [..]}`, `{any: [..]}`, `{not: ..}`;
///   - `{one: mount|socket|device|task, all: [..]}`: one element satisfies all of it;
///   - within one mount `{mounted: {/data: /srv/data, /db: volume}}`: it is one of these.
/// Problems are kept by the reader.
[[nodiscard]] Condition readCondition(YamlReader& in, std::string_view key);

/// That the mount at `target` is from one of these: a path of the host, `volume`, `volume NAME`; of none,
/// from anywhere. What `{mounted: {TARGET: ORIGIN}}` says.
[[nodiscard]] Condition mountedAt(std::string target, std::vector<std::string> origins, int line = 0);

/// Whether the two texts of a derived fact are a name and its arguments in parentheses; false: a path.
[[nodiscard]] bool splitDerived(std::string_view text, Condition& into);

} // namespace bulkhead::catalog
