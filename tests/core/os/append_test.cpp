#include "core/os/append.h"
#include "core/os/file.h"
#include "core/os/temporary_directory.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace bulkhead::os {
namespace {

TEST(AppendLine, AddsAndKeepsWhatOthersAdd) {
    const auto folder = TemporaryDirectory::make("bulkhead-test");
    ASSERT_TRUE(folder);
    const auto file = folder->path() / "log";
    constexpr int kLines = 200;
    const auto write = [&](char mark) {
        for (int i = 0; i < kLines; ++i) {
            EXPECT_TRUE(appendLine(file, std::string(300, mark) + "\n"));
        }
    };
    std::thread other(write, 'b');
    write('a');
    other.join();
    const auto text = readFile(file);
    ASSERT_TRUE(text);
    EXPECT_EQ(text->size(), 2U * kLines * 301U);
    for (std::size_t at = 0; at < text->size(); at += 301) {
        const std::string line = text->substr(at, 301);
        EXPECT_EQ(line, std::string(300, line.front()) + "\n");
    }
    struct stat status = {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(AppendLine, NamesTheFileThatCannotBeHad) {
    const auto added = appendLine("/nowhere/log", "x\n");
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().message, "/nowhere/log: No such file or directory");
}

} // namespace
} // namespace bulkhead::os
