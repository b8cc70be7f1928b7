#include "core/kernel/reading.h"

#include <cerrno>

namespace bulkhead::kernel {

Failure failureOf(int number, std::string_view name, std::string_view needs) {
    const bool refused = number == EACCES || number == EPERM;
    return {number, {std::string(name) + ": " + base::errnoName(number), refused ? std::string(needs) : ""}};
}

Failure failureOf(const base::Error& error) {
    return {0, {error.message, ""}};
}

} // namespace bulkhead::kernel
