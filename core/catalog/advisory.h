#pragma once

#include "core/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog {

/// A range of upstream versions: from the first that has the defect to the first without it.
struct VersionRange {
    std::string from; ///< empty: every version before `fixed`
    std::string fixed;
};

/// The package of a distribution that repairs a defect: for versions of its series and flavour it decides,
/// whatever upstream's says.
struct FixedPackage {
    std::string distro;  ///< how host.distro begins, "Ubuntu 24.04"
    std::string version; ///< of the kernel how uname -r begins, "6.8.0-117"
    std::string flavour; ///< how a version of this series ends, "-generic"; empty: any
};

/// A known defect: which versions of one product have it, and where that was read.
struct Advisory {
    std::string id;      ///< CVE-2022-0492
    std::string product; ///< kernel, runc, containerd, docker, podman, crun
    std::string title;
    std::vector<VersionRange> affected;
    std::vector<FixedPackage> packages;
    std::vector<std::string> sources;
    std::string file;
    int line = 0;
};

/// One file of advisories. Malformed: "FILE:LINE: FIELD: PROBLEM".
[[nodiscard]] base::Result<std::vector<Advisory>>
parseAdvisories(std::string_view yaml, std::string_view fileName);

} // namespace bulkhead::catalog
