#pragma once

#include "core/claims/compose_project.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bulkhead::claims {

/// One document of a project, its variables written out; `extends` is written out service by service.
struct ComposeLayer {
    enum class State { fresh, busy, done };

    ComposeModel model;
    ComposeContext context;
    std::map<std::string, State, std::less<>> states; ///< of services
};

/// Reads the files of a project and makes one of them: extends, includes, merges. Stops at the first problem,
/// which stands in the reading.
class ComposeLoader {
public:
    ComposeLoader(ComposeFiles& files, Reading& reading) : m_files(&files), m_reading(&reading) {}

    [[nodiscard]] bool failed() const { return m_reading->problem.has_value(); }

    /// Merges the documents of a file over what is there.
    void addFile(
        ComposeModel& model, const std::vector<Node>& documents, std::uint16_t source,
        const ComposeContext& context);
    /// The same of a file that may include others, but not itself again.
    void addIncluding(
        ComposeModel& model, const std::vector<Node>& documents, std::uint16_t source,
        const ComposeContext& context);

    /// Makes a file known whose paths begin in a folder; `at` asks for it.
    [[nodiscard]] std::optional<std::uint16_t> addSource(
        const std::filesystem::path& path, const std::filesystem::path& folder, const Node& at,
        const std::string& field);

private:
    static void takeNotes(ComposeModel& model, ComposeModel& from);
    [[nodiscard]] bool spend(const Node& tree);
    [[nodiscard]] std::unique_ptr<ComposeLayer>
    makeLayer(const Node& document, std::uint16_t source, const ComposeContext& context);
    void substitute(
        Node& part, const std::string& path, const VariableMap& variables, std::vector<std::string>& notes);

    void extendAll(ComposeLayer& layer);
    void extendOne(ComposeLayer& layer, std::size_t index, int depth);
    void extendFrom(
        ComposeLayer& other, const std::string& wanted, ComposeLayer& layer, std::size_t index,
        const Node& asked, int depth);
    [[nodiscard]] ComposeLayer* otherLayer(
        const ComposeLayer& layer, const std::string& name, const Node& asked, const std::string& field);

    void includeAll(ComposeLayer& layer);
    void includeOne(ComposeLayer& layer, const Node& entry, const std::string& field);
    [[nodiscard]] bool readVariables(
        ComposeContext& context, const std::filesystem::path& from, const std::vector<std::string>& names,
        const Node& entry, const std::string& field);
    void includeFiles(
        ComposeLayer& layer, const std::vector<std::string>& paths, const ComposeContext& context,
        const Node& entry, const std::string& field);
    void
    importResources(ComposeLayer& layer, ComposeModel& model, const Node& entry, const std::string& field);

    ComposeFiles* m_files;
    Reading* m_reading;
    std::map<std::string, std::unique_ptr<ComposeLayer>> m_extended;
    std::vector<std::filesystem::path> m_including; ///< files being read, each included by the one before
};

} // namespace bulkhead::claims
