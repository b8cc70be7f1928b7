#include "core/base/bytes.h"
#include "core/claims/compose_loader.h"
#include "core/claims/compose_merge.h"
#include "core/claims/compose_parts.h"
#include "core/claims/node_edit.h"

#include <algorithm>
#include <iterator>

namespace bulkhead::claims {

namespace fs = std::filesystem;
using State = ComposeLayer::State;

namespace {

constexpr int kMaxExtends = 16;

} // namespace

void ComposeLoader::extendAll(ComposeLayer& layer) {
    const Node* services = layer.model.root.find("services");
    if (services == nullptr || !services->isMap()) {
        return;
    }
    for (std::size_t i = 0; i < services->keys.size() && !failed(); ++i) {
        extendOne(layer, i, 1);
    }
}

/// Writes into a service what it extends.
void ComposeLoader::extendOne(ComposeLayer& layer, std::size_t index, int depth) {
    Node& services = *valueAt(layer.model.root, "services");
    const std::string name = services.keys[index].text;
    const std::string path = "services." + base::textFromBytes(name);
    Node* extends = services.items[index].isMap() ? valueAt(services.items[index], "extends") : nullptr;
    State& state = layer.states[name];
    if (state == State::done || extends == nullptr || extends->isNull()) {
        state = State::done;
        return;
    }
    const Node asked = *extends;
    state = State::busy;
    std::string wanted = asked.text;
    std::string file;
    if (asked.kind != Node::Kind::scalar) {
        Fields entry(asked, *m_reading, path + ".extends");
        wanted = entry.text("service").value_or("");
        file = entry.text("file").value_or("");
        finishCompose(entry);
    }
    ComposeLayer* other = file.empty() ? &layer : otherLayer(layer, file, asked, path + ".extends.file");
    if (other != nullptr && !failed()) {
        extendFrom(*other, wanted, layer, index, asked, depth);
    }
    layer.states[name] = State::done;
}

void ComposeLoader::extendFrom(
    ComposeLayer& other, const std::string& wanted, ComposeLayer& layer, std::size_t index, const Node& asked,
    int depth) {
    Node& services = *valueAt(layer.model.root, "services");
    const std::string name = services.keys[index].text;
    const std::string path = "services." + base::textFromBytes(name);
    Node* all = valueAt(other.model.root, "services");
    const Node* found = all == nullptr ? nullptr : all->find(wanted);
    if (found == nullptr) {
        m_reading->refuse(
            asked, path + ".extends",
            "no service is named " + base::textFromBytes(wanted) + " in " +
                m_reading->fileOf(other.model.root));
        return;
    }
    const auto at = static_cast<std::size_t>(found - all->items.data());
    if (other.states[wanted] == State::busy || depth >= kMaxExtends) {
        m_reading->refuse(
            asked, path + ".extends",
            "goes round in a circle, or deeper than " + std::to_string(kMaxExtends));
        return;
    }
    extendOne(other, at, depth + 1);
    if (failed() || !spend(all->items[at])) {
        return;
    }
    Node merged = all->items[at];
    settleMarks(merged);
    eraseKey(merged, "extends");
    Node own = std::move(services.items[index]);
    eraseKey(own, "extends");
    mergeService(merged, std::move(own), path, *m_reading);
    services.items[index] = std::move(merged);
    if (&other != &layer || wanted != name) {
        const auto notes = other.model.notesOfServices[wanted];
        std::ranges::copy(notes, std::back_inserter(layer.model.notesOfServices[name]));
    }
}

/// A file that a service extends from: one tree of its documents, read once in each context.
ComposeLayer* ComposeLoader::otherLayer(
    const ComposeLayer& layer, const std::string& name, const Node& asked, const std::string& field) {
    const fs::path path = (m_files->sourceOf(asked).folder / name).lexically_normal();
    const std::string key = layer.context.folder.string() + "\n" + path.string();
    auto& known = m_extended[key];
    if (known != nullptr) {
        return known.get();
    }
    const auto documents = m_files->readOther(path);
    if (!documents) {
        m_reading->refuse(asked, field, documents.error().message);
        return nullptr;
    }
    const auto source = addSource(path, path.parent_path(), asked, field);
    if (!source) {
        return nullptr;
    }
    auto all = std::make_unique<ComposeLayer>();
    all->context = layer.context;
    all->model.root.kind = Node::Kind::map;
    stampSource(all->model.root, *source);
    for (const Node& document : *documents) {
        auto one = document.isNull() ? nullptr : makeLayer(document, *source, layer.context);
        if (one != nullptr) {
            mergeDocument(all->model.root, std::move(one->model.root), *m_reading);
            takeNotes(all->model, one->model);
        }
    }
    known = std::move(all);
    return failed() ? nullptr : known.get();
}

} // namespace bulkhead::claims
