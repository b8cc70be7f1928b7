// Layers made by tar, setcap and gzip as build programs make them, laid over each other as layer.md of the
// OCI image specification says.

#include "core/image/read_image.h"
#include "core/os/temporary_directory.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>

namespace bulkhead::image {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

class Layers : public testing::Test {
protected:
    void SetUp() override {
        auto made = os::TemporaryDirectory::make("layers-");
        ASSERT_TRUE(made);
        m_folder = std::make_unique<os::TemporaryDirectory>(std::move(*made));
        run("mkdir -p l/blobs/sha256");
    }

    std::string run(const std::string& command) const {
        const std::string line = "cd '" + m_folder->path().string() + "' && " + command;
        std::FILE* pipe = ::popen(line.c_str(), "r");
        std::string out;
        char buffer[4096];
        while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) {
            out += buffer;
        }
        EXPECT_EQ(::pclose(pipe), 0) << command;
        return out;
    }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(m_folder->path() / name) << text;
    }

    std::string blob(const std::string& file) const {
        const std::string hex = run("sha256sum " + file).substr(0, 64);
        run("cp " + file + " l/blobs/sha256/" + hex);
        return "sha256:" + hex;
    }

    /// A layer of what a shell makes in an empty folder, by its own archiver where one is named.
    void layer(const std::string& commands, const std::string& archive = "tar -cf ../t -C . .") {
        run("rm -rf d t && mkdir d && cd d && " + commands + " && " + archive);
        m_unpacked.push_back("sha256:" + run("sha256sum t").substr(0, 64));
        m_layers.push_back(blob("t"));
    }
    void packed(const std::string& commands, const std::string& packer) {
        layer(commands);
        run(packer + " < t > p");
        m_layers.back() = blob("p");
    }

    std::string image() const {
        std::string diffs;
        std::string blobs;
        for (std::size_t i = 0; i < m_unpacked.size(); ++i) {
            diffs += (i == 0 ? "\"" : ",\"") + m_unpacked[i] + "\"";
        }
        for (std::size_t i = 0; i < m_layers.size(); ++i) {
            blobs += (i == 0 ? "" : ",") + (R"({"digest":")" + m_layers[i] + "\"}");
        }
        write("config", R"({"architecture":"amd64","rootfs":{"diff_ids":[)" + diffs + "]}}");
        write("manifest", R"({"config":{"digest":")" + blob("config") + R"("},"layers":[)" + blobs + "]}");
        write("l/index.json", R"({"manifests":[{"digest":")" + blob("manifest") + "\"}]}");
        return (m_folder->path() / "l").string();
    }

    Contents contents() const {
        const auto read = readImage(image(), "x86_64");
        EXPECT_TRUE(read) << read.error().message;
        EXPECT_TRUE(read->contents) << read->contents.error().message;
        return read->contents.value_or(Contents());
    }

    std::string refusal() const {
        const auto read = readImage(image(), "x86_64");
        EXPECT_TRUE(read) << read.error().message;
        return read->contents ? "accepted" : read->contents.error().message;
    }

    static Texts privileged(const Contents& contents) {
        Texts out;
        for (const PrivilegedFile& file : contents.privileged) {
            out.push_back(file.path + " " + file.what + " " + std::to_string(file.layer));
        }
        return out;
    }
    static Texts secrets(const Contents& contents) {
        Texts out;
        for (const SecretFile& file : contents.secrets) {
            out.push_back(
                file.kind + " " + file.path + " " + std::to_string(file.layer) + " " +
                std::to_string(file.goneIn));
        }
        return out;
    }

    std::unique_ptr<os::TemporaryDirectory> m_folder;
    Texts m_layers;
    Texts m_unpacked;
};

constexpr const char* kKey = "(echo '-----BEGIN PRIVATE KEY-----'; head -c 48 /dev/zero | base64 -w 64; "
                             "echo '-----END PRIVATE KEY-----')";

TEST_F(Layers, PrivilegedFilesOfTheTreeThatIsLeft) {
    layer("mkdir bin && touch bin/su bin/wall bin/lock bin/plain bin/off && chmod 4755 bin/su && "
          "chmod 2755 bin/wall && chmod 2644 bin/lock && chmod 4644 bin/off && ln bin/su bin/again");
    packed("mkdir -p bin opt && touch bin/.wh.wall opt/x && chmod 6711 opt/x", "gzip");
    packed("mkdir bin && touch bin/su && chmod 755 bin/su", "zstd -q");
    EXPECT_EQ(
        privileged(contents()),
        (Texts{"/bin/again setuid, owner 0 1", "/opt/x setuid, owner 0 2", "/opt/x setgid, group 0 2"}));
}

TEST_F(Layers, FileCapabilities) {
    if (std::system("command -v setcap > /dev/null") != 0) {
        GTEST_SKIP() << "setcap is not installed";
    }
    const char* archive = "tar --xattrs --xattrs-include='*' --format=pax -cf ../t .";
    const std::string tried = run("touch probe && (setcap cap_net_raw+ep probe 2>&1 || true)");
    if (!tried.empty()) {
        GTEST_SKIP() << tried;
    }
    layer(
        "touch ping && setcap cap_net_raw,cap_setuid+ep ping && touch old && setcap cap_kill+i old", archive);
    layer("touch ping", archive);
    EXPECT_EQ(privileged(contents()), Texts{"/old file capabilities CAP_KILL 1"});
    m_layers.pop_back();
    m_unpacked.pop_back();
    EXPECT_EQ(
        privileged(contents()),
        (Texts{"/old file capabilities CAP_KILL 1", "/ping file capabilities CAP_NET_RAW CAP_SETUID 1"}));
}

TEST_F(Layers, SecretsAreFoundAfterTheyWereDeleted) {
    layer(
        std::string("mkdir -p root/.ssh a/b && ") + kKey + " > root/.ssh/id_rsa && " + kKey +
        " > a/b/key && " + kKey + " > kept.pem && ln kept.pem twice.pem");
    layer("mkdir -p root/.ssh && touch root/.ssh/.wh.id_rsa && mkdir -p a && touch a/.wh..wh..opq");
    EXPECT_EQ(
        secrets(contents()), (Texts{
                                 "private key /a/b/key 1 2", "private key /kept.pem 1 0",
                                 "private key /root/.ssh/id_rsa 1 2", "private key /twice.pem 1 0"}));
}

TEST_F(Layers, AWhiteoutHidesNothingOfItsOwnLayer) {
    layer(std::string("mkdir a && ") + kKey + " > a/lower");
    layer(
        std::string("mkdir a && ") + kKey + " > a/own && touch a/.wh..wh..opq a/.wh.own",
        "tar -cf ../t a/own a/.wh..wh..opq a/.wh.own");
    EXPECT_EQ(secrets(contents()), (Texts{"private key /a/lower 1 2", "private key /a/own 2 0"}));
}

TEST_F(Layers, FoldersThatAreLinksAreFollowed) {
    layer("mkdir -p usr/bin && touch usr/bin/su && chmod 4755 usr/bin/su && ln -s usr/bin bin && "
          "ln -s /usr/./bin abs && ln -s loop loop");
    layer("mkdir bin && touch bin/.wh.su bin/new && chmod 4755 bin/new", "tar -cf ../t bin/.wh.su bin/new");
    layer("mkdir abs loop && touch abs/more loop/x && chmod 4755 abs/more", "tar -cf ../t abs/more loop/x");
    EXPECT_EQ(
        privileged(contents()), (Texts{"/usr/bin/more setuid, owner 0 3", "/usr/bin/new setuid, owner 0 2"}));
}

TEST_F(Layers, WhatReplacesAFolderReplacesWhatIsInIt) {
    layer("mkdir a ab && touch a/x ab/x && chmod 4755 a/x ab/x");
    layer("touch a");
    EXPECT_EQ(privileged(contents()), Texts{"/ab/x setuid, owner 0 1"});
}

TEST_F(Layers, ProgramsThatAnybodyMayChange) {
    layer(
        "mkdir -p usr/bin usr/local/bin srv && touch usr/bin/a usr/bin/b srv/c && chmod 777 usr/bin/a srv/c "
        "usr/local/bin && chmod 666 usr/bin/b && chmod 1777 usr/bin");
    EXPECT_EQ(
        contents().findings, (Texts{
                                 "program that anybody may change /usr/bin/a, layer 1",
                                 "folder of programs that anybody may change /usr/local/bin, layer 1"}));
}

TEST_F(Layers, TheSameLayerTwice) {
    layer("touch su && chmod 4755 su");
    m_layers.push_back(m_layers.front());
    m_unpacked.push_back(m_unpacked.front());
    EXPECT_EQ(privileged(contents()), Texts{"/su setuid, owner 0 2"});
}

TEST_F(Layers, UsersByTheImagesOwnFiles) {
    layer("mkdir etc && printf 'root:x:0:0::/:\\nweb:x:70:71::/:\\n' > etc/passwd && "
          "printf 'root:x:0:\\nweb:x:71:\\ndisk:x:6:a,web\\nweb2:x:9:webx\\n' > etc/group");
    const Contents read = contents();
    EXPECT_EQ(idsOf("", read), (UserIds{0, 0, {}}));
    EXPECT_EQ(idsOf("web", read), (UserIds{70, 71, {6}}));
    EXPECT_EQ(idsOf("70", read), (UserIds{70, 71, {6}}));
    EXPECT_EQ(idsOf("web:disk", read), (UserIds{70, 6, {}}));
    EXPECT_EQ(idsOf("1000", read), (UserIds{1000, 0, {}}));
    EXPECT_EQ(idsOf("1000:1001", read), (UserIds{1000, 1001, {}}));
    EXPECT_EQ(idsOf("nobody", read), std::nullopt);
    EXPECT_EQ(idsOf("web:none", read), std::nullopt);
    EXPECT_EQ(idsOf("root", Contents()), (UserIds{0, 0, {}}));
}

TEST_F(Layers, HostileNamesLeadNowhere) {
    run("mkdir -p up/in && touch up/out && chmod 4755 up/out");
    layer("touch x", "cd ../up/in && tar -P -cf ../../t ../out --transform 's,^/,//,' 2>/dev/null");
    layer("touch x && chmod 4755 x", "tar -P -cf ../t --transform 's,^x$,/./bin//x,' x");
    const Contents read = contents();
    EXPECT_EQ(read.findings, Texts{"name that leads out of its layer ../out, layer 1"});
    EXPECT_EQ(privileged(read), Texts{"/bin/x setuid, owner 0 2"});
    EXPECT_FALSE(fs::exists(m_folder->path() / "bin"));
}

TEST_F(Layers, NamesInOtherAlphabetsAndVeryLongOnes) {
    const std::string deep = [] {
        std::string path;
        for (int i = 0; i < 1000; ++i) {
            path += "a/";
        }
        return path;
    }();
    layer("mkdir -p " + deep + " 'ö' && touch 'ö/sü' && chmod 4755 'ö/sü'", "tar --format=pax -cf ../t .");
    EXPECT_EQ(privileged(contents()), Texts{"/ö/sü setuid, owner 0 1"});
    layer("touch x", "tar --transform \"s,^x\\$,$(printf 'b%.0s' $(seq 5000)),\" -cf ../t x");
    EXPECT_TRUE(refusal().ends_with("a name that is too long")) << refusal();
}

TEST_F(Layers, WhatUnpacksWithoutEndIsRefused) {
    packed("truncate -s 300M zeros", "gzip");
    EXPECT_TRUE(refusal().ends_with("unpacks to more than 100 times its size")) << refusal();
}

TEST_F(Layers, HolesCostNothing) {
    layer("truncate -s 1T hole && touch su && chmod 4755 su", "tar -S -cf ../t hole su");
    EXPECT_EQ(privileged(contents()), Texts{"/su setuid, owner 0 1"});
}

TEST_F(Layers, DamagedAndMissingLayersAreNamed) {
    layer("touch su && chmod 4755 su");
    const std::string file = m_layers.front().substr(7);
    run("printf x >> l/blobs/sha256/" + file);
    EXPECT_TRUE(refusal().ends_with(file + ": its content is another than its digest says")) << refusal();
    run("head -c 100 /dev/urandom > l/blobs/sha256/" + file);
    EXPECT_TRUE(refusal().contains(file + ": not an archive that is understood")) << refusal();
    run("rm l/blobs/sha256/" + file);
    EXPECT_TRUE(refusal().ends_with(file + ": this layer is not in it")) << refusal();
    m_unpacked.emplace_back("sha256:0");
    m_layers.clear();
    EXPECT_TRUE(refusal().ends_with("its configuration counts 2 layers, and it holds 0")) << refusal();
}

TEST_F(Layers, ArchivesOfLayoutsAndOfDockerSave) {
    layer("touch su && chmod 4755 su");
    packed("touch two && chmod 4755 two", "gzip");
    const Texts expected = {"/su setuid, owner 0 1", "/two setuid, owner 0 2"};
    const std::string folder = image();
    run("tar -cf oci.tar -C l . && gzip -k oci.tar");
    for (const char* name : {"oci.tar", "oci.tar.gz"}) {
        const auto read = readImage(m_folder->path() / name, "x86_64");
        ASSERT_TRUE(read && read->contents) << name;
        EXPECT_EQ(privileged(*read->contents), expected) << name;
    }
    // the old form: a folder for each layer, the second time a link to the first
    run("mkdir -p s/a s/b && tar -cf s/a/layer.tar -C d . && ln -s ../a/layer.tar s/b/layer.tar");
    const std::string digest = run("sha256sum s/a/layer.tar").substr(0, 64);
    write("s/c.json", R"({"rootfs":{"diff_ids":["sha256:)" + digest + R"(","sha256:)" + digest + "\"]}}");
    write("s/manifest.json", R"([{"Config":"c.json","Layers":["a/layer.tar","b/layer.tar"]}])");
    run("tar -cf saved.tar -C s manifest.json c.json b a");
    const auto read = readImage(m_folder->path() / "saved.tar", "x86_64");
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_TRUE(read->contents) << read->contents.error().message;
    EXPECT_EQ(privileged(*read->contents), Texts{"/two setuid, owner 0 2"});
    write("s/c.json", R"({"rootfs":{"diff_ids":["sha256:0","sha256:0"]}})");
    run("tar -cf saved.tar -C s manifest.json c.json b a");
    const auto forged = readImage(m_folder->path() / "saved.tar", "x86_64");
    EXPECT_TRUE(forged && !forged->contents);
}

} // namespace
} // namespace bulkhead::image
