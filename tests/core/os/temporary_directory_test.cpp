#include "core/os/temporary_directory.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

namespace bulkhead::os {

namespace fs = std::filesystem;

TEST(TemporaryDirectory, IsGoneWithItsOwner) {
    fs::path path;
    {
        auto first = TemporaryDirectory::make("bulkhead-test");
        ASSERT_TRUE(first);
        const TemporaryDirectory second = std::move(*first);
        path = second.path();
        std::ofstream(path / "file") << "x";
        EXPECT_TRUE(fs::exists(path / "file"));
    }
    EXPECT_FALSE(fs::exists(path));
}

TEST(RemoveTree, DoesNotFollowLinks) {
    const auto folder = TemporaryDirectory::make("bulkhead-test");
    fs::create_directories(folder->path() / "outside" / "kept");
    fs::create_directories(folder->path() / "tree" / "below");
    fs::create_directory_symlink(folder->path() / "outside", folder->path() / "tree" / "below" / "link");
    EXPECT_TRUE(removeTree(folder->path() / "tree"));
    EXPECT_FALSE(fs::exists(folder->path() / "tree"));
    EXPECT_TRUE(fs::exists(folder->path() / "outside" / "kept"));
}

TEST(RemoveTree, FindsNothingToDo) {
    const auto folder = TemporaryDirectory::make("bulkhead-test");
    EXPECT_TRUE(removeTree(folder->path() / "missing"));
    EXPECT_TRUE(removeTree(folder->path() / "missing" / "deeper"));
}

TEST(RemoveTree, LeavesWhatIsMountedBelow) {
    const auto folder = TemporaryDirectory::make("bulkhead-test");
    const fs::path source = folder->path() / "source";
    const fs::path target = folder->path() / "tree" / "mounted";
    fs::create_directories(source);
    fs::create_directories(target);
    std::ofstream(source / "precious") << "x";
    if (::mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0) {
        GTEST_SKIP() << "mounting needs root";
    }
    const auto removed = removeTree(folder->path() / "tree");
    ::umount(target.c_str());
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().message, target.string() + ": something is mounted here");
    EXPECT_TRUE(fs::exists(source / "precious"));
}

} // namespace bulkhead::os
