// Documents nobody should write, and some that are written to hurt: each refused in one line that names the
// place, within the bounds.

#include "core/claims/import.h"

#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

std::string refusal(const std::string& text) {
    const auto result = importDocument(text, "f", {});
    return result ? "accepted" : result.error().message;
}

struct Case {
    std::string text;
    std::string message;
};

TEST(BadInput, NamesFileLineColumnAndField) {
    const std::string head = "{\"ociVersion\":\"1.0.2\",\n \"process\": {}, \"linux\": {}";
    const std::vector<Case> cases = {
        {"{\"ociVersion\":\"1.0.2\",\n \"linux\":{},\n \"linux\":{}}",
         "f:3:2: linux: stands here twice, first on line 2"},
        {"{\"ociVersion\":\"1.0.2\",\n \"process\": {\"noNewPrivileges\": \"yes\"}, \"linux\": {}}",
         "f:2:33: process.noNewPrivileges: expected true or false, found the text yes"},
        {"{\"ociVersion\":\"1.0.2\",\n \"process\": {\"user\": {\"uid\": \"0\"}}, \"linux\": {}}",
         "f:2:30: process.user.uid: expected a whole number, found the text 0"},
        {"{\"ociVersion\":\"1.0.2\",\n \"process\": {\"user\": {\"uid\": -1}}, \"linux\": {}}",
         "f:2:30: process.user.uid: expected an id from 0 to 4294967294"},
        {head + ",\n \"mounts\": {}}", "f:3:12: mounts: expected a list, found a map"},
        {head + ",\n \"mounts\": [7]}", "f:3:13: mounts[0]: expected a map, found 7"},
        {head + ",\n \"mounts\": [{\"destination\": \"proc\"}]}",
         "f:3:13: mounts[0].destination: expected a path from the root"},
        {"{\"ociVersion\":\"2.0\", \"process\": {}, \"linux\": {}}",
         "f:1:15: ociVersion: expected a 1.x of the runtime specification, found 2.0"},
        {"{\"ociVersion\":\"1.0\", \"process\": {}}",
         "f:1:1: linux: absent; Bulkhead knows containers of Linux only"},
        {"{\"ociVersion\":\"1.0\", \"process\": {}, \"linux\": {\"namespaces\": [{\"type\": \"net\"}]}}",
         "f:1:62: linux.namespaces[0].type: no such namespace: net"},
        {"{\"ociVersion\":\"1.0\", \"process\": {}, \"linux\": {\"seccomp\": {\"defaultAction\": "
         "\"ALLOW\"}}}",
         "f:1:58: linux.seccomp: defaultAction: no such name: ALLOW"},
        {"{\"ociVersion\":\"1.\xff\"}", "f:1:18: not UTF-8"},
        {"a: [b\n\nc: d", "f:3:2: not YAML: end of sequence flow not found"},
        {"a: !mine b", "f:1:4: the tag !mine is not understood"},
        {"? [a]\n: b", "f:1:3: a key must be plain text"},
        {"a: &x [*x]", "f:1:8: an alias within what it stands for"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(refusal(c.text), c.message) << c.text;
    }
    EXPECT_TRUE(refusal("{\"ociVersion\":\"1.0.2\"\n,}").starts_with("f:2:2: not JSON: "));
}

TEST(BadInput, WhatIsOfNoKnownFormatIsToldWhatWasTried) {
    for (const char* text : {"", "foo: bar\n", "[]", "{}", "just words"}) {
        const std::string message = refusal(text);
        EXPECT_TRUE(message.starts_with("f: no document that Bulkhead reads; tried: a Bulkhead snapshot"))
            << message;
        for (const Format& format : formats()) {
            EXPECT_NE(message.find(format.title), std::string::npos) << format.id;
        }
    }
}

TEST(BadInput, NestingIsBounded) {
    constexpr std::size_t kDeep = 100000;
    EXPECT_EQ(refusal(std::string(kDeep, '[')), "f:1:65: nested deeper than 64 levels");
    EXPECT_EQ(
        refusal("{\"ociVersion\":\"1.0.2\",\"a\":" + std::string(kDeep, '[') + std::string(kDeep, ']') + "}"),
        "f:1:90: nested deeper than 64 levels");
    EXPECT_EQ(refusal("a: " + std::string(kDeep, '{')), "f:1:67: nested deeper than 64 levels");
    std::string blocks;
    for (std::size_t depth = 0; depth < 3000; ++depth) {
        blocks += std::string(depth, ' ') + "a:\n";
    }
    EXPECT_EQ(refusal(blocks), "f:65:65: nested deeper than 64 levels");
}

TEST(BadInput, AliasesCountAsWhatTheyStandFor) {
    std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c <= 'i'; ++c) {
        const std::string before(1, static_cast<char>(c - 1));
        bomb += std::string(1, c) + ": &" + std::string(1, c) + " [";
        for (int i = 0; i < 9; ++i) {
            bomb += (i > 0 ? ",*" : "*") + before;
        }
        bomb += "]\n";
    }
    EXPECT_NE(refusal(bomb).find("more than 1000000 values, aliases written out"), std::string::npos);
}

TEST(BadInput, SizeIsBounded) {
    const std::string line = "{\"a\":\"" + std::string(40UL * 1024 * 1024, 'x') + "\"}";
    EXPECT_EQ(refusal(line), "f:1:1: larger than 33554432 bytes");
    EXPECT_EQ(refusal("a: " + std::string(20UL * 1024 * 1024, 'x')), "f:1:1: larger than 16777216 bytes");
    std::string wide = "[";
    for (int i = 0; i < 1000001; ++i) {
        wide += "1,";
    }
    EXPECT_NE(refusal(wide + "1]").find("more than 1000000 values"), std::string::npos);
}

/// Small documents that would become more snapshots than a machine holds.
TEST(BadInput, ContainersAreBounded) {
    constexpr int kMany = 10001;
    std::string services = "services:\n";
    std::string pods;
    std::string containers;
    std::string inspected = "[";
    for (int i = 0; i < kMany; ++i) {
        const std::string name = "c" + std::to_string(i);
        services += " " + name + ": {}\n";
        containers += " - {name: " + name + ", image: i}\n";
        inspected += std::string(i == 0 ? "" : ",") + R"({"Id":"1","Config":{},"HostConfig":{}})";
    }
    const std::string pod = "apiVersion: v1\nkind: Pod\nspec:\n containers:\n";
    EXPECT_EQ(refusal(pod + containers), "f:1:1: more than 10000 containers in one document; take it apart");
    EXPECT_EQ(refusal(services), "f:2:2: more than 10000 containers in one document; take it apart");
    EXPECT_EQ(refusal(inspected + "]"), "f:1:1: more than 10000 containers in one document; take it apart");
}

/// What is said of the whole document is said with every container of it, and both are the document's to make
/// many of.
TEST(BadInput, NotesOfTheWholeDocumentAreBounded) {
    std::string text =
        "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: i}, {name: b, image: i}]}\n";
    for (int i = 0; i < 500; ++i) {
        text += "---\napiVersion: v1\nkind: Frob" + std::to_string(i) + "\n";
    }
    const auto all = importDocument(text, "f", {});
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_EQ(all->size(), 2U);
    const auto& notes = all->back().config.notUnderstood.value();
    ASSERT_EQ(notes.size(), 101U);
    EXPECT_EQ(notes.front(), "kind Frob0 (line 5)");
    EXPECT_EQ(notes.back(), "and 400 more of this kind");
}

TEST(GoodInput, PlacesOfTokensAndMergeKeys) {
    const auto json = parseJsonNode("{\n  \"k\\\"ey\" : -12,\n  \"t\": [true, null, \"a\\\\\"]}", "f");
    ASSERT_TRUE(json);
    EXPECT_EQ(json->keys[0].text, "k\"ey");
    EXPECT_EQ((std::pair{json->keys[0].line, json->keys[0].column}), (std::pair{2, 3}));
    EXPECT_EQ((std::pair{json->items[0].line, json->items[0].column}), (std::pair{2, 13}));
    const Node& list = json->items[1];
    EXPECT_EQ((std::pair{list.items[0].line, list.items[0].column}), (std::pair{3, 9}));
    EXPECT_EQ((std::pair{list.items[2].line, list.items[2].column}), (std::pair{3, 21}));
    const auto yaml = parseYamlNodes("x: &base {a: 1, b: 2}\ny:\n  <<: *base\n  b: 3\n---\nz: 1\n", "f");
    ASSERT_TRUE(yaml);
    ASSERT_EQ(yaml->size(), 2U);
    const Node* merged = yaml->front().find("y");
    ASSERT_NE(merged, nullptr);
    EXPECT_EQ(merged->find("a")->text, "1");
    EXPECT_EQ(merged->find("b")->text, "3");
    EXPECT_EQ(merged->find("<<"), nullptr);
}

} // namespace
} // namespace bulkhead::claims
