#pragma once

#include "core/claims/node.h"
#include "core/model/fact.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::claims {

/// One document being read: its file, the first problem, and the fields that nobody asked for.
struct Reading {
    std::string file;
    std::vector<std::string>
        otherFiles;             ///< that are merged into it, by the source of their values, from 1 on
    bool numbersAsText = false; ///< 8 is a text too (Compose, Kubernetes)
    bool quotedNumbers = false; ///< "8" is a number too (Compose)
    std::optional<base::Error> problem;
    std::vector<std::string> notUnderstood; ///< "hostAliases (line 12)"

    void refuse(const Node& at, std::string_view field, std::string_view what);
    /// "web.gpus (line 7): why", with the file where it is another than the document itself.
    void note(const Node& at, const std::string& what, const std::string& why = "");
    [[nodiscard]] const std::string& fileOf(const Node& at) const;
    [[nodiscard]] model::Evidence from(const Node& at, std::string_view field) const;

    /// A fact that the file states.
    template <class T>
    [[nodiscard]] model::Fact<T> stated(T value, const Node& at, std::string_view field) const {
        return {std::move(value), from(at, field)};
    }
};

/// A map of a document: values by key, each checked for its type; whatever is neither read nor passed over is
/// reported as not understood. The first problem is kept in the reading, later reads go on with nothing.
class Fields {
public:
    Fields(const Node& map, Reading& reading, std::string path = "");

    /// The value of a key; nullptr where it is absent or null.
    [[nodiscard]] const Node* find(std::string_view key);
    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    [[nodiscard]] std::optional<bool> truth(std::string_view key);
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view key);
    /// A list of texts; nullopt where the key is absent, which is not the empty list.
    [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view key);
    [[nodiscard]] std::optional<Fields> map(std::string_view key);
    /// The maps of a list.
    [[nodiscard]] std::vector<Fields> maps(std::string_view key);

    /// Keys that are known and say nothing about the boundary.
    void passOver(std::initializer_list<std::string_view> keys);
    /// Keys that no fact holds: passed over while they say nothing (null, empty, zero, -1, false), else
    /// reported.
    void passOverUnset(std::initializer_list<std::string_view> keys);
    /// Reports a key that was read: what it says is not understood, and why.
    void report(std::string_view key, std::string_view why);
    /// Reports every key that was not asked for.
    void finish();

    void refuse(const Node& at, std::string_view key, std::string_view what);
    [[nodiscard]] std::string pathOf(std::string_view key) const;
    [[nodiscard]] const Node& node() const { return *m_map; }
    [[nodiscard]] Reading& reading() const { return *m_reading; }
    /// Evidence for the key's value; for the map itself where it is absent.
    [[nodiscard]] model::Evidence from(std::string_view key) const;

    template <class T>
    [[nodiscard]] model::Fact<T> stated(T value, std::string_view key) const {
        return {std::move(value), from(key)};
    }

private:
    const Node* m_map;
    Reading* m_reading;
    std::string m_path;
    std::set<std::string, std::less<>> m_read;
};

/// What a scalar says, as Go's decoders and YAML 1.1 take it; nullopt where it is something else.
[[nodiscard]] std::optional<bool> truthOf(const Node& node);
[[nodiscard]] std::optional<std::int64_t> numberOf(const Node& node, bool quotedToo);

/// "a list" for messages.
[[nodiscard]] std::string kindOf(const Node& node);

} // namespace bulkhead::claims
