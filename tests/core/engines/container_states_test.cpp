#include "core/engines/container_states.h"
#include "core/os/file.h"
#include "core/os/temporary_directory.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bulkhead::engines {

namespace {

namespace fs = std::filesystem;

// libcontainer/container_linux.go State, as runc 1.1.5 writes it, cut to what is read
constexpr std::string_view kRunc = R"({"id":"web","init_process_pid":812,"init_process_start":169792,
  "config":{"rootfs":"/r","labels":["bundle=/b","a=b=c","odd"],"mounts":[{"source":"proc"}]}})";
// crun src/libcrun/status.c
constexpr std::string_view kCrun =
    R"({"pid":812,"process-start-time":169792,"cgroup-path":"/x","rootfs":"/r","bundle":"/b"})";
// youki crates/libcontainer/src/container/state.rs
constexpr std::string_view kYouki =
    R"({"ociVersion":"v1.0.2","id":"web","status":"running","pid":812,"bundle":"/b"})";

TEST(ContainerState, EachRuntimesFileIsRead) {
    const auto runc = parseContainerState(kRunc, "/run/runc/web/state.json");
    ASSERT_TRUE(runc) << runc.error().message;
    EXPECT_EQ(runc->id, "web");
    EXPECT_EQ(runc->pid, 812);
    EXPECT_EQ(runc->startTime, 169792U);
    EXPECT_EQ(runc->runtime, "runc");
    const auto crun = parseContainerState(kCrun, "/run/crun/web/status");
    ASSERT_TRUE(crun) << crun.error().message;
    EXPECT_EQ(crun->startTime, 169792U);
    EXPECT_EQ(crun->runtime, "crun");
    const auto youki = parseContainerState(kYouki, "/run/youki/web/state.json");
    ASSERT_TRUE(youki) << youki.error().message;
    EXPECT_EQ(youki->pid, 812);
    EXPECT_FALSE(youki->startTime); // it keeps none: the name stays a claim
}

TEST(ContainerState, DamagedFilesNameTheField) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "/run/runc/web/state.json: not a JSON object"},
        {"[1]", "/run/runc/web/state.json: not a JSON object"},
        {"{}", "/run/runc/web/state.json: init_process_pid: expected a process number"},
        {R"({"init_process_pid":-1})",
         "/run/runc/web/state.json: init_process_pid: expected a process number"},
        {R"({"init_process_pid":"812"})",
         "/run/runc/web/state.json: init_process_pid: expected a process number"},
        {R"({"init_process_pid":812})",
         "/run/runc/web/state.json: init_process_start: expected a start time"},
        {R"({"id":"other","init_process_pid":812,"init_process_start":1})",
         "/run/runc/web/state.json: id: names another container than its folder"},
    };
    for (const auto& [text, message] : cases) {
        const auto state = parseContainerState(text, "/run/runc/web/state.json");
        ASSERT_FALSE(state) << text;
        EXPECT_EQ(state.error().message, message);
    }
}

/// A /run of its own.
class RunFolder {
public:
    RunFolder() : m_folder(std::move(*os::TemporaryDirectory::make("states"))) {}
    [[nodiscard]] fs::path path() const { return m_folder.path(); }
    void write(const fs::path& file, std::string_view text) const {
        fs::create_directories((path() / file).parent_path());
        ASSERT_TRUE(os::writeFileAtomically(path() / file, text));
    }
    [[nodiscard]] ContainerStates read() const { return readContainerStates({path(), {}}); }

private:
    os::TemporaryDirectory m_folder;
};

TEST(ContainerStates, EveryPlaceIsLookedIn) {
    const RunFolder run;
    run.write("runc/web/state.json", kRunc);
    run.write("crun/db/status", kCrun);
    run.write("user/1000/crun/mine/status", kCrun);
    run.write("docker/runtime-runc/moby/web2/state.json", R"({"init_process_pid":5,"init_process_start":6})");
    run.write("containerd/runc/k8s.io/pause/state.json", R"({"init_process_pid":7,"init_process_start":8})");
    const auto states = run.read();
    std::vector<std::string> found;
    for (const auto& container : states.containers) {
        found.push_back(container.ref + " " + container.engine);
    }
    EXPECT_EQ(
        found,
        (std::vector<std::string>{
            "oci:pause containerd", "oci:db crun", "oci:web2 docker", "oci:web runc", "oci:mine crun"}));
    EXPECT_TRUE(states.gaps.empty()) << states.gaps.front();
}

TEST(ContainerStates, TwoOfOneIdAreNamedByTheirFolders) {
    const RunFolder run;
    run.write("runc/web/state.json", kRunc);
    run.write("crun/web/status", kCrun);
    const auto states = run.read();
    ASSERT_EQ(states.containers.size(), 2U);
    EXPECT_EQ(states.containers[0].ref, "oci:" + (run.path() / "crun/web").string());
    EXPECT_EQ(states.containers[1].ref, "oci:" + (run.path() / "runc/web").string());
}

TEST(ContainerStates, TheLabsContainersAreNamedByTheirScenarios) {
    const RunFolder run;
    const std::string lab = "bulkhead/lab/77-9-abcd/";
    const auto state = [](const std::string& id) {
        return R"({"id":")" + id + R"(","init_process_pid":812,"init_process_start":9})";
    };
    run.write(
        lab + "read-only-runc/bulkhead-77-9-abcd-read-only/state.json",
        state("bulkhead-77-9-abcd-read-only"));
    run.write(lab + "read-only-runc/bulkhead-77-9-abcd-read-only.log", "");
    run.write(lab + "bundles/default/config.json", "{}");
    run.write(lab + "journal", "run\n");
    run.write("user/1000/" + lab + "default-crun/bulkhead-77-9-abcd-default/status", kCrun);
    const auto states = run.read();
    ASSERT_EQ(states.containers.size(), 2U);
    EXPECT_EQ(states.containers[0].name, "read-only");
    EXPECT_EQ(states.containers[0].engine, "lab");
    EXPECT_EQ(states.containers[0].runtime, "runc");
    EXPECT_EQ(states.containers[0].ref, "oci:bulkhead-77-9-abcd-read-only");
    EXPECT_EQ(states.containers[1].name, "default");
    EXPECT_EQ(states.containers[1].runtime, "crun");
    EXPECT_TRUE(states.gaps.empty()) << states.gaps.front();
}

TEST(ContainerStates, WhatAUserPutsInTheWayIsNotFollowed) {
    const RunFolder run;
    run.write("elsewhere/web/state.json", kRunc);
    fs::create_directories(run.path() / "user/1000");
    fs::create_directory_symlink(run.path() / "elsewhere", run.path() / "user/1000/runc");
    run.write("user/1001/runc/ok/nothing", "");
    fs::create_symlink(run.path() / "elsewhere/web/state.json", run.path() / "user/1001/runc/ok/state.json");
    fs::create_directories(run.path() / "user/1002/crun/pipe");
    ASSERT_EQ(::mkfifo((run.path() / "user/1002/crun/pipe/status").c_str(), 0600), 0);
    const auto states = run.read(); // and it does not hang on the pipe
    EXPECT_TRUE(states.containers.empty());
    ASSERT_EQ(states.gaps.size(), 3U);
    EXPECT_TRUE(std::ranges::any_of(states.gaps, [&](const std::string& gap) {
        return gap == (run.path() / "user/1002/crun/pipe/status").string() + ": not a regular file";
    }));
}

TEST(ContainerStates, PodmansNamesAndImagesAreRead) {
    const RunFolder run;
    const std::string id(64, 'a');
    const std::string bundle = (run.path() / "storage" / id / "userdata").string();
    run.write(
        "runc/" + id + "/state.json",
        R"({"id":")" + id +
            R"(","init_process_pid":5,"init_process_start":6,"config":{"labels":["io.container.manager=libpod","bundle=)" +
            bundle + R"("]}})");
    run.write(
        "storage/containers.json",
        R"([{"id":"other","names":["x"]},{"id":")" + id +
            R"(","names":["worker"],"metadata":"{\"image-name\":\"localhost/busybox:latest\",\"name\":\"worker\"}"}])");
    const auto states = run.read();
    ASSERT_EQ(states.containers.size(), 1U);
    EXPECT_EQ(states.containers[0].engine, "podman");
    EXPECT_EQ(states.containers[0].name, "worker");
    EXPECT_EQ(states.containers[0].image, "localhost/busybox:latest");
}

TEST(ContainerStates, KubernetesNamesStandInTheAnnotations) {
    const RunFolder run;
    run.write("runc/x/state.json", R"({"init_process_pid":5,"init_process_start":6,"config":{"labels":[
        "io.kubernetes.cri.container-name=nginx","io.kubernetes.cri.sandbox-uid=u-1",
        "io.kubernetes.cri.image-name=docker.io/library/nginx:1"]}})");
    const auto states = run.read();
    ASSERT_EQ(states.containers.size(), 1U);
    EXPECT_EQ(states.containers[0].engine, "containerd");
    EXPECT_EQ(states.containers[0].name, "nginx");
    EXPECT_EQ(states.containers[0].pod, "u-1");
}

} // namespace

} // namespace bulkhead::engines
