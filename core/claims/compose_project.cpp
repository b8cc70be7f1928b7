#include "core/claims/compose_project.h"

#include "core/base/bytes.h"
#include "core/claims/bounds.h"
#include "core/claims/compose_loader.h"
#include "core/claims/compose_merge.h"

#include <algorithm>
#include <fmt/format.h>

namespace bulkhead::claims {

namespace fs = std::filesystem;

void ComposeLoader::addFile(
    ComposeModel& model, const std::vector<Node>& documents, std::uint16_t source,
    const ComposeContext& context) {
    bool some = false;
    for (const Node& document : documents) {
        if (document.isNull() || failed()) {
            continue;
        }
        some = true;
        auto layer = makeLayer(document, source, context);
        if (!layer) {
            return;
        }
        extendAll(*layer);
        includeAll(*layer);
        if (!failed()) {
            mergeDocument(model.root, std::move(layer->model.root), *m_reading);
            takeNotes(model, layer->model);
        }
    }
    if (!some && !failed()) {
        Node at;
        at.source = source;
        m_reading->refuse(at, "", "no document of Compose: expected a map");
    }
}

std::optional<std::uint16_t> ComposeLoader::addSource(
    const fs::path& path, const fs::path& folder, const Node& at, const std::string& field) {
    const auto source = m_files->add({path.string(), folder});
    if (!source) {
        m_reading->refuse(at, field, source.error().message);
        return std::nullopt;
    }
    m_reading->otherFiles.push_back(path.string());
    return *source;
}

void ComposeLoader::takeNotes(ComposeModel& model, ComposeModel& from) {
    std::ranges::move(from.notes, std::back_inserter(model.notes));
    for (auto& [name, notes] : from.notesOfServices) {
        std::ranges::move(notes, std::back_inserter(model.notesOfServices[name]));
    }
}

bool ComposeLoader::spend(const Node& tree) {
    if (m_files->spend(sizeOf(tree))) {
        return true;
    }
    m_reading->refuse(tree, "", "more values than a project may hold, with all that it extends and includes");
    return false;
}

std::unique_ptr<ComposeLayer>
ComposeLoader::makeLayer(const Node& document, std::uint16_t source, const ComposeContext& context) {
    auto layer = std::make_unique<ComposeLayer>();
    layer->context = context;
    layer->model.root = document;
    Node& top = layer->model.root;
    stampSource(top, source);
    if (!top.isMap()) {
        m_reading->refuse(top, "", "no document of Compose: expected a map");
    }
    if (failed() || !spend(top)) {
        return nullptr;
    }
    for (std::size_t i = 0; i < top.items.size(); ++i) {
        const std::string key = base::textFromBytes(top.keys[i].text);
        Node& part = top.items[i];
        if (part.isMap()) {
            checkCount(part.keys.size(), part, *m_reading);
        }
        if (key != "services" || !part.isMap()) {
            substitute(part, key, context.variables, layer->model.notes);
            continue;
        }
        for (std::size_t j = 0; j < part.items.size(); ++j) {
            const std::string& name = part.keys[j].text;
            substitute(
                part.items[j], key + "." + base::textFromBytes(name), context.variables,
                layer->model.notesOfServices[name]);
        }
    }
    return failed() ? nullptr : std::move(layer);
}

void ComposeLoader::substitute(
    Node& part, const std::string& path, const VariableMap& variables, std::vector<std::string>& notes) {
    if (failed()) {
        return;
    }
    std::vector<std::string> own;
    const std::string& file = m_reading->fileOf(part);
    const auto done = substituteIn(part, path, file, variables, own, m_files->room());
    if (!done) {
        m_reading->problem = done.error();
    }
    for (const std::string& note : own) {
        notes.push_back(part.source == 0 ? note : fmt::format("{}: {}", file, note));
    }
}

ComposeModel loadProject(
    const std::vector<Node>& documents, const std::vector<std::string>& overrides, ComposeFiles& files,
    Reading& reading) {
    ComposeModel model;
    model.root.kind = Node::Kind::map;
    const auto context = files.open(reading.file);
    if (!context) {
        reading.problem = context.error();
        return model;
    }
    ComposeLoader loader(files, reading);
    loader.addIncluding(model, documents, 0, *context);
    for (const std::string& file : overrides) {
        const auto more = loader.failed() ? base::Result<std::vector<Node>>(std::vector<Node>())
                                          : ComposeFiles::readGiven(file);
        if (!more) {
            reading.problem = more.error();
        }
        const auto source =
            loader.failed() ? std::nullopt : loader.addSource(file, context->folder, model.root, "");
        if (source) {
            loader.addIncluding(model, *more, *source, *context);
        }
    }
    return model;
}

} // namespace bulkhead::claims
