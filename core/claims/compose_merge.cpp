#include "core/claims/compose_merge.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace bulkhead::claims {

namespace {

using Kind = Node::Kind;
using Mark = Node::Mark;

/// How two values of a field become one.
enum class Join {
    deep,    ///< maps by key, lists one after the other, others replaced
    replace, ///< the later one alone
    pairs,   ///< a map, or a list of "key=value": by key
    names,   ///< a map, or a list of its keys: by key
    texts,   ///< a list, or one text in its place: one after the other
};

/// The text by which items of a list are one and the same; empty: it is like no other.
using Identity = std::string (*)(const Node& item);

/// A field of a service that is not merged as any other.
struct Rule {
    std::string_view key;
    Join join = Join::deep;
    Identity identity = nullptr;
};

std::string textOf(const Node& item, std::string_view key) {
    const Node* found = item.find(key);
    return found == nullptr ? "" : found->text;
}

std::string sameText(const Node& item) {
    return item.text;
}

/// The part after the first colon, of three or two; the whole where there is none.
std::string targetOf(const Node& item) {
    if (item.kind != Kind::scalar) {
        return textOf(item, "target");
    }
    const auto first = item.text.find(':');
    if (first == std::string::npos) {
        return item.text;
    }
    const auto second = item.text.find(':', first + 1);
    return item.text.substr(first + 1, second == std::string::npos ? second : second - first - 1);
}

std::string grantTarget(const Node& item, const std::string& folder) {
    const std::string target = textOf(item, "target");
    const std::string source = item.kind == Kind::scalar ? item.text : textOf(item, "source");
    return !target.empty() ? target : folder + source;
}

std::string secretTarget(const Node& item) {
    const std::string target = grantTarget(item, "");
    return target.starts_with('/') ? target : "/run/secrets/" + target;
}

std::string configTarget(const Node& item) {
    const std::string target = grantTarget(item, "");
    return target.starts_with('/') ? target : "/" + target;
}

/// "0.0.0.0:8080:80/tcp", however it is written.
std::string portOf(const Node& item) {
    if (item.kind != Kind::scalar) {
        const std::string ip = textOf(item, "host_ip");
        const std::string protocol = textOf(item, "protocol");
        return (ip.empty() ? "0.0.0.0" : ip) + ":" + textOf(item, "published") + ":" +
               textOf(item, "target") + "/" + (protocol.empty() ? "tcp" : protocol);
    }
    const auto slash = item.text.rfind('/');
    const std::string ports = item.text.substr(0, slash);
    const std::string protocol = slash == std::string::npos ? "tcp" : item.text.substr(slash + 1);
    const auto last = ports.rfind(':');
    const std::string target = last == std::string::npos ? ports : ports.substr(last + 1);
    const std::string before = last == std::string::npos ? "" : ports.substr(0, last);
    const auto middle = before.rfind(':');
    const std::string published = middle == std::string::npos ? before : before.substr(middle + 1);
    const std::string ip = middle == std::string::npos ? "0.0.0.0" : before.substr(0, middle);
    return ip + ":" + published + ":" + target + "/" + protocol;
}

constexpr std::array kRules = {
    Rule{"command", Join::replace},
    Rule{"entrypoint", Join::replace},
    Rule{"build", Join::replace}, // what follows says nothing of the boundary, and is not read
    Rule{"healthcheck", Join::replace},
    Rule{"logging", Join::replace},
    Rule{"environment", Join::pairs},
    Rule{"labels", Join::pairs},
    Rule{"annotations", Join::pairs},
    Rule{"extra_hosts", Join::pairs},
    Rule{"sysctls", Join::pairs},
    Rule{"networks", Join::names},
    Rule{"depends_on", Join::names},
    Rule{"models", Join::names},
    Rule{"dns", Join::texts, sameText},
    Rule{"dns_opt", Join::texts, sameText},
    Rule{"dns_search", Join::texts, sameText},
    Rule{"env_file", Join::texts},
    Rule{"label_file", Join::texts, sameText},
    Rule{"tmpfs", Join::texts, sameText},
    Rule{"cap_add", Join::deep, sameText},
    Rule{"cap_drop", Join::deep, sameText},
    Rule{"group_add", Join::deep, sameText},
    Rule{"security_opt", Join::deep, sameText},
    Rule{"device_cgroup_rules", Join::deep, sameText},
    Rule{"expose", Join::deep, sameText},
    Rule{"profiles", Join::deep, sameText},
    Rule{"links", Join::deep, sameText},
    Rule{"volumes_from", Join::deep, sameText},
    Rule{"volumes", Join::deep, targetOf},
    Rule{"devices", Join::deep, targetOf},
    Rule{"secrets", Join::deep, secretTarget},
    Rule{"configs", Join::deep, configTarget},
    Rule{"ports", Join::deep, portOf},
};

/// Which rules hold for the keys of a map.
enum class Place { document, services, service, other };

Rule ruleFor(Place place, std::string_view key) {
    if (place == Place::service) {
        const auto found = std::ranges::find(kRules, key, &Rule::key);
        return found == kRules.end() ? Rule{} : *found;
    }
    return {key, key == "labels" ? Join::pairs : key.starts_with("x-") ? Join::replace : Join::deep, nullptr};
}

Place placeOf(Place place, std::string_view key) {
    if (place == Place::document && key == "services") {
        return Place::services;
    }
    return place == Place::services ? Place::service : Place::other;
}

/// Where each key of a map stands: a search in it would make a merge of large maps endless.
std::map<std::string, std::size_t, std::less<>> placesOf(const std::vector<Node>& keys) {
    std::map<std::string, std::size_t, std::less<>> places;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        places.emplace(keys[i].text, i);
    }
    return places;
}

/// Leaves out the entries of a map that are marked to be forgotten.
void dropReset(Node& map) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < map.items.size(); ++i) {
        if (map.items[i].mark == Mark::reset) {
            continue;
        }
        if (kept != i) {
            map.keys[kept] = std::move(map.keys[i]);
            map.items[kept] = std::move(map.items[i]);
        }
        ++kept;
    }
    map.keys.resize(kept);
    map.items.resize(kept);
}

/// "A=1" apart into the key and the value of a map; without "=", a key of which nothing is said.
void toPairs(Node& value, bool withValues) {
    if (!value.isList()) {
        return;
    }
    std::vector<Node> items = std::move(value.items);
    value.items.clear();
    value.kind = Kind::map;
    std::map<std::string, std::size_t> known;
    for (Node& item : items) {
        if (item.kind != Kind::scalar) {
            continue;
        }
        const auto equals = withValues ? item.text.find('=') : std::string::npos;
        Node said = item;
        said.kind = equals == std::string::npos ? Kind::null : Kind::scalar;
        said.text = equals == std::string::npos ? "" : item.text.substr(equals + 1);
        said.quoted = true;
        item.text.resize(std::min(equals, item.text.size()));
        const auto [place, fresh] = known.emplace(item.text, value.items.size());
        if (!fresh) {
            value.items[place->second] = std::move(said);
            continue;
        }
        value.keys.push_back(std::move(item));
        value.items.push_back(std::move(said));
    }
}

void toTexts(Node& value) {
    if (value.kind == Kind::scalar) {
        Node one = value;
        value.kind = Kind::list;
        value.text.clear();
        value.items.push_back(std::move(one));
    }
}

void append(Node& base, Node over, Identity identity) {
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; identity != nullptr && i < base.items.size(); ++i) {
        known.emplace(identity(base.items[i]), i);
    }
    for (Node& item : over.items) {
        settleMarks(item);
        const std::string own = identity == nullptr ? "" : identity(item);
        const auto same = own.empty() ? known.end() : known.find(own);
        if (same != known.end()) {
            base.items[same->second] = std::move(item);
            continue;
        }
        if (!own.empty()) {
            known.emplace(own, base.items.size());
        }
        base.items.push_back(std::move(item));
    }
}

/// One merge, and where its problems are told.
class Merger {
public:
    explicit Merger(Reading& reading) : m_reading(&reading) {}

    void mergeMaps(Node& base, Node over, const std::string& path, Place place) {
        const auto places = placesOf(base.keys);
        for (std::size_t i = 0; i < over.keys.size() && !m_reading->problem; ++i) {
            const auto known = places.find(over.keys[i].text);
            if (known != places.end()) {
                takeOver(base, known->second, std::move(over.keys[i]), std::move(over.items[i]), path, place);
            } else if (over.items[i].mark != Mark::reset) {
                settleMarks(over.items[i]);
                base.keys.push_back(std::move(over.keys[i]));
                base.items.push_back(std::move(over.items[i]));
            }
        }
        dropReset(base);
    }

private:
    void takeOver(Node& base, std::size_t at, Node key, Node value, const std::string& path, Place place) {
        Node& there = base.items[at];
        if (value.mark == Mark::reset) {
            there.mark = Mark::reset;
            return;
        }
        const std::string below = path + (path.empty() ? "" : ".") + base::textFromBytes(key.text);
        const Rule rule = ruleFor(place, key.text);
        if (value.mark == Mark::override || (rule.join == Join::replace && !value.isNull())) {
            settleMarks(value);
            there = std::move(value);
            base.keys[at] = std::move(key);
            return;
        }
        join(there, std::move(value), below, rule, placeOf(place, key.text));
    }

    void join(Node& base, Node over, const std::string& path, const Rule& rule, Place place) {
        if (over.isNull()) {
            return; // says nothing: what was said stays
        }
        if (rule.join == Join::pairs || rule.join == Join::names) {
            toPairs(base, rule.join == Join::pairs);
            toPairs(over, rule.join == Join::pairs);
        } else if (rule.join == Join::texts) {
            toTexts(base);
            toTexts(over);
        }
        if (base.isNull() || (base.kind == Kind::scalar && over.kind == Kind::scalar)) {
            settleMarks(over);
            base = std::move(over);
        } else if (base.isMap() && over.isMap()) {
            mergeMaps(base, std::move(over), path, place);
        } else if (base.isList() && over.isList()) {
            append(base, std::move(over), rule.identity);
        } else if (path.contains(".ulimits.")) {
            base = std::move(over); // one number, or two in a map
        } else {
            m_reading->refuse(
                over, path,
                "cannot be merged: " + kindOf(over) + " over " + kindOf(base) + " of line " +
                    std::to_string(base.line));
        }
    }

    Reading* m_reading;
};

} // namespace

void stampSource(Node& tree, std::uint16_t source) {
    tree.source = source;
    for (Node& key : tree.keys) {
        key.source = source;
    }
    for (Node& item : tree.items) {
        stampSource(item, source);
    }
}

void settleMarks(Node& tree) {
    tree.mark = Mark::none;
    if (tree.isMap()) {
        dropReset(tree);
    }
    for (Node& item : tree.items) {
        settleMarks(item);
    }
}

void mergeDocument(Node& base, Node over, Reading& reading) {
    Merger(reading).mergeMaps(base, std::move(over), "", Place::document);
}

void mergeService(Node& base, Node over, const std::string& path, Reading& reading) {
    if (over.isNull()) {
        return;
    }
    if (base.isNull() || !base.isMap() || !over.isMap()) {
        settleMarks(over);
        base = std::move(over);
        return;
    }
    Merger(reading).mergeMaps(base, std::move(over), path, Place::service);
}

bool sameContent(const Node& left, const Node& right) {
    if (left.kind != right.kind || left.text != right.text || left.items.size() != right.items.size() ||
        left.keys.size() != right.keys.size()) {
        return false;
    }
    const auto places = placesOf(right.keys);
    for (std::size_t i = 0; i < left.items.size(); ++i) {
        const auto place = left.isMap() ? places.find(left.keys[i].text) : places.end();
        if (left.isMap() && place == places.end()) {
            return false;
        }
        if (!sameContent(left.items[i], right.items[left.isMap() ? place->second : i])) {
            return false;
        }
    }
    return true;
}

} // namespace bulkhead::claims
