#include "core/claims/bounds.h"

#include <utility>

namespace bulkhead::claims {

std::vector<std::string> sharedNotes(std::vector<std::string> notes) {
    constexpr std::size_t kMost = 100;
    if (notes.size() > kMost) {
        const std::size_t more = notes.size() - kMost;
        notes.resize(kMost);
        notes.push_back("and " + std::to_string(more) + " more of this kind");
    }
    return notes;
}

void checkCount(std::size_t containers, const Node& at, Reading& reading) {
    if (containers > kMaxContainers) {
        reading.refuse(
            at, "",
            "more than " + std::to_string(kMaxContainers) + " containers in one document; take it apart");
    }
}

} // namespace bulkhead::claims
