#pragma once

#include "core/seccomp/arch.h"
#include "core/seccomp/verdicts.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bulkhead::seccomp {

/// Names that a profile mentions and libseccomp here does not know, and what else hangs on them. Another
/// libseccomp, which knows them, would write another filter.
struct UnknownCalls {
    std::vector<std::string> names; ///< sorted
    /// By ABI: numbers that runc's stub refuses as long as its libseccomp does not know the names.
    std::map<std::string, KeyedNumbers> behindStub;

    /// Why the answer to a call cannot be told; empty where it can.
    [[nodiscard]] std::string reasonFor(const Arch& arch, std::uint32_t number) const;
};

/// "2.5.4": of the libseccomp that this program runs with.
[[nodiscard]] std::string libraryVersion();

/// Makes the verdicts of the calls concerned undetermined, with the reason. A name that this product has no
/// number for is listed as it is written.
void markUnknown(Verdicts& verdicts, const UnknownCalls& unknown);

} // namespace bulkhead::seccomp
