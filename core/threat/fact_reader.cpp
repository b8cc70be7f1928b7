#include "core/threat/fact_reader.h"

#include "core/model/walk.h"

#include <algorithm>
#include <map>
#include <type_traits>

namespace bulkhead::threat {

namespace {

using State = FactReading::State;

/// The next name of a path: "a.b" gives "a", `["x.y"].c` gives "x.y". Takes it from the path.
std::string_view takeName(std::string_view& path) {
    if (path.starts_with('.')) {
        path.remove_prefix(1);
    }
    if (path.starts_with("[\"")) {
        const auto end = std::min(path.find("\"]"), path.size());
        const std::string_view name = path.substr(2, end - std::min<std::size_t>(end, 2));
        path.remove_prefix(std::min(end + 2, path.size()));
        return name;
    }
    const auto end = std::min(path.find_first_of(".["), path.size());
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(end);
    return name;
}

FactReading known(const FactValue& value) {
    return {State::known, value, nullptr, nullptr};
}

/// What a value says where the path ends at it.
template <class T>
FactReading leaf(const T& value) {
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, model::CapabilitySet>) {
        return known(value);
    } else if constexpr (std::is_integral_v<T>) {
        return known(static_cast<std::int64_t>(value));
    } else if constexpr (std::is_same_v<T, std::string>) {
        return known(std::string_view(value));
    } else if constexpr (model::Named<T>) {
        return known(model::nameOf(value));
    } else if constexpr (
        std::is_same_v<T, std::vector<std::string>> || std::is_same_v<T, std::vector<std::uint32_t>> ||
        std::is_same_v<T, model::DeviceRules> || std::is_same_v<T, std::map<std::string, std::string>>) {
        return known(&value);
    } else if constexpr (requires { value.size(); }) {
        return known(Counted{value.size()});
    } else {
        return known(Counted{1});
    }
}

/// Below a value that has no names of its own there is nothing.
template <class T>
struct Below {
    static Reader<T> reader(std::string_view path) {
        return path.empty() ? Reader<T>([](const T& value) { return leaf(value); }) : Reader<T>();
    }
};

template <>
struct Below<model::CapabilitySet> {
    static Reader<model::CapabilitySet> reader(std::string_view path) {
        if (path.empty()) {
            return [](const model::CapabilitySet& set) { return leaf(set); };
        }
        const auto capability = model::capabilityNamed(takeName(path));
        if (!capability || !path.empty()) {
            return {};
        }
        return [capability](const model::CapabilitySet& set) { return known(set.has(*capability)); };
    }
};

template <class T>
struct Below<model::Fact<T>> {
    static Reader<model::Fact<T>> reader(std::string_view path) {
        auto inner = Below<T>::reader(path);
        if (!inner) {
            return {};
        }
        return [inner](const model::Fact<T>& fact) {
            if (!fact.known()) {
                return fact.unreadable() ? FactReading{State::unreadable, {}, nullptr, &fact.gap()}
                                         : FactReading{};
            }
            FactReading reading = inner(fact.value());
            reading.evidence = reading.evidence != nullptr ? reading.evidence : &fact.evidence();
            return reading;
        };
    }
};

template <class T>
struct Below<std::optional<T>> {
    static Reader<std::optional<T>> reader(std::string_view path) {
        auto inner = Below<T>::reader(path);
        if (!inner) {
            return {};
        }
        return [inner](const std::optional<T>& value) { return value ? inner(*value) : known(Absent{}); };
    }
};

template <class Key, class T>
struct Below<std::map<Key, T>> {
    using Map = std::map<Key, T>;

    static Reader<Map> reader(std::string_view path) {
        if (path.empty()) {
            return [](const Map& map) { return leaf(map); };
        }
        const auto key = keyNamed(takeName(path));
        auto inner = Below<T>::reader(path);
        if (!key || !inner) {
            return {};
        }
        return [key = *key, inner](const Map& map) {
            const auto found = map.find(key);
            const State none = map.empty() ? State::unstated : State::missing;
            return found != map.end() ? inner(found->second) : FactReading{none, {}, nullptr, nullptr};
        };
    }

    static std::optional<Key> keyNamed(std::string_view name) {
        if constexpr (model::Named<Key>) {
            return model::valueNamed<Key>(name);
        } else {
            return Key(name);
        }
    }
};

template <class T>
    requires model::Keyed<T>
struct Below<std::vector<T>> {
    static Reader<std::vector<T>> reader(std::string_view path) {
        if (path.empty()) {
            return [](const std::vector<T>& list) { return leaf(list); };
        }
        const std::string key(takeName(path));
        auto inner = Below<T>::reader(path);
        if (!inner) {
            return {};
        }
        return [key, inner](const std::vector<T>& list) {
            const auto found = std::ranges::find(list, key, &T::key);
            return found != list.end() ? inner(*found) : FactReading{State::missing, {}, nullptr, nullptr};
        };
    }
};

/// Looks for the row that is named first; a row without a name holds a map whose keys stand beside the rows.
template <model::Tabled T>
struct Below<T> {
    static Reader<T> reader(std::string_view path) {
        if (path.empty()) {
            return [](const T&) { return known(Counted{1}); };
        }
        std::string_view rest = path;
        const std::string_view name = takeName(rest);
        Reader<T> found;
        model::forEachRow<T>([&](const auto& row) {
            if (!found && row.name == name) {
                found = through(row.member, rest);
            }
        });
        model::forEachRow<T>([&](const auto& row) {
            if (!found && row.name.empty()) {
                found = through(row.member, path);
            }
        });
        return found;
    }

private:
    template <class Member>
    static Reader<T> through(Member T::* member, std::string_view rest) {
        auto inner = Below<Member>::reader(rest);
        if (!inner) {
            return {};
        }
        return [member, inner](const T& value) { return inner(value.*member); };
    }
};

constexpr std::size_t kMaxText = 160;

std::string cut(std::string text) {
    if (text.size() > kMaxText) {
        text.resize(kMaxText);
        text += "...";
    }
    return text;
}

/// Whole items, and how many more there are: half a name would say another.
template <class List, class ToText>
std::string joined(const List& list, ToText&& toText) {
    std::string out;
    std::size_t left = 0;
    for (const auto& item : list) {
        std::string one = left == 0 ? cut(toText(item)) : "";
        if (left > 0 || (!out.empty() && out.size() + one.size() > kMaxText)) {
            ++left;
        } else {
            out += (out.empty() ? "" : ", ") + std::move(one);
        }
    }
    if (left > 0) {
        out += " and " + std::to_string(left) + " more";
    }
    return out.empty() ? "none" : out;
}

struct ToText {
    std::string operator()(Absent /*none*/) const { return "none"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(std::string_view value) const { return cut(std::string(value)); }
    std::string operator()(const std::vector<std::string>* list) const {
        return joined(*list, [](const std::string& text) { return text; });
    }
    std::string operator()(const std::vector<std::uint32_t>* list) const {
        return joined(*list, [](std::uint32_t id) { return std::to_string(id); });
    }
    std::string operator()(const model::CapabilitySet& set) const {
        return joined(set.sortedNames(), [](const std::string& name) { return name; });
    }
    std::string operator()(const model::DeviceRules* rules) const {
        return joined(rules->lines(), [](const std::string& line) { return line; });
    }
    std::string operator()(const std::map<std::string, std::string>* map) const {
        return joined(*map, [](const auto& entry) { return entry.first + "=" + entry.second; });
    }
    std::string operator()(Counted counted) const {
        return std::to_string(counted.size) + (counted.size == 1 ? " entry" : " entries");
    }
};

} // namespace

std::string toText(const FactValue& value) {
    return std::visit(ToText{}, value);
}

Reader<model::Snapshot> readerOf(std::string_view path) {
    return path.empty() ? Reader<model::Snapshot>() : Below<model::Snapshot>::reader(path);
}
Reader<model::Mount> mountReaderOf(std::string_view path) {
    return Below<model::Mount>::reader(path);
}
Reader<model::RuntimeSocket> socketReaderOf(std::string_view path) {
    return Below<model::RuntimeSocket>::reader(path);
}
Reader<model::Device> deviceReaderOf(std::string_view path) {
    return Below<model::Device>::reader(path);
}
Reader<model::TaskClass> taskReaderOf(std::string_view path) {
    return Below<model::TaskClass>::reader(path);
}

} // namespace bulkhead::threat
