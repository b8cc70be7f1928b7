#include "core/claims/clean_path.h"

#include <filesystem>

namespace bulkhead::claims {

std::string cleanPath(const std::string& path) {
    if (!path.starts_with('/')) {
        return path;
    }
    std::string clean = std::filesystem::path(path).lexically_normal().string();
    while (clean.size() > 1 && clean.ends_with('/')) {
        clean.pop_back();
    }
    return clean;
}

std::string pathFromRoot(const std::string& path) {
    return path.empty() || path.starts_with('/') ? path : "/" + path;
}

} // namespace bulkhead::claims
