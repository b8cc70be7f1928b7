#include "core/base/bytes.h"
#include "core/claims/compose_loader.h"
#include "core/claims/compose_merge.h"
#include "core/claims/compose_parts.h"
#include "core/claims/node_edit.h"

#include <algorithm>

namespace bulkhead::claims {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxIncludes = 16;

} // namespace

void ComposeLoader::addIncluding(
    ComposeModel& model, const std::vector<Node>& documents, std::uint16_t source,
    const ComposeContext& context) {
    std::error_code error;
    m_including.push_back(fs::absolute(m_files->sources()[source].file, error).lexically_normal());
    addFile(model, documents, source, context);
    m_including.pop_back();
}

void ComposeLoader::includeAll(ComposeLayer& layer) {
    const Node* list = failed() ? nullptr : layer.model.root.find("include");
    if (list == nullptr || list->isNull()) {
        return;
    }
    if (!list->isList()) {
        m_reading->refuse(*list, "include", "expected a list, found " + kindOf(*list));
        return;
    }
    const Node all = *list;
    eraseKey(layer.model.root, "include");
    for (std::size_t i = 0; i < all.items.size() && !failed(); ++i) {
        includeOne(layer, all.items[i], "include[" + std::to_string(i) + "]");
    }
}

void ComposeLoader::includeOne(ComposeLayer& layer, const Node& entry, const std::string& field) {
    std::vector<std::string> paths = {entry.text};
    std::vector<std::string> envFiles;
    std::string folder;
    if (entry.kind != Node::Kind::scalar) {
        Fields fields(entry, *m_reading, field);
        paths.clear();
        for (const Node* path : oneOrMany(fields, "path")) {
            paths.push_back(path->text);
        }
        for (const Node* path : oneOrMany(fields, "env_file")) {
            envFiles.push_back(path->text);
        }
        folder = fields.text("project_directory").value_or("");
        finishCompose(fields);
    }
    if (paths.empty() || paths.front().empty()) {
        m_reading->refuse(entry, field, "names no file");
    }
    if (failed()) {
        return;
    }
    const fs::path first = layer.context.folder / paths.front();
    ComposeContext context;
    context.folder =
        (folder.empty() ? first.parent_path() : layer.context.folder / folder).lexically_normal();
    context.variables = layer.context.variables;
    if (readVariables(context, layer.context.folder, envFiles, entry, field)) {
        includeFiles(layer, paths, context, entry, field);
    }
}

/// The .env of an included project, or the files named in its place; what is set already stays.
bool ComposeLoader::readVariables(
    ComposeContext& context, const fs::path& from, const std::vector<std::string>& names, const Node& entry,
    const std::string& field) {
    std::error_code error;
    std::vector<fs::path> files;
    files.reserve(names.size());
    for (const std::string& name : names) {
        files.push_back((from / name).lexically_normal());
    }
    if (files.empty() && fs::exists(context.folder / ".env", error)) {
        files.push_back(context.folder / ".env");
    }
    for (const fs::path& file : files) {
        const auto text = readBeneath(m_files->folder(), file);
        auto all = text ? parseDotEnv(*text, file.string(), context.variables)
                        : base::Result<VariableMap>(std::unexpected(text.error()));
        if (!all) {
            m_reading->refuse(entry, field, all.error().message);
            return false;
        }
        context.variables = std::move(*all);
    }
    return true;
}

void ComposeLoader::includeFiles(
    ComposeLayer& layer, const std::vector<std::string>& paths, const ComposeContext& context,
    const Node& entry, const std::string& field) {
    ComposeModel model;
    model.root.kind = Node::Kind::map;
    for (const std::string& name : paths) {
        const fs::path path = (layer.context.folder / name).lexically_normal();
        const bool again = std::ranges::find(m_including, path) != m_including.end();
        if (again || m_including.size() > kMaxIncludes) {
            m_reading->refuse(
                entry, field,
                "goes round in a circle, or deeper than " + std::to_string(kMaxIncludes) + ": " +
                    base::textFromBytes(path.string()));
            return;
        }
        const auto documents = m_files->readOther(path);
        if (!documents) {
            m_reading->refuse(entry, field, documents.error().message);
            return;
        }
        const auto source = addSource(path, context.folder, entry, field);
        if (!source) {
            return;
        }
        addIncluding(model, *documents, *source, context);
    }
    if (!failed()) {
        importResources(layer, model, entry, field);
    }
}

/// What an included project defines; that what stands here already is something else, is refused.
void ComposeLoader::importResources(
    ComposeLayer& layer, ComposeModel& model, const Node& entry, const std::string& field) {
    for (const char* section : {"services", "volumes", "networks", "secrets", "configs", "models"}) {
        const Node* from = model.root.find(section);
        if (from == nullptr || !from->isMap()) {
            continue;
        }
        Node* into = valueAt(layer.model.root, section);
        if (into == nullptr || into->isNull()) {
            eraseKey(layer.model.root, section);
            Node& key = layer.model.root.keys.emplace_back();
            key.kind = Node::Kind::scalar;
            key.text = section;
            layer.model.root.items.push_back(*from);
            continue;
        }
        for (std::size_t i = 0; i < from->keys.size(); ++i) {
            const Node* known = into->find(from->keys[i].text);
            if (known != nullptr && !sameContent(*known, from->items[i])) {
                m_reading->refuse(
                    entry, field,
                    std::string(section) + "." + base::textFromBytes(from->keys[i].text) + " of " +
                        m_reading->fileOf(from->items[i]) + " stands on line " + std::to_string(known->line) +
                        " already, with another content");
                return;
            }
            if (known == nullptr) {
                into->keys.push_back(from->keys[i]);
                into->items.push_back(from->items[i]);
            }
        }
    }
    takeNotes(layer.model, model);
}

} // namespace bulkhead::claims
