#include "core/session/resources.h"

#include <cstdlib>
#include <vector>

namespace bulkhead::session {

namespace fs = std::filesystem;
using base::ErrorKind;

namespace {

fs::path programFolder() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path() : program.parent_path();
}

/// The program may stand in PREFIX/bin with PREFIX/share/bulkhead, or in SOURCE/build/PRESET/bin.
std::vector<fs::path> dataRoots() {
    std::vector<fs::path> roots;
    if (const char* given = std::getenv("BULKHEAD_DATA"); given != nullptr && *given != '\0') {
        roots.emplace_back(given);
    }
    const fs::path bin = programFolder();
    roots.push_back(bin.parent_path() / "share" / "bulkhead");
    for (fs::path up = bin; up.has_relative_path(); up = up.parent_path()) {
        if (up.filename() == "build") {
            roots.push_back(up.parent_path());
        }
    }
    return roots;
}

base::Result<fs::path> firstExisting(const std::vector<fs::path>& candidates, const std::string& what) {
    std::string tried;
    for (const fs::path& candidate : candidates) {
        std::error_code error;
        if (fs::exists(candidate, error)) {
            return candidate;
        }
        tried += (tried.empty() ? "" : ", ") + candidate.string();
    }
    return base::fail(ErrorKind::notFound, what + " was not found; looked for " + tried);
}

} // namespace

base::Result<fs::path> findDataFolder(const fs::path& name) {
    std::vector<fs::path> candidates;
    for (const fs::path& root : dataRoots()) {
        candidates.push_back(root / name);
    }
    return firstExisting(candidates, "the folder " + name.string());
}

base::Result<fs::path> findSiblingProgram(const std::string& name) {
    return firstExisting({programFolder() / name}, name);
}

} // namespace bulkhead::session
