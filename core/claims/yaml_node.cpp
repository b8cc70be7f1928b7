#include "core/base/bytes.h"
#include "core/claims/node.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace bulkhead::claims {

namespace {

using Kind = Node::Kind;

/// Ends the parse; never leaves this file.
struct Refused : std::runtime_error {
    explicit Refused(const base::Error& error) : std::runtime_error(error.message) {}
};

/// Builds trees from the events of yaml-cpp's parser: its own node graph has lost duplicates and places.
class Builder : public YAML::EventHandler {
public:
    explicit Builder(std::string_view file) : m_file(file) {}

    [[nodiscard]] std::vector<Node> take() { return std::move(m_documents); }

    void OnDocumentStart(const YAML::Mark& /*mark*/) override {
        m_anchored.clear();
        m_root = {};
    }
    void OnDocumentEnd() override { m_documents.push_back(std::move(m_root)); }

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(make(Kind::null, mark, "?"), anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = m_anchored.find(anchor);
        Node at = make(Kind::null, mark, "?");
        if (found == m_anchored.end()) {
            refuse(at, "an alias within what it stands for");
        }
        count(at, found->second.size);
        add(found->second.node, 0);
    }
    void OnScalar(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
        const std::string& value) override {
        Node node = make(Kind::scalar, mark, tag);
        node.text = value;
        node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
        add(std::move(node), anchor);
    }
    void OnSequenceStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/) override {
        open(make(Kind::list, mark, tag), anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/) override {
        open(make(Kind::map, mark, tag), anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct Anchored {
        Node node;
        std::size_t size = 1;
    };
    struct Frame {
        Node node;
        YAML::anchor_t anchor = 0;
        bool keyed = false; ///< the last key waits for its value
    };

    [[noreturn]] void refuse(const Node& at, const std::string& problem) const {
        throw Refused(errorAt(m_file, at, "", problem));
    }

    void count(const Node& at, std::size_t more) {
        m_count += more;
        if (m_count > kMaxNodes) {
            refuse(at, "more than " + std::to_string(kMaxNodes) + " values, aliases written out");
        }
    }

    Node make(Kind kind, const YAML::Mark& mark, const std::string& tag) {
        Node node;
        node.kind = kind;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        count(node, 1);
        constexpr std::string_view kCore = "tag:yaml.org,2002:";
        if (tag == "!reset" || tag == "!override") {
            node.mark = tag == "!reset" ? Node::Mark::reset : Node::Mark::override;
        } else if (!tag.empty() && tag != "?" && tag != "!" && !tag.starts_with(kCore)) {
            refuse(node, "the tag " + base::textFromBytes(tag) + " is not understood");
        }
        return node;
    }

    void open(Node node, YAML::anchor_t anchor) {
        if (m_open.size() >= kMaxDepth) {
            refuse(node, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
        }
        m_open.push_back({std::move(node), anchor, false});
    }

    void close() {
        Frame done = std::move(m_open.back());
        m_open.pop_back();
        if (const auto unique = refuseTwins(done.node, m_file); !unique) {
            throw Refused(unique.error());
        }
        if (done.node.isMap()) {
            merge(done.node);
        }
        add(std::move(done.node), done.anchor);
    }

    /// The merge key "<<": the keys of a map, or of several, that the map does not have itself.
    void merge(Node& map) {
        const auto found =
            std::ranges::find_if(map.keys, [](const Node& key) { return key.text == "<<" && !key.quoted; });
        if (found == map.keys.end()) {
            return;
        }
        const auto at = found - map.keys.begin();
        const Node from = std::move(map.items[static_cast<std::size_t>(at)]);
        map.keys.erase(found);
        map.items.erase(map.items.begin() + at);
        const std::vector<Node> one = from.isMap() ? std::vector<Node>{from} : from.items;
        for (const Node& source : one) {
            if (!source.isMap()) {
                refuse(source, "<<: expected a map, or a list of maps");
            }
            for (std::size_t i = 0; i < source.keys.size(); ++i) {
                if (map.find(source.keys[i].text) == nullptr) {
                    map.keys.push_back(source.keys[i]);
                    map.items.push_back(source.items[i]);
                }
            }
        }
    }

    void add(Node node, YAML::anchor_t anchor) {
        if (anchor != 0) {
            const std::size_t size = sizeOf(node);
            count(node, size); // the copy that is kept
            m_anchored[anchor] = {node, size};
        }
        if (m_open.empty()) {
            m_root = std::move(node);
            return;
        }
        Frame& top = m_open.back();
        if (top.node.isList() || top.keyed) {
            top.node.items.push_back(std::move(node));
            top.keyed = false;
            return;
        }
        if (node.kind != Kind::scalar) {
            refuse(node, "a key must be plain text");
        }
        top.node.keys.push_back(std::move(node));
        top.keyed = true;
    }

    std::string_view m_file;
    std::vector<Node> m_documents;
    Node m_root;
    std::vector<Frame> m_open;
    std::map<YAML::anchor_t, Anchored> m_anchored;
    std::size_t m_count = 0;
};

} // namespace

base::Result<std::vector<Node>> parseYamlNodes(std::string_view yaml, std::string_view file) {
    if (yaml.size() > kMaxYamlDocumentSize) {
        return std::unexpected(
            errorAt(file, {}, "", "larger than " + std::to_string(kMaxYamlDocumentSize) + " bytes"));
    }
    try {
        std::istringstream stream{std::string(yaml)};
        YAML::Parser parser(stream);
        Builder builder(file);
        while (parser.HandleNextDocument(builder)) {
        }
        return builder.take();
    } catch (const Refused& refused) {
        return base::fail(base::ErrorKind::malformed, refused.what());
    } catch (const YAML::Exception& error) {
        Node at;
        at.line = error.mark.line + 1;
        at.column = error.mark.column + 1;
        return std::unexpected(errorAt(file, at, "", "not YAML: " + base::textFromBytes(error.msg)));
    }
}

} // namespace bulkhead::claims
