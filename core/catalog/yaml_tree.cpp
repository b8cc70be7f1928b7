#include "core/catalog/yaml_tree.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace bulkhead::catalog {

namespace {

using Kind = YamlNode::Kind;

/// Ends the parse with a line and a message; never leaves this file.
struct Refused : std::runtime_error {
    Refused(int at, const std::string& what) : std::runtime_error(what), line(at) {}
    int line;
};

/// Builds the tree from the events of yaml-cpp's parser: its own node graph has lost duplicates and anchors.
class TreeBuilder : public YAML::EventHandler {
public:
    [[nodiscard]] YamlNode take() { return std::move(m_root); }

    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(make(Kind::null, mark, "?", anchor));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        throw Refused(mark.line + 1, "aliases are not accepted; write the value out");
    }
    void OnScalar(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
        const std::string& value) override {
        YamlNode node = make(Kind::scalar, mark, tag, anchor);
        node.text = value;
        node.quoted = tag == "!";
        add(std::move(node));
    }
    void OnSequenceStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/) override {
        open(make(Kind::list, mark, tag, anchor));
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/) override {
        open(make(Kind::map, mark, tag, anchor));
    }
    void OnMapEnd() override { close(); }

private:
    YamlNode make(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        const int line = mark.line + 1;
        if (++m_count > kMaxYamlNodes) {
            throw Refused(line, "more than " + std::to_string(kMaxYamlNodes) + " values");
        }
        if (anchor != 0) {
            throw Refused(line, "anchors are not accepted; write the value out");
        }
        if (!tag.empty() && tag != "?" && tag != "!") {
            throw Refused(line, "tags are not accepted");
        }
        return YamlNode{kind, "", false, line, {}, {}};
    }

    void open(YamlNode node) {
        if (m_open.size() >= kMaxYamlDepth) {
            throw Refused(node.line, "nested deeper than " + std::to_string(kMaxYamlDepth) + " levels");
        }
        m_open.push_back({std::move(node), false});
    }

    void close() {
        YamlNode done = std::move(m_open.back().node);
        m_open.pop_back();
        add(std::move(done));
    }

    void add(YamlNode node) {
        if (m_open.empty()) {
            m_root = std::move(node);
            return;
        }
        Frame& top = m_open.back();
        if (top.node.kind == Kind::list) {
            top.node.items.push_back(std::move(node));
        } else if (top.keyed) {
            top.node.items.push_back(std::move(node));
            top.keyed = false;
        } else {
            addKey(top, std::move(node));
        }
    }

    struct Frame {
        YamlNode node;
        bool keyed = false; ///< the last key waits for its value
    };

    static void addKey(Frame& frame, YamlNode key) {
        if (key.kind != Kind::scalar) {
            throw Refused(key.line, "a key must be plain text");
        }
        for (const YamlNode& known : frame.node.keys) {
            if (known.text == key.text) {
                throw Refused(
                    key.line, base::textFromBytes(key.text) + ": stands here twice, first on line " +
                                  std::to_string(known.line));
            }
        }
        frame.node.keys.push_back(std::move(key));
        frame.keyed = true;
    }

    YamlNode m_root;
    std::vector<Frame> m_open;
    std::size_t m_count = 0;
};

YamlNode readOneDocument(std::string_view yaml) {
    std::istringstream stream{std::string(yaml)};
    YAML::Parser parser(stream);
    TreeBuilder builder;
    if (!parser.HandleNextDocument(builder)) {
        return {};
    }
    YamlNode root = builder.take();
    TreeBuilder rest;
    if (parser.HandleNextDocument(rest)) {
        throw Refused(std::max(1, rest.take().line), "a second document; one is expected");
    }
    return root;
}

} // namespace

std::unexpected<base::Error>
failAt(std::string_view fileName, int line, std::string_view field, std::string_view problem) {
    std::string message = std::string(fileName) + ":" + std::to_string(std::max(line, 1)) + ": ";
    message += field;
    message += field.empty() ? "" : ": ";
    message += problem;
    return base::fail(base::ErrorKind::malformed, std::move(message));
}

base::Result<YamlNode> parseYamlTree(std::string_view yaml, std::string_view fileName) {
    if (yaml.size() > kMaxYamlSize) {
        return failAt(fileName, 1, "", "larger than " + std::to_string(kMaxYamlSize) + " bytes");
    }
    try {
        return readOneDocument(yaml);
    } catch (const Refused& refused) {
        return failAt(fileName, refused.line, "", refused.what());
    } catch (const YAML::Exception& error) {
        return failAt(fileName, error.mark.line + 1, "", "not YAML: " + base::textFromBytes(error.msg));
    }
}

} // namespace bulkhead::catalog
