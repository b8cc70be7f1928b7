#pragma once

#include "core/catalog/weakness.h"
#include "core/catalog/yaml_reader.h"

#include <string_view>
#include <vector>

namespace bulkhead::catalog {

// Fields that weaknesses and policies have in common; their problems are kept by the reader.

/// The authorities of the closed list under a key.
[[nodiscard]] model::AttackAuthorities readAuthorities(YamlReader& in, std::string_view key);

/// `stage`, as files and entries name them: "namespaces-caps".
[[nodiscard]] model::Stage readStage(YamlReader& in);

/// `references`: maps of in, id and title.
[[nodiscard]] std::vector<Reference> readReferences(YamlReader& in);

} // namespace bulkhead::catalog
