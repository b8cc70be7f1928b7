// Lines as people paste them; what an option does is from the engines' own documentation.

#include "core/claims/import.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace bulkhead::claims {
namespace {

using model::NamespaceType;
using model::Snapshot;

base::Result<std::vector<Snapshot>> import(const std::string& line, const std::string& engine = "") {
    ImportOptions options;
    options.engine = engine;
    options.ground.architecture = "x86_64";
    return importDocument(line, "run.txt", options);
}

Snapshot one(const std::string& line, const std::string& engine = "") {
    auto all = import(line, engine);
    EXPECT_TRUE(all) << all.error().message;
    return all ? all->front() : Snapshot{};
}

std::string refusal(const std::string& line, const std::string& engine = "") {
    const auto all = import(line, engine);
    return all ? "accepted" : all.error().message;
}

TEST(RunLine, QuotesContinuationsPromptsAndTheImage) {
    const Snapshot s = one(
        "$ sudo docker --debug run -it --rm \\\n  --cap-drop=ALL --cap-add 'net_admin' \\\n"
        "  -v \"/srv/my data\":/data:ro -u 1000:1000 --name web nginx:1 sh -c 'x --privileged' # comment");
    EXPECT_EQ(s.subject.name, "web");
    EXPECT_EQ(s.subject.image.ref, "nginx:1");
    EXPECT_EQ(s.subject.engine.name, "docker");
    EXPECT_EQ(s.capabilities.bounding.value().mask(), 0x1000U);
    EXPECT_TRUE(s.capabilities.effective.value().empty());
    EXPECT_FALSE(s.config.privileged.value()); // behind the image it is the program's
    const auto& mounts = s.mounts.value();
    const auto data = std::ranges::find(mounts, "/data", &model::Mount::target);
    ASSERT_NE(data, mounts.end());
    EXPECT_TRUE(data->readOnly);
    EXPECT_EQ(data->hostPaths.value().front(), "/srv/my data");
    EXPECT_EQ(s.capabilities.bounding.evidence().kind, model::EvidenceKind::declared);
}

TEST(RunLine, EachOptionAndItsDefault) {
    EXPECT_EQ(one("docker run -u 0 a").capabilities.effective.value().mask(), 0xa80425fbU);
    EXPECT_EQ(one("podman run -u 0 a").capabilities.effective.value().mask(), 0x800405fbU);
    EXPECT_EQ(one("podman run --user 1 --cap-add net_raw a").capabilities.effective.value().mask(), 0x2000U);
    EXPECT_EQ(one("docker run --user 1 --cap-add net_raw a").capabilities.effective.value().mask(), 0U);
    EXPECT_TRUE(one("docker run --runtime runc a").subject.sandbox.unstated());
    EXPECT_TRUE(one("docker run --runtime=runsc a").subject.sandbox.unreadable());
    EXPECT_TRUE(one("docker run --read-only a").rootfs.writable.known());
    EXPECT_FALSE(one("docker run --read-only a").rootfs.writable.value());
    EXPECT_TRUE(one("docker run --read-only=false a").rootfs.writable.value());
    EXPECT_TRUE(one("docker run --security-opt no-new-privileges:true a").identity.noNewPrivileges.value());
    EXPECT_FALSE(one("docker run a").identity.noNewPrivileges.value());
    EXPECT_EQ(
        one("docker run --security-opt=seccomp=unconfined a").seccomp.mode.value(),
        model::SeccompMode::disabled);
    EXPECT_EQ(one("docker run a").seccomp.profile.value(), "docker-default");
    EXPECT_TRUE(one("docker run --security-opt systempaths=unconfined a").paths.maskedPaths.value().empty());
    EXPECT_TRUE(one("docker run --net=host a").network.hostNetwork.value());
    EXPECT_TRUE(one("docker run --pid host a").namespaces.at(NamespaceType::pid).sharedWithHost.value());
    EXPECT_TRUE(
        one("docker run --pid container:x a").namespaces.at(NamespaceType::pid).sharedWithHost.unreadable());
    EXPECT_EQ(one("podman run a").cgroup.limits.at("pids").value().value, 2048U);
    EXPECT_EQ(one("docker run a").cgroup.limits.at("pids").value().value, std::nullopt);
    EXPECT_EQ(one("docker run -m 1.5g --cpus=0.5 a").cgroup.limits.at("memory").value().value, 1610612736U);
    EXPECT_EQ(
        one("docker run --ulimit nofile=10:20 a").identity.rlimits.at("RLIMIT_NOFILE").value(),
        (model::ResourceLimit{10, 20}));
    EXPECT_EQ(one("docker run a", "crun").capabilities.bounding.value().mask(), 0x20000420U);
    EXPECT_EQ(one("docker run a").seccomp.mode.evidence().kind, model::EvidenceKind::defaulted);
}

TEST(RunLine, WhatIsRefused) {
    EXPECT_EQ(refusal("docker run --name web"), "run.txt: names no image");
    EXPECT_EQ(refusal("docker run -v"), "run.txt: -v has no value");
    EXPECT_EQ(refusal("docker run --pids-limit many a"), "run.txt: --pids-limit=many: not understood");
    EXPECT_EQ(
        refusal("docker run --frob x a"),
        "run.txt: the option --frob is not known, so that what follows it cannot be told from its value; "
        "leave it out, with its value, where it does not matter");
    EXPECT_EQ(
        refusal("docker run a", "lxc"),
        "--as lxc: no such engine; there are docker, podman, containerd, crio, runc, crun");
    EXPECT_EQ(
        one("docker run --security-opt proc-opts=hidepid=2 a").config.notUnderstood.value(),
        (std::vector<std::string>{"--security-opt=proc-opts=hidepid=2"}));
    EXPECT_EQ(
        one("docker run --shm-size 1g a").config.notUnderstood.value(),
        (std::vector<std::string>{"--shm-size=1g: the size of /dev/shm"}));
}

const model::Mount* mountAt(const Snapshot& s, const std::string& target) {
    const auto& mounts = s.mounts.value();
    const auto found = std::ranges::find(mounts, target, &model::Mount::target);
    return found == mounts.end() ? nullptr : &*found;
}

// pflag parseShortArg: letters of flags stand together, the first with a value takes the rest or the next
// word
TEST(RunLine, ShortOptionsThatStandTogether) {
    const Snapshot web = one("docker run -dp 80:80 nginx");
    EXPECT_EQ(web.subject.image.ref, "nginx");
    EXPECT_EQ(web.network.publishedPorts.value(), (std::vector<std::string>{"80:80"}));
    for (const char* line :
         {"docker run -itv /:/host alpine sh", "docker run -itv/:/host alpine",
          "docker run -i -tv=/:/host alpine", "docker run --rm -itu0 -v /:/host alpine"}) {
        const Snapshot s = one(line);
        EXPECT_EQ(s.subject.image.ref, "alpine") << line;
        ASSERT_NE(mountAt(s, "/host"), nullptr) << line;
        EXPECT_EQ(mountAt(s, "/host")->hostPaths.value().front(), "/") << line;
    }
    EXPECT_EQ(one("docker run -itu0 a").identity.uid.value().effective, 0U);
    EXPECT_EQ(one("docker run -itP a").config.notUnderstood.value(), (std::vector<std::string>{"-P"}));
    EXPECT_EQ(one("docker run -d=false -it a").subject.image.ref, "a");
    EXPECT_TRUE(refusal("docker run -itX a").contains("the option -X is not known"))
        << refusal("docker run -itX a");
}

TEST(RunLine, FlagsTakeTheWordsOfGo) {
    for (const char* no : {"0", "f", "F", "false", "FALSE", "False"}) {
        EXPECT_FALSE(one(std::string("docker run --privileged=") + no + " a").config.privileged.value())
            << no;
    }
    for (const char* yes : {"", "=1", "=t", "=T", "=true", "=TRUE", "=True"}) {
        EXPECT_TRUE(one(std::string("docker run --privileged") + yes + " a").config.privileged.value())
            << yes;
    }
    EXPECT_EQ(refusal("docker run --privileged=no a"), "run.txt: --privileged=no: not understood");
}

TEST(RunLine, WhatAShellPutsThereIsNotKnown) {
    const Snapshot s =
        one("docker run --rm -u $(id -u):$(id -g) -v \"$(pwd)\":/a -v $PWD/b:/b -v `pwd`:/c -v ${X:-/d}:/d "
            "-v ~/.ssh:/e --mount type=bind,src=$HOME,dst=/f -v /run/$X:/g -v $(cd \"$X\" && pwd):/h img");
    EXPECT_EQ(s.subject.image.ref, "img");
    EXPECT_TRUE(s.identity.uid.unreadable());
    for (const char* target : {"/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h"}) {
        ASSERT_NE(mountAt(s, target), nullptr) << target;
        ASSERT_TRUE(mountAt(s, target)->hostPaths.unreadable()) << target;
        EXPECT_TRUE(mountAt(s, target)->hostPaths.gap().reason.contains("where the command is run"))
            << target;
    }
    EXPECT_EQ(
        one("docker run $OPTS nginx").config.notUnderstood.value(),
        (std::vector<std::string>{
            "$OPTS: stands where the image does, and options that the shell puts there are not seen"}));
    EXPECT_EQ(refusal("docker run -v $(pwd:/x a"), "run.txt: a $( is not closed");
}

TEST(RunLine, EveryCommandThatRunsAContainerIsRead) {
    const auto all = import("docker pull nginx\ndocker volume create x && docker network create y\n"
                            "docker run --name a nginx | tee log; docker stop a\n"
                            "docker container run --name b --privileged nginx > log 2>&1\n# docker run c\n");
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_EQ(all->size(), 2U);
    EXPECT_EQ((*all)[0].subject.name, "a");
    EXPECT_FALSE((*all)[0].config.privileged.value());
    EXPECT_EQ((*all)[1].subject.name, "b");
    EXPECT_TRUE((*all)[1].config.privileged.value());
    ImportOptions options;
    EXPECT_FALSE(importRunLine("docker compose run web", "run", options));
    EXPECT_FALSE(importRunLine("docker volume create web", "run", options));
    EXPECT_EQ(one("docker -H tcp://x --context y run a").subject.image.ref, "a");
    EXPECT_EQ(one("docker run -it \\\r\n --name n a\r\n").subject.name, "n");
}

TEST(RunLine, WhatTheLineCannotSayIsNamed) {
    const auto gapAt = [](const Snapshot& s, const char* path) {
        const auto& assumed = s.config.assumed.value();
        const auto found = assumed.find(path);
        return found == assumed.end() || !found->second.unreadable() ? std::string("none")
                                                                     : found->second.gap().reason;
    };
    EXPECT_EQ(
        gapAt(one("docker run --volumes-from db:ro a"), "mounts"),
        "--volumes-from=db:ro brings the mounts of that container, which the line does not say");
    EXPECT_EQ(
        gapAt(one("docker run --env-file .env a"), "image.secretEnv"),
        "the variables of the file .env are not looked at");
    EXPECT_TRUE(one("docker run --cpu-quota 50000 a").cgroup.limits.at("cpu").unreadable());
    EXPECT_TRUE(one("podman run --pod p a").namespaces.at(NamespaceType::net).sharedWithHost.unreadable());
    EXPECT_FALSE(one("podman run --pod new:p a").namespaces.at(NamespaceType::net).sharedWithHost.value());
    EXPECT_NE(mountAt(one("docker run --use-api-socket a"), "/var/run/docker.sock"), nullptr);
    EXPECT_EQ(
        one("docker run --gpus all --link a:b --cpuset-cpus 0-1 --memory-swap 1g a")
            .config.notUnderstood.value(),
        (std::vector<std::string>{"--gpus=all", "--memory-swap=1g"}));
}

TEST(RunLine, TheReferenceIsShortAndHoldsNothingOfTheLineButTheName) {
    EXPECT_EQ(one("docker run -e PASSWORD=secret nginx:1 sh -c x").subject.ref, "run:docker run nginx:1");
    EXPECT_EQ(one("sudo podman run \\\n --name web nginx").subject.ref, "run:podman run web");
    EXPECT_EQ(one("docker run --name 'a\x1b[2J\nb' i").subject.ref, "run:docker run a\\x1b[2J\\x0ab");
    const std::string line = "docker run i" + std::string(5000, 'x') + "y";
    const std::string ref = one(line).subject.ref;
    EXPECT_LE(ref.size(), 90U);
    EXPECT_TRUE(ref.starts_with("run:docker run ixx")) << ref;
    EXPECT_TRUE(ref.ends_with("xy")) << ref;
    EXPECT_EQ(one(line).subject.ref, ref);
}

TEST(RunLine, ControlCharactersAreEscapedWhereverTheyStand) {
    EXPECT_EQ(
        one("docker run --mount type=bind,source=/a,target=/b,re\x17"
            "donly a")
            .config.notUnderstood.value(),
        (std::vector<std::string>{"--mount re\\x17"
                                  "donly"}));
    EXPECT_EQ(
        one("docker run --security-opt 'a\x1b[2J' a").config.notUnderstood.value(),
        (std::vector<std::string>{"--security-opt=a\\x1b[2J"}));
    const Snapshot s = one("docker run --name 'n\x0b' --sysctl 'k\x0b=v\x0b' --cap-add 'NET\x0b' --ulimit "
                           "'a\x0b=1' --pid 'container:p\x0b' "
                           "--user 'u\x0b' --tmpfs '/t\x0b' a");
    EXPECT_EQ(s.subject.name, "n\\x0b");
    EXPECT_EQ(s.config.sysctls.value().at("k\\x0b"), "v\\x0b");
    EXPECT_EQ(std::ranges::count(s.config.asks.value(), "capability +NET\\x0b"), 1);
    EXPECT_EQ(s.namespaces.at(NamespaceType::pid).declared.value(), "join(container:p\\x0b)");
    EXPECT_TRUE(s.identity.uid.gap().reason.contains("u\\x0b"));
    EXPECT_EQ(std::ranges::count(s.mounts.value(), "/t\\x0b", &model::Mount::target), 1);
}

} // namespace
} // namespace bulkhead::claims
