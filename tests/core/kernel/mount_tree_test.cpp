#include "core/kernel/mount_tree.h"

#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

MountEntry entry(std::int64_t id, std::int64_t parent, std::string target) {
    MountEntry mount;
    mount.id = id;
    mount.parent = parent;
    mount.device = "0:1";
    mount.root = "/";
    mount.target = std::move(target);
    mount.fsType = "tmpfs";
    return mount;
}

std::vector<std::int64_t> order(const MountTree& tree) {
    std::vector<std::int64_t> ids;
    for (const PlacedMount& mount : tree.mounts) {
        ids.push_back(mount.entry.id);
    }
    return ids;
}

std::vector<std::int64_t> visible(const MountTree& tree) {
    std::vector<std::int64_t> ids;
    for (const PlacedMount& mount : tree.mounts) {
        if (mount.visible) {
            ids.push_back(mount.entry.id);
        }
    }
    return ids;
}

using Ids = std::vector<std::int64_t>;

TEST(MountTree, parentsComeFirstAndSiblingsKeepTheirOrder) {
    const MountTree tree = buildMountTree(
        {entry(65, 43, "/"), entry(67, 65, "/dev"), entry(66, 65, "/proc"), entry(68, 67, "/dev/pts"),
         entry(44, 66, "/proc/bus")});
    EXPECT_EQ(order(tree), (Ids{65, 67, 68, 66, 44}));
    EXPECT_EQ(visible(tree), (Ids{65, 67, 68, 66, 44}));
    EXPECT_EQ(tree.at("/proc/bus/pci")->id, 44);
    EXPECT_EQ(tree.at("/proc/buses")->id, 66);
    EXPECT_EQ(tree.at("/etc")->id, 65);
}

TEST(MountTree, aMountOverTheSameRootShadows) {
    // mount tmpfs /a; mount /a/b; mount tmpfs /a again: the kernel makes the first the parent of the last.
    const MountTree tree =
        buildMountTree({entry(1, 0, "/"), entry(2, 1, "/a"), entry(3, 2, "/a/b"), entry(4, 2, "/a")});
    EXPECT_EQ(visible(tree), (Ids{1, 4}));
    EXPECT_EQ(tree.at("/a/b")->id, 4);
}

TEST(MountTree, aMountOverADirectoryOnTheWayShadows) {
    // mount /a/b, then mount /a: both have the root as parent.
    const MountTree tree =
        buildMountTree({entry(1, 0, "/"), entry(2, 1, "/a/b"), entry(3, 2, "/a/b/c"), entry(4, 1, "/a")});
    EXPECT_EQ(visible(tree), (Ids{1, 4}));
}

TEST(MountTree, mountsOnTopOfACoverStayVisible) {
    const MountTree tree = buildMountTree(
        {entry(1, 0, "/"), entry(2, 1, "/a"), entry(3, 2, "/a"), entry(4, 3, "/a/x"), entry(5, 3, "/a")});
    EXPECT_EQ(visible(tree), (Ids{1, 5}));
    const MountTree open =
        buildMountTree({entry(1, 0, "/"), entry(2, 1, "/a"), entry(3, 2, "/a"), entry(4, 3, "/a/x")});
    EXPECT_EQ(visible(open), (Ids{1, 3, 4}));
}

TEST(MountTree, theRootItselfCanBeCovered) {
    const MountTree tree = buildMountTree({entry(1, 1, "/"), entry(27, 1, "/"), entry(28, 27, "/proc")});
    EXPECT_EQ(visible(tree), (Ids{27, 28}));
    EXPECT_EQ(tree.at("/x")->id, 27);
}

TEST(MountTree, namesThatOnlyBeginAlikeDoNotShadow) {
    const MountTree tree = buildMountTree({entry(1, 0, "/"), entry(2, 1, "/ab"), entry(3, 1, "/a")});
    EXPECT_EQ(visible(tree), (Ids{1, 2, 3}));
}

TEST(MountTree, aTreeNoKernelWritesStillEnds) {
    const MountTree cycle = buildMountTree({entry(1, 2, "/a"), entry(2, 1, "/b")});
    EXPECT_EQ(cycle.mounts.size(), 2U);
    EXPECT_EQ(buildMountTree({}).at("/"), nullptr);
    EXPECT_EQ(buildMountTree({entry(3, 1, "/x")}).at("/y"), nullptr);
}

/// A tree of quadratic cost would run into the test's time limit.
TEST(MountTree, manySiblingsAndDeepChainsTakeNoTime) {
    std::vector<MountEntry> entries{entry(1, 0, "/")};
    for (std::int64_t i = 2; i < 50000; ++i) {
        entries.push_back(entry(i, 1, "/m" + std::to_string(i)));
    }
    for (std::int64_t i = 50000; i < 100000; ++i) {
        entries.push_back(entry(i, i == 50000 ? 1 : i - 1, "/deep"));
    }
    const MountTree tree = buildMountTree(std::move(entries));
    EXPECT_EQ(tree.at("/deep")->id, 99999);
}

TEST(Paths, withinIsByWholeNames) {
    EXPECT_TRUE(isWithin("/proc/sys", "/proc"));
    EXPECT_TRUE(isWithin("/proc", "/proc"));
    EXPECT_TRUE(isWithin("/proc", "/"));
    EXPECT_FALSE(isWithin("/process", "/proc"));
    EXPECT_FALSE(isWithin("/", "/proc"));
    EXPECT_EQ(parentOf("/a/b"), "/a");
    EXPECT_EQ(parentOf("/a"), "/");
    EXPECT_EQ(parentOf("/"), "/");
}

} // namespace
} // namespace bulkhead::kernel
