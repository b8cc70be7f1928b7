#include "core/kernel/credentials.h"
#include "core/kernel/fingerprint.h"
#include "core/kernel/namespace_files.h"

#include <cerrno>
#include <gtest/gtest.h>

namespace bulkhead::kernel {
namespace {

using model::CapabilitySet;
using model::Fact;
using model::NamespaceType;
using model::Unreadable;

constexpr std::uint64_t kSysModule = 1U << 16U;

TaskStatus statusWith(std::uint64_t effective, std::uint64_t bounding, bool noNewPrivileges) {
    TaskStatus status;
    status.effective = CapabilitySet(effective);
    status.permitted = CapabilitySet(effective);
    status.bounding = CapabilitySet(bounding);
    status.inheritable = CapabilitySet();
    status.ambient = CapabilitySet();
    status.noNewPrivileges = noNewPrivileges;
    return status;
}

const Fact<bool> kYes(true, observed("test"));
const Fact<bool> kNo(false, observed("test"));
const Fact<bool> kUnknown(Unreadable{"ns/user: EACCES", "CAP_SYS_PTRACE"});
const Fact<std::int64_t> kLast(40, observed("cap_last_cap"));

model::Namespaces allShared(const Fact<bool>& shared) {
    model::Namespaces namespaces;
    for (const auto& [type, name] : model::Names<NamespaceType>::names) {
        namespaces[type].sharedWithHost = shared;
    }
    return namespaces;
}

const NamespaceIdentity kHostUser{4, 100};
const NamespaceIdentity kChildUser{4, 200};

/// What a task of uid 0 is judged by, unless the test says otherwise.
struct Judged {
    Reading<TaskStatus> status;
    NamespaceReadings namespaces;
    Fact<bool> inHost;
    Fact<model::Ids> uid = {model::Ids{}, observed("test")};
    bool honoursFiles = true;

    [[nodiscard]] model::Capabilities build(const std::string& source = "s") const {
        HostReference host;
        host.namespaces[NamespaceType::user] = kHostUser;
        return buildCapabilities({status, kLast, namespaces, host, inHost, uid, honoursFiles, source});
    }
};

model::Capabilities buildCapabilities(
    const Reading<TaskStatus>& status, const model::Namespaces& facts, const Fact<bool>& inHost,
    const std::string& source) {
    return Judged{status, {facts, kHostUser, {}}, inHost}.build(source);
}

TEST(Capabilities, numbersTheKernelDoesNotKnowMeanNothing) {
    const auto sets =
        buildCapabilities(statusWith(~0ULL, ~0ULL, true), allShared(kNo), kYes, "/proc/7/status");
    EXPECT_EQ(sets.effective.value().mask(), 0x1ffffffffffU);
    EXPECT_EQ(sets.effective.evidence().source, "/proc/7/status CapEff");
}

TEST(Capabilities, obtainableIsOneExecveAway) {
    const auto obtainable = [](bool noNewPrivileges) {
        return buildCapabilities(statusWith(1, 7, noNewPrivileges), allShared(kNo), kYes, "s")
            .obtainable.value()
            .mask();
    };
    EXPECT_EQ(obtainable(true), 1U);
    EXPECT_EQ(obtainable(false), 7U);
}

// capabilities(7): a root program's execve gains what is bounding or inheritable; another's the same by a
// setuid-root program, which a file system mounted nosuid does not honour.
TEST(Capabilities, obtainableDependsOnRootAndOnWhatMountsHonour) {
    TaskStatus status = statusWith(1, 2, false);
    status.inheritable = CapabilitySet(4);
    Judged judged{status, {allShared(kNo), kHostUser, {}}, kYes};
    judged.honoursFiles = false;
    EXPECT_EQ(judged.build().obtainable.value().mask(), 7U);
    judged.uid = {model::Ids{1000, 1000, 1000, 1000}, observed("test")};
    EXPECT_EQ(judged.build().obtainable.value().mask(), 1U);
    EXPECT_EQ(
        judged.build().obtainable.evidence().source,
        "s CapPrm: not root, and every mount is nosuid or noexec");
    judged.honoursFiles = true;
    EXPECT_EQ(judged.build().obtainable.value().mask(), 7U);
}

// user_namespaces(7), "The effect of capabilities within a user namespace", its three rules.
TEST(Capabilities, withinANamespaceCountByWhoOwnsIt) {
    const TaskStatus status = statusWith(kSysModule, 0, true);
    Judged judged{status, {allShared(kNo), kHostUser, {}}, kYes};
    auto& owners = judged.namespaces.owners[NamespaceType::net];
    const auto within = [&] { return judged.build().within.at(NamespaceType::net).value().mask(); };
    owners = {{kHostUser, 0}};
    EXPECT_EQ(within(), kSysModule); // its own
    owners = {{kChildUser, 1000}, {kHostUser, 0}};
    EXPECT_EQ(within(), kSysModule); // below its own, created by another uid
    owners = {{kChildUser, 0}, {kHostUser, 0}};
    EXPECT_EQ(within(), 0x1ffffffffffU); // below its own, created by its effective uid
    owners = {{{4, 300}, 0}, {kChildUser, 1000}, {kHostUser, 0}};
    EXPECT_EQ(within(), kSysModule); // the uid of the one right below decides
    judged.namespaces.user = kChildUser;
    owners = {{kHostUser, 0}};
    EXPECT_EQ(within(), 0U); // above its own
    owners = {{{4, 300}, 0}, {kHostUser, 0}};
    EXPECT_EQ(within(), 0U); // beside its own
    owners = {{{4, 300}, 0}};
    EXPECT_FALSE(judged.build().within.at(NamespaceType::net).known()); // the way up is out of sight
}

// What a reader's user namespace makes of the ids in a status (proc(5); user_namespaces(7)).
TEST(Identity, idsAreTranslatedOnlyFromAbove) {
    NamespaceReadings child{{}, kChildUser, {{NamespaceType::user, {{kChildUser, 0}, {kHostUser, 0}}}}};
    EXPECT_EQ(viewOfIds(child, kHostUser, true), IdView::throughMaps);
    EXPECT_EQ(viewOfIds(child, kChildUser, false), IdView::asTheyAre);
    EXPECT_EQ(viewOfIds(child, NamespaceIdentity{4, 300}, false), IdView::unknown);
    NamespaceReadings closed;
    EXPECT_EQ(viewOfIds(closed, kHostUser, true), IdView::throughMaps);
    EXPECT_EQ(viewOfIds(closed, kChildUser, false), IdView::unknown);
}

TEST(Capabilities, countOverTheHostOnlyWhereBothNamespacesAreItsOwn) {
    auto namespaces = allShared(kNo);
    namespaces[NamespaceType::net].sharedWithHost = kYes;
    const TaskStatus status = statusWith(kSysModule, kSysModule, true);
    const auto inHost = buildCapabilities(status, namespaces, kYes, "s");
    EXPECT_EQ(inHost.over.at(NamespaceType::net).value().mask(), kSysModule);
    EXPECT_EQ(inHost.over.at(NamespaceType::pid).value().mask(), 0U);
    EXPECT_EQ(inHost.over.at(NamespaceType::user).value().mask(), kSysModule);
    const auto inChild = buildCapabilities(status, namespaces, kNo, "s");
    EXPECT_EQ(inChild.over.at(NamespaceType::net).value().mask(), 0U); // joined, but owned by others
    EXPECT_EQ(inChild.over.at(NamespaceType::user).value().mask(), 0U);
}

TEST(Capabilities, unknownOwnersAreGapsUnlessTheRestDecides) {
    auto namespaces = allShared(kUnknown);
    namespaces[NamespaceType::net].sharedWithHost = kNo;
    const auto sets = buildCapabilities(statusWith(1, 1, true), namespaces, kUnknown, "s");
    EXPECT_EQ(sets.over.at(NamespaceType::user).gap().reason, "ns/user: EACCES");
    EXPECT_EQ(sets.over.at(NamespaceType::net).value().mask(), 0U); // not the host's, whoever owns it
}

TEST(Capabilities, anUnreadStatusIsAGapEverywhere) {
    const Reading<TaskStatus> unread = std::unexpected(failureOf(ESRCH, "status"));
    const auto sets = buildCapabilities(unread, allShared(kYes), kYes, "s");
    EXPECT_EQ(sets.effective.gap().reason, "status: ESRCH");
    EXPECT_EQ(sets.obtainable.gap().reason, "status: ESRCH");
    EXPECT_EQ(sets.over.at(NamespaceType::net).gap().reason, "status: ESRCH");
}

TEST(CapturedNamespace, readsLinkAndAnswers) {
    const auto file = parseCapturedNamespace(
        "ns/pid", "pid:[4026532500]\nowner 4026531837\nownerUid 5\nparent 4026531836\nlevel 1\n");
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->self.inode, 4026532500U);
    EXPECT_EQ(file->owner->inode, 4026531837U);
    EXPECT_EQ(*file->ownerUid, 5U);
    EXPECT_EQ(file->parent->inode, 4026531836U);
    EXPECT_EQ(*file->level, 1);
    const auto first = parseCapturedNamespace("ns/user", "user:[4026531837]\nparent EPERM\n");
    EXPECT_EQ(first->parent.error().number, EPERM);
    EXPECT_EQ(*first->level, 0);
    EXPECT_EQ(first->owner.error().why.reason, "ns/user: the captured tree does not state its owner");
}

TEST(CapturedNamespace, refusesOtherTexts) {
    const auto message = [](const std::string& text) {
        return parseCapturedNamespace("ns/net", text).error().message;
    };
    EXPECT_EQ(message(""), "ns/net: expected TYPE:[INODE]");
    EXPECT_EQ(message("net:[x]\n"), "ns/net: expected TYPE:[INODE]");
    EXPECT_EQ(message("net:[12\n"), "ns/net: expected TYPE:[INODE]");
    EXPECT_EQ(
        message("net:[12]\nowner me\n"),
        "ns/net line 2: expected owner, ownerUid, parent or level and a number");
    EXPECT_EQ(
        message("net:[12]\nchild 4\n"),
        "ns/net line 2: expected owner, ownerUid, parent or level and a number");
}

TEST(Fingerprint, namesWhatMoved) {
    Fingerprint before;
    before.parts = {{"exe", "/bin/a"}, {"mounts", "1"}, {"namespaces", "x"}};
    before.stat.startTime = 5;
    Fingerprint after = before;
    EXPECT_TRUE(changedParts(before, after).empty());
    after.parts["mounts"] = "2";
    after.parts["exe"] = "/bin/b";
    EXPECT_EQ(changedParts(before, after), (std::vector<std::string>{"exe", "mounts"}));
    after.stat.startTime = 6;
    EXPECT_EQ(changedParts(before, after).back(), "startTime");
}

TEST(Reading, gapsNameTheErrnoAndWhatWouldHelp) {
    EXPECT_EQ(
        failureOf(EACCES, "ns/net", kNeedsPtrace).why,
        (Unreadable{"ns/net: EACCES", "CAP_SYS_PTRACE in the container's user namespace"}));
    EXPECT_EQ(failureOf(ENOENT, "ns/time", kNeedsPtrace).why, (Unreadable{"ns/time: ENOENT", ""}));
}

} // namespace
} // namespace bulkhead::kernel
