#include "core/engines/engine_endpoint.h"
#include "core/os/temporary_directory.h"

#include <fstream>
#include <gtest/gtest.h>

namespace bulkhead::engines {
namespace {

namespace fs = std::filesystem;

/// sha256sum of "lab": the folder in which Docker keeps a context of that name (docker/cli context/store).
constexpr std::string_view kDigestOfLab = "a51146d38077ff992eba84cf1d5e9b249073503eb74868699016153b031a38f7";

class EndpointTest : public testing::Test {
protected:
    void SetUp() override {
        auto made = os::TemporaryDirectory::make("bulkhead-endpoints");
        ASSERT_TRUE(made) << made.error().message;
        m_folder.emplace(std::move(*made));
        m_settings.root = m_folder->path() / "root";
        m_settings.home = m_folder->path() / "home";
        m_settings.uid = 1000;
    }
    void write(const fs::path& below, const std::string& text) {
        const fs::path file = m_folder->path() / below;
        fs::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    std::vector<std::string> found(EngineKind kind) {
        std::vector<std::string> out;
        const auto endpoints = findEndpoints(kind, m_settings);
        if (!endpoints) {
            return {"error: " + endpoints.error().message};
        }
        for (const EngineEndpoint& endpoint : *endpoints) {
            out.push_back(endpoint.url + " by " + endpoint.namedBy);
        }
        return out;
    }
    std::string at(const fs::path& below) { return (m_folder->path() / below).string(); }

    std::optional<os::TemporaryDirectory> m_folder;
    EngineSettings m_settings;
};

using Found = std::vector<std::string>;

TEST_F(EndpointTest, UsualPlacesThatExistRootFirst) {
    EXPECT_EQ(found(EngineKind::docker), Found{});
    EXPECT_EQ(found(EngineKind::podman), Found{});
    write("root/run/user/1000/docker.sock", "");
    write("root/run/docker.sock", "");
    write("root/run/user/1000/podman/podman.sock", "");
    EXPECT_EQ(
        found(EngineKind::docker),
        (Found{
            "unix://" + at("root/run/docker.sock") + " by the usual place",
            "unix://" + at("root/run/user/1000/docker.sock") + " by the usual place"}));
    EXPECT_EQ(
        found(EngineKind::podman),
        Found{"unix://" + at("root/run/user/1000/podman/podman.sock") + " by the usual place"});
    m_settings.variables["XDG_RUNTIME_DIR"] = at("elsewhere");
    EXPECT_EQ(found(EngineKind::podman), Found{});
}

TEST_F(EndpointTest, WhatAUserNamedIsTheOnlyPlace) {
    write("root/run/docker.sock", "");
    m_settings.variables = {{"DOCKER_HOST", "tcp://10.0.0.5:2375"}, {"CONTAINER_HOST", "unix:///tmp/p.sock"}};
    EXPECT_EQ(found(EngineKind::docker), Found{"tcp://10.0.0.5:2375 by DOCKER_HOST"});
    EXPECT_EQ(found(EngineKind::podman), Found{"unix:///tmp/p.sock by CONTAINER_HOST"});
}

TEST_F(EndpointTest, ContextsOfDocker) {
    write("root/run/docker.sock", "");
    write("home/.docker/config.json", R"({"auths": {}, "currentContext": "lab"})");
    EXPECT_TRUE(found(EngineKind::docker)
                    .front()
                    .ends_with(
                        "meta.json: Endpoints.docker.Host: context lab (" + at("home/.docker/config.json") +
                        ") has no address; docker context ls names those that do"))
        << found(EngineKind::docker).front();
    write(
        "home/.docker/contexts/meta/" + std::string(kDigestOfLab) + "/meta.json",
        R"({"Name": "lab", "Endpoints": {"docker": {"Host": "unix:///srv/lab.sock"}}})");
    EXPECT_EQ(
        found(EngineKind::docker),
        Found{"unix:///srv/lab.sock by context lab of " + at("home/.docker/config.json")});
    m_settings.variables["DOCKER_CONTEXT"] = "default"; // what `docker context use default` means
    EXPECT_EQ(
        found(EngineKind::docker), Found{"unix://" + at("root/run/docker.sock") + " by the usual place"});
    m_settings.variables["DOCKER_CONTEXT"] = "lab";
    write("home/.docker/config.json", "{");
    EXPECT_EQ(found(EngineKind::docker), Found{"unix:///srv/lab.sock by context lab of DOCKER_CONTEXT"});
    m_settings.variables.clear();
    EXPECT_EQ(found(EngineKind::docker), Found{"error: " + at("home/.docker/config.json") + ": not JSON"});
}

TEST_F(EndpointTest, ConnectionsOfPodman) {
    write("root/run/podman/podman.sock", "");
    write("home/.config/containers/podman-connections.json", R"({"Connection": {"Connections": {
        "vm": {"URI": "ssh://core@127.0.0.1:4321/run/podman.sock"}}}})");
    EXPECT_EQ(
        found(EngineKind::podman),
        Found{"unix://" + at("root/run/podman/podman.sock") + " by the usual place"})
        << "none of them is the default";
    m_settings.variables["CONTAINER_CONNECTION"] = "vm";
    EXPECT_EQ(
        found(EngineKind::podman), Found{
                                       "ssh://core@127.0.0.1:4321/run/podman.sock by connection vm of " +
                                       at("home/.config/containers/podman-connections.json")});
    m_settings.variables["CONTAINER_CONNECTION"] = "gone";
    EXPECT_TRUE(found(EngineKind::podman)
                    .front()
                    .ends_with("Connection.Connections.gone.URI: no address; podman system connection list "
                               "names those there are"));
}

} // namespace
} // namespace bulkhead::engines
