#include "core/model/gaps.h"
#include "core/model/walk.h"
#include "core/wire/snapshot_json.h"
#include "core/wire/subject_list_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

namespace bulkhead::wire {

namespace {

using Json = nlohmann::ordered_json;

Json write(bool value) {
    return value;
}

template <std::integral T>
Json write(T value) {
    return value;
}

Json write(const std::string& value) {
    return value;
}

template <model::Named T>
Json write(T value) {
    return std::string(model::nameOf(value));
}

Json write(const model::Hex64& word) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), word.value, 16).ptr;
    return "0x" + std::string(digits.data(), end);
}

Json write(const model::CapabilitySet& set) {
    return set.sortedNames();
}

Json write(const model::IdMap& map) {
    Json out = Json::array();
    for (const model::IdRange& range : map.ranges) {
        out.push_back({{"inside", range.inside}, {"outside", range.outside}, {"length", range.length}});
    }
    return out;
}

Json write(const std::optional<std::uint64_t>& value) {
    return value ? Json(*value) : Json();
}

Json write(const model::ResourceLimit& limit) {
    return {{"soft", write(limit.soft)}, {"hard", write(limit.hard)}};
}

Json write(const model::DeviceRules& rules) {
    return rules.lines();
}

template <model::Tabled T>
Json write(const T& value);
template <class T>
Json write(const std::vector<T>& values);
template <class Key, class T>
Json write(const std::map<Key, T>& values);

template <class T>
Json write(const model::Fact<T>& fact) {
    return fact.known() ? write(fact.value()) : Json();
}

template <class T>
Json write(const std::optional<T>& value) {
    return write(*value);
}

template <class T>
Json write(const std::vector<T>& values) {
    Json out = Json::array();
    for (const T& value : values) {
        out.push_back(write(value));
    }
    return out;
}

std::string keyText(const std::string& key) {
    return key;
}

template <model::Named Key>
std::string keyText(Key key) {
    return std::string(model::nameOf(key));
}

/// What is not there is not written: a fact the vantage does not state, an optional part that is absent. An
/// optional number is written as null, which says "no limit".
template <class T>
bool isWritten(const T& /*value*/) {
    return true;
}
template <class T>
bool isWritten(const model::Fact<T>& fact) {
    return !fact.unstated();
}
template <class T>
bool isWritten(const std::optional<T>& value) {
    return value.has_value() || std::same_as<T, std::uint64_t>;
}

/// Adds keys that are new without a look at those before: an ordered object searches them one by one, and
/// copies them as it grows.
class Members {
public:
    Members(Json& object, std::size_t count) : m_members(object.get_ref<Json::object_t&>()) {
        m_members.reserve(count);
    }
    void add(std::string key, Json value) { m_members.emplace_back(std::move(key), std::move(value)); }

private:
    Json::object_t::Container& m_members;
};

template <class Key, class T>
Json write(const std::map<Key, T>& values) {
    Json out = Json::object();
    Members members(out, values.size());
    for (const auto& [key, value] : values) {
        if (isWritten(value)) {
            members.add(keyText(key), write(value));
        }
    }
    return out;
}

template <model::Tabled T>
Json write(const T& value) {
    Json out = Json::object();
    std::size_t count = 0;
    model::forEachRow<T>([&](const auto& /*row*/) { ++count; });
    Members members(out, count);
    model::forEachRow<T>([&](const auto& row) {
        const auto& member = value.*(row.member);
        if (!isWritten(member)) {
            return;
        }
        if (row.name.empty()) {
            const Json entries = write(member);
            for (const auto& [key, entry] : entries.items()) {
                members.add(key, entry);
            }
        } else {
            members.add(std::string(row.name), write(member));
        }
    });
    return out;
}

Json evidenceJson(const model::Evidence& evidence) {
    constexpr std::array<std::string_view, 4> kKinds = {"observed", "declared", "default", "inferred"};
    Json out = {{"kind", kKinds[static_cast<std::size_t>(evidence.kind)]}, {"source", evidence.source}};
    if (!evidence.file.empty()) {
        out["file"] = evidence.file;
        out["line"] = evidence.line;
    }
    return out;
}

Json document(const model::Snapshot& snapshot) {
    Json out = write(snapshot);
    const auto stated = model::evidenceOf(snapshot);
    Json& evidence = out["evidence"] = Json::object();
    Members members(evidence, stated.size());
    for (const auto& [path, of] : stated) {
        members.add(path, evidenceJson(of));
    }
    Json& gaps = out["gaps"] = Json::array();
    for (const model::Gap& gap : model::gapsOf(snapshot)) {
        gaps.push_back({{"path", gap.path}, {"reason", gap.why.reason}, {"needs", gap.why.needs}});
    }
    return out;
}

Json postureJson(const model::Posture& posture) {
    Json out = write(posture);
    Json gaps = Json::array();
    const auto collect = [&](const std::string& path, const auto& fact) {
        if (fact.unreadable()) {
            gaps.push_back({{"path", path}, {"reason", fact.gap().reason}, {"needs", fact.gap().needs}});
        }
    };
    model::forEachFact("", posture, collect);
    out["gaps"] = std::move(gaps);
    return out;
}

std::string dump(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string writeSnapshot(const model::Snapshot& snapshot) {
    return dump(document(snapshot));
}

std::string writeSnapshots(const std::vector<model::Snapshot>& snapshots) {
    if (snapshots.size() == 1) {
        return writeSnapshot(snapshots.front());
    }
    // one tree at a time: those of a thousand snapshots took most of the memory, and of the time to get it
    std::string out = "[";
    for (const model::Snapshot& snapshot : snapshots) {
        out += out.size() > 1 ? ",\n  " : "\n  ";
        const std::string one = dump(document(snapshot));
        for (std::size_t at = 0; at + 1 < one.size();) {
            const std::size_t end = std::min(one.find('\n', at), one.size() - 1);
            out.append(one, at, end - at);
            out += end + 1 < one.size() ? "\n  " : "";
            at = end + 1;
        }
    }
    return out + (snapshots.empty() ? "]\n" : "\n]\n");
}

std::string writeSubjectList(const model::SubjectList& list) {
    return dump(write(list));
}

std::string writePostures(const model::SubjectList& list, const std::vector<model::Posture>& postures) {
    Json out = {{"postures", Json::array()}};
    for (const model::Posture& posture : postures) {
        out["postures"].push_back(postureJson(posture));
    }
    const Json counts = write(list);
    for (const auto& [key, value] : counts.items()) {
        if (key != "subjects") {
            out[key] = value;
        }
    }
    return dump(out);
}

} // namespace bulkhead::wire
