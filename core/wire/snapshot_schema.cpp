#include "core/model/walk.h"
#include "core/wire/missing.h"
#include "core/wire/snapshot_json.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace bulkhead::wire {

namespace {

using Json = nlohmann::ordered_json;

/// The schema of a type; dispatched on a null pointer, so that every type needs one overload and no value.
Json schemaOf(const bool* /*type*/) {
    return {{"type", "boolean"}};
}

template <std::integral T>
Json schemaOf(const T* /*type*/) {
    return {{"type", "integer"}};
}

Json schemaOf(const std::string* /*type*/) {
    return {{"type", "string"}};
}

template <model::Named T>
Json schemaOf(const T* /*type*/) {
    Json words = Json::array();
    for (const auto& [value, name] : model::Names<T>::names) {
        words.push_back(std::string(name));
    }
    return {{"enum", words}};
}

Json schemaOf(const model::Hex64* /*type*/) {
    return {{"type", "string"}, {"pattern", "^0x[0-9a-f]{1,16}$"}};
}

Json listOf(Json items) {
    return {{"type", "array"}, {"items", std::move(items)}};
}

Json schemaOf(const model::CapabilitySet* /*type*/) {
    return listOf({{"type", "string"}, {"pattern", "^CAP_[A-Z0-9_]+$"}});
}

Json schemaOf(const model::IdMap* /*type*/) {
    const Json number = {{"type", "integer"}, {"minimum", 0}};
    return listOf(
        {{"type", "object"},
         {"properties", {{"inside", number}, {"outside", number}, {"length", number}}},
         {"required", {"inside", "outside", "length"}}});
}

Json schemaOf(const model::ResourceLimit* /*type*/) {
    const Json bound = {{"type", {"integer", "null"}}, {"minimum", 0}};
    return {
        {"type", "object"},
        {"properties", {{"soft", bound}, {"hard", bound}}},
        {"required", {"soft", "hard"}}};
}

Json schemaOf(const model::DeviceRules* /*type*/) {
    return listOf({{"type", "string"}, {"pattern", R"(^(deny )?[abc] (\*|[0-9]+):(\*|[0-9]+) [rwm]+$)"}});
}

template <model::Tabled T>
Json schemaOf(const T* type);
template <class T>
Json schemaOf(const std::vector<T>* type);
template <class Key, class T>
Json schemaOf(const std::map<Key, T>* type);

template <class T>
Json orNull(const T* type) {
    return {{"anyOf", Json::array({schemaOf(type), {{"type", "null"}}})}};
}

template <class T>
Json schemaOf(const model::Fact<T>* /*type*/) {
    return orNull(static_cast<const T*>(nullptr));
}

template <class T>
Json schemaOf(const std::optional<T>* /*type*/) {
    return orNull(static_cast<const T*>(nullptr));
}

template <class T>
Json schemaOf(const std::vector<T>* /*type*/) {
    return listOf(schemaOf(static_cast<const T*>(nullptr)));
}

template <class Key, class T>
Json schemaOf(const std::map<Key, T>* /*type*/) {
    const Json entry = schemaOf(static_cast<const T*>(nullptr));
    if constexpr (model::Named<Key>) {
        Json properties = Json::object();
        for (const auto& [key, name] : model::Names<Key>::names) {
            properties[std::string(name)] = entry;
        }
        return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
    } else {
        return {{"type", "object"}, {"additionalProperties", entry}};
    }
}

template <model::Tabled T>
Json schemaOf(const T* /*type*/) {
    Json out = {{"type", "object"}, {"properties", Json::object()}};
    Json required = Json::array();
    model::forEachRow<T>([&](const auto& row) {
        using Member = std::remove_cvref_t<decltype(std::declval<T>().*(row.member))>;
        Json field = schemaOf(static_cast<const Member*>(nullptr));
        if (row.name.empty()) {
            out["additionalProperties"] = field["additionalProperties"];
            return;
        }
        Json described = {
            {"description", std::string(row.meaning)},
            {"x-compare", std::string(model::nameOf(row.compare))}};
        described.update(field);
        out["properties"][std::string(row.name)] = described;
        if (!kMayBeMissing<Member>) {
            required.push_back(std::string(row.name));
        }
    });
    if (!required.empty()) {
        out["required"] = required;
    }
    return out;
}

Json evidenceSchema() {
    const Json entry = {
        {"type", "object"},
        {"properties",
         {{"kind", {{"enum", {"observed", "declared", "default", "inferred"}}}},
          {"source", {{"type", "string"}}},
          {"file", {{"type", "string"}}},
          {"line", {{"type", "integer"}}}}},
        {"required", {"kind", "source"}}};
    return {
        {"description", "by path: where each fact was read"},
        {"x-compare", "host"},
        {"type", "object"},
        {"additionalProperties", entry}};
}

Json gapsSchema() {
    const Json text = {{"type", "string"}};
    return {
        {"description", "facts that could not be read, and what would make them known"},
        {"x-compare", "host"},
        {"type", "array"},
        {"items",
         {{"type", "object"},
          {"properties", {{"path", text}, {"reason", text}, {"needs", text}}},
          {"required", {"path", "reason", "needs"}}}}};
}

} // namespace

std::string writeSnapshotSchema() {
    Json out = {
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"title", std::string(model::kSnapshotSchema)}};
    out.update(schemaOf(static_cast<const model::Snapshot*>(nullptr)));
    out["properties"]["schema"]["const"] = std::string(model::kSnapshotSchema);
    out["properties"]["evidence"] = evidenceSchema();
    out["properties"]["gaps"] = gapsSchema();
    out["required"].push_back("evidence");
    out["required"].push_back("gaps");
    return out.dump(2) + "\n";
}

} // namespace bulkhead::wire
