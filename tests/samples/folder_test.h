#pragma once

#include "core/os/temporary_directory.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <string>

namespace bulkhead::samples {

/// A test with a folder of its own, which goes with it.
class FolderTest : public testing::Test {
protected:
    void SetUp() override {
        auto made = os::TemporaryDirectory::make("test-");
        ASSERT_TRUE(made);
        m_folder = std::make_unique<os::TemporaryDirectory>(std::move(*made));
    }

    [[nodiscard]] std::string path(const std::string& name) const {
        return (m_folder->path() / name).string();
    }

    /// A file of the folder, with the folders that it lies in.
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
        std::ofstream(path(name)) << text;
    }

    /// A message, the folder's name left out.
    [[nodiscard]] std::string withoutFolder(std::string message) const {
        for (auto at = message.find(path("")); at != std::string::npos; at = message.find(path(""))) {
            message.erase(at, path("").size());
        }
        return message;
    }

    std::unique_ptr<os::TemporaryDirectory> m_folder;
};

} // namespace bulkhead::samples
