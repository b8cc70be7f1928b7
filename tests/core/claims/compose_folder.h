#pragma once

#include "core/claims/import.h"
#include "tests/samples/folder_test.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace bulkhead::claims {

namespace fs = std::filesystem;
using model::Snapshot;
using Texts = std::vector<std::string>;

/// A folder with a document and what lies beside it.
class Compose : public samples::FolderTest {
protected:
    [[nodiscard]] base::Result<std::vector<Snapshot>> import(const std::string& text) const {
        ImportOptions options;
        options.ground.architecture = "x86_64";
        options.ground.devices = {{"/dev/fuse", 'c', 10, 229, 0666, 0, 0}};
        options.overrides = m_overrides;
        return importDocument(text, path("compose.yaml"), options);
    }

    [[nodiscard]] Snapshot service(const std::string& text, const std::string& name = "") const {
        const auto all = import(text);
        EXPECT_TRUE(all) << all.error().message;
        if (!all) {
            return {};
        }
        const auto found = std::ranges::find_if(
            *all, [&](const Snapshot& s) { return name.empty() || s.subject.name == name; });
        EXPECT_NE(found, all->end()) << name;
        return found == all->end() ? Snapshot{} : *found;
    }

    /// The one service of which a document consists.
    [[nodiscard]] Snapshot only(const std::string& fields) const {
        return service("services:\n web:\n  image: a\n" + fields);
    }

    [[nodiscard]] std::string refusal(const std::string& text) const {
        const auto all = import(text);
        return withoutFolder(all ? "accepted" : all.error().message);
    }

    std::vector<std::string> m_overrides; ///< further files, merged over the document
};

inline const model::Mount* mountAt(const Snapshot& snapshot, const std::string& target) {
    const auto& mounts = snapshot.mounts.value();
    const auto found = std::ranges::find(mounts, target, &model::Mount::target);
    return found == mounts.end() ? nullptr : &*found;
}

inline std::string sourceAt(const Snapshot& snapshot, const std::string& target) {
    const model::Mount* mount = mountAt(snapshot, target);
    return mount == nullptr || mount->hostPaths.valueOr({}).empty() ? "" : mount->hostPaths.value().front();
}

} // namespace bulkhead::claims
