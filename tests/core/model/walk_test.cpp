#include "core/model/walk.h"

#include <gtest/gtest.h>

namespace bulkhead::model {
namespace {

/// A small facet with every shape that a snapshot has.
struct Entry {
    std::string name;
    Fact<bool> on;

    [[nodiscard]] const std::string& key() const { return name; }
    bool operator==(const Entry&) const = default;
};

enum class Side { left, right };

struct Facet {
    Fact<int> plain;
    Fact<std::vector<Entry>> list;
    std::map<Side, Fact<int>> bySide;
    std::map<std::string, Fact<int>> byText;
    std::optional<Entry> maybe;

    bool operator==(const Facet&) const = default;
};

} // namespace

template <>
struct Names<Side> {
    static constexpr std::array names{
        std::pair{Side::left, std::string_view("left")}, std::pair{Side::right, std::string_view("right")}};
};

template <>
struct Table<Entry> {
    static constexpr auto rows =
        rowsOf(Row{"name", &Entry::name, "a name"}, Row{"on", &Entry::on, "a switch"});
};

template <>
struct Table<Facet> {
    static constexpr auto rows = rowsOf(
        Row{"plain", &Facet::plain, "a number"}, Row{"list", &Facet::list, "a list"},
        Row{"bySide", &Facet::bySide, "a map of words"},
        Row{"", &Facet::byText, "a map in the parent itself"}, Row{"maybe", &Facet::maybe, "may be absent"});
};

namespace {

std::vector<std::string> pathsOf(const Facet& facet) {
    std::vector<std::string> paths;
    auto visit = [&](const std::string& path, const auto&) { paths.push_back(path); };
    forEachFact("facet", facet, visit);
    return paths;
}

// Paths as the snapshot document writes them: `mounts["/proc/sys"].readOnly`, `mounts["/x"]#2`.
TEST(Path, isWrittenAsDocumentsHaveIt) {
    EXPECT_EQ(pathTo("capabilities", "effective"), "capabilities.effective");
    EXPECT_EQ(pathTo("", "mounts"), "mounts");
    EXPECT_EQ(pathTo("paths", ""), "paths");
    EXPECT_EQ(pathToKey("mounts", "/proc/sys"), "mounts[\"/proc/sys\"]");
    EXPECT_EQ(pathToKey("mounts", "/x", 2), "mounts[\"/x\"]#2");
    EXPECT_EQ(pathToKey("mounts", "a\"b"), "mounts[\"a\\x22b\"]");
    EXPECT_EQ(pathToEntry("namespaces", Side::left), "namespaces.left");
    EXPECT_EQ(pathToEntry("limits", std::string("pids")), "limits.pids");
    EXPECT_EQ(pathToEntry("paths", std::string("/proc/kcore")), "paths[\"/proc/kcore\"]");
    EXPECT_EQ(pathToEntry("knobs", std::string("kernel.dmesg_restrict")), "knobs[\"kernel.dmesg_restrict\"]");
}

TEST(Walk, visitsEveryFactInDocumentOrder) {
    Facet facet;
    facet.list = {{{"/a", {}}, {"/b", {}}, {"/a", {}}}, {}};
    facet.bySide[Side::right] = {1, {}};
    facet.byText["/proc"] = {2, {}};
    facet.maybe = Entry{"m", {}};
    EXPECT_EQ(
        pathsOf(facet),
        (std::vector<std::string>{
            "facet.plain", "facet.list", "facet.list[\"/a\"].on", "facet.list[\"/b\"].on",
            "facet.list[\"/a\"]#2.on", "facet.bySide.right", "facet[\"/proc\"]", "facet.maybe.on"}));
}

TEST(Walk, doesNotEnterWhatCouldNotBeRead) {
    Facet facet;
    facet.list = Unreadable{"Permission denied", ""};
    EXPECT_EQ(pathsOf(facet), (std::vector<std::string>{"facet.plain", "facet.list"}));
}

TEST(Ordinals, countPerKey) {
    const std::vector<Entry> entries = {{"x", {}}, {"y", {}}, {"x", {}}, {"x", {}}};
    EXPECT_EQ(ordinals(entries), (std::vector<std::size_t>{1, 1, 2, 3}));
}

} // namespace
} // namespace bulkhead::model
