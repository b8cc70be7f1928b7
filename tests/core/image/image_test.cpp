// Images written by hand as image-layout.md and config.md of the OCI image specification have them, and as
// docker save writes them; archives are made by tar and gzip. Digests come from sha256sum.

#include "core/base/secret_names.h"
#include "core/image/read_image.h"
#include "tests/samples/folder_test.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>

namespace bulkhead::image {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig =
    R"({"architecture":"amd64","os":"linux","config":{"User":"1000:100","Env":["PATH=/bin","DB_PASSWORD=x",)"
    R"("API_TOKEN=","HOME=/"],"Entrypoint":["/app"],"Labels":{"a":"b"}},)"
    R"("rootfs":{"type":"layers","diff_ids":["sha256:aa","sha256:bb"]}})";

class Image : public samples::FolderTest {
protected:
    std::string run(const std::string& command) const {
        const std::string line = "cd '" + m_folder->path().string() + "' && " + command;
        std::FILE* pipe = ::popen(line.c_str(), "r");
        std::array<char, 4096> buffer{};
        std::string out;
        while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
            out += buffer.data();
        }
        EXPECT_EQ(::pclose(pipe), 0) << command;
        return out;
    }

    /// Puts a text among the blobs of a layout and gives the digest that sha256sum computes.
    [[nodiscard]] std::string blob(const std::string& layout, const std::string& text) const {
        write("blob", text);
        const std::string hex = run("sha256sum blob").substr(0, 64);
        write(layout + "/blobs/sha256/" + hex, text);
        return "sha256:" + hex;
    }

    /// A layout of one image for amd64, and the digest of its manifest.
    [[nodiscard]] std::string layout(const std::string& name, const std::string& config = kConfig) const {
        const std::string manifest =
            R"({"schemaVersion":2,"config":{"digest":")" + blob(name, config) + R"("},"layers":[]})";
        const std::string digest = blob(name, manifest);
        write(name + "/oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
        write(
            name + "/index.json",
            R"({"manifests":[{"digest":"sha256:0","platform":{"architecture":"arm64","os":"linux"}},{"digest":")" +
                digest + R"(","platform":{"architecture":"amd64","os":"linux"},)" +
                R"("annotations":{"org.opencontainers.image.ref.name":"web:1"}},)" +
                R"({"digest":"sha256:1","platform":{"architecture":"unknown","os":"unknown"}}]})");
        return digest;
    }

    [[nodiscard]] std::string refusal(const std::string& name, const std::string& machine = "x86_64") const {
        const auto read = readImage(path(name), machine);
        return withoutFolder(read ? "accepted" : read.error().message);
    }
};

void expectFacts(const base::Result<ImageFacts>& read) {
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->user, "1000:100");
    EXPECT_EQ(read->architecture, "amd64");
    EXPECT_EQ(read->environment, (std::vector<std::string>{"PATH", "DB_PASSWORD", "API_TOKEN", "HOME"}));
    EXPECT_EQ(read->entrypoint, std::vector<std::string>{"/app"});
    EXPECT_EQ(read->labels, std::vector<std::string>{"a"});
    EXPECT_EQ(read->layers, (std::vector<std::string>{"sha256:aa", "sha256:bb"}));
}

TEST_F(Image, ALayoutAsFolderAndAsArchives) {
    const std::string digest = layout("l");
    run("tar -cf plain.tar -C l . && tar -czf packed.tar.gz -C l . && tar --format=pax -cf pax.tar -C l "
        "index.json oci-layout blobs");
    for (const char* name : {"l", "plain.tar", "packed.tar.gz", "pax.tar"}) {
        const auto read = readImage(path(name), "x86_64");
        expectFacts(read);
        EXPECT_EQ(read->digest, digest) << name;
        EXPECT_EQ(read->name, "web:1");
    }
}

TEST_F(Image, WhatDockerSaveWrites) {
    write("s/abc.json", kConfig);
    write("s/manifest.json", R"([{"Config":"abc.json","RepoTags":["web:2"],"Layers":["x/layer.tar"]}])");
    write("s/x/layer.tar", std::string(5'000'000, 'x'));
    run("tar -cf saved.tar -C s manifest.json abc.json x");
    const auto read = readImage(path("saved.tar"), "x86_64");
    expectFacts(read);
    EXPECT_EQ(read->name, "web:2");
    EXPECT_EQ(read->digest, "sha256:" + run("sha256sum s/abc.json").substr(0, 64));
}

TEST_F(Image, SecretsAreKnownByTheirNames) {
    EXPECT_EQ(
        base::secretNames(
            {"PATH", "db_password", "TOKENIZER", "AWS_SECRET_ACCESS_KEY", "HOME", "KEYMAP", "PWD",
             "DB_PASSWORD_FILE"}),
        (std::vector<std::string>{"AWS_SECRET_ACCESS_KEY", "TOKENIZER", "db_password"}));
}

TEST_F(Image, HostileAndDamagedImagesAreRefused) {
    EXPECT_EQ(refusal("gone"), "gone: no such file or folder");
    write("empty/x", "");
    EXPECT_EQ(
        refusal("empty"), "empty: no image: neither an OCI layout (index.json) nor what docker save writes "
                          "(manifest.json)");
    write("text", "no archive");
    EXPECT_TRUE(refusal("text").starts_with("text: not an archive that is understood: ")) << refusal("text");
    ASSERT_NE(layout("l"), "");
    EXPECT_EQ(refusal("l", "riscv64"), "l: index.json: no image for riscv64; there are: arm64, amd64");
    // another content than the digest says
    for (const auto& entry : fs::directory_iterator(path("l/blobs/sha256"))) {
        std::ofstream(entry.path(), std::ios::app) << " ";
    }
    EXPECT_TRUE(refusal("l").ends_with("its content is another than its digest says")) << refusal("l");
    // a link out of the layout
    write("link/oci-layout", "{}");
    write("outside.json", "{}");
    fs::create_symlink(path("outside.json"), path("link/index.json"));
    EXPECT_TRUE(refusal("link").contains("index.json")) << refusal("link");
    EXPECT_FALSE(refusal("link").contains("names no image")) << "the link was followed";
    // digests that are paths, names that climb
    write("climb/index.json", R"({"manifests":[{"digest":"sha256:../../../outside.json"}]})");
    EXPECT_EQ(refusal("climb"), "climb: index.json: not a digest of sha256: sha256:../../../outside.json");
    write("save/manifest.json", R"([{"Config":"../outside.json"}])");
    EXPECT_EQ(refusal("save"), "save: ../outside.json: no name of a file in an image");
    // wrong types, deep nesting
    ASSERT_NE(layout("types", R"({"config":{"User":7},"rootfs":{"diff_ids":[]}})"), "");
    EXPECT_TRUE(refusal("types").ends_with("config.User: not what an image says there")) << refusal("types");
    write(
        "deep/index.json",
        R"({"manifests":[{"digest":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}]}");
    EXPECT_EQ(refusal("deep"), "deep: index.json: not a digest of sha256: ");
    write("large/index.json", std::string(5'000'000, ' '));
    EXPECT_TRUE(refusal("large").contains("index.json")) << refusal("large");
}

TEST_F(Image, WhatUnpacksWithoutEndIsRefused) {
    // 300 MiB of zeros in a third of a megabyte
    run("mkdir b && truncate -s 300M b/layer && tar -czf bomb.tar.gz -C b layer && rm b/layer");
    EXPECT_EQ(refusal("bomb.tar.gz"), "bomb.tar.gz: unpacks to more than 100 times its size");
}

} // namespace
} // namespace bulkhead::image
