// Several files of one project, by merge.md, include.md and fragments of the Compose Specification, and by
// what `docker compose -f a -f b config` makes of them (compose-go, override and loader).

#include "core/claims/compose_merge.h"
#include "tests/core/claims/compose_folder.h"

#include <cstdlib>

namespace bulkhead::claims {
namespace {

using model::NamespaceType;

/// A document, another over it, and in one the field of the service "web" that they make.
struct Merged {
    std::string base;
    std::string over;
    std::string together;
};

std::string written(const Node& node) {
    if (node.kind == Node::Kind::scalar) {
        return node.text;
    }
    std::string text;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        text +=
            (i == 0 ? "" : ", ") + (node.isMap() ? node.keys[i].text + ": " : "") + written(node.items[i]);
    }
    return node.isMap() ? "{" + text + "}" : node.isList() ? "[" + text + "]" : "null";
}

TEST(ComposeMerge, FieldsByTheirRules) {
    const std::vector<Merged> cases = {
        {"image: a", "image: b", "{image: b}"},
        {"cap_add: [A]", "cap_add: [B, A]", "{cap_add: [A, B]}"},
        {"command: [a, b]", "command: c", "{command: c}"},
        {"entrypoint: [a]", "entrypoint: [b]", "{entrypoint: [b]}"},
        {"healthcheck: {test: [a]}", "healthcheck: {disable: true}", "{healthcheck: {disable: true}}"},
        {"environment: {A: 1, B: 2}", "environment: [B=3, C, D=x=y]",
         "{environment: {A: 1, B: 3, C: null, D: x=y}}"},
        {"sysctls: [a=1]", "sysctls: {a: 2, b: 3}", "{sysctls: {a: 2, b: 3}}"},
        {"volumes: [/a:/x:ro, /b:/y]", "volumes: [/c:/x, {type: tmpfs, target: /y}, /z]",
         "{volumes: [/c:/x, {type: tmpfs, target: /y}, /z]}"},
        {"devices: ['/dev/sda:/dev/sda']", "devices: ['/dev/nvme0n1p1:/dev/sda', /dev/sdb]",
         "{devices: [/dev/nvme0n1p1:/dev/sda, /dev/sdb]}"},
        {"ports: ['8080:80', '53:53/udp']",
         "ports: ['0.0.0.0:8080:80/tcp', '127.0.0.1:8080:80', {target: 53, published: 53, protocol: udp}]",
         "{ports: [0.0.0.0:8080:80/tcp, {target: 53, published: 53, protocol: udp}, 127.0.0.1:8080:80]}"},
        {"secrets: [k, {source: l, target: /run/secrets/m}]", "secrets: [{source: n, target: k}, m]",
         "{secrets: [{source: n, target: k}, m]}"},
        {"configs: [c]", "configs: [{source: d, target: /c}]", "{configs: [{source: d, target: /c}]}"},
        {"networks: [a]", "networks: {b: {aliases: [x]}}", "{networks: {a: null, b: {aliases: [x]}}}"},
        {"networks: {a: {aliases: [x]}}", "networks: [a]", "{networks: {a: {aliases: [x]}}}"},
        {"networks: [a]", "networks: null", "{networks: [a]}"},
        {"dns: 1.1.1.1", "dns: [8.8.8.8]", "{dns: [1.1.1.1, 8.8.8.8]}"},
        {"tmpfs: /run", "tmpfs: /tmp", "{tmpfs: [/run, /tmp]}"},
        {"ulimits: {nofile: 5}", "ulimits: {nofile: {soft: 1, hard: 2}, nproc: 3}",
         "{ulimits: {nofile: {soft: 1, hard: 2}, nproc: 3}}"},
        {"deploy: {resources: {limits: {pids: 5, memory: 1m}}}", "deploy: {resources: {limits: {pids: 7}}}",
         "{deploy: {resources: {limits: {pids: 7, memory: 1m}}}}"},
        {"deploy: {labels: [a=1]}", "deploy: {labels: {b: 2}}", "{deploy: {labels: {a: 1, b: 2}}}"},
        // !reset forgets, !override takes the place; both need no value there
        {"cap_add: [A]\n  user: '0'", "cap_add: !reset []\n  user: !reset null", "{}"},
        {"cap_add: [A]", "cap_add: !override [B]", "{cap_add: [B]}"},
        {"deploy: {resources: {limits: {pids: 5, memory: 1m}}}",
         "deploy: {resources: {limits: {pids: !reset }}}", "{deploy: {resources: {limits: {memory: 1m}}}}"},
        {"image: a", "read_only: !reset true\n  init: !override true", "{image: a, init: true}"},
    };
    for (const Merged& merged : cases) {
        const auto base = parseNodes("services:\n web:\n  " + merged.base, "base");
        const auto over = parseNodes("services:\n web:\n  " + merged.over, "over");
        ASSERT_TRUE(base) << base.error().message;
        ASSERT_TRUE(over) << over.error().message;
        Reading reading;
        Node root = base->front();
        mergeDocument(root, over->front(), reading);
        EXPECT_FALSE(reading.problem) << reading.problem->message;
        EXPECT_EQ(written(root), "{services: {web: " + merged.together + "}}") << merged.over;
        EXPECT_EQ(findMarked(root), nullptr);
    }
}

TEST_F(Compose, FilesAreMergedAndEachFactNamesItsFile) {
    write(
        "prod.yaml", "services:\n  web:\n    cap_add: [KILL]\n    volumes: [\"./p:/x:ro\"]\n"
                     "    security_opt: !override [\"no-new-privileges:true\"]\n    frob: 1\n"
                     "    mem_limit: ${COMPOSE_TEST_GONE}\nvolumes: {more: }\n");
    write("deep/last.yaml", "services:\n  web: {pids_limit: 9, volumes: [\"./q:/q\"]}\n  db: {image: d}\n");
    m_overrides = {path("prod.yaml"), path("deep/last.yaml")};
    ::unsetenv("COMPOSE_TEST_GONE");
    const std::string text = "services:\n  web:\n    image: a\n    cap_drop: [ALL]\n    cap_add: [CHOWN]\n"
                             "    volumes: [\"/a:/x\"]\n    security_opt: [\"seccomp:unconfined\"]\n";
    const Snapshot s = service(text, "web");
    EXPECT_EQ(s.capabilities.bounding.value().mask(), 0x21U); // CAP_CHOWN 0, CAP_KILL 5
    EXPECT_EQ(s.capabilities.bounding.evidence().file, path("prod.yaml"));
    EXPECT_EQ(s.capabilities.bounding.evidence().line, 3);
    EXPECT_TRUE(s.identity.noNewPrivileges.value());
    EXPECT_EQ(s.seccomp.mode.known() && s.seccomp.mode.value() == model::SeccompMode::disabled, false);
    EXPECT_EQ(sourceAt(s, "/x"), path("p"));
    EXPECT_TRUE(mountAt(s, "/x")->readOnly);
    EXPECT_EQ(sourceAt(s, "/q"), path("q")); // paths go from the first file's folder
    EXPECT_EQ(s.cgroup.limits.at("pids").value().value, 9U);
    EXPECT_EQ(s.cgroup.limits.at("pids").evidence().file, path("deep/last.yaml"));
    EXPECT_EQ(
        s.config.notUnderstood.value(),
        (Texts{
            path("prod.yaml") + ": the variable COMPOSE_TEST_GONE is not set (line 7): read as empty",
            path("prod.yaml") + ": services.web.frob (line 6)"}));
    EXPECT_EQ(service(text, "db").subject.image.ref, "d");
}

TEST_F(Compose, AnOverrideMustBeAFileOfCompose) {
    const std::string text = "services:\n web: {image: a}\n";
    write("pod.yaml", "services:\n web: {cap_add: {a: b}}\n");
    write("list.yaml", "[1]");
    write("bad.yaml", "services:\n web: {cap_add: [A], frob: [\n");
    const std::vector<std::pair<std::string, std::string>> cases = {
        {path("gone.yaml"), "gone.yaml: No such file or directory"},
        {"/dev/zero", "/dev/zero: not a regular file"},
        {path("list.yaml"), "list.yaml:1:1: no document of Compose: expected a map"},
        {path("pod.yaml"), "pod.yaml:2:17: services.web.cap_add: expected a list, found a map"},
    };
    for (const auto& [file, message] : cases) {
        m_overrides = {file};
        EXPECT_EQ(refusal(text), message);
    }
    m_overrides = {path("bad.yaml")};
    EXPECT_TRUE(refusal(text).starts_with("bad.yaml:3:1: not YAML")) << refusal(text);
    m_overrides = {path("pod.yaml")};
    EXPECT_EQ(
        refusal("services:\n web: {image: a, cap_add: [A]}\n"),
        "pod.yaml:2:17: services.web.cap_add: cannot be merged: a map over a list of line 2");
    EXPECT_EQ(
        refusal("{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}"),
        "compose.yaml: Kubernetes; only files of Compose are merged");
    m_overrides.clear();
    EXPECT_EQ(
        refusal("apiVersion: v1\nkind: !reset Pod\n"), "compose.yaml:2:7: the tag !reset is not understood");
}

TEST_F(Compose, DocumentsOfOneFileAreMergedAsFilesAre) {
    const Snapshot s = service(
        "services: {web: {image: a, user: '1'}}\n---\n---\n"
        "services: {web: {user: '2', extends: base}, base: {cap_add: [KILL]}}\n",
        "web");
    EXPECT_EQ(s.identity.uid.value().effective, 2U);
    EXPECT_EQ(s.identity.uid.evidence().line, 4);
    EXPECT_TRUE(s.capabilities.bounding.value().has(*model::capabilityNamed("CAP_KILL")));
    // what a layer extends is looked for in that layer alone
    EXPECT_EQ(
        refusal("services: {base: {image: a}}\n---\nservices: {web: {extends: base}}\n"),
        "compose.yaml:3:27: services.web.extends: no service is named base in compose.yaml");
}

TEST_F(Compose, IncludedProjectsKeepTheirFolderAndTheirVariables) {
    ::unsetenv("COMPOSE_TEST_USER");
    write(".env", "COMPOSE_TEST_USER=1\nCOMPOSE_TEST_OTHER=3\n");
    write("db/.env", "COMPOSE_TEST_USER=9\nCOMPOSE_TEST_DATA=./data\n");
    write(
        "db/compose.yaml",
        "include: [deep/x.yaml]\nservices:\n  db:\n    image: d\n"
        "    user: $COMPOSE_TEST_USER\n    volumes: [\"$COMPOSE_TEST_DATA:/d\", \"v:/v\"]\n"
        "volumes: {v: }\n");
    write("db/deep/x.yaml", "services: {x: {image: x, volumes: [\"./in:/in\"]}}\n");
    write("db/plain.yaml", "services: {db: {image: d, volumes: [\"$COMPOSE_TEST_DATA:/d\"]}}\n");
    write("db/more.yaml", "services: {db: {read_only: true, volumes: [\"./m:/m\"]}}\n");
    write("my.env", "COMPOSE_TEST_DATA=./mine\n");
    const std::string own = "services:\n web: {image: a, volumes_from: [\"db:ro\"], volumes: [\"/w:/d\"]}\n";
    const std::string text = "include:\n - db/compose.yaml\n" + own;
    const Snapshot db = service(text, "db");
    EXPECT_EQ(db.identity.uid.value().effective, 1U); // what the including project has set stays
    EXPECT_EQ(sourceAt(db, "/d"), path("db/data"));
    EXPECT_EQ(db.mounts.evidence().file, path("db/compose.yaml"));
    EXPECT_EQ(sourceAt(service(text, "x"), "/in"), path("db/deep/in"));
    const Snapshot web = service(text, "web");
    EXPECT_EQ(sourceAt(web, "/d"), "/w");
    ASSERT_NE(mountAt(web, "/v"), nullptr);
    EXPECT_TRUE(mountAt(web, "/v")->readOnly);
    const Snapshot other = service(
        "include:\n - {path: [db/plain.yaml, db/more.yaml], project_directory: ., env_file: my.env}\n" + own,
        "db");
    EXPECT_EQ(sourceAt(other, "/d"), path("mine"));
    EXPECT_EQ(sourceAt(other, "/m"), path("m"));
    EXPECT_FALSE(other.rootfs.writable.value());
}

TEST_F(Compose, IncludesAreBoundedAndMayNotContradict) {
    write("a.yaml", "include: [b.yaml]\nservices: {a: {image: a}}\n");
    write("b.yaml", "include: [a.yaml]\nservices: {b: {image: b}}\n");
    write("same.yaml", "services: {web: {image: w}}\n");
    write("other.yaml", "services:\n web: {image: v}\n");
    const auto including = [](const std::string& file) {
        return "include: [" + file + "]\nservices: {web: {image: w}}\n";
    };
    EXPECT_EQ(refusal(including("same.yaml")), "accepted");
    EXPECT_EQ(
        refusal(including("other.yaml")),
        "compose.yaml:1:11: include[0]: services.web of other.yaml stands on line 2 already, with another "
        "content");
    EXPECT_EQ(
        refusal(including("a.yaml")),
        "b.yaml:1:11: include[0]: goes round in a circle, or deeper than 16: a.yaml");
    EXPECT_EQ(
        refusal(including("compose.yaml")),
        "compose.yaml:1:11: include[0]: goes round in a circle, or deeper than 16: compose.yaml");
    EXPECT_EQ(refusal(including("{path: []}")), "compose.yaml:1:11: include[0]: names no file");
    EXPECT_EQ(
        refusal("include: x\nservices: {web: {image: w}}\n"),
        "compose.yaml:1:10: include: expected a list, found x");
    EXPECT_TRUE(refusal(including("/etc/passwd")).contains("lies outside the document's folder"));
    EXPECT_TRUE(refusal(including("../x.yaml")).contains("include[0]: "));
    // each file includes the next twice: 2^10 readings, were the number of files not bounded
    for (int i = 0; i < 10; ++i) {
        const std::string next = "n" + std::to_string(i + 1) + ".yaml";
        write(
            "n" + std::to_string(i) + ".yaml", "include: [" + next + ", " + next + "]\nservices: {a: {}}\n");
    }
    write("n10.yaml", "services: {a: {}}\n");
    EXPECT_TRUE(refusal(including("n0.yaml")).contains("a project of more than 256 files"))
        << refusal(including("n0.yaml"));
}

TEST_F(Compose, MountsOfOtherServicesAreTakenOver) {
    const Snapshot s = service(
        "volumes: {v: }\nservices:\n web: {image: a, volumes_from: [mid, \"container:old:ro\"]}\n"
        " mid: {image: b, volumes_from: [\"db:ro\"], volumes: [\"/mine:/d\", {type: tmpfs, target: /t}]}\n"
        " db: {image: d, tmpfs: /run, volumes: [\"/theirs:/d\", \"v:/v\", \"/w:/w\"]}\n",
        "web");
    EXPECT_EQ(sourceAt(s, "/d"), "/mine");
    EXPECT_FALSE(mountAt(s, "/d")->readOnly);
    EXPECT_EQ(sourceAt(s, "/w"), "/w");
    EXPECT_TRUE(mountAt(s, "/w")->readOnly);
    ASSERT_NE(mountAt(s, "/v"), nullptr);
    EXPECT_TRUE(mountAt(s, "/v")->readOnly);
    EXPECT_NE(mountAt(s, "/t"), nullptr);
    EXPECT_EQ(mountAt(s, "/run"), nullptr);
    EXPECT_EQ(
        s.config.notUnderstood.value(), Texts{"services.web.volumes_from (line 3): the mounts of the "
                                              "container old, which no document describes"});
    EXPECT_EQ(
        refusal("services:\n a: {image: a, volumes_from: [b]}\n b: {image: b, volumes_from: [a]}\n"),
        "compose.yaml:3:31: volumes_from: goes round in a circle");
    // a service that is no container has no mounts; a problem before it is told, and ends the reading
    EXPECT_EQ(refusal("services: {a: {image: a, volumes_from: [p]}, p: {provider: {type: x}}}"), "accepted");
    EXPECT_EQ(
        refusal("services:\n a: {image: a, volumes_from: [c]}\n b: {image: b, cap_add: x}\n c: {image: c}\n"),
        "compose.yaml:3:25: services.b.cap_add: expected a list, found x");
    // a service of a profile that nobody asked for may name what is not there
    EXPECT_EQ(
        service("services: {a: {image: a, profiles: [p], networks: [n]}}").config.notUnderstood.value(),
        Texts{"services.a.networks (line 1): n is not among the project's networks"});
}

} // namespace
} // namespace bulkhead::claims
