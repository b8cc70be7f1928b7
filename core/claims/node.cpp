#include "core/claims/node.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <numeric>

namespace bulkhead::claims {

const Node* Node::find(std::string_view key) const {
    const auto found = std::ranges::find(keys, key, &Node::text);
    return found == keys.end() ? nullptr : &items[static_cast<std::size_t>(found - keys.begin())];
}

base::Error errorAt(std::string_view file, const Node& at, std::string_view field, std::string_view problem) {
    std::string message(file);
    message += ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
    message += field;
    message += field.empty() ? "" : ": ";
    message += problem;
    return {base::ErrorKind::malformed, std::move(message)};
}

std::size_t sizeOf(const Node& tree) {
    std::size_t size = 1 + tree.keys.size();
    for (const Node& item : tree.items) {
        size += sizeOf(item);
    }
    return size;
}

const Node* findMarked(const Node& tree) {
    if (tree.mark != Node::Mark::none) {
        return &tree;
    }
    for (const Node& item : tree.items) {
        if (const Node* found = findMarked(item)) {
            return found;
        }
    }
    return nullptr;
}

base::Status refuseTwins(const Node& map, std::string_view file) {
    std::vector<std::size_t> order(map.keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(
        order, {}, [&](std::size_t at) -> const std::string& { return map.keys[at].text; });
    for (std::size_t i = 1; i < order.size(); ++i) {
        const Node& first = map.keys[order[i - 1]];
        const Node& second = map.keys[order[i]];
        if (first.text == second.text) {
            return std::unexpected(errorAt(
                file, second, base::textFromBytes(second.text),
                "stands here twice, first on line " + std::to_string(first.line)));
        }
    }
    return {};
}

namespace {

/// Where the bytes cease to be UTF-8; nothing where they never do.
base::Status checkEncoding(std::string_view text, std::string_view file) {
    Node at;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\n') {
            ++at.line;
            begin = i + 1;
        }
        if (byte < 0x80) {
            ++i;
            continue;
        }
        const base::CodePoint point = base::decodeUtf8(text, i);
        if (!point.valid) {
            at.column = static_cast<int>(i - begin) + 1;
            return std::unexpected(errorAt(file, at, "", "not UTF-8"));
        }
        i += point.length;
    }
    return {};
}

} // namespace

base::Result<std::vector<Node>> parseNodes(std::string_view text, std::string_view file) {
    if (text.size() > kMaxDocumentSize) {
        return std::unexpected(
            errorAt(file, {}, "", "larger than " + std::to_string(kMaxDocumentSize) + " bytes"));
    }
    if (const auto encoded = checkEncoding(text, file); !encoded) {
        return std::unexpected(encoded.error());
    }
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    text.remove_prefix(text.starts_with(kMark) ? kMark.size() : 0);
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || (text[first] != '{' && text[first] != '[')) {
        return parseYamlNodes(text, file);
    }
    auto node = parseJsonNode(text, file);
    if (!node) {
        return std::unexpected(node.error());
    }
    std::vector<Node> one;
    one.push_back(std::move(*node));
    return one;
}

} // namespace bulkhead::claims
