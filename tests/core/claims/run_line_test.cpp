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

// POSIX XCU 2.6.5: an unset variable is no word at all, and docker reads the options behind it
TEST(RunLine, OptionsBehindAWordOfTheShellAreRead) {
    const Snapshot s = one("docker run --rm $EXTRA_OPTS --privileged ${MORE:-} -itv /:/host alpine sh -c x");
    EXPECT_EQ(s.subject.image.ref, "alpine");
    EXPECT_TRUE(s.config.privileged.value());
    EXPECT_NE(mountAt(s, "/host"), nullptr);
    EXPECT_EQ(
        s.config.notUnderstood.value(), (std::vector<std::string>{
                                            "${MORE:-}: taken for options, which are not seen",
                                            "$EXTRA_OPTS: taken for options, which are not seen"}));
    // what is no option, or names no image, belongs to the program
    for (const char* line :
         {"docker run $IMAGE sh -c --privileged", "docker run $IMAGE --port 80",
          "docker run $IMAGE --privileged", "docker run -- $IMAGE --privileged x"}) {
        EXPECT_EQ(one(line).subject.image.ref, "$IMAGE") << line;
        EXPECT_FALSE(one(line).config.privileged.value()) << line;
    }
}

// podman-run(1): --env-merge has a value; --userns "" is as if not said; --pod-id-file joins a pod
TEST(RunLine, OptionsThatWereTakenForOthers) {
    const Snapshot merged = one("podman run --env-merge PATH=/x:/bin --privileged alpine");
    EXPECT_EQ(merged.subject.image.ref, "alpine");
    EXPECT_TRUE(merged.config.privileged.value());
    EXPECT_TRUE(one("podman run --pod-id-file /run/p.id a")
                    .namespaces.at(NamespaceType::net)
                    .sharedWithHost.unreadable());
    EXPECT_TRUE(one("podman run --userns= a").identity.userNamespaceIsHost.value());
    EXPECT_TRUE(one("docker run --network name=host,alias=a i").network.hostNetwork.value());
    EXPECT_FALSE(one("docker run --network name=web,alias=host i").network.hostNetwork.value());
    EXPECT_TRUE(one("podman --runtime runsc run i").subject.sandbox.unreadable());
    EXPECT_TRUE(one("podman --runtime=/usr/bin/crun run i").subject.sandbox.unstated());
    EXPECT_EQ(
        one("podman --module=m --log-level debug run --annotation run.oci.keep_original_groups=1 "
            "--annotation a=b --device nvidia.com/gpu=all --ulimit host a")
            .config.notUnderstood.value(),
        (std::vector<std::string>{
            "--module=m", "--annotation=run.oci.keep_original_groups=1", "--device=nvidia.com/gpu=all",
            "--ulimit=host"}));
    EXPECT_FALSE(one("docker run --security-opt no-new-privileges=0 a").identity.noNewPrivileges.value());
    EXPECT_EQ(one("docker run --cpus 0 a").cgroup.limits.at("cpu").value().value, std::nullopt);
    const Snapshot many = one("podman run --ulimit nofile=1:2,nproc=3 --uidmap 0:1:2,3:4:5 "
                              "--mount type=image,source=tools,destination=/t --health-startup-cmd x a");
    EXPECT_EQ(many.identity.rlimits.at("RLIMIT_NPROC").value(), (model::ResourceLimit{3, 3}));
    ASSERT_NE(mountAt(many, "/t"), nullptr);
    EXPECT_TRUE(mountAt(many, "/t")->readOnly);
}

TEST(RunLine, WhatTheShellMakesOfAnOptionIsAGapAndNoDefault) {
    const Snapshot s =
        one("docker run --network ${NET:-host} --pid=$PIDNS --ipc=$(x) -u $(id -u):$(id -g) i");
    for (const NamespaceType type : {NamespaceType::net, NamespaceType::pid, NamespaceType::ipc}) {
        ASSERT_TRUE(s.namespaces.at(type).sharedWithHost.unreadable()) << static_cast<int>(type);
        EXPECT_TRUE(s.namespaces.at(type).sharedWithHost.gap().reason.contains("what the shell makes of"));
    }
    ASSERT_TRUE(s.identity.uid.unreadable());
    EXPECT_TRUE(s.identity.uid.gap().reason.contains("what the shell makes of $(id -u):$(id -g)"));
    const Snapshot data = one("docker run --mount type=bind,source=./data,target=/d i");
    ASSERT_TRUE(mountAt(data, "/d")->hostPaths.unreadable());
    EXPECT_TRUE(mountAt(data, "/d")->hostPaths.gap().reason.contains("where the command is run"));
}

// POSIX XCU 2.7 and 2.9.1: a redirection stands anywhere, its number and its file are no words of the command
TEST(RunLine, RedirectionsAndHereDocumentsAreNoWords) {
    for (const char* line :
         {"docker run -d 2>/dev/null --privileged nginx", "docker run >> log 2>&1 --privileged nginx | tee x",
          "docker run &> log --privileged nginx", "<in docker run --privileged nginx",
          "docker run <<< words --privileged nginx",
          "docker run --env-file <(env | grep X) --privileged nginx"}) {
        const Snapshot s = one(line);
        EXPECT_EQ(s.subject.image.ref, "nginx") << line;
        EXPECT_TRUE(s.config.privileged.value()) << line;
    }
    const auto all = import("docker run -i alpine sh <<'EOF'\necho don't\ndocker run --privileged x\nEOF\n"
                            "docker run --name b <<-E nginx\n\tit's\n\tE\ndocker run --name c nginx\n");
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_EQ(all->size(), 3U);
    EXPECT_EQ((*all)[0].subject.name, "alpine");
    EXPECT_EQ((*all)[1].subject.name, "b");
    EXPECT_EQ((*all)[2].subject.name, "c");
    EXPECT_EQ(one("docker run --name '2'>x '2>y'").subject.image.ref, "2>y");
}

TEST(RunLine, WhatStandsBeforeTheCommand) {
    for (const char* line :
         {"DOCKER_HOST=unix:///x docker run a", "DISPLAY=:0 X=1 docker run a", "sudo -E docker run a",
          "sudo -u bob podman run a", "mkdir d && docker run a", "cd x; docker run a", "set -e\ndocker run a",
          "env A=b nohup docker run a", "# how to\n$ docker run a"}) {
        EXPECT_TRUE(looksLikeRunLine(line)) << line;
        EXPECT_EQ(one(line).subject.image.ref, "a") << line;
    }
    for (const char* text :
         {"services:\n  a: {image: b}\n  # docker run a\n", "command: docker run a\n", "[\"docker run a\"]",
          "---\ndocker run a\n", "echo docker run a"}) {
        EXPECT_FALSE(looksLikeRunLine(text)) << text;
    }
}

// a line of a mebibyte takes no longer than its words
TEST(RunLine, LinesOfTheLargestSizeAreReadOrRefusedSoon) {
    const auto repeated = [](const std::string& text) {
        std::string line = "docker run ";
        while (line.size() + text.size() < 1000000) {
            line += text;
        }
        return line + " a";
    };
    for (const char* part : {"-it ", "-p1 ", "-v/a:/b ", "-eA_KEY=1 "}) {
        EXPECT_EQ(refusal(repeated(part)), "run.txt: a command of more than 20000 words") << part;
    }
    EXPECT_EQ(
        refusal("docker run -" + std::string(1000000, 'P') + " a"),
        "run.txt: a command of more than 20000 words");
    EXPECT_TRUE(refusal(repeated("$A -i ")).contains("more than 20000 words"));
    EXPECT_TRUE(
        refusal("docker run --cap-add=" + std::string(1000000, ',') + " a").contains("not understood"));
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
