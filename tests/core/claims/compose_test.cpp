// What Compose documents ask for, by the Compose Specification, the sources of compose-go and of Compose;
// each service is told beside the line of docker run that asks for the same.

#include "core/wire/snapshot_json.h"
#include "tests/core/claims/compose_folder.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace bulkhead::claims {
namespace {

using model::NamespaceType;

/// All that a snapshot states and all that it leaves open, but not where that is said, nor what it is called.
nlohmann::json contentOf(const Snapshot& snapshot) {
    auto json = nlohmann::json::parse(wire::writeSnapshot(snapshot));
    for (const char* key : {"evidence", "subject", "group"}) {
        json.erase(key);
    }
    for (auto& [name, limit] : json["cgroup"]["limits"].items()) {
        limit.erase("where");
    }
    return json;
}

struct Pair {
    std::string fields;
    std::string options;
};

TEST_F(Compose, ASocketIsSaidByTheMountThatBringsIt) {
    const Snapshot s = service("services:\n web:\n  image: a\n  volumes:\n  - /srv:/srv\n"
                               "  - /run/docker.sock:/run/docker.sock\n");
    ASSERT_EQ(s.sockets.value().size(), 1U);
    EXPECT_EQ(s.sockets.evidence().line, 6);
    EXPECT_EQ(s.sockets.evidence().source, "services.web.volumes[1]");
    EXPECT_EQ(service("services:\n web:\n  image: a\n").sockets.evidence().line, 3);
}

TEST_F(Compose, AServiceIsWhatTheLineOfDockerRunIs) {
    const std::vector<Pair> pairs = {
        {"", ""},
        {"  privileged: true\n", "--privileged"},
        {"  privileged: \"true\"\n  user: 1000:100\n", "--privileged -u 1000:100"},
        {"  cap_drop: [ALL]\n  cap_add: [NET_ADMIN, cap_chown]\n",
         "--cap-drop ALL --cap-add NET_ADMIN --cap-add cap_chown"},
        {"  security_opt:\n  - no-new-privileges:true\n  - seccomp:unconfined\n  - apparmor=mine\n",
         "--security-opt no-new-privileges:true --security-opt seccomp=unconfined --security-opt "
         "apparmor=mine"},
        {"  security_opt: [\"systempaths=unconfined\", \"label:disable\"]\n",
         "--security-opt systempaths=unconfined --security-opt label:disable"},
        {"  read_only: true\n  tmpfs: /run\n  user: \"65534\"\n", "--read-only --tmpfs /run -u 65534"},
        {"  tmpfs:\n  - /tmp:size=64m,exec\n  - /run\n", "--tmpfs /tmp:size=64m,exec --tmpfs /run"},
        {"  pid: host\n  ipc: host\n  uts: host\n  network_mode: host\n  cgroup: host\n",
         "--pid host --ipc host --uts host --net host --cgroupns host"},
        {"  network_mode: none\n  ipc: private\n  cgroup: private\n",
         "--net none --ipc private --cgroupns private"},
        {"  pid: container:x\n  userns_mode: host\n", "--pid container:x --userns host"},
        {"  sysctls:\n   net.core.somaxconn: 1024\n   net.ipv4.tcp_syncookies: 0\n",
         "--sysctl net.core.somaxconn=1024 --sysctl net.ipv4.tcp_syncookies=0"},
        {"  sysctls: [net.core.somaxconn=1024]\n", "--sysctl net.core.somaxconn=1024"},
        {"  ulimits:\n   nproc: 512\n   nofile: {soft: 10, hard: 20}\n",
         "--ulimit nproc=512 --ulimit nofile=10:20"},
        {"  pids_limit: 64\n  mem_limit: 512m\n  cpus: 0.5\n", "--pids-limit 64 -m 512m --cpus 0.5"},
        {"  mem_limit: 1g\n  deploy:\n   resources:\n    limits: {cpus: '1.5', memory: 64M, pids: 9}\n",
         "--cpus 1.5 -m 64m --pids-limit 9"},
        {"  cpu_quota: 50000\n  cpu_period: 200000\n", "--cpus 0.25"},
        {"  volumes: [\"/srv/a:/a:ro\", \"data:/b\", \"/anonymous\"]\n",
         "-v /srv/a:/a:ro -v data:/b -v /anonymous"},
        {"  volumes:\n  - {type: bind, source: /srv, target: /s, read_only: true, bind: {propagation: "
         "rshared}}\n"
         "  - {type: tmpfs, target: /t}\n",
         "--mount type=bind,source=/srv,target=/s,readonly,bind-propagation=rshared --mount "
         "type=tmpfs,target=/t"},
        {"  devices: [\"/dev/fuse:/dev/f:rw\"]\n  device_cgroup_rules: [\"c 1:3 rwm\"]\n",
         "--device /dev/fuse:/dev/f:rw --device-cgroup-rule 'c 1:3 rwm'"},
        {"  devices: [{source: /dev/fuse, target: /dev/f, permissions: r}]\n", "--device /dev/fuse:/dev/f:r"},
        {"  group_add: [\"44\", video]\n  init: true\n  oom_score_adj: 7\n",
         "--group-add 44 --group-add video --init --oom-score-adj 7"},
        {"  use_api_socket: false\n  isolation: default\n  runtime: runc\n", ""},
    };
    for (const Pair& pair : pairs) {
        const Snapshot declared = service("volumes: {data: }\nservices:\n web:\n  image: a\n" + pair.fields);
        ImportOptions options;
        options.ground.architecture = "x86_64";
        options.ground.devices = {{"/dev/fuse", 'c', 10, 229, 0666, 0, 0}};
        const auto line = importRunLine("docker run " + pair.options + " a", "run:", options);
        ASSERT_TRUE(line) << line.error().message;
        EXPECT_EQ(contentOf(declared), contentOf(line->front())) << pair.fields << pair.options;
        EXPECT_TRUE(declared.config.notUnderstood.value().empty()) << pair.fields;
    }
}

TEST_F(Compose, AnotherOptionIsAnotherBoundary) {
    // so that the equality above says something
    EXPECT_NE(contentOf(only("")), contentOf(only("  privileged: true\n")));
    EXPECT_NE(contentOf(only("  pids_limit: 3\n")), contentOf(only("  pids_limit: 4\n")));
    const Snapshot init = only("  init: true\n");
    ASSERT_NE(mountAt(init, "/sbin/docker-init"), nullptr);
    EXPECT_TRUE(mountAt(init, "/sbin/docker-init")->readOnly);
    EXPECT_EQ(mountAt(only("  init: true\n  pid: host\n"), "/sbin/docker-init"), nullptr);
}

TEST_F(Compose, AnchorsMergeKeysProjectAndProfiles) {
    write(".env", "COMPOSE_PROJECT_NAME=\n");
    const std::string text =
        "name: My.Shop\nx-base: &base\n  cap_drop: [ALL]\n  x-note: mine\nservices:\n  web:\n"
        "    <<: *base\n    image: w\n  job: {image: j, profiles: [debug]}\n";
    const Snapshot web = service(text, "web");
    EXPECT_EQ(web.capabilities.bounding.value().mask(), 0U);
    EXPECT_EQ(web.group.kind, "compose");
    EXPECT_EQ(web.group.id, "myshop");
    EXPECT_EQ(web.subject.engine.name, "docker");
    EXPECT_TRUE(web.config.notUnderstood.value().empty());
    EXPECT_EQ(web.capabilities.bounding.evidence().line, 3);
    EXPECT_EQ(web.capabilities.bounding.evidence().source, "services.web.cap_drop");
    EXPECT_EQ(service(text, "job").config.asks.value(), Texts{"started with the profile debug only"});
}

TEST_F(Compose, PathsGoFromTheDocumentsFolder) {
    ::setenv("HOME", "/home/me", 1);
    const Snapshot s =
        service("services:\n web:\n  image: a\n  volumes: [\"./data/:/a\", \"../b:/b:ro\", \"~/c:/c\"]\n");
    EXPECT_EQ(sourceAt(s, "/a"), path("data"));
    EXPECT_EQ(sourceAt(s, "/b"), (m_folder->path().parent_path() / "b").string());
    EXPECT_TRUE(mountAt(s, "/b")->readOnly);
    EXPECT_EQ(sourceAt(s, "/c"), "/home/me/c");
    const Snapshot local =
        service("services:\n web:\n  image: a\n  volumes: [\"host:/h\", \"data:/d\"]\nvolumes:\n data:\n"
                " host: {driver_opts: {type: none, o: bind, device: /etc}}\n");
    EXPECT_EQ(sourceAt(local, "/h"), "/etc"); // the local driver's bind is a folder of the host
    EXPECT_TRUE(mountAt(local, "/d")->hostPaths.unreadable());
}

TEST_F(Compose, SecretsConfigsAndTheApiSocket) {
    ::unsetenv("DOCKER_HOST");
    const Snapshot s = service("services:\n web:\n  image: a\n  use_api_socket: true\n  secrets: [key, "
                               "{source: word, target: /w}, gone]\n"
                               "  configs: [{source: conf, target: etc/c}]\nsecrets:\n key: {file: "
                               "./key.pem}\n word: {environment: WORD}\n"
                               " gone: {external: true}\nconfigs:\n conf: {file: c.conf}\n");
    EXPECT_EQ(sourceAt(s, "/run/secrets/key"), path("key.pem"));
    EXPECT_TRUE(mountAt(s, "/run/secrets/key")->readOnly);
    EXPECT_EQ(sourceAt(s, "/etc/c"), path("c.conf"));
    EXPECT_EQ(mountAt(s, "/w"), nullptr); // copied in, not mounted
    ASSERT_EQ(s.sockets.value().size(), 1U);
    EXPECT_EQ(s.sockets.value().front().path, "/var/run/docker.sock");
    EXPECT_EQ(
        s.config.asks.value(), (Texts{
                                   "a file written into the container: /w",
                                   "the engine's API socket, with the credentials of its registries"}));
    EXPECT_EQ(
        s.config.notUnderstood.value(), Texts{"services.web.secrets[2] (line 5): kept outside the document"});
}

TEST_F(Compose, PortsNetworksHooksAndSharedNamespaces) {
    const Snapshot s =
        service("services:\n web:\n  image: a\n  network_mode: service:db\n  ports: [\"8080:80\", 443,"
                " {target: 53, published: 5353, host_ip: 127.0.0.1, protocol: udp}]\n"
                "  post_start: [{command: id, privileged: true}]\n db: {image: b, networks: [outside]}\n"
                "networks:\n outside: {name: host, external: true}\n");
    EXPECT_EQ(s.network.publishedPorts.value(), (Texts{"8080:80", "443", "127.0.0.1:5353:53/udp"}));
    EXPECT_EQ(s.namespaces.at(NamespaceType::net).declared.value(), "join(service:db)");
    EXPECT_TRUE(s.namespaces.at(NamespaceType::net).sharedWithHost.unreadable());
    EXPECT_EQ(s.config.asks.value(), Texts{"privileged command at post_start"});
}

TEST_F(Compose, ANetworkNamedHostIsTheHosts) {
    const std::string networks = "networks:\n default: {name: host, external: true}\n other: {}\n";
    EXPECT_TRUE(service("services:\n web: {image: a}\n" + networks).network.hostNetwork.value());
    EXPECT_FALSE(
        service("services:\n web: {image: a, networks: [other]}\n" + networks).network.hostNetwork.value());
}

TEST_F(Compose, ExtendsOfTheSameFileAndOfAnother) {
    write(
        "base/common.yaml", "services:\n  base:\n    image: b\n    cap_add: [CHOWN]\n    cap_drop: [ALL]\n"
                            "    frob: 1\n    volumes: [\"./in:/in\", \"./x:/x\"]\n    user: \"1\"\n");
    const Snapshot s = service(
        "services:\n mid:\n  extends: {service: base, file: base/common.yaml}\n  cap_add: [KILL]\n"
        " web:\n  extends: mid\n  user: \"2\"\n  volumes: [\"/y:/x\"]\n",
        "web");
    EXPECT_EQ(s.capabilities.bounding.value().mask(), 0x21U); // CAP_CHOWN 0, CAP_KILL 5
    EXPECT_EQ(s.subject.image.ref, "b");
    EXPECT_EQ(s.identity.uid.value().effective, 2U);
    EXPECT_EQ(sourceAt(s, "/in"), path("base/in"));
    EXPECT_EQ(sourceAt(s, "/x"), "/y");
    EXPECT_EQ(
        s.config.notUnderstood.value(), Texts{path("base/common.yaml") + ": services.web.frob (line 6)"});
}

TEST_F(Compose, ExtendsReadsNothingOutsideTheFolder) {
    write("compose/inner.yaml", "services: {a: {image: a}}\n");
    fs::create_symlink("/etc/passwd", path("link.yaml"));
    const auto extends = [](const std::string& file) {
        return "services:\n web:\n  extends: {service: a, file: " + file + "}\n";
    };
    EXPECT_EQ(refusal(extends("compose/inner.yaml")), "accepted");
    for (const char* file : {"link.yaml", "/etc/passwd", "../../etc/passwd"}) {
        const std::string message = refusal(extends(file));
        EXPECT_TRUE(message.starts_with("compose.yaml:3:12: services.web.extends.file: ")) << message;
        EXPECT_NE(message.find("lies outside the document's folder"), std::string::npos) << message;
    }
    EXPECT_EQ(
        refusal("services:\n a: {extends: b}\n b: {extends: a}\n"),
        "compose.yaml:3:15: services.b.extends: goes round in a circle, or deeper than 16");
    EXPECT_EQ(
        refusal("services:\n a: {extends: c}\n"),
        "compose.yaml:2:15: services.a.extends: no service is named c in compose.yaml");
}

TEST_F(Compose, ASeccompProfileBesideTheDocumentIsRead) {
    write("deny.json", R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []})");
    const Snapshot s = only("  security_opt: [\"seccomp:./deny.json\"]\n");
    EXPECT_EQ(s.seccomp.mode.value(), model::SeccompMode::filter);
    EXPECT_TRUE(s.config.notUnderstood.value().empty());
    EXPECT_NE(contentOf(s), contentOf(only("  security_opt: [\"seccomp:gone.json\"]\n")));
    write("bad.json", "{\"defaultAction\": 7}");
    EXPECT_TRUE(refusal("services:\n web:\n  image: a\n  security_opt: [\"seccomp=bad.json\"]\n")
                    .starts_with("compose.yaml:4:18: services.web.security_opt: bad.json:"));
}

TEST_F(Compose, VariablesOfTheEnvironmentAndTheEnvFile) {
    ::setenv("COMPOSE_TEST_USER", "7", 1);
    ::unsetenv("COMPOSE_TEST_GONE");
    write(".env", "COMPOSE_TEST_USER=8\nCOMPOSE_TEST_PRIVILEGED=true\n");
    const Snapshot s = only("  user: \"${COMPOSE_TEST_USER}\"\n  privileged: $COMPOSE_TEST_PRIVILEGED\n"
                            "  mem_limit: ${COMPOSE_TEST_GONE:-64m}\n  runtime: \"$COMPOSE_TEST_GONE\"\n");
    EXPECT_EQ(s.identity.uid.value().effective, 7U);
    EXPECT_TRUE(s.config.privileged.value());
    EXPECT_EQ(s.cgroup.limits.at("memory").value().value, 67108864U);
    EXPECT_EQ(
        s.config.notUnderstood.value(),
        Texts{"the variable COMPOSE_TEST_GONE is not set (line 7): read as empty"});
}

TEST_F(Compose, WhatIsNotUnderstoodIsTold) {
    EXPECT_EQ(
        only("  gpus: all\n  cgroup_parent: /x\n  x-mine: 1\n  runtime: kata\n  security_opt: [\"a=b\"]\n"
             "  devices: [\"nvidia.com/gpu=all\"]\n  shm_size: "
             "1g\n")
            .config.notUnderstood.value(),
        (Texts{
            "services.web.security_opt (line 8): a=b",
            "services.web.runtime (line 7): kata builds a boundary of its own kind",
            "services.web.devices (line 9): the device nvidia.com/gpu=all of a driver's own",
            "services.web.gpus (line 4)", "services.web.cgroup_parent (line 5)",
            "services.web.shm_size (line 10)"}));
    EXPECT_EQ(
        service("frob: 1\nservices:\n web: {image: a}\n ai: {provider: {type: model}}\n")
            .config.notUnderstood.value(),
        (Texts{"frob (line 1)", "services.ai.provider (line 4): a service that is no container"}));
}

TEST_F(Compose, BadInputIsRefusedAtItsPlace) {
    const std::string head = "services:\n web:\n  image: a\n";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"services: [web]", "compose.yaml:1:11: services: expected a map, found a list"},
        {"services: {}", "compose.yaml: describes no container: no service in services"},
        {head + "  networks: [gone]\n",
         "compose.yaml:4:14: services.web.networks: gone is not among the project's networks"},
        {head + "  volumes: [\"gone:/g\"]\n",
         "compose.yaml:4:13: services.web.volumes[0]: gone is not among the project's volumes"},
        {head + "  volumes: [{type: volume, source: gone, target: /g}]\n",
         "compose.yaml:4:13: services.web.volumes[0]: gone is not among the project's volumes"},
        {head + "  secrets: [gone]\n",
         "compose.yaml:4:13: services.web.secrets[0]: gone is not among the project's secrets"},
        {head + "  configs: [{source: gone}]\n",
         "compose.yaml:4:13: services.web.configs[0]: gone is not among the project's configs"},
        {head + "  pid: service:gone\n",
         "compose.yaml:4:8: services.web.pid: gone is not among the project's services"},
        {head + "  volumes_from: [gone]\n",
         "compose.yaml:4:18: services.web.volumes_from: gone is not among the project's services"},
        {head + "  volumes_from: [web:rx]\n",
         "compose.yaml:4:18: services.web.volumes_from: expected NAME, NAME:ro or NAME:rw, found web:rx"},
        {head + "  volumes_from: [web]\n", "compose.yaml:4:18: volumes_from: goes round in a circle"},
        {"services:\n web: 7\n", "compose.yaml:2:7: services.web: expected a map, found 7"},
        {head + "  privileged: maybe\n",
         "compose.yaml:4:15: services.web.privileged: expected true or false, found maybe"},
        {head + "  cap_add: ALL\n", "compose.yaml:4:12: services.web.cap_add: expected a list, found ALL"},
        {head + "  mem_limit: lots\n", "compose.yaml:4:14: services.web.mem_limit: not understood: lots"},
        {head + "  pid: hsot\n", "compose.yaml:4:8: services.web.pid: no such mode: hsot"},
        {head + "  ulimits: {nofile: many}\n",
         "compose.yaml:4:21: services.web.ulimits.nofile: not understood: nofile=many"},
        {head + "  volumes: [\"/a:b\"]\n",
         "compose.yaml:4:13: services.web.volumes[0]: expected SOURCE:TARGET:OPTIONS, found /a:b"},
        {head + "  volumes: [{type: bond, target: /x}]\n",
         "compose.yaml:4:13: services.web.volumes[0].type: expected bind, volume, tmpfs, image, cluster or "
         "npipe"},
        {head + "  volumes: [{type: bind, source: /x}]\n",
         "compose.yaml:4:13: services.web.volumes[0].target: expected a path from the root"},
        {head + "  tmpfs: run\n",
         "compose.yaml:4:10: services.web.tmpfs: expected a path from the root, found run"},
        {head + "  user: ${COMPOSE_TEST_NONE:?who}\n",
         "compose.yaml:4:9: services.web.user: the variable COMPOSE_TEST_NONE is required: who"},
        {head + "  cap_add: [\"$-\"]\n",
         "compose.yaml:4:13: services.web.cap_add[0]: a $ that names no variable: $-; $$ stands for one"},
        {head + "  ports: [{target: [1]}]\n",
         "compose.yaml:4:20: services.web.ports[0].target: expected a text, found a list"},
    };
    for (const auto& [text, message] : cases) {
        EXPECT_EQ(refusal(text), message) << text;
    }
}

} // namespace
} // namespace bulkhead::claims
