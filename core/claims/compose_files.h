#pragma once

#include "core/claims/compose_variables.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// A file that a document names, if it lies in the folder or below it, links followed, and is a regular one:
/// a document of somebody else's shall not have any other file read.
[[nodiscard]] base::Result<std::string> readBeneath(
    const std::filesystem::path& folder, const std::filesystem::path& file, std::size_t limit = 1UL << 20U);

/// A file that the user names: anywhere, but a regular one.
[[nodiscard]] base::Result<std::string> readNamed(const std::filesystem::path& file, std::size_t limit);

/// A file of a project: as messages name it, and the folder from which its paths go.
struct ComposeSource {
    std::string file;
    std::filesystem::path folder;
};

/// In which folder a file's paths begin, and which variables it is written out with: one for the project, one
/// for each `include`.
struct ComposeContext {
    std::filesystem::path folder;
    VariableMap variables;
};

/// The files of one project: the document, those that are merged into it, and what `extends` and `include`
/// name. How many, and how much they hold, is bounded.
class ComposeFiles {
public:
    /// The folder of the document, the environment, and the file .env beside the document.
    [[nodiscard]] base::Result<ComposeContext> open(const std::string& file);

    /// Makes a file known; each of its values bears the number (Node::source).
    [[nodiscard]] base::Result<std::uint16_t> add(ComposeSource source);
    [[nodiscard]] const ComposeSource& sourceOf(const Node& node) const { return m_sources[node.source]; }
    [[nodiscard]] const std::vector<ComposeSource>& sources() const { return m_sources; }

    /// The documents of a file in or below the project's folder.
    [[nodiscard]] base::Result<std::vector<Node>> readOther(const std::filesystem::path& path) const;
    /// The documents of a file that the user named.
    [[nodiscard]] static base::Result<std::vector<Node>> readGiven(const std::filesystem::path& path);

    /// Takes so many values, or variables' bytes, of what all files together may hold; false where that is
    /// used up.
    [[nodiscard]] bool spend(std::size_t values);
    [[nodiscard]] std::size_t& room() { return m_room; }

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    [[nodiscard]] const VariableMap& variables() const { return m_variables; }

private:
    std::filesystem::path m_folder;
    VariableMap m_variables;
    std::vector<ComposeSource> m_sources;
    std::size_t m_room = kMaxDocumentSize;
    std::size_t m_values = 2 * kMaxNodes;
};

} // namespace bulkhead::claims
