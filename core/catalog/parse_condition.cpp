#include "core/catalog/parse_condition.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <optional>

namespace bulkhead::catalog {

namespace {

constexpr std::string_view kShapes =
    "a fact, {fact: PATH, TEST: VALUE}, {all: [..]}, {any: [..]}, {not: ..}, {one: OBJECT, all: [..]} or, of "
    "one mount, {mounted: {PLACE: HOST-PATH}} is expected";

constexpr std::string_view kMounted =
    "places in the container and what is mounted there are expected, as in {/data: /srv/data}: a path of "
    "the host or a list of them, volume, volume NAME, or any";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    const auto last = text.find_last_not_of(' ');
    return first == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

/// Reads nodes and keeps the first problem in the reader it came from.
class Nodes {
public:
    Nodes(YamlReader& in, std::string_view key) : m_in(in), m_key(key) {}

    Condition read(const YamlNode& node) {
        Condition out;
        if (node.kind == YamlNode::Kind::list) {
            out.parts = readList(node);
        } else if (node.isText()) {
            out.kind = ConditionKind::matcher;
            readFact(node, out);
        } else if (node.kind == YamlNode::Kind::map) {
            out = readMap(node);
        } else {
            m_in.refuse(node, m_key, kShapes);
        }
        out.line = node.line;
        return out;
    }

private:
    std::vector<Condition> readList(const YamlNode& node) {
        std::vector<Condition> out;
        if (node.kind != YamlNode::Kind::list || node.items.empty()) {
            m_in.refuse(node, m_key, "a list with at least one condition is expected");
            return out;
        }
        for (const YamlNode& item : node.items) {
            out.push_back(read(item));
        }
        return out;
    }

    void readFact(const YamlNode& node, Condition& out) {
        if (!splitDerived(node.text, out)) {
            out.fact = std::string(trimmed(node.text));
        }
        if (out.fact.empty()) {
            m_in.refuse(node, m_key, "the name of a fact is expected");
        }
    }

    Condition readMap(const YamlNode& node) {
        const std::string first = node.keys.empty() ? "" : node.keys.front().text;
        if (first == "one" && node.keys.size() == 2 && node.keys[1].text == "all") {
            return readOne(node);
        }
        if (first == "fact" && node.keys.size() == 2) {
            return readMatcher(node);
        }
        if (first == "mounted" && node.keys.size() == 1) {
            return readMounted(node.items.front());
        }
        Condition out;
        if (node.keys.size() != 1 || (first != "all" && first != "any" && first != "not")) {
            m_in.refuse(node, m_key, kShapes);
            return out;
        }
        if (first == "not") {
            out.kind = ConditionKind::negation;
            out.parts = {read(node.items.front())};
            return out;
        }
        out.kind = first == "all" ? ConditionKind::all : ConditionKind::any;
        out.parts = readList(node.items.front());
        return out;
    }

    Condition readOne(const YamlNode& node) {
        Condition out;
        out.kind = ConditionKind::one;
        const auto object = model::valueNamed<ObjectKind>(node.items[0].text);
        if (!object) {
            m_in.refuse(node.items[0], m_key, "mount, socket, device or task is expected after one");
        }
        out.object = object.value_or(ObjectKind::mount);
        out.parts = readList(node.items[1]);
        return out;
    }

    /// `{mounted: {/data: /srv/data, /db: volume}}`: what is at these places, and from where.
    Condition readMounted(const YamlNode& node) {
        Condition out;
        out.kind = ConditionKind::any;
        if (node.kind != YamlNode::Kind::map || node.keys.empty()) {
            m_in.refuse(node, m_key, kMounted);
            return out;
        }
        for (std::size_t i = 0; i < node.keys.size(); ++i) {
            out.parts.push_back(readPlace(node.keys[i], node.items[i]));
        }
        return out;
    }

    Condition readPlace(const YamlNode& target, const YamlNode& from) {
        std::vector<std::string> origins;
        if (from.isText()) {
            origins = {from.text};
        } else if (from.kind == YamlNode::Kind::list) {
            for (const YamlNode& item : from.items) {
                origins.push_back(item.text);
            }
        }
        const bool any = from.isText() && from.text == "any";
        const auto understood = [](const std::string& one) {
            return one.starts_with('/') || one == "volume" || one.starts_with("volume ");
        };
        if (!target.text.starts_with('/') || origins.empty() ||
            (!any && !std::ranges::all_of(origins, understood))) {
            m_in.refuse(from, m_key, kMounted);
        }
        return mountedAt(target.text, any ? std::vector<std::string>{} : std::move(origins), target.line);
    }

    Condition readMatcher(const YamlNode& node) {
        Condition out;
        out.kind = ConditionKind::matcher;
        readFact(node.items[0], out);
        const auto test = model::valueNamed<FactTest>(node.keys[1].text);
        if (!test || *test == FactTest::holds || out.derived) {
            m_in.refuse(
                node.keys[1], m_key,
                out.derived ? "a derived fact holds or not, it has no value to test"
                            : "no such test: " + base::textFromBytes(node.keys[1].text) +
                                  "; there are is, one-of, at-least, at-most, contains, outside, "
                                  "starts-with, absent, empty");
            return out;
        }
        out.test = *test;
        readValues(node.items[1], out);
        return out;
    }

    void readValues(const YamlNode& node, Condition& out) {
        const bool several = out.test == FactTest::oneOf || out.test == FactTest::contains ||
                             out.test == FactTest::outside || out.test == FactTest::startsWith;
        if (node.isText()) {
            out.values = {node.text};
        } else if (several && node.kind == YamlNode::Kind::list && !node.items.empty()) {
            for (const YamlNode& item : node.items) {
                out.values.push_back(item.text);
            }
        }
        const bool truth = out.test == FactTest::absent || out.test == FactTest::empty;
        if (out.values.empty() || (truth && node.text != "true" && node.text != "false")) {
            m_in.refuse(
                node, m_key,
                truth     ? "true or false is expected"
                : several ? "a value or a list of values is expected"
                          : "one value is expected");
        }
    }

    YamlReader& m_in;
    std::string_view m_key;
};

} // namespace

Condition mountedAt(std::string target, std::vector<std::string> origins, int line) {
    Condition place;
    place.kind = ConditionKind::matcher;
    place.fact = "mount.target";
    place.test = FactTest::is;
    place.values = {std::move(target)};
    place.line = line;
    Condition out;
    out.line = line;
    out.parts = {std::move(place)};
    if (!origins.empty()) {
        Condition from;
        from.kind = ConditionKind::matcher;
        from.fact = "from";
        from.derived = true;
        from.arguments = std::move(origins);
        from.line = line;
        out.parts.push_back(std::move(from));
    }
    return out;
}

bool splitDerived(std::string_view text, Condition& into) {
    const auto open = text.find('(');
    const auto quoted = text.find('"');
    if (open == std::string_view::npos || quoted < open || !text.ends_with(')')) {
        return false;
    }
    into.derived = true;
    into.fact = std::string(trimmed(text.substr(0, open)));
    std::string_view rest = text.substr(open + 1, text.size() - open - 2);
    while (!trimmed(rest).empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        into.arguments.emplace_back(trimmed(rest.substr(0, comma)));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return true;
}

Condition readCondition(YamlReader& in, std::string_view key) {
    const YamlNode* node = in.find(key);
    if (node == nullptr) {
        in.refuse(in.node(), key, "is missing");
        return {};
    }
    return Nodes(in, key).read(*node);
}

} // namespace bulkhead::catalog
