// Every change that is offered for a document is made in it, and the document imported again: what the
// importers, which were written without knowing of changes, then say is held against the change's own effect.

#include "core/catalog/seccomp_profile.h"
#include "core/claims/import.h"
#include "core/claims/ordinary.h"
#include "core/os/temporary_directory.h"
#include "core/seccomp/profile.h"
#include "core/threat/fact_reader.h"
#include "core/threat/hardening.h"
#include "tests/core/threat/hardening_documents.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <set>

namespace bulkhead::threat {

namespace {

using claims::ChangeKind;
using model::Snapshot;
using test::OpenDocument;

claims::Ground ground() {
    claims::Ground out;
    out.kernelRelease = "6.1.0";
    out.architecture = "x86_64";
    out.calls = seccomp::Machine{};
    out.cgroupUnified = true;
    out.apparmor = true;
    out.devices = {
        {"/dev/fuse", 'c', 10, 229, 0666, 0, 0},
        {"/dev/kvm", 'c', 10, 232, 0660, 0, 0},
        {"/dev/vda", 'b', 254, 0, 0660, 0, 6}};
    const seccomp::Profile strict{
        {model::SeccompAction::errorNumber, 1},
        {"SCMP_ARCH_X86_64"},
        {},
        {{{"read", "write", "execve"}, {model::SeccompAction::allow, {}}, {}, {}, {}},
         {{"mount"}, {model::SeccompAction::allow, {}}, {}, {model::CapabilitySet(1ULL << 21U), {}, {}}, {}}},
        {}};
    for (const char* name : {"docker-default", "podman-default", "containerd-default"}) {
        out.profiles[name] = strict;
    }
    return out;
}

/// A document in a folder of its own (Compose reads what lies beside it), and the container looked at.
class Harden : public testing::TestWithParam<OpenDocument> {
protected:
    void SetUp() override {
        auto made = os::TemporaryDirectory::make("hardening-");
        ASSERT_TRUE(made);
        workFolder = std::make_unique<os::TemporaryDirectory>(std::move(*made));
        engineName = GetParam().name == "podman"     ? "podman"
                     : GetParam().file == "pod.yaml" ? "containerd"
                                                     : "docker";
        usualContainer = claims::ordinaryContainer(engineName, machine);
        document = GetParam().text;
        writtenAs = *claims::formOf(document, file());
    }

    [[nodiscard]] std::string file() const {
        return (workFolder->path() / std::string(GetParam().file)).string();
    }
    [[nodiscard]] Ordinary ordinary() const {
        return {&usualContainer, claims::ordinaryFilter(engineName, machine)};
    }
    [[nodiscard]] Snapshot import(const std::string& text) const {
        const auto all = claims::importDocument(text, file(), {"", machine});
        EXPECT_TRUE(all) << all.error().message << "\n" << text;
        if (!all) {
            return {};
        }
        const auto found = std::ranges::find_if(*all, [](const Snapshot& one) {
            return GetParam().subject.empty() || one.subject.name == GetParam().subject;
        });
        EXPECT_TRUE(found != all->end()) << text;
        return found == all->end() ? Snapshot{} : *found;
    }
    [[nodiscard]] std::string edited(const std::vector<Change>& changes) const {
        std::vector<claims::ChangeAsk> asked;
        std::ranges::transform(changes, std::back_inserter(asked), askOf);
        const auto made = claims::editDocument(document, file(), GetParam().subject, asked, machine);
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->text : "";
    }
    [[nodiscard]] std::vector<Change> offered(const Snapshot& snapshot) const {
        return changesFor(snapshot, ordinary(), writtenAs);
    }
    /// With what must go before: a user namespace of its own is refused beside others of the host.
    [[nodiscard]] std::vector<Change> withNeeds(const Change& change, const std::vector<Change>& all) const {
        std::vector<Change> out;
        const bool needs = change.object == "user";
        std::ranges::copy_if(all, std::back_inserter(out), [&](const Change& one) {
            return one == change || (needs && one.row == change.row);
        });
        return out;
    }

    claims::Ground machine = ground();
    std::string engineName;
    Snapshot usualContainer;
    std::string document;
    claims::ConfigForm writtenAs{};
    std::unique_ptr<os::TemporaryDirectory> workFolder;
};

std::string nameOfChange(const Change& change) {
    return std::string(change.row->id) + " " + change.object;
}

bool asksForPrivileges(const Snapshot& snapshot) {
    const auto& asks = snapshot.config.asks;
    return asks.known() && std::ranges::find(asks.value(), "privileged") != asks.value().end();
}

/// What the fact that a change is about says, in words.
std::string factOf(const Change& change, const Snapshot& snapshot) {
    const auto read = readerOf(factPathOf(change));
    const FactReading fact = read ? read(snapshot) : FactReading{};
    return fact.known() ? toText(fact.value) : fact.why != nullptr ? fact.why->reason : "none";
}

/// The fact that a change is about is as it was predicted; of device rules what they permit.
void expectAlike(const Change& change, const Snapshot& predicted, const Snapshot& read) {
    if (change.row->kind != ChangeKind::defaultDevicePolicy) {
        EXPECT_EQ(factOf(change, predicted), factOf(change, read));
        return;
    }
    const model::DeviceRules& one = predicted.cgroup.devicePolicy.effective.value();
    const model::DeviceRules& other = read.cgroup.devicePolicy.effective.value();
    EXPECT_TRUE(one.permitsNoMoreThan(other));
    EXPECT_TRUE(other.permitsNoMoreThan(one));
}

TEST_P(Harden, EachChangeIsWhatTheImporterThenReads) {
    const Snapshot before = import(document);
    const auto changes = offered(before);
    ASSERT_FALSE(changes.empty());
    for (const Change& change : changes) {
        if (before.config.privileged.valueOr(false) && change.row->kind == ChangeKind::dropCapability) {
            continue; // overruled unless privileged mode is left too
        }
        SCOPED_TRACE(nameOfChange(change) + ": " + wordsOf(change, writtenAs));
        const std::vector<Change> made = withNeeds(change, changes);
        const Snapshot after = import(edited(made));
        const auto still = offered(after);
        EXPECT_TRUE(std::ranges::find(still, change) == still.end()) << edited(made);
        const Snapshot effect = hardened(before, made, ordinary(), writtenAs);
        EXPECT_EQ(asksForPrivileges(effect), asksForPrivileges(after));
        expectAlike(change, effect, after);
        const auto assumed = offered(effect);
        EXPECT_TRUE(std::ranges::find(assumed, change) == assumed.end()) << "the effect itself";
    }
}

TEST_P(Harden, NoChangeOpensWhatAnotherCloses) {
    const Snapshot before = import(document);
    const auto changes = offered(before);
    for (const Change& change : changes) {
        for (const Change& left : offered(import(edited(withNeeds(change, changes))))) {
            const bool known = std::ranges::find(changes, left) != changes.end();
            // one capability after another is offered alone once few are left of many
            EXPECT_TRUE(known || left.row->kind == ChangeKind::removeDevice)
                << nameOfChange(change) << " brings " << nameOfChange(left);
        }
    }
}

TEST_P(Harden, AllOfThemTogetherLeaveNothingToChange) {
    const auto changes = offered(import(document));
    const auto left = offered(import(edited(changes)));
    for (const Change& change : left) {
        ADD_FAILURE() << nameOfChange(change) << "\n" << edited(changes);
    }
}

TEST_P(Harden, EverythingElseIsKept) {
    const std::string text = edited(offered(import(document)));
    if (GetParam().name == "oci") {
        EXPECT_NE(text.find("\"hostname\": \"kept\""), std::string::npos) << text;
        EXPECT_NE(text.find("\"sleep\",\n"), std::string::npos) << text;
    } else if (GetParam().name == "compose") {
        for (const char* kept : {"\"8080:80\"", "KEPT: \"0644\"", "image: \"postgres:16\""}) {
            EXPECT_NE(text.find(kept), std::string::npos) << kept << text;
        }
    } else if (GetParam().name == "kubernetes") {
        for (const char* kept :
             {"kind: ConfigMap", "mode: \"0644\"", "text: \"a: b\\n\"", "name: side", "---\n"}) {
            EXPECT_NE(text.find(kept), std::string::npos) << kept << text;
        }
    } else if (GetParam().name == "docker") {
        EXPECT_NE(text.find("-e 'KEPT=a b' nginx sh -c 'echo --privileged'"), std::string::npos) << text;
    }
}

INSTANTIATE_TEST_SUITE_P(Documents, Harden, testing::ValuesIn(test::kOpenDocuments), [](const auto& one) {
    return std::string(one.param.name);
});

TEST(Hardenings, EveryRowIsOfferedForSomeDocumentAndNamesItself) {
    std::set<std::string_view> ids;
    for (const Hardening& row : hardenings()) {
        EXPECT_TRUE(ids.insert(row.id).second) << row.id;
        EXPECT_FALSE(row.title.empty());
        EXPECT_FALSE(row.path.empty());
    }
    EXPECT_EQ(ids.size(), 19U);
}

TEST(Hardenings, WordsAreThoseOfTheForm) {
    using enum claims::ConfigForm;
    const auto row = std::ranges::find(hardenings(), ChangeKind::dropCapability, &Hardening::kind);
    const Change drop{&*row, "CAP_SYS_ADMIN"};
    EXPECT_EQ(wordsOf(drop, docker), "--cap-drop SYS_ADMIN");
    EXPECT_EQ(wordsOf(drop, compose), "cap_drop: [SYS_ADMIN]");
    EXPECT_EQ(wordsOf(drop, kubernetes), "securityContext.capabilities.drop: [SYS_ADMIN]");
    EXPECT_EQ(wordsOf(drop, oci), "process.capabilities: CAP_SYS_ADMIN in no set");
    EXPECT_EQ(factPathOf(drop), "capabilities.effective.CAP_SYS_ADMIN");
    const auto own = std::ranges::find(hardenings(), ChangeKind::ownNamespace, &Hardening::kind);
    EXPECT_EQ(wordsOf({&*own, "net"}, docker), "without --network=host");
    EXPECT_EQ(wordsOf({&*own, "pid"}, podman), "without --pid=host");
    EXPECT_EQ(wordsOf({&*own, "net"}, compose), "without network_mode: host");
    EXPECT_EQ(wordsOf({&*own, "pid"}, kubernetes), "spec.hostPID: false");
    EXPECT_EQ(wordsOf({&*own, "user"}, kubernetes), "spec.hostUsers: false");
    EXPECT_EQ(wordsOf({&*own, "user"}, podman), "--userns=auto");
    EXPECT_EQ(wordsOf({&*own, "cgroup"}, kubernetes), "");
    const auto limit = std::ranges::find(hardenings(), ChangeKind::limit, &Hardening::kind);
    EXPECT_EQ(wordsOf({&*limit, "memory"}, compose), "mem_limit: 1073741824");
    EXPECT_EQ(wordsOf({&*limit, "cpu"}, docker), "--cpus 1");
    EXPECT_EQ(wordsOf({&*limit, "cpu"}, kubernetes), "resources.limits.cpu: \"1\"");
    EXPECT_EQ(wordsOf({&*limit, "pids"}, oci), "linux.resources.pids.limit: 512");
    EXPECT_EQ(wordsOf({&*limit, "pids"}, kubernetes), "");
}

TEST(Hardenings, AFilterLeavesTheCallsOfACapabilityThatIsStillHeld) {
    const claims::Ground here = ground();
    const Snapshot usual = claims::ordinaryContainer("docker", here);
    const Ordinary ordinary{&usual, claims::ordinaryFilter("docker", here)};
    const auto all = claims::importDocument(test::kDocker, "line", {"", here});
    ASSERT_TRUE(all) << all.error().message;
    const auto named = [&](ChangeKind kind, const std::string& object) {
        return Change{&*std::ranges::find(hardenings(), kind, &Hardening::kind), object};
    };
    const std::vector<Change> filter{named(ChangeKind::defaultSeccomp, "")};
    const std::vector<Change> both{named(ChangeKind::dropCapability, "CAP_SYS_ADMIN"), filter.front()};
    const auto mountAfter = [&](const std::vector<Change>& changes) {
        const Snapshot after = hardened(all->front(), changes, ordinary);
        const auto& arch = after.seccomp.verdicts.value().at("x86_64");
        const auto found = arch.calls.find("mount");
        return found == arch.calls.end() ? arch.others.action : found->second.action;
    };
    EXPECT_EQ(mountAfter(filter), model::SeccompAction::allow);
    EXPECT_EQ(mountAfter(both), model::SeccompAction::errorNumber);
}

TEST(EditDocument, WhatIsNoConfigurationIsRefused) {
    const auto made = claims::editDocument("[{\"HostConfig\": {}, \"Id\": \"a\"}]", "inspect.json", "", {});
    ASSERT_FALSE(made);
    EXPECT_EQ(
        made.error().message,
        "inspect.json: no configuration that can be changed and started again; that are an OCI config.json, "
        "Kubernetes, Compose, a line of docker run or podman run, and a scenario of the lab");
}

TEST(EditDocument, AContainerThatIsNotThereIsNamed) {
    const claims::ChangeAsk change{ChangeKind::noNewPrivileges, ""};
    const auto made = claims::editDocument(test::kCompose, "compose.yaml", "gone", std::span(&change, 1));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message, "compose.yaml: no service is named gone");
}

TEST(EditDocument, LossOfCommentsIsSaid) {
    const auto made = claims::editDocument(test::kCompose, "compose.yaml", "web", {});
    ASSERT_TRUE(made);
    ASSERT_EQ(made->notes.size(), 1U);
    EXPECT_NE(made->notes.front().find("comments"), std::string::npos);
}

/// One container of a document, with a change made in it.
Snapshot changed(
    const std::string& text, const std::string& file, const std::string& subject,
    const std::vector<claims::ChangeAsk>& changes, const std::string& engine = "") {
    const auto made = claims::editDocument(text, file, subject, changes, ground());
    EXPECT_TRUE(made) << made.error().message;
    const auto all = claims::importDocument(made ? made->text : "", file, {engine, ground()});
    EXPECT_TRUE(all) << all.error().message << (made ? made->text : "");
    return all ? all->front() : Snapshot{};
}

std::string refusal(
    const std::string& text, const std::string& file, const std::string& subject,
    const claims::ChangeAsk& change) {
    const auto made = claims::editDocument(text, file, subject, std::span(&change, 1));
    return made ? made->text : made.error().message;
}

const claims::ChangeAsk kOwnUsers{ChangeKind::ownNamespace, "user"};

// kubernetes.io, User Namespaces, "Limitations"; kubernetes 132868 for volumeDevices.
TEST(OwnUsers, APodMayHaveThemWhereTheApiServerTakesIt) {
    const std::string pod =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: a, "
        "image: i}\n";
    EXPECT_FALSE(changed(pod, "p.yaml", "pod/p/a", {kOwnUsers}).identity.userNamespaceIsHost.value());
    for (const char* key : {"hostPID", "hostIPC", "hostNetwork"}) {
        EXPECT_EQ(
            refusal(pod + "  " + key + ": true\n", "p.yaml", "pod/p/a", kOwnUsers),
            "p.yaml: spec.hostUsers: the API server refuses false beside " + std::string(key) +
                ": true; that must go first");
    }
    EXPECT_EQ(
        refusal(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: a, image: "
            "i, volumeDevices: [{name: d, devicePath: /dev/xvda}]}\n",
            "p.yaml", "pod/p/a", kOwnUsers),
        "p.yaml: spec.hostUsers: the API server refuses false beside volumeDevices of a; that must go first");
    const auto made = claims::editDocument(pod, "p.yaml", "pod/p/a", std::span(&kOwnUsers, 1));
    ASSERT_TRUE(made);
    EXPECT_NE(made->text.find("  hostUsers: false\n"), std::string::npos) << made->text;
    EXPECT_TRUE(std::ranges::any_of(made->notes, [](const std::string& note) {
        return note.contains("Kubernetes 1.33") && note.contains("Linux 6.3");
    }));
}

// podman-run(1): --userns is incompatible with --uidmap and --gidmap.
TEST(OwnUsers, OfPodmanTakeThePlaceOfWhatTheLineSaid) {
    const auto line = [](const std::string& options) {
        const auto made =
            claims::editDocument("podman run " + options + "i\n", "line", "", std::span(&kOwnUsers, 1));
        return made ? made->text : made.error().message;
    };
    EXPECT_EQ(line(""), "podman run --userns=auto i\n");
    EXPECT_EQ(line("--userns host "), "podman run --userns=auto i\n");
    EXPECT_EQ(line("--uidmap 0:0:1 --gidmap=0:0:1 "), "podman run --userns=auto i\n");
}

// What podman 4.3.1 with runc 1.1.5 answers: mounting sysfs, proc, mqueue: operation not permitted; and
// dockerd (moby daemon_unix.go, verifyPlatformContainerSettings).
TEST(OwnUsers, AreRefusedBesideWhatTheyDoNotOwn) {
    const auto says = [](const std::string& beside) {
        return "line: a user namespace of its own is refused beside " + beside + "; that must go first";
    };
    for (const char* option : {"--network host", "--net=host", "--pid host", "--ipc=host"}) {
        const std::string name = std::string(option).substr(0, std::string(option).find_first_of(" ="));
        EXPECT_EQ(
            refusal("podman run " + std::string(option) + " i\n", "line", "", kOwnUsers),
            says(name + " host"));
    }
    EXPECT_EQ(
        refusal("podman run --privileged i\n", "line", "", kOwnUsers),
        "podman run --userns=auto --privileged i\n");
    EXPECT_EQ(
        refusal("docker run --userns host --privileged i\n", "line", "", kOwnUsers), says("--privileged"));
    EXPECT_EQ(
        refusal("services: {web: {image: i, userns_mode: host, pid: host}}\n", "c.yaml", "web", kOwnUsers),
        "c.yaml: a user namespace of its own is refused beside pid: host; that must go first");
}

// dockerd(8) userns-remap: every container has one but those with --userns=host.
TEST(OwnUsers, OfDockerAreTheDaemonsToGive) {
    for (const auto& [text, file] :
         {std::pair<std::string, std::string>{"docker run --userns host i\n", "line"},
          {"services: {web: {image: i, userns_mode: host}}\n", "compose.yaml"}}) {
        for (const auto& [engine, says] :
             {std::pair<std::string, bool>{"docker,userns-remap", true}, {"docker", false}}) {
            const auto all = claims::importDocument(text, file, {engine, ground()});
            ASSERT_TRUE(all) << all.error().message;
            const auto form = *claims::formOf(text, file);
            const auto offered = changesFor(all->front(), {}, form);
            EXPECT_EQ(
                std::ranges::any_of(offered, [](const Change& one) { return askOf(one) == kOwnUsers; }), says)
                << engine << " " << text;
        }
        const std::string subject = file == "line" ? "" : "web";
        const Snapshot after = changed(text, file, subject, {kOwnUsers}, "docker,userns-remap");
        EXPECT_FALSE(after.identity.userNamespaceIsHost.value()) << text;
    }
    EXPECT_EQ(
        refusal("docker run i\n", "line", "", kOwnUsers),
        "line: docker run has no way to say: a user namespace of its own; the daemon's userns-remap gives "
        "one to "
        "all");
}

// user_namespaces(7): a fresh proc needs a pid namespace that the user namespace owns.
TEST(OwnUsers, OfAnOciConfigurationNeedTheNamespacesThatItsMountsShow) {
    EXPECT_EQ(
        refusal(std::string(test::kOci), "config.json", "", kOwnUsers),
        "config.json: linux.namespaces: the kernel mounts no proc in a user namespace that does not own the "
        "pid "
        "namespace; that must become its own first");
}

/// A Pod with a folder of the host, its user and its user namespace as they are said.
Snapshot podWith(const std::string& spec, const std::string& container) {
    const auto all = claims::importDocument(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  " + spec +
            "volumes: [{name: v, hostPath: {path: /etc}}]\n  containers:\n  - {name: a, image: i, " +
            container + "volumeMounts: [{name: v, mountPath: /host}]}\n",
        "p.yaml", {"", ground()});
    EXPECT_TRUE(all) << all.error().message;
    return all ? all->front() : Snapshot{};
}

const model::Mount* mountAt(const Snapshot& snapshot, std::string_view target) {
    const auto& all = snapshot.mounts.value();
    const auto found = std::ranges::find(all, target, &model::Mount::target);
    return found == all.end() ? nullptr : &*found;
}

// kubernetes.io, User Namespaces: "the inodes created/read in volumes mounted by the pod will be the same as
// if the pod wasn't using user namespaces ... including hostPath".
TEST(OwnUsers, TheVolumesOfAPodAreMountedByItsMap) {
    const Snapshot own = podWith("hostUsers: false\n  ", "");
    ASSERT_NE(mountAt(own, "/host"), nullptr);
    EXPECT_TRUE(mountAt(own, "/host")->idmap);
    EXPECT_TRUE(mountAt(own, "/host")->idmapUids.unreadable());
    EXPECT_FALSE(mountAt(podWith("", ""), "/host")->idmap);
}

/// The machine with the profile that the product carries.
claims::Ground groundWithProfile() {
    claims::Ground out = ground();
    const auto profile = catalog::readSeccompProfile("resources/profiles", "docker-default");
    EXPECT_TRUE(profile) << profile.error().message;
    out.profiles["docker-default"] = catalog::profileOf(*profile);
    return out;
}

const claims::ChangeAsk kFilter{ChangeKind::defaultSeccomp, ""};

// What Docker installs for a container that asks for the same capabilities is the expectation.
TEST(DefaultFilter, OfAnOciConfigurationIsTheEnginesForWhatItHolds) {
    const claims::Ground here = groundWithProfile();
    const std::string caps = "--cap-drop ALL --cap-add SYS_PTRACE --cap-add CHOWN ";
    for (const bool dropped : {false, true}) {
        std::vector<claims::ChangeAsk> changes;
        if (dropped) {
            changes.push_back({ChangeKind::dropCapability, "CAP_SYS_ADMIN"});
        }
        changes.push_back(kFilter);
        const auto made = claims::editDocument(test::kOci, "config.json", "", changes, here);
        ASSERT_TRUE(made) << made.error().message;
        const auto after = claims::importDocument(made->text, "config.json", {"", here});
        ASSERT_TRUE(after) << after.error().message;
        const auto docker = claims::importDocument(
            "docker run " + caps + (dropped ? "" : "--cap-add SYS_ADMIN ") + "i", "line", {"", here});
        ASSERT_TRUE(docker) << docker.error().message;
        const model::Seccomp& filter = after->front().seccomp;
        EXPECT_EQ(filter.mode.value(), model::SeccompMode::filter);
        EXPECT_TRUE(filter.verdicts.value() == docker->front().seccomp.verdicts.value()) << dropped;
        EXPECT_EQ(filter.defaultAction.value(), docker->front().seccomp.defaultAction.value());
        EXPECT_TRUE(filter.archGaps.value() == docker->front().seccomp.archGaps.value());
        const auto& calls = filter.verdicts.value().at("x86_64").calls;
        const auto mount = calls.find("mount");
        EXPECT_EQ(mount != calls.end() && mount->second.action == model::SeccompAction::allow, !dropped);
        // runtime-spec config-linux.md, seccomp: conditions are the engines' own, runc knows none
        for (const char* unknown : {"includes", "excludes", "archMap", "minKernel"}) {
            EXPECT_FALSE(made->text.contains(unknown)) << unknown;
        }
    }
}

TEST(DefaultFilter, WithoutAProfileAtHandIsRefused) {
    EXPECT_EQ(
        refusal(std::string(test::kOci), "config.json", "", kFilter),
        "config.json: linux.seccomp: the engine's profile, or the machine that it is for, is not known here");
}

} // namespace

} // namespace bulkhead::threat
