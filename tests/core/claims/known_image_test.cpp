// Names of images as the distribution reference grammar has them (docker.io/library and latest where they are
// left out); what a document becomes with its image at hand, and one fact changed.

#include "core/claims/import.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

using Texts = std::vector<std::string>;

KnownImage imageOf(const std::string& name, const std::string& user) {
    KnownImage image;
    image.name = name;
    image.path = "web.tar";
    const model::Evidence from{model::EvidenceKind::declared, "config", image.path, 0};
    image.facts.user = {user, from};
    image.facts.digest = {std::string("sha256:1"), from};
    image.facts.secretEnv = {Texts{"API_TOKEN"}, from};
    image.facts.findings = {Texts{"setuid, owner 0: /bin/su, layer 1"}, from};
    image.volumes = {"/data"};
    image.who = [](std::string_view who) -> std::optional<ImageUser> {
        if (who == "web") {
            return ImageUser{70, 71, {8}};
        }
        if (who.empty() || who == "0") {
            return ImageUser{0, 0, {}};
        }
        return who == "1000"     ? std::optional(ImageUser{1000, 0, {}})
               : who == "0:mail" ? std::optional(ImageUser{0, 8, {}})
                                 : std::nullopt;
    };
    return image;
}

model::Snapshot
importedAs(const std::string& document, const std::string& user, const std::string& name = "web") {
    ImportOptions options;
    options.ground.images = {imageOf(name, user)};
    const bool line = document.starts_with("docker") || document.starts_with("podman");
    const auto read = line ? importRunLine(document, "x", options) : importDocument(document, "x", options);
    EXPECT_TRUE(read) << read.error().message;
    return read ? read->front() : model::Snapshot();
}

TEST(KnownImage, NamesAreTheSameWhateverIsLeftOut) {
    const std::pair<const char*, const char*> kNames[] = {
        {"nginx", "docker.io/library/nginx:latest"},
        {"nginx:1.27", "docker.io/library/nginx:1.27"},
        {"bitnami/nginx", "docker.io/bitnami/nginx:latest"},
        {"docker.io/library/nginx", "docker.io/library/nginx:latest"},
        {"index.docker.io/library/nginx", "docker.io/library/nginx:latest"},
        {"localhost/web", "localhost/web:latest"},
        {"registry:5000/web", "registry:5000/web:latest"},
        {"ghcr.io/a/b:v1@sha256:12", "ghcr.io/a/b@sha256:12"},
    };
    for (const auto& [name, full] : kNames) {
        EXPECT_EQ(fullImageName(name), full);
    }
    const std::vector<KnownImage> images = {imageOf("nginx", ""), imageOf("quay.io/x/web:2", "")};
    EXPECT_EQ(findImage(images, "docker.io/library/nginx:latest"), &images[0]);
    EXPECT_EQ(findImage(images, "quay.io/x/web:2"), &images[1]);
    EXPECT_EQ(findImage(images, "nginx:1.27"), nullptr);
    EXPECT_EQ(findImage(images, ""), nullptr);
    EXPECT_TRUE(isMutableName("nginx:1.27"));
    EXPECT_FALSE(isMutableName("nginx:1.27@sha256:12"));
    EXPECT_FALSE(isMutableName(std::string(64, 'a')));
}

TEST(KnownImage, GivesTheUserThatADocumentLeavesToIt) {
    const std::string compose = "services:\n  web:\n    image: docker.io/library/web:latest\n";
    const model::Snapshot snapshot = importedAs(compose, "web");
    ASSERT_TRUE(snapshot.identity.uid.known());
    EXPECT_EQ(snapshot.identity.uid.value().effective, 70U);
    EXPECT_EQ(snapshot.identity.gid.value().effective, 71U);
    EXPECT_EQ(snapshot.identity.groups.value(), (std::vector<std::uint32_t>{8, 71}));
    EXPECT_EQ(snapshot.identity.uid.evidence().source, "config.User");
    EXPECT_EQ(snapshot.capabilities.effective.value(), model::CapabilitySet());
    EXPECT_EQ(snapshot.subject.image.digest, "sha256:1");
    EXPECT_EQ(snapshot.image.findings.value().size(), 1U);
    EXPECT_EQ(snapshot.image.secretEnv.value(), Texts{"API_TOKEN"});
    EXPECT_EQ(snapshot.image.tagMutable.valueOr(false), true);
    EXPECT_EQ(snapshot.rootfs.nosuid.valueOr(true), false);
    const model::Snapshot root = importedAs(compose, "");
    EXPECT_EQ(root.identity.uid.value().effective, 0U);
    EXPECT_FALSE(root.capabilities.effective.value().empty());
    const model::Snapshot other = importedAs(compose, "web", "web:2");
    EXPECT_TRUE(other.identity.uid.unreadable());
    EXPECT_EQ(other.identity.uid.gap().needs, "--image NAME=PATH of the image, or a user in the document");
    EXPECT_TRUE(importedAs(compose, "nobody").identity.uid.unreadable()) << "who is in no file";
}

TEST(KnownImage, TheDocumentsOwnWordCounts) {
    const model::Snapshot asked = importedAs("docker run --user 1000 --group-add mail web", "web");
    EXPECT_EQ(asked.identity.uid.value().effective, 1000U);
    EXPECT_EQ(asked.identity.gid.value().effective, 0U);
    EXPECT_EQ(asked.identity.groups.value(), (std::vector<std::uint32_t>{0, 8}));
    const model::Snapshot named = importedAs("podman run --user web web", "");
    EXPECT_EQ(named.identity.uid.value().effective, 70U);
    // some user was asked for, so it is not the image's
    EXPECT_TRUE(importedAs("docker run --user $(id -u) web", "web").identity.uid.unreadable());
}

TEST(KnownImage, ItsVolumesAreMountsUnlessAnotherStandsThere) {
    const auto volumeIn = [](const model::Snapshot& snapshot) {
        std::string kinds;
        for (const model::Mount& mount : snapshot.mounts.value()) {
            kinds += mount.target == "/data" ? std::string(model::nameOf(mount.kind)) + " " : "";
        }
        return kinds;
    };
    EXPECT_EQ(volumeIn(importedAs("docker run web", "")), "volume ");
    EXPECT_EQ(volumeIn(importedAs("docker run -v /srv:/data web", "")), "bind ");
    EXPECT_EQ(volumeIn(importedAs("docker run other", "")), "");
}

TEST(KnownImage, APodThatRefusesRootAndAnImageThatIsRoot) {
    const std::string pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"
                            "  securityContext: {runAsNonRoot: true, runAsGroup: 5}\n"
                            "  containers: [{name: c, image: web}]\n";
    EXPECT_EQ(importedAs(pod, "0").identity.uid.gap().reason, "the image names the user, and it is not root");
    const std::string open = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"
                             "  securityContext: {runAsNonRoot: true}\n"
                             "  containers: [{name: c, image: web}]\n";
    EXPECT_TRUE(importedAs(open, "").identity.uid.gap().reason.starts_with("the kubelet does not start it"));
    EXPECT_EQ(importedAs(open, "web").identity.uid.value().effective, 70U);
}

TEST(KnownImage, VariablesThatLookLikeSecretsWhereverTheyAreWritten) {
    const Texts both = {"API_TOKEN", "DB_PASSWORD"};
    EXPECT_EQ(importedAs("docker run -e DB_PASSWORD=x -e A=b web", "").image.secretEnv.value(), both);
    EXPECT_EQ(importedAs("docker run -e DB_PASSWORD= web", "").image.secretEnv.value(), Texts{"API_TOKEN"});
    EXPECT_EQ(
        importedAs("docker run -e DB_PASSWORD=x other", "").image.secretEnv.value(), Texts{"DB_PASSWORD"});
    EXPECT_FALSE(importedAs("docker run -e A=x other", "").image.secretEnv.known()) << "the image's own";
    EXPECT_EQ(
        importedAs("services:\n  web:\n    image: web\n    environment: {DB_PASSWORD: x, A_FILE: y}\n", "")
            .image.secretEnv.value(),
        both);
    EXPECT_EQ(
        importedAs("services:\n  web:\n    image: web\n    environment:\n    - DB_PASSWORD=x\n", "")
            .image.secretEnv.value(),
        both);
    EXPECT_EQ(
        importedAs(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n"
            "    image: web\n    env:\n    - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: s, key: "
            "k}}}\n"
            "    - {name: NODE_TOKEN, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}\n",
            "")
            .image.secretEnv.value(),
        both);
}

TEST(KnownImage, WhatAPodAsksOfTheNode) {
    const std::string pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec:\n"
                            "  volumes: [{name: v, nfs: {server: s, path: /}}, {name: e, emptyDir: {}}]\n"
                            "  containers:\n  - name: c\n    image: web\n"
                            "    livenessProbe: {httpGet: {host: 169.254.169.254, port: 80}}\n"
                            "    lifecycle: {preStop: {tcpSocket: {host: node, port: 1}}}\n";
    const auto asks = [](const model::Snapshot& snapshot, const std::string& ask) {
        return std::ranges::find(snapshot.config.asks.value(), ask) != snapshot.config.asks.value().end();
    };
    const model::Snapshot alone = importedAs(pod, "");
    EXPECT_TRUE(asks(alone, "a probe of the host 169.254.169.254"));
    EXPECT_TRUE(asks(alone, "a probe of the host node"));
    EXPECT_TRUE(asks(alone, "a volume of type nfs"));
    EXPECT_FALSE(asks(alone, "a volume of type emptyDir"));
    const std::string space = "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n";
    const std::string label = "  labels: {pod-security.kubernetes.io/enforce: ";
    EXPECT_TRUE(asks(importedAs(pod + space, ""), "a namespace that enforces no Pod Security level"));
    EXPECT_TRUE(asks(
        importedAs(pod + space + label + "privileged}\n", ""),
        "a namespace that enforces the Pod Security level privileged"));
    const model::Snapshot kept = importedAs(pod + space + label + "baseline}\n", "");
    for (const std::string& ask : kept.config.asks.value()) {
        EXPECT_FALSE(ask.starts_with("a namespace that")) << ask;
    }
}

} // namespace
} // namespace bulkhead::claims
