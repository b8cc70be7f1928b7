// Versions against the advisories that ship; what each is expected to be stands in the advisory's own source.

#include "tests/core/threat/conditions.h"
#include "tests/core/threat/subjects.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::threat {
namespace {

using model::Truth;

/// A version of a product, and whether an advisory speaks of it: upstream's range alone leaves it unknown.
struct Row {
    const char* advisory;
    const char* product;
    const char* version;
    Truth truth;
};

constexpr Row kRows[] = {
    {"CVE-2019-5736", "runc", "1.0.0~rc6+dfsg1", Truth::unknown},
    {"CVE-2019-5736", "runc", "1.0.0-rc7", Truth::no},
    {"CVE-2021-30465", "runc", "1.0.0-rc94", Truth::unknown},
    {"CVE-2021-30465", "runc", "1.0.0", Truth::no},
    {"CVE-2024-21626", "runc", "1.0.0-rc92", Truth::no},
    {"CVE-2024-21626", "runc", "1.1.11", Truth::unknown},
    {"CVE-2024-21626", "runc", "1.1.12-1.el9", Truth::no},
    {"CVE-2025-31133", "runc", "1.2.7", Truth::unknown},
    {"CVE-2025-31133", "runc", "1.2.8", Truth::no},
    {"CVE-2025-31133", "runc", "1.4.0-rc.2", Truth::unknown},
    {"CVE-2025-52565", "runc", "1.3.2", Truth::unknown},
    {"CVE-2025-52565", "runc", "1.3.3", Truth::no},
    {"CVE-2025-52881", "runc", "1.4.0-rc.3", Truth::no},
    {"CVE-2025-52881", "crun", "1.8.1", Truth::no},
    {"CVE-2019-14271", "docker", "19.03.0", Truth::unknown},
    {"CVE-2019-14271", "docker", "18.09.9", Truth::no},
    {"CVE-2019-14271", "docker", "20.10.24+dfsg1", Truth::no},
    {"CVE-2020-15257", "containerd", "1.4.2", Truth::unknown},
    {"CVE-2020-15257", "containerd", "1.3.9", Truth::no},
    {"CVE-2022-23648", "containerd", "1.5.9", Truth::unknown},
    {"CVE-2022-23648", "containerd", "1.6.1", Truth::no},
    {"CVE-2022-0811", "crio", "1.22.2", Truth::unknown},
    {"CVE-2022-0811", "crio", "1.18.6", Truth::no},
    {"CVE-2022-0811", "crio", "1.23.2", Truth::no},
    {"CVE-2022-0185", "kernel", "5.0.21", Truth::no},
    {"CVE-2022-0185", "kernel", "5.15.15", Truth::unknown},
    {"CVE-2022-0185", "kernel", "5.16.2", Truth::no},
    {"CVE-2022-0492", "kernel", "5.16.5", Truth::unknown},
    {"CVE-2022-0492", "kernel", "5.15.20", Truth::no},
    {"CVE-2022-0847", "kernel", "5.7.19", Truth::no},
    {"CVE-2022-0847", "kernel", "5.10.101", Truth::unknown},
    {"CVE-2022-0847", "kernel", "5.15.25", Truth::no},
    {"CVE-2024-1086", "kernel", "6.6.14", Truth::unknown},
    {"CVE-2024-1086", "kernel", "6.6.15", Truth::no},
    {"CVE-2024-1086", "kernel", "6.1.0-42-amd64", Truth::unknown},
};

model::Snapshot subjectOf(const Row& row) {
    model::Snapshot snapshot = recorded("default");
    const std::string product = row.product;
    if (product == "kernel") {
        set(snapshot.host.kernel, std::string(row.version));
        set(snapshot.host.distro, std::string("another"));
    } else if (product == "runc" || product == "crun") {
        snapshot.subject.runtime.name = product;
        snapshot.subject.runtime.version = row.version;
    } else {
        snapshot.subject.engine.name = product;
        snapshot.subject.engine.version = row.version;
    }
    return snapshot;
}

TEST(Advisories, DecideOnVersionsAsTheirSourcesSay) {
    const auto catalogue = catalog::readCatalogue("resources");
    ASSERT_TRUE(catalogue) << catalogue.error().message;
    for (const Row& row : kRows) {
        const auto judge =
            judgeOf("      - affected(" + std::string(row.advisory) + ")\n", catalogue->advisories);
        ASSERT_TRUE(judge) << judge.error().message;
        EXPECT_EQ(judge->judge(subjectOf(row)).front().truth, row.truth)
            << row.advisory << " " << row.product << " " << row.version;
    }
    for (const catalog::Advisory& one : catalogue->advisories) {
        const bool tried = std::ranges::any_of(kRows, [&](const Row& row) { return one.id == row.advisory; });
        EXPECT_TRUE(tried || !one.packages.empty()) << one.id << " is tried nowhere";
    }
}

} // namespace
} // namespace bulkhead::threat
