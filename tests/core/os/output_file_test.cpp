#include "core/os/file.h"
#include "core/os/output_file.h"
#include "core/os/temporary_directory.h"

#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace bulkhead::os {
namespace {

namespace fs = std::filesystem;

class OutputFile : public testing::Test {
protected:
    void SetUp() override {
        auto made = TemporaryDirectory::make("bulkhead-output-");
        ASSERT_TRUE(made) << made.error().message;
        m_folder.emplace(std::move(*made));
    }
    [[nodiscard]] fs::path at(const std::string& name) const { return m_folder->path() / name; }
    [[nodiscard]] std::string read(const std::string& name) const { return readFile(at(name)).value_or("?"); }
    [[nodiscard]] std::size_t entries() const {
        return listDirectory(m_folder->path()).value_or(std::vector<std::string>{}).size();
    }

private:
    std::optional<TemporaryDirectory> m_folder;
};

struct stat aboutOf(const fs::path& path) {
    struct stat about{};
    EXPECT_EQ(::lstat(path.c_str(), &about), 0) << path;
    return about;
}

// open(2): the mode of a new file is what is asked for and not (mode & ~umask) left out; a shell's own
// redirection asks for 0666.
TEST_F(OutputFile, ANewOneHasTheModeThatTheUmaskLeaves) {
    for (const mode_t mask : {0022U, 0077U, 0002U, 0027U, 0U}) {
        const std::string name = "new-" + std::to_string(mask);
        const mode_t before = ::umask(mask);
        const bool written = writeOutputFile(at(name), "text").has_value();
        ::umask(before);
        ASSERT_TRUE(written);
        EXPECT_EQ(read(name), "text");
        EXPECT_EQ(aboutOf(at(name)).st_mode, S_IFREG | (0666U & ~mask));
    }
    EXPECT_EQ(entries(), 5U); // nothing temporary is left
}

TEST_F(OutputFile, WhatIsThereKeepsItsModeWhateverTheUmask) {
    ASSERT_TRUE(writeOutputFile(at("old"), "a longer text"));
    ASSERT_EQ(::chmod(at("old").c_str(), 0664), 0);
    const mode_t before = ::umask(0077);
    const bool written = writeOutputFile(at("old"), "text").has_value();
    ::umask(before);
    ASSERT_TRUE(written);
    EXPECT_EQ(aboutOf(at("old")).st_mode, S_IFREG | 0664U);
}

TEST_F(OutputFile, AnotherTakesThePlaceOfTheOldOneWithItsModeAndOwner) {
    ASSERT_TRUE(writeOutputFile(at("old"), "a longer text"));
    ASSERT_EQ(::chmod(at("old").c_str(), 0640), 0);
    const bool given = ::chown(at("old").c_str(), 12345, 23456) == 0; // by root alone
    const auto before = aboutOf(at("old"));
    ASSERT_TRUE(writeOutputFile(at("old"), "text"));
    const auto after = aboutOf(at("old"));
    EXPECT_EQ(read("old"), "text");
    EXPECT_NE(after.st_ino, before.st_ino);
    EXPECT_EQ(after.st_mode, S_IFREG | 0640U);
    EXPECT_EQ(after.st_uid, given ? 12345U : ::getuid());
    EXPECT_EQ(after.st_gid, before.st_gid);
}

TEST_F(OutputFile, LinksStayAndTheirTargetIsReplaced) {
    ASSERT_TRUE(fs::create_directory(at("folder")));
    ASSERT_TRUE(writeOutputFile(at("folder/file"), "old"));
    fs::create_symlink("file", at("folder/second"));
    fs::create_symlink("folder/second", at("first"));
    const auto before = aboutOf(at("folder/file"));
    ASSERT_TRUE(writeOutputFile(at("first"), "new"));
    EXPECT_EQ(fs::read_symlink(at("first")), "folder/second");
    EXPECT_EQ(fs::read_symlink(at("folder/second")), "file");
    EXPECT_EQ(read("folder/file"), "new");
    EXPECT_NE(aboutOf(at("folder/file")).st_ino, before.st_ino);
}

TEST_F(OutputFile, ALinkToNothingYetMakesIt) {
    fs::create_symlink(at("later"), at("link"));
    ASSERT_TRUE(writeOutputFile(at("link"), "text"));
    EXPECT_TRUE(fs::is_symlink(at("link")));
    EXPECT_EQ(read("later"), "text");
}

TEST_F(OutputFile, LinksInACircleAreAnError) {
    fs::create_symlink("b", at("a"));
    fs::create_symlink("a", at("b"));
    EXPECT_FALSE(writeOutputFile(at("a"), "text"));
    EXPECT_TRUE(fs::is_symlink(at("a")));
}

TEST_F(OutputFile, ADeviceStaysADevice) {
    if (::mknod(at("null").c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0 && errno == EPERM) {
        GTEST_SKIP() << "only root makes device nodes";
    }
    fs::create_symlink("null", at("link"));
    const int probe = ::open(at("null").c_str(), O_WRONLY | O_CLOEXEC);
    const bool usable = probe >= 0; // not where the file system is mounted without devices
    if (usable) {
        ::close(probe);
    }
    for (const std::string name : {"null", "link"}) {
        EXPECT_EQ(writeOutputFile(at(name), "text").has_value(), usable) << name;
        EXPECT_TRUE(S_ISCHR(aboutOf(at("null")).st_mode)) << name;
    }
    EXPECT_TRUE(fs::is_symlink(at("link")));
    EXPECT_EQ(entries(), 2U);
}

TEST_F(OutputFile, APipeGetsTheText) {
    ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
    const Fd reader(::open(at("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    ASSERT_TRUE(reader.valid());
    ASSERT_TRUE(writeOutputFile(at("pipe"), "text"));
    EXPECT_EQ(readAll(reader, "pipe").value_or("?"), "text");
    EXPECT_TRUE(S_ISFIFO(aboutOf(at("pipe")).st_mode));
}

TEST_F(OutputFile, ADescriptorIsWrittenInto) {
    ASSERT_TRUE(writeOutputFile(at("file"), "what was there before"));
    const Fd open(::open(at("file").c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(open.valid());
    const auto before = aboutOf(at("file"));
    ASSERT_TRUE(writeOutputFile("/proc/self/fd/" + std::to_string(open.get()), "text"));
    EXPECT_EQ(read("file"), "text");
    EXPECT_EQ(aboutOf(at("file")).st_ino, before.st_ino);
}

TEST_F(OutputFile, AFolderIsAnErrorAndStays) {
    ASSERT_TRUE(fs::create_directory(at("folder")));
    const auto done = writeOutputFile(at("folder"), "text");
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().message.contains(at("folder").string())) << done.error().message;
    EXPECT_TRUE(fs::is_directory(at("folder")));
}

TEST_F(OutputFile, ALinkThatAnotherPutWhereEveryoneMayIsNotFollowed) {
    ASSERT_TRUE(writeOutputFile(at("ours"), "ours"));
    ASSERT_TRUE(fs::create_directory(at("open")));
    ASSERT_EQ(::chmod(at("open").c_str(), 01777), 0);
    fs::create_symlink("../ours", at("open/link"));
    if (::lchown(at("open/link").c_str(), 12345, 12345) != 0) {
        GTEST_SKIP() << "only root gives files away";
    }
    EXPECT_FALSE(writeOutputFile(at("open/link"), "text"));
    EXPECT_EQ(read("ours"), "ours");
}

} // namespace
} // namespace bulkhead::os
