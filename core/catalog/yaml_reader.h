#pragma once

#include "core/catalog/yaml_tree.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog {

/// A map of a catalogue file being read: values by key, each checked for its type. The first problem is kept,
/// later reads return their defaults; whoever reads asks `problem()` once at the end.
class YamlReader {
public:
    YamlReader(const YamlNode& map, std::string_view fileName, std::string field = "");

    /// Refuses every key but these, and says which there are.
    void allowOnly(std::initializer_list<std::string_view> keys);

    [[nodiscard]] const YamlNode* find(std::string_view key) const;
    [[nodiscard]] std::string text(std::string_view key, std::string otherwise);
    [[nodiscard]] std::string requiredText(std::string_view key);
    [[nodiscard]] bool truth(std::string_view key, bool otherwise);
    [[nodiscard]] std::uint64_t number(std::string_view key, std::uint64_t otherwise, std::uint64_t most);
    [[nodiscard]] std::uint64_t requiredNumber(std::string_view key, std::uint64_t most);
    /// One of the words; the first where the key is missing.
    [[nodiscard]] std::string word(std::string_view key, std::initializer_list<std::string_view> words);
    [[nodiscard]] std::vector<std::string> texts(std::string_view key);

    /// A nested map, or nothing; its problems are `take`n over by the caller.
    [[nodiscard]] std::optional<YamlReader> map(std::string_view key);
    [[nodiscard]] std::vector<YamlReader> maps(std::string_view key);
    void take(const YamlReader& nested);

    void refuse(const YamlNode& at, std::string_view key, std::string_view problem);
    [[nodiscard]] const std::optional<base::Error>& problem() const { return m_problem; }
    [[nodiscard]] const YamlNode& node() const { return *m_map; }

private:
    [[nodiscard]] std::string pathOf(std::string_view key) const;

    const YamlNode* m_map;
    std::string m_file;
    std::string m_field;
    std::optional<base::Error> m_problem;
};

} // namespace bulkhead::catalog
