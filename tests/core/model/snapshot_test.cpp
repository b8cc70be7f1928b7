#include "core/model/gaps.h"
#include "core/model/walk.h"

#include <gtest/gtest.h>
#include <set>
#include <utility>

namespace bulkhead::model {
namespace {

/// Stands for a value of any type in an initialiser that is never evaluated.
struct Any {
    template <class T>
    operator T() const; // NOLINT(google-explicit-constructor)
};

template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...> /*fields*/) {
    return requires { T{(static_cast<void>(I), Any{})...}; };
}

/// How many fields an aggregate has: the longest initialiser that it takes.
template <class T, std::size_t N = 40>
constexpr std::size_t fieldCount() {
    if constexpr (N == 0 || takes<T>(std::make_index_sequence<N>{})) {
        return N;
    } else {
        return fieldCount<T, N - 1>();
    }
}

template <class T>
class FactTable : public ::testing::Test {};

using Facets = ::testing::Types<
    Producer, Recorded, Stability, Engine, Runtime, ImageRef, Subject, Group, Snapshot, Capabilities, Limit,
    DevicePolicy, Cgroup, Device, RuntimeSocket, Host, Identity, Lsm, Mount, Overlay, Namespace, PathState,
    ProtectedPaths, Rootfs, Seccomp, Network, Image, KernelSurface, Audit, Config, UsernsPolicy, Ids,
    LsmLabel, SeccompFilter, SeccompVerdict, SeccompCase, SeccompDoubt, SeccompWitness, ArgumentCondition,
    ArchVerdicts, TaskClass, Membership, Probe>;
TYPED_TEST_SUITE(FactTable, Facets);

// A field without a row would be missing from the schema, the comparison and the documentation.
TYPED_TEST(FactTable, hasARowForEveryField) {
    EXPECT_EQ(Table<TypeParam>::rows.kSize, fieldCount<TypeParam>());
}

TYPED_TEST(FactTable, namesEachFieldOnceAndSaysWhatItMeans) {
    std::set<std::string_view> names;
    forEachRow<TypeParam>([&](const auto& row) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_FALSE(row.meaning.empty()) << row.name;
        EXPECT_EQ(
            row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
            std::string_view::npos)
            << row.name;
    });
}

Snapshot example() {
    Snapshot snapshot;
    snapshot.capabilities.effective = {
        CapabilitySet(1), {EvidenceKind::observed, "/proc/12/status CapEff", "", 0}};
    snapshot.capabilities.bounding = Unreadable{"Permission denied", "CAP_SYS_PTRACE"};
    Mount proc;
    proc.target = "/proc";
    proc.hostPaths = Unreadable{"the host's mounts are not readable", "root"};
    snapshot.mounts = {{proc}, {EvidenceKind::observed, "/proc/12/mountinfo", "", 0}};
    snapshot.paths.states["/proc/kcore"] = Unreadable{"No such process", ""};
    return snapshot;
}

TEST(Gaps, areTheUnreadableFactsByPath) {
    EXPECT_EQ(
        gapsOf(example()),
        (std::vector<Gap>{
            {"mounts[\"/proc\"].hostPaths", {"the host's mounts are not readable", "root"}},
            {"paths[\"/proc/kcore\"]", {"No such process", ""}},
            {"capabilities.bounding", {"Permission denied", "CAP_SYS_PTRACE"}}}));
    EXPECT_TRUE(gapsOf(Snapshot{}).empty());
}

TEST(Evidence, isListedForEveryKnownFact) {
    const auto evidence = evidenceOf(example());
    ASSERT_EQ(evidence.size(), 2U);
    EXPECT_EQ(evidence[0].first, "mounts");
    EXPECT_EQ(evidence[0].second.source, "/proc/12/mountinfo");
    EXPECT_EQ(evidence[1].first, "capabilities.effective");
    EXPECT_EQ(evidence[1].second.source, "/proc/12/status CapEff");
}

// Docker's masked and read-only paths (moby, oci/defaults.go), where a kernel of today has them.
TEST(SensitivePaths, holdWhatEnginesProtect) {
    std::set<std::string_view> paths;
    for (const SensitivePath& path : sensitivePaths()) {
        EXPECT_TRUE(paths.insert(path.path).second) << path.path;
        EXPECT_TRUE(path.path.starts_with("/proc/") || path.path.starts_with("/sys/")) << path.path;
        EXPECT_FALSE(path.why.empty()) << path.path;
    }
    for (const std::string_view path :
         {"/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys",
          "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
          "/sys/firmware", "/sys/devices/virtual/powercap", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
          "/proc/sysrq-trigger"}) {
        EXPECT_TRUE(paths.contains(path)) << path;
    }
}

} // namespace
} // namespace bulkhead::model
