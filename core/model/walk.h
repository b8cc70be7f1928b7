#pragma once

#include "core/model/fact.h"
#include "core/model/table.h"

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::model {

/// A path below `base`: "identity" + "uid" is "identity.uid"; an empty name adds nothing.
[[nodiscard]] std::string pathTo(std::string_view base, std::string_view name);

/// A path of an element with a free-text key: `mounts` + "/proc" is `mounts["/proc"]`; `nth` from 2 on adds
/// "#nth", for entries that share a key.
[[nodiscard]] std::string pathToKey(std::string_view base, std::string_view key, std::size_t nth = 1);

template <class T>
concept Keyed = requires(const T& value) {
    { value.key() } -> std::convertible_to<std::string_view>;
};

/// Numbers the elements that share a key: 1, 2, ... in order.
template <Keyed T>
[[nodiscard]] std::vector<std::size_t> ordinals(const std::vector<T>& elements) {
    std::map<std::string_view, std::size_t> seen;
    std::vector<std::size_t> out;
    out.reserve(elements.size());
    for (const T& element : elements) {
        out.push_back(++seen[element.key()]);
    }
    return out;
}

/// The key of a map in a path: words of a closed set stay bare, free text is quoted.
template <class Key>
[[nodiscard]] std::string pathToEntry(std::string_view base, const Key& key) {
    if constexpr (Named<Key>) {
        return pathTo(base, nameOf(key));
    } else if (std::string_view(key).find_first_of("/.[\" ") == std::string_view::npos) {
        return pathTo(base, key);
    } else {
        return pathToKey(base, key);
    }
}

/// Visits every Fact below a value with its path: `visit(path, fact)`.
template <class T, class Visit>
void forEachFact(const std::string& /*path*/, const T& /*leaf*/, Visit& /*visit*/) {}

template <Tabled T, class Visit>
void forEachFact(const std::string& path, const T& value, Visit& visit);
template <class T, class Visit>
void forEachFact(const std::string& path, const std::optional<T>& value, Visit& visit);
template <class Key, class T, class Visit>
void forEachFact(const std::string& path, const std::map<Key, T>& value, Visit& visit);
template <class T, class Visit>
void forEachFact(const std::string& path, const std::vector<T>& value, Visit& visit);

template <class T, class Visit>
void forEachFact(const std::string& path, const Fact<T>& fact, Visit& visit) {
    visit(path, fact);
    if (fact.known()) {
        forEachFact(path, fact.value(), visit);
    }
}

template <Tabled T, class Visit>
void forEachFact(const std::string& path, const T& value, Visit& visit) {
    forEachRow<T>([&](const auto& row) { forEachFact(pathTo(path, row.name), value.*(row.member), visit); });
}

template <class T, class Visit>
void forEachFact(const std::string& path, const std::optional<T>& value, Visit& visit) {
    if (value) {
        forEachFact(path, *value, visit);
    }
}

template <class Key, class T, class Visit>
void forEachFact(const std::string& path, const std::map<Key, T>& value, Visit& visit) {
    for (const auto& [key, entry] : value) {
        forEachFact(pathToEntry(path, key), entry, visit);
    }
}

template <class T, class Visit>
void forEachFact(const std::string& path, const std::vector<T>& value, Visit& visit) {
    if constexpr (Keyed<T>) {
        const auto nth = ordinals(value);
        for (std::size_t i = 0; i < value.size(); ++i) {
            forEachFact(pathToKey(path, value[i].key(), nth[i]), value[i], visit);
        }
    }
}

} // namespace bulkhead::model
