// Every change that is offered for a document is made in it, and the document imported again: what the
// importers, which were written without knowing of changes, then say is held against the change's own effect.

#include "core/claims/import.h"
#include "core/claims/ordinary.h"
#include "core/os/temporary_directory.h"
#include "core/seccomp/profile.h"
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
        m_folder = std::make_unique<os::TemporaryDirectory>(std::move(*made));
        m_engine = GetParam().name == "podman"       ? "podman"
                   : GetParam().name == "kubernetes" ? "containerd"
                                                     : "docker";
        m_ordinary = claims::ordinaryContainer(m_engine, m_ground);
        m_text = GetParam().text;
        m_form = *claims::formOf(m_text, file());
    }

    [[nodiscard]] std::string file() const {
        return (m_folder->path() / std::string(GetParam().file)).string();
    }
    [[nodiscard]] Ordinary ordinary() const {
        return {&m_ordinary, claims::ordinaryFilter(m_engine, m_ground)};
    }
    [[nodiscard]] Snapshot import(const std::string& text) const {
        const auto all = claims::importDocument(text, file(), {"", m_ground});
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
        const auto made = claims::editDocument(m_text, file(), GetParam().subject, asked);
        EXPECT_TRUE(made) << made.error().message;
        return made ? made->text : "";
    }
    [[nodiscard]] std::vector<Change> offered(const Snapshot& snapshot) const {
        return changesFor(snapshot, ordinary(), m_form);
    }

    claims::Ground m_ground = ground();
    std::string m_engine;
    Snapshot m_ordinary;
    std::string m_text;
    claims::ConfigForm m_form{};
    std::unique_ptr<os::TemporaryDirectory> m_folder;
};

std::string nameOfChange(const Change& change) {
    return std::string(change.row->id) + " " + change.object;
}

bool asksForPrivileges(const Snapshot& snapshot) {
    const auto& asks = snapshot.config.asks;
    return asks.known() && std::ranges::find(asks.value(), "privileged") != asks.value().end();
}

TEST_P(Harden, EachChangeIsWhatTheImporterThenReads) {
    const Snapshot before = import(m_text);
    const auto changes = offered(before);
    ASSERT_FALSE(changes.empty());
    for (const Change& change : changes) {
        if (before.config.privileged.valueOr(false) && change.row->kind == ChangeKind::dropCapability) {
            continue; // overruled unless privileged mode is left too
        }
        SCOPED_TRACE(nameOfChange(change) + ": " + wordsOf(change, m_form));
        const Snapshot after = import(edited({change}));
        const auto still = offered(after);
        EXPECT_TRUE(std::ranges::find(still, change) == still.end()) << edited({change});
        const Snapshot effect = hardened(before, std::span(&change, 1), ordinary());
        EXPECT_EQ(asksForPrivileges(effect), asksForPrivileges(after));
        const auto assumed = offered(effect);
        EXPECT_TRUE(std::ranges::find(assumed, change) == assumed.end()) << "the effect itself";
    }
}

TEST_P(Harden, NoChangeOpensWhatAnotherCloses) {
    const Snapshot before = import(m_text);
    const auto changes = offered(before);
    for (const Change& change : changes) {
        for (const Change& left : offered(import(edited({change})))) {
            const bool known = std::ranges::find(changes, left) != changes.end();
            // one capability after another is offered alone once few are left of many
            EXPECT_TRUE(known || left.row->kind == ChangeKind::removeDevice)
                << nameOfChange(change) << " brings " << nameOfChange(left);
        }
    }
}

TEST_P(Harden, AllOfThemTogetherLeaveNothingToChange) {
    const auto changes = offered(import(m_text));
    const auto left = offered(import(edited(changes)));
    for (const Change& change : left) {
        ADD_FAILURE() << nameOfChange(change) << "\n" << edited(changes);
    }
}

TEST_P(Harden, EverythingElseIsKept) {
    const std::string text = edited(offered(import(m_text)));
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

} // namespace

} // namespace bulkhead::threat
