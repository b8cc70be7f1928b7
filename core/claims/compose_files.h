#pragma once

#include "core/claims/compose_variables.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// A file that a document names, if it lies in the folder or below it, links followed, and is a regular one:
/// a document of somebody else's shall not have any other file read.
[[nodiscard]] base::Result<std::string> readBeneath(
    const std::filesystem::path& folder, const std::filesystem::path& file, std::size_t limit = 1UL << 20U);

/// A Compose file with its variables written out.
struct ComposeDocument {
    std::string file; ///< as messages name it
    std::filesystem::path folder;
    Node root;
    std::vector<std::string> notes; ///< variables that are not set, beside the services
    std::map<std::string, std::vector<std::string>, std::less<>> notesOfServices;
};

/// The files of one project: the document, its variables, and what `extends` names, each read once.
class ComposeFiles {
public:
    /// The environment and the file .env beside the document.
    [[nodiscard]] base::Status open(const std::string& file);

    /// The document's tree, with its variables written out.
    [[nodiscard]] base::Result<const ComposeDocument*> take(Node root, const std::string& file);

    /// Another file, named from a folder of this project.
    [[nodiscard]] base::Result<const ComposeDocument*>
    openOther(const std::filesystem::path& folder, const std::string& name);

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    [[nodiscard]] const VariableMap& variables() const { return m_variables; }

private:
    std::filesystem::path m_folder;
    VariableMap m_variables;
    std::map<std::string, ComposeDocument> m_documents;
    std::size_t m_room = kMaxDocumentSize;
};

/// The one document of a Compose file; refuses several.
[[nodiscard]] base::Result<const Node*>
onlyDocument(const std::vector<Node>& documents, std::string_view file);

} // namespace bulkhead::claims
