#include "core/model/walk.h"

namespace bulkhead::model {

std::string pathTo(std::string_view base, std::string_view name) {
    std::string path(base);
    if (!base.empty() && !name.empty()) {
        path += '.';
    }
    path += name;
    return path;
}

std::string pathToKey(std::string_view base, std::string_view key, std::size_t nth) {
    std::string path(base);
    path += "[\"";
    for (const char c : key) {
        if (c == '"') {
            path += "\\x22";
        } else {
            path += c;
        }
    }
    path += "\"]";
    if (nth > 1) {
        path += "#" + std::to_string(nth);
    }
    return path;
}

} // namespace bulkhead::model
