#include "ui/models/pasted_text.h"

#include <gtest/gtest.h>

namespace bulkhead::models {
namespace {

TEST(PastedText, isNamedByWhatItBeginsWith) {
    const auto named = [](const char* text) { return pastedName(QString::fromUtf8(text)).toStdString(); };
    EXPECT_EQ(named("apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec: {}\n"), "pasted Pod web");
    EXPECT_EQ(
        named("kind: Deployment\nmetadata:\n  labels:\n    app.kubernetes.io/name: other\n  name: api\n"),
        "pasted Deployment api");
    EXPECT_EQ(
        named(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{}})"), "pasted Pod web");
    EXPECT_EQ(named("apiVersion: v1\nkind: List\nitems: []\n"), "pasted List");
    EXPECT_EQ(named("services:\n  web:\n    image: nginx\n"), "pasted Compose file");
    EXPECT_EQ(named("$ sudo docker run --rm -it alpine"), "pasted docker run line");
    EXPECT_EQ(named("podman run alpine"), "pasted podman run line");
    EXPECT_EQ(named(R"({"ociVersion": "1.0.2", "process": {}})"), "pasted config.json");
    EXPECT_EQ(named(R"([{"Id": "a", "HostConfig": {}}])"), "pasted docker inspect");
    EXPECT_EQ(named(R"([{"OCIRuntime": "crun", "HostConfig": {}}])"), "pasted podman inspect");
    EXPECT_EQ(named("a shopping list"), "pasted text");
}

TEST(PastedText, tellsReferencesFromDocuments) {
    for (const char* text :
         {"docker:web", " pid:12\n", "podman:db", "oci:1", "lab:default", "/etc/pod.yaml"}) {
        EXPECT_TRUE(isReference(QString::fromUtf8(text))) << text;
    }
    for (const char* text : {"", "docker run x", "kind: Pod", "/a\n/b", "web", "http://x/y"}) {
        EXPECT_FALSE(isReference(QString::fromUtf8(text))) << text;
    }
}

/// Whatever is on the clipboard, naming it costs nothing.
TEST(PastedText, namingIsBounded) {
    EXPECT_EQ(pastedName(QString(30'000'000, QLatin1Char('\n'))), "pasted text");
    QString puzzle = QStringLiteral("kind: Pod\nmetadata:");
    puzzle += QStringLiteral("\n  name").repeated(2'000'000);
    EXPECT_EQ(pastedName(puzzle), "pasted Pod");
}

} // namespace
} // namespace bulkhead::models
