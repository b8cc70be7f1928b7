#pragma once

#include <string>

namespace bulkhead::kernel {

/// One filter as the kernel holds it.
struct LoadedFilter {
    std::string program; ///< bytes of its array of struct sock_filter, as it was installed
    bool log = false;    ///< SECCOMP_FILTER_FLAG_LOG

    auto operator<=>(const LoadedFilter&) const = default;
};

} // namespace bulkhead::kernel
