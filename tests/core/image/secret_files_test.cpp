// Shapes of files of credentials as their programs write them; the values are made up.

#include "core/image/secret_files.h"

#include <gtest/gtest.h>
#include <string>

namespace bulkhead::image {
namespace {

const std::string kLine(64, 'M');

struct Row {
    std::string path;
    std::string content;
    std::string_view kind;
};

TEST(SecretFiles, ByPlaceAndShape) {
    const std::string key = "-----BEGIN RSA PRIVATE KEY-----\n" + kLine + "\n-----END RSA PRIVATE KEY-----\n";
    const Row kRows[] = {
        {"root/.ssh/id_rsa", key, "private key"},
        {"x.txt", "Bag Attributes\n  friendlyName: a\n" + key, "private key"},
        {"k", "-----BEGIN OPENSSH PRIVATE KEY-----\r\n" + kLine + "\r\n", "private key"},
        {"k", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + kLine, "encrypted private key"},
        {"k", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" + kLine,
         "encrypted private key"},
        {"root/.ssh/id_rsa.pub", "ssh-rsa " + kLine, ""},
        {"cert.pem", "-----BEGIN CERTIFICATE-----\n" + kLine, ""},
        {"doc.md", "A file begins with -----BEGIN PRIVATE KEY-----\nand goes on", ""},
        {"a.py", "HEADER = '''\n-----BEGIN PRIVATE KEY-----\n'''\n" + kLine, ""},
        {"root/.aws/credentials", "[default]\naws_access_key_id = A\naws_secret_access_key = b/c\n",
         "cloud credentials"},
        {"root/.aws/credentials", "[default]\naws_secret_access_key =\n", ""},
        {"root/aws/credentials", "aws_secret_access_key = b\n", ""},
        {"app/.npmrc", "//registry.npmjs.org/:_authToken=npm_x\n", "npm token"},
        {"app/.npmrc", "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n", ""},
        {"app/.npmrc", "# _authToken=npm_x\nregistry=https://r/\n", ""},
        {"root/.docker/config.json", "{\n\t\"auths\": {\n\t\t\"r\": {\n\t\t\t\"auth\": \"dTpw\"\n",
         "registry credentials"},
        {"root/.docker/config.json", R"({"auths": {"r": {}}, "credsStore": "x"})", ""},
        {"run/containers/auth.json", R"({"auths":{"r":{"auth":"dTpw"}}})", "registry credentials"},
        {"root/.git-credentials", "https://me:secret@example.org\n", "git credentials"},
        {"root/.git-credentials", "https://example.org\n", ""},
        {"root/.kube/config", "users:\n- name: a\n  user:\n    client-key-data: LS0t\n", "kubeconfig"},
        {"root/.kube/config", "users:\n- name: a\n  user:\n    exec: {command: aws}\n", ""},
        {"home/a/.netrc", "machine m login l password p\n", "login"},
        {"home/a/.pgpass", "h:5432:db:u:p\n", "database password"},
        {"root/.pypirc", "[pypi]\nusername = u\npassword = p\n", "package index password"},
        {"root/.vault-token", "s.x\n", "vault token"},
        {"root/.m2/settings.xml", "<server><password>p</password></server>", "package index password"},
        {"root/.m2/settings.xml", "<server><password>${env.P}</password></server>", ""},
        {"etc/shadow", "root:*:19000:0:99999:7:::\nuser:!:1::::::\n", ""},
        {"etc/shadow", "root:*:1::::::\nme:$6$a$b:19000::::::\n", "password hash"},
        {"app/.env", "DEBUG=1\nDB_PASSWORD=x\n", "secrets in an environment file"},
        {"app/.env", "DEBUG=1\nDB_PASSWORD=\n#API_TOKEN=x\nDB_PASSWORD_FILE=/run/x\n", ""},
        {"sa.json", R"({"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\nMII"})",
         "cloud service account key"},
        {"bin/true",
         "\x7f"
         "ELF",
         ""},
    };
    for (const Row& row : kRows) {
        EXPECT_EQ(secretKind(row.path, row.content), row.kind) << row.path << "\n" << row.content;
    }
}

TEST(SecretFiles, BuildArgumentsOfAHistory) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(secretArguments("|2 NPM_TOKEN=abc V=1 /bin/sh -c npm ci"), Names{"NPM_TOKEN"});
    EXPECT_EQ(secretArguments("RUN |1 DB_PASSWORD=x /bin/sh -c make # buildkit"), Names{"DB_PASSWORD"});
    EXPECT_EQ(secretArguments("|1 NPM_TOKEN= /bin/sh -c npm ci"), Names{});
    EXPECT_EQ(secretArguments("/bin/sh -c a || TOKEN=x b"), Names{});
    EXPECT_EQ(secretArguments("|99999999999999999999 TOKEN=x"), Names{});
    EXPECT_EQ(secretArguments("|"), Names{});
}

} // namespace
} // namespace bulkhead::image
