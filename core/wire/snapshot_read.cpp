#include "core/base/bytes.h"
#include "core/model/walk.h"
#include "core/wire/json_place.h"
#include "core/wire/missing.h"
#include "core/wire/snapshot_json.h"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

namespace bulkhead::wire {

namespace {

using Json = nlohmann::json;
using base::ErrorKind;

constexpr std::size_t kMaxBytes = 64UL * 1024 * 1024;
constexpr std::size_t kMaxDepth = 64;

/// A field that does not fit; thrown and caught within this file.
struct Misfit {
    std::string path;
    std::vector<JsonStep> steps;
    std::string message;
};

/// What a document says beside its values: why a fact is null, where it was read.
struct Notes {
    std::map<std::string, model::Unreadable> gaps;
    std::map<std::string, model::Evidence> evidence;
};

/// A value of the document, the path that names it and the steps that lead to it.
struct Place {
    const Json& json;
    const Notes& notes;
    std::string path;
    std::vector<JsonStep> steps;

    [[nodiscard]] Place into(const Json& child, std::string childPath, JsonStep step) const {
        std::vector<JsonStep> childSteps = steps;
        childSteps.push_back(std::move(step));
        return {child, notes, std::move(childPath), std::move(childSteps)};
    }

    [[noreturn]] void fail(std::string message) const { throw Misfit{path, steps, std::move(message)}; }

    void expect(bool fits, std::string_view what) const {
        if (!fits) {
            fail("expected " + std::string(what) + ", found " + json.type_name());
        }
    }
};

void read(const Place& at, bool& out) {
    at.expect(at.json.is_boolean(), "true or false");
    out = at.json.get<bool>();
}

template <std::integral T>
void read(const Place& at, T& out) {
    at.expect(at.json.is_number_integer(), "a whole number");
    const bool negative = at.json.is_number_integer() && !at.json.is_number_unsigned();
    const bool fits = negative ? std::in_range<T>(at.json.get<std::int64_t>())
                               : std::in_range<T>(at.json.get<std::uint64_t>());
    at.expect(fits, "a number that fits its field");
    out =
        negative ? static_cast<T>(at.json.get<std::int64_t>()) : static_cast<T>(at.json.get<std::uint64_t>());
}

void read(const Place& at, std::string& out) {
    at.expect(at.json.is_string(), "a text");
    // whoever wrote the document: control and bidirectional characters become visible, as a collector writes
    // them
    out = base::textFromBytes(base::bytesFromText(at.json.get<std::string>()));
}

template <model::Named T>
void read(const Place& at, T& out) {
    std::string text;
    read(at, text);
    const auto value = model::valueNamed<T>(text);
    if (!value) {
        at.fail("\"" + text + "\" is none of its values");
    }
    out = *value;
}

template <model::Tabled T>
void read(const Place& at, T& out);
template <class T>
void read(const Place& at, std::vector<T>& out);
template <class Key, class T>
void read(const Place& at, std::map<Key, T>& out);
template <class T>
void read(const Place& at, std::optional<T>& out);

template <class T>
void readKey(const Place& at, const char* key, T& out) {
    at.expect(
        at.json.is_object() && at.json.contains(key), "an object with the key \"" + std::string(key) + "\"");
    read(at.into(at.json.at(key), at.path + "." + key, std::string(key)), out);
}

void read(const Place& at, model::CapabilitySet& out) {
    std::vector<std::string> names;
    read(at, names);
    for (const std::string& name : names) {
        const auto capability = model::capabilityNamed(name);
        if (!capability) {
            at.fail("no capability is named \"" + name + "\"");
        }
        out.add(*capability);
    }
}

void read(const Place& at, model::Hex64& out) {
    std::string text;
    read(at, text);
    const char* const end = text.data() + text.size();
    const bool prefixed = text.starts_with("0x") && text.size() > 2;
    const auto parsed = std::from_chars(text.data() + (prefixed ? 2 : 0), end, out.value, 16);
    if (!prefixed || parsed.ec != std::errc{} || parsed.ptr != end) {
        at.fail("\"" + text + "\" is no 64-bit hex number; one reads \"0x1f\"");
    }
}

void read(const Place& at, model::IdRange& out) {
    readKey(at, "inside", out.inside);
    readKey(at, "outside", out.outside);
    readKey(at, "length", out.length);
}

void read(const Place& at, model::IdMap& out) {
    read(at, out.ranges);
}

void read(const Place& at, model::ResourceLimit& out) {
    readKey(at, "soft", out.soft);
    readKey(at, "hard", out.hard);
}

void read(const Place& at, model::DeviceRules& out) {
    std::vector<std::string> lines;
    read(at, lines);
    for (const std::string& line : lines) {
        constexpr std::string_view kDeny = "deny ";
        const bool denied = line.starts_with(kDeny);
        const auto rule = model::parseDeviceRule(std::string_view(line).substr(denied ? kDeny.size() : 0));
        if (!rule) {
            at.fail("\"" + line + "\" is no device rule; one reads \"c 1:3 rwm\"");
        }
        (denied ? out.denied : out.allowed).push_back(*rule);
    }
}

template <class T>
void read(const Place& at, std::optional<T>& out) {
    if (!at.json.is_null()) {
        read(at, out.emplace());
    }
}

template <class T>
void read(const Place& at, model::Fact<T>& out) {
    if (at.json.is_null()) {
        const auto why = at.notes.gaps.find(at.path);
        out =
            why != at.notes.gaps.end() ? why->second : model::Unreadable{"the document does not say why", ""};
        return;
    }
    T value{};
    read(at, value);
    const auto evidence = at.notes.evidence.find(at.path);
    out = model::Fact<T>(
        std::move(value), evidence != at.notes.evidence.end() ? evidence->second : model::Evidence{});
}

/// The path of an array element: keyed elements are named by their key once they are read.
template <class T>
std::string elementPath(const Place& at, const Json& element, std::map<std::string, std::size_t>& seen) {
    if constexpr (model::Keyed<T>) {
        const char* keyName = std::same_as<T, model::Mount> ? "target" : "path";
        if (element.is_object() && element.contains(keyName) && element.at(keyName).is_string()) {
            const auto key = element.at(keyName).get<std::string>();
            return model::pathToKey(at.path, key, ++seen[key]);
        }
    }
    return at.path;
}

template <class T>
void read(const Place& at, std::vector<T>& out) {
    at.expect(at.json.is_array(), "a list");
    std::map<std::string, std::size_t> seen;
    std::size_t index = 0;
    for (const Json& element : at.json) {
        read(at.into(element, elementPath<T>(at, element, seen), index++), out.emplace_back());
    }
}

std::optional<std::string> parseKey(const std::string& text, const std::string* /*type*/) {
    return text;
}

template <model::Named Key>
std::optional<Key> parseKey(const std::string& text, const Key* /*type*/) {
    return model::valueNamed<Key>(text);
}

template <class Key, class T>
void read(const Place& at, std::map<Key, T>& out) {
    at.expect(at.json.is_object(), "an object");
    for (const auto& [text, value] : at.json.items()) {
        const auto key = parseKey(text, static_cast<const Key*>(nullptr));
        if (!key) {
            at.fail("\"" + text + "\" is none of its keys");
        }
        read(at.into(value, model::pathToEntry(at.path, *key), text), out[*key]);
    }
}

template <model::Tabled T>
void readInlined(const Place& at, T& out) {
    Json rest = at.json;
    model::forEachRow<T>([&](const auto& row) { rest.erase(std::string(row.name)); });
    model::forEachRow<T>([&](const auto& row) {
        if (row.name.empty()) {
            read(Place{rest, at.notes, at.path, at.steps}, out.*(row.member));
        }
    });
}

template <model::Tabled T>
void read(const Place& at, T& out) {
    at.expect(at.json.is_object(), "an object");
    bool inlined = false;
    model::forEachRow<T>([&](const auto& row) {
        auto& member = out.*(row.member);
        const std::string name(row.name);
        inlined = inlined || name.empty();
        if (at.json.contains(name)) {
            read(at.into(at.json.at(name), model::pathTo(at.path, name), name), member);
        } else if (!kMayBeMissing<std::remove_cvref_t<decltype(member)>> && !name.empty()) {
            at.fail("the key \"" + name + "\" is missing");
        }
    });
    if (inlined) {
        readInlined(at, out);
    }
}

model::Evidence readEvidence(const Json& json) {
    using model::EvidenceKind;
    constexpr std::array<std::pair<std::string_view, EvidenceKind>, 4> kKinds = {
        {{"observed", EvidenceKind::observed},
         {"declared", EvidenceKind::declared},
         {"default", EvidenceKind::defaulted},
         {"inferred", EvidenceKind::inferred}}};
    model::Evidence evidence;
    const std::string kind = json.value("kind", "observed");
    for (const auto& [name, value] : kKinds) {
        if (name == kind) {
            evidence.kind = value;
        }
    }
    evidence.source = json.value("source", "");
    evidence.file = json.value("file", "");
    evidence.line = json.value("line", 0);
    return evidence;
}

Notes readNotes(const Json& document) {
    Notes notes;
    const Json gaps = document.value("gaps", Json::array());
    for (const Json& gap : gaps) {
        notes.gaps[gap.value("path", "")] = {gap.value("reason", ""), gap.value("needs", "")};
    }
    const Json known = document.value("evidence", Json::object());
    for (const auto& [path, evidence] : known.items()) {
        notes.evidence[path] = readEvidence(evidence);
    }
    return notes;
}

model::Snapshot readDocument(const Json& json, const std::vector<JsonStep>& steps) {
    const Place top{json, {}, "", steps};
    top.expect(json.is_object() && json.contains("schema"), "a snapshot with the key \"schema\"");
    const Place schema = top.into(json.at("schema"), "schema", std::string("schema"));
    if (json.at("schema") != std::string(model::kSnapshotSchema)) {
        schema.fail(
            json.at("schema").dump() + " is not a document this version reads; it reads \"" +
            std::string(model::kSnapshotSchema) + "\"");
    }
    const Notes notes = readNotes(json);
    model::Snapshot snapshot;
    read(Place{json, notes, "", steps}, snapshot);
    return snapshot;
}

base::Result<Json> parseJson(std::string_view text, std::string_view name) {
    const std::string file(name);
    if (text.size() > kMaxBytes) {
        return base::fail(ErrorKind::malformed, file + ": larger than 64 MiB");
    }
    if (nestsDeeperThan(text, kMaxDepth)) {
        return base::fail(ErrorKind::malformed, file + ": nested deeper than 64 levels");
    }
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        const auto until = std::min<std::size_t>(error.byte, text.size());
        const auto lines = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(until), '\n');
        return base::fail(ErrorKind::malformed, file + ":" + std::to_string(lines + 1) + ": not valid JSON");
    } catch (const Json::exception&) { // a number beyond every type
        return base::fail(ErrorKind::malformed, file + ": not valid JSON: a number is out of range");
    }
}

} // namespace

base::Result<std::vector<model::Snapshot>> parseSnapshots(std::string_view text, std::string_view name) {
    const auto json = parseJson(text, name);
    if (!json) {
        return std::unexpected(json.error());
    }
    std::vector<model::Snapshot> snapshots;
    try {
        if (json->is_array()) {
            for (std::size_t i = 0; i < json->size(); ++i) {
                snapshots.push_back(readDocument(json->at(i), {i}));
            }
        } else {
            snapshots.push_back(readDocument(*json, {}));
        }
    } catch (const Misfit& misfit) {
        const std::string field = misfit.path.empty() ? "" : misfit.path + ": ";
        return base::fail(
            ErrorKind::malformed, std::string(name) + ":" + std::to_string(lineOf(text, misfit.steps)) +
                                      ": " + field + misfit.message);
    } catch (const Json::exception& error) {
        return base::fail(ErrorKind::malformed, std::string(name) + ": " + error.what());
    }
    return snapshots;
}

bool looksLikeSnapshot(std::string_view text) {
    return text.find("\"bulkhead.snapshot/") != std::string_view::npos;
}

} // namespace bulkhead::wire
