#include "core/policy/pod.h"

#include "core/base/bytes.h"

#include <algorithm>

namespace bulkhead::policy {

namespace {

using claims::Node;

Field child(const Field& parent, std::string_view key) {
    Field field;
    const std::string name = base::textFromBytes(key);
    field.path = parent.path.empty() ? name : parent.path + "." + name;
    field.line = parent.line;
    if (!parent.there() || !parent.value->isMap()) {
        return field;
    }
    const auto& keys = parent.value->keys;
    const auto found = std::ranges::find(keys, key, &Node::text);
    if (found == keys.end()) {
        return field;
    }
    const Node& value = parent.value->items[static_cast<std::size_t>(found - keys.begin())];
    if (!value.isNull()) {
        field.value = &value;
        field.line = found->line;
    }
    return field;
}

} // namespace

Pod::Pod(const claims::PodPlace& place, claims::Reading& reading) : m_reading(&reading) {
    const Field root{place.pod, place.path, place.pod->line};
    m_spec = child(root, "spec");
    if (!m_spec.there() || !m_spec.value->isMap()) {
        refuse(m_spec, "a map");
        return;
    }
    readAnnotations(root);
    addContainers("initContainers");
    addContainers("containers");
    addContainers("ephemeralContainers");
    m_windows = text(spec({"os", "name"})) == "windows";
    m_ownUsers = truth(spec({"hostUsers"})) == std::optional(false);
    m_read.clear();
}

Field Pod::below(const Field& field, std::initializer_list<std::string_view> keys) {
    Field at = field;
    for (const std::string_view key : keys) {
        if (at.there() && !at.value->isMap()) {
            refuse(at, "a map");
        }
        at = child(at, key);
    }
    return at;
}

Field Pod::spec(std::initializer_list<std::string_view> keys) {
    return below(m_spec, keys);
}

std::vector<Field> Pod::itemsOf(const Field& list) {
    std::vector<Field> out;
    if (!list.there()) {
        return out;
    }
    if (!list.value->isList()) {
        refuse(list, "a list");
        return out;
    }
    for (std::size_t i = 0; i < list.value->items.size(); ++i) {
        const Node& item = list.value->items[i];
        out.push_back({&item, list.path + "[" + std::to_string(i) + "]", item.line});
        if (!item.isMap()) {
            refuse(out.back(), "a map");
        }
    }
    return out;
}

void Pod::addContainers(std::string_view list) {
    for (Field& item : itemsOf(child(m_spec, list))) {
        const std::string name = text(child(item, "name")).value_or("");
        Field context = child(item, "securityContext");
        m_containers.push_back({name, std::move(item), std::move(context)});
    }
}

void Pod::readAnnotations(const Field& root) {
    const Field field = below(root, {"metadata", "annotations"});
    if (!field.there()) {
        return;
    }
    if (!field.value->isMap()) {
        refuse(field, "a map");
    }
    for (const Node& key : field.value->keys) {
        Field entry = child(field, key.text);
        entry.path = field.path + "[\"" + base::textFromBytes(key.text) + "\"]";
        m_annotations.emplace_back(key.text, std::move(entry));
    }
}

Input Pod::inputOf(const Field& field) const {
    Input input;
    input.path = field.path;
    input.evidence = {model::EvidenceKind::declared, field.path, m_reading->file, field.line};
    if (!field.there()) {
        input.value = "unset";
    } else if (field.value->kind == Node::Kind::scalar) {
        input.value = base::textFromBytes(field.value->text);
    } else {
        for (const Node& item : field.value->items) {
            const bool plain = field.value->isList() && item.kind == Node::Kind::scalar;
            input.value += (input.value.empty() ? "" : ", ") + (plain ? base::textFromBytes(item.text) : "");
        }
        if (!field.value->isList()) {
            input.value = "set";
        }
    }
    return input;
}

void Pod::refuse(const Field& field, std::string_view expected) {
    Node at;
    at.line = field.line;
    at.column = field.there() ? field.value->column : 1;
    m_reading->refuse(
        at, field.path,
        "expected " + std::string(expected) +
            (field.there() ? ", found " + claims::kindOf(*field.value) : ", and it is absent"));
}

std::optional<bool> Pod::truth(const Field& field) {
    if (!field.there()) {
        return std::nullopt;
    }
    m_read.push_back(inputOf(field));
    const auto value = claims::truthOf(*field.value);
    if (!value) {
        refuse(field, "true or false");
    }
    return value;
}

std::optional<std::string> Pod::text(const Field& field) {
    if (!field.there()) {
        return std::nullopt;
    }
    m_read.push_back(inputOf(field));
    if (field.value->kind != Node::Kind::scalar) {
        refuse(field, "a text");
        return std::nullopt;
    }
    return field.value->text;
}

std::optional<std::int64_t> Pod::number(const Field& field) {
    if (!field.there()) {
        return std::nullopt;
    }
    m_read.push_back(inputOf(field));
    const auto value = claims::numberOf(*field.value, false);
    if (!value) {
        refuse(field, "a whole number");
    }
    return value;
}

std::vector<std::string> Pod::texts(const Field& field) {
    std::vector<std::string> out;
    if (!field.there()) {
        return out;
    }
    m_read.push_back(inputOf(field));
    if (!field.value->isList()) {
        refuse(field, "a list");
        return out;
    }
    for (const Node& item : field.value->items) {
        if (item.kind != Node::Kind::scalar) {
            refuse(field, "a list of texts");
            return out;
        }
        out.push_back(item.text);
    }
    return out;
}

void Pod::forbid(const Field& field) {
    m_forbidden.push_back(inputOf(field));
}

std::vector<Input> Pod::takeInputs() {
    std::vector<Input> inputs = m_forbidden.empty() ? std::move(m_read) : std::move(m_forbidden);
    m_read.clear();
    m_forbidden.clear();
    return inputs;
}

} // namespace bulkhead::policy
