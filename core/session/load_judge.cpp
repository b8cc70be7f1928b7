#include "core/session/load_judge.h"

#include "core/session/resources.h"

namespace bulkhead::session {

base::Result<threat::Judge> loadJudge() {
    const auto folder = findDataFolder("resources");
    if (!folder) {
        return std::unexpected(folder.error());
    }
    auto catalogue = catalog::readCatalogue(*folder);
    return catalogue ? threat::Judge::of(std::move(*catalogue)) : std::unexpected(catalogue.error());
}

} // namespace bulkhead::session
