#include "core/compare/compare.h"
#include "tests/samples/sample_snapshots.h"

#include <functional>
#include <gtest/gtest.h>
#include <tuple>

namespace bulkhead::compare {
namespace {

using model::Evidence;
using model::Fact;
using model::Snapshot;

template <class T>
Fact<T> seen(T value) {
    return {std::move(value), Evidence{}};
}

std::vector<Change> changes(const Snapshot& baseline, const Snapshot& candidate) {
    return compareSnapshots({baseline, candidate});
}

const Change* at(const std::vector<Change>& all, std::string_view path) {
    for (const Change& change : all) {
        if (change.path == path) {
            return &change;
        }
    }
    return nullptr;
}

TEST(Compare, ASnapshotEqualsItself) {
    for (const Snapshot& snapshot : {samples::dockerDefault(), samples::rootless(), samples::privileged()}) {
        EXPECT_TRUE(changes(snapshot, snapshot).empty());
    }
}

// Identity and host never make a change: pids, inodes, paths, times, the machine.
TEST(Compare, PlumbingIsNoChange) {
    Snapshot other = samples::dockerDefault();
    other.subject.pid = 4711;
    other.takenAt = "2027-01-01T00:00:00Z";
    other.host.kernel = seen(std::string("7.0"));
    other.cgroup.path = seen(std::string("/elsewhere"));
    for (auto& [type, space] : other.namespaces) {
        space.inode = seen(space.inode.value() + 1000);
    }
    auto mounts = other.mounts.value();
    mounts[6].source = "tmpfs-of-another-runtime"; // the mask
    mounts[2].options = {"rw", "nosuid"};          // /dev, bound or made
    other.mounts = seen(mounts);
    EXPECT_TRUE(changes(samples::dockerDefault(), other).empty());
}

TEST(Compare, EveryChangeTurnsAroundWithTheSides) {
    const std::vector<Snapshot> all = {
        samples::dockerDefault(), samples::readOnly(), samples::rootless(), samples::privileged()};
    for (const Snapshot& left : all) {
        for (const Snapshot& right : all) {
            const auto forth = changes(left, right);
            const auto back = changes(right, left);
            ASSERT_EQ(forth.size(), back.size());
            for (const Change& change : forth) {
                const Change* reverse = at(back, change.path);
                ASSERT_NE(reverse, nullptr) << change.path;
                if (change.direction != Direction::neutral && reverse->direction != Direction::neutral) {
                    EXPECT_EQ(reverse->direction, reversed(change.direction)) << change.path;
                }
                EXPECT_EQ(reverse->before, change.after);
                EXPECT_FALSE(change.reason.empty()) << change.path;
            }
        }
    }
}

TEST(Compare, TheSameCapabilitiesInAChildNamespaceAreStronger) {
    const auto all = changes(samples::dockerDefault(), samples::rootless());
    const Change* chown = at(all, "capabilities.effective.CAP_CHOWN");
    ASSERT_NE(chown, nullptr);
    EXPECT_EQ(chown->direction, Direction::stronger);
    EXPECT_EQ(toText(chown->before), "over the host");
    EXPECT_EQ(toText(chown->after), "in its own user namespace");
}

// Any set in a child namespace is weaker, for host objects, than any non-empty set in the initial one.
TEST(Compare, AllCapabilitiesInAChildNamespaceAreStrongerThanOneOverTheHost) {
    Snapshot one = samples::dockerDefault();
    one.capabilities.effective = seen(model::CapabilitySet(1));
    Snapshot all = samples::rootless();
    all.capabilities.effective = seen(model::CapabilitySet(0x1ffffffffff));
    for (const Change& change : changes(one, all)) {
        if (change.path.starts_with("capabilities.effective")) {
            EXPECT_NE(change.direction, Direction::weaker) << change.path;
        }
    }
    for (const Change& change : changes(all, one)) {
        if (change.path.starts_with("capabilities.effective")) {
            EXPECT_NE(change.direction, Direction::stronger) << change.path;
        }
    }
}

TEST(Compare, AnUnreadableSideIsUnknown) {
    Snapshot unread = samples::dockerDefault();
    unread.identity.noNewPrivileges = model::Unreadable{"status: EACCES", "root"};
    const auto all = changes(samples::dockerDefault(), unread);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].path, "identity.noNewPrivileges");
    EXPECT_EQ(all[0].direction, Direction::unknown);
    EXPECT_EQ(all[0].reason, "could not be read: status: EACCES");
}

TEST(Compare, WhatIsUnreadableOnBothSidesIsNoChange) {
    Snapshot unread = samples::dockerDefault();
    unread.identity.noNewPrivileges = model::Unreadable{"status: EACCES", "root"};
    EXPECT_TRUE(changes(unread, unread).empty());
}

TEST(Compare, UnstatedIsNotCompared) {
    Snapshot declared = samples::dockerDefault();
    declared.identity.oomScoreAdj = {};
    Snapshot live = samples::dockerDefault();
    live.identity.oomScoreAdj = seen(std::int64_t{500});
    EXPECT_TRUE(changes(declared, live).empty());
}

struct MapCase {
    model::IdMap before;
    model::IdMap after;
    Direction direction;
};

TEST(Compare, IdMaps) {
    const std::vector<MapCase> cases = {
        {{{{0, 0, 4294967295U}}}, {{{0, 100000, 65536}}}, Direction::stronger},
        {{{{0, 100000, 65536}}}, {{{0, 100000, 1}}}, Direction::stronger},
        {{{{0, 100000, 1}}}, {{{0, 100000, 65536}}}, Direction::weaker},
        {{{{0, 100000, 65536}}}, {{{0, 200000, 65536}}}, Direction::neutral},
        {{{{0, 100000, 65536}}}, {{{0, 200000, 10}}}, Direction::incomparable},
        {{{{0, 1000, 1}}}, {{{0, 0, 1}}}, Direction::weaker},
    };
    for (const MapCase& c : cases) {
        Snapshot before = samples::rootless();
        Snapshot after = samples::rootless();
        before.identity.uidMap = seen(c.before);
        after.identity.uidMap = seen(c.after);
        const auto all = changes(before, after);
        ASSERT_EQ(all.size(), 1U) << c.before.toText() << " to " << c.after.toText();
        EXPECT_EQ(all[0].direction, c.direction) << c.before.toText() << " to " << c.after.toText();
    }
}

TEST(Compare, HostDirectoriesAndSocketsOpen) {
    Snapshot open = samples::dockerDefault();
    auto mounts = open.mounts.value();
    model::Mount bind;
    bind.target = "/host";
    bind.kind = model::MountKind::bind;
    bind.hostPaths = seen(std::vector<std::string>{"/srv"});
    mounts.push_back(bind);
    open.mounts = seen(mounts);
    const auto all = changes(samples::dockerDefault(), open);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].path, "mounts[\"/host\"]");
    EXPECT_EQ(all[0].direction, Direction::weaker);
    EXPECT_EQ(toText(all[0].after), "bind, writable, host /srv");
}

Snapshot withBind(const std::string& hostPath) {
    Snapshot snapshot = samples::dockerDefault();
    auto mounts = snapshot.mounts.value();
    model::Mount bind;
    bind.target = "/data";
    bind.kind = model::MountKind::bind;
    bind.hostPaths = seen(std::vector<std::string>{hostPath});
    mounts.push_back(bind);
    snapshot.mounts = seen(mounts);
    return snapshot;
}

// Two mounts at one place are not the same because their place is.
TEST(Compare, WhatABindShowsDecides) {
    const std::vector<std::tuple<std::string, std::string, Direction>> cases = {
        {"/srv/app", "/", Direction::weaker},      {"/srv/app", "/srv", Direction::weaker},
        {"/srv", "/srv/app", Direction::stronger}, {"/srv/app", "/srv/application", Direction::incomparable},
        {"/etc", "/srv", Direction::incomparable},
    };
    for (const auto& [before, after, direction] : cases) {
        const auto all = changes(withBind(before), withBind(after));
        ASSERT_EQ(all.size(), 1U) << before << " to " << after;
        EXPECT_EQ(all[0].path, "mounts[\"/data\"].hostPaths");
        EXPECT_EQ(all[0].direction, direction) << before << " to " << after;
    }
    EXPECT_TRUE(changes(withBind("/srv"), withBind("/srv")).empty());
    EXPECT_TRUE(changes(
                    withBind("/run/bulkhead/lab/1-2-a/host-directory-1"),
                    withBind("/run/bulkhead/lab/9-8-b/host-directory-1"))
                    .empty());
}

TEST(Compare, PermissionsOfADeviceAreASet) {
    Snapshot tight = samples::privileged();
    Snapshot loose = samples::privileged();
    auto nodes = loose.devices.value();
    nodes[0].mode = 0666;
    loose.devices = seen(nodes);
    const auto all = changes(tight, loose);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].direction, Direction::weaker);
    EXPECT_EQ(toText(all[0].before), "600");
    EXPECT_EQ(toText(all[0].after), "666");
}

TEST(Compare, CategoriesOfSelinuxAreNoOtherPolicy) {
    Snapshot left = samples::dockerDefault();
    Snapshot right = samples::dockerDefault();
    left.lsm.selinux = seen(model::LsmLabel{"system_u:system_r:container_t:s0:c1,c2", "", true});
    right.lsm.selinux = seen(model::LsmLabel{"system_u:system_r:container_t:s0:c3,c4", "", true});
    EXPECT_TRUE(changes(left, right).empty());
    right.lsm.selinux = seen(model::LsmLabel{"system_u:system_r:spc_t:s0:c3,c4", "", true});
    EXPECT_EQ(changes(left, right).at(0).direction, Direction::incomparable);
}

TEST(Directions, TogetherTheMoreTellingWins) {
    EXPECT_EQ(combined(Direction::weaker, Direction::unknown), Direction::weaker);
    EXPECT_EQ(combined(Direction::unknown, Direction::stronger), Direction::unknown);
    EXPECT_EQ(combined(Direction::stronger, Direction::neutral), Direction::stronger);
    EXPECT_EQ(combined(Direction::weaker, Direction::stronger), Direction::incomparable);
    EXPECT_EQ(combined(Direction::incomparable, Direction::unknown), Direction::incomparable);
}

TEST(Compare, LimitsAndPolicies) {
    Snapshot limited = samples::dockerDefault();
    limited.cgroup.limits["pids"] = seen(model::Limit{64, "pids.max"});
    const auto all = changes(samples::dockerDefault(), limited);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].direction, Direction::stronger);
    EXPECT_EQ(toText(all[0].before), "unlimited");

    const auto open = changes(samples::dockerDefault(), samples::privileged());
    const Change* policy = at(open, "cgroup.devicePolicy.effective");
    ASSERT_NE(policy, nullptr);
    EXPECT_EQ(policy->direction, Direction::weaker);
    EXPECT_EQ(policy->reason, "every device may be opened; no policy is in force");
}

TEST(Compare, AFilterThatWasNotReadCannotBeOrdered) {
    const auto all = changes(samples::dockerDefault(), samples::privileged());
    const Change* calls = at(all, "seccomp.verdicts");
    ASSERT_NE(calls, nullptr);
    EXPECT_EQ(calls->direction, Direction::incomparable);
}

TEST(Compare, DifferentPoliciesAreIncomparable) {
    Snapshot left = samples::dockerDefault();
    Snapshot right = samples::dockerDefault();
    left.lsm.apparmor = seen(model::LsmLabel{"docker-default", "enforce", true});
    right.lsm.apparmor = seen(model::LsmLabel{"custom", "enforce", true});
    EXPECT_EQ(changes(left, right).at(0).direction, Direction::incomparable);
    EXPECT_EQ(changes(left, samples::dockerDefault()).at(0).direction, Direction::weaker);
}

// The engine's own profile is not always known: that the container has some filter is as declared, which
// calls it leaves nobody said.
TEST(Contradictions, AGapOfTheDeclarationIsNone) {
    const model::Unreadable gap{"the profile that is built into the engine is not known", ""};
    Snapshot live = samples::dockerDefault();
    live.seccomp.verdicts = seen(std::map<std::string, model::ArchVerdicts>{{"x86_64", {}}});
    Snapshot declared = live;
    declared.seccomp.verdicts = gap;
    declared.identity.noNewPrivileges = gap;
    declared.capabilities.effective = gap;
    declared.mounts = gap;
    declared.lsm.apparmor = gap;
    declared.cgroup.devicePolicy.effective = gap;
    for (const Contradiction& found : compareVantages(declared, live)) {
        ADD_FAILURE() << found.path << ": " << found.cause;
    }
    // what is declared beside the gap still counts
    live.seccomp.mode = seen(model::SeccompMode::disabled);
    const auto found = compareVantages(declared, live);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].path, "seccomp.mode");
}

TEST(Contradictions, AbsentOnThisKernelContradictsNothing) {
    Snapshot declared = samples::dockerDefault();
    declared.paths.states["/proc/scsi"] = seen(model::PathState{model::Exposure::masked, false});
    declared.paths.states["/proc/bus"] = seen(model::PathState{model::Exposure::readonly, false});
    Snapshot live = samples::dockerDefault();
    live.paths.states["/proc/bus"] = seen(model::PathState{model::Exposure::absent, false});
    EXPECT_TRUE(compareVantages(declared, live).empty());
}

model::Mount mountOf(const std::string& target, const std::string& onHost, const std::string& device) {
    model::Mount mount;
    mount.target = target;
    mount.kind = model::MountKind::bind;
    mount.device = device;
    mount.hostPaths = seen(std::vector<std::string>{onHost});
    return mount;
}

/// Paths of what contradicts, where the host's root was asked for at /host.
std::vector<std::string> besideTheRoot(const std::function<void(Snapshot&, Snapshot&)>& change) {
    Snapshot declared = samples::dockerDefault();
    declared.mounts = seen(std::vector{mountOf("/host", "/", "")});
    Snapshot live = declared;
    change(declared, live);
    std::vector<std::string> out;
    for (const Contradiction& found : compareVantages(declared, live)) {
        out.push_back(found.path);
    }
    return out;
}

void add(Snapshot& snapshot, model::Mount mount) {
    std::vector<model::Mount> mounts = snapshot.mounts.value();
    mounts.push_back(std::move(mount));
    snapshot.mounts = seen(std::move(mounts));
}

// mount(2), MS_REC: what the host has mounted below a folder comes with a recursive bind of it
TEST(Contradictions, WhatComesWithAFolderOfTheHostWasAskedForWithIt) {
    using Paths = std::vector<std::string>;
    EXPECT_EQ(
        besideTheRoot([](Snapshot&, Snapshot& live) {
            add(live, mountOf("/host/boot", "/boot", "8:2"));
            live.devices = seen(std::vector{model::Device{"/host/dev/sda", "block", 8, 0}});
        }),
        Paths{});
    // another folder in the place of the host's own, and what lies beside
    const Paths later = besideTheRoot([](Snapshot&, Snapshot& live) {
        add(live, mountOf("/host/boot", "/root", "8:3"));
        add(live, mountOf("/hostile", "/boot", "8:2"));
        live.devices = seen(std::vector{model::Device{"/dev/sda", "block", 8, 0}});
    });
    ASSERT_EQ(later.size(), 3U);
    EXPECT_TRUE(later[0].starts_with("mounts[\"/host/boot\"]")) << later[0];
    EXPECT_TRUE(later[1].starts_with("mounts[\"/hostile\"]")) << later[1];
    EXPECT_TRUE(later[2].starts_with("devices[\"/dev/sda\"]")) << later[2];
}

// mount(2): MS_RDONLY is a flag of one mount, the recursive bind of a read-only folder leaves those below
// writable
TEST(Contradictions, WhatCanBeWrittenBelowAFolderThatWasAskedForReadOnlyWasNotAskedFor) {
    Snapshot declared = samples::dockerDefault();
    declared.mounts = seen(std::vector{mountOf("/host", "/", "")});
    declared.mounts = [&] {
        auto mounts = declared.mounts.value();
        mounts.front().readOnly = true;
        mounts.front().hostPaths = {{"/"}, {model::EvidenceKind::declared, "-v /:/host:ro", "", 0}};
        return seen(std::move(mounts));
    }();
    Snapshot live = declared;
    model::Mount boot = mountOf("/host/boot", "/boot", "8:2");
    model::Mount sealed = mountOf("/host/efi", "/efi", "8:3");
    sealed.readOnly = true;
    add(live, boot);
    add(live, sealed);
    live.kernel.writableKnobs = seen(std::vector<std::string>{"/host/proc/sys"});
    std::vector<std::pair<std::string, std::string>> found;
    for (const Contradiction& one : compareVantages(declared, live)) {
        found.emplace_back(one.path.substr(0, one.path.find(']')), one.cause.substr(0, 36));
    }
    const std::string cause = "the folder is asked for read-only, a";
    using Found = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(
        found, (Found{{"mounts[\"/host/boot\"", cause}, {"kernel.writableKnobs[\"/host/proc/sys\"", cause}}));
}

TEST(Contradictions, WhatWasAskedForByItselfOrMountedFromInsideDidNotCome) {
    const std::vector<std::string> found = besideTheRoot([](Snapshot& declared, Snapshot& live) {
        model::Mount data = mountOf("/host/data", "/data", "8:2");
        add(live, data);
        data.readOnly = true;
        add(declared, data);
        add(live, mountOf("/etc/hosts", "/srv/hosts", "8:1")); // as an engine binds it
        add(declared, mountOf("/etc/hosts", "/srv/hosts", ""));
        model::Mount other = mountOf("/host/x", "/root", "8:1"); // of the same disk, by somebody inside
        other.root = "/root";
        add(live, std::move(other));
    });
    ASSERT_EQ(found.size(), 2U) << found.size();
    EXPECT_EQ(found[0], "mounts[\"/host/data\"].readOnly");
    EXPECT_TRUE(found[1].starts_with("mounts[\"/host/x\"]")) << found[1];
}

TEST(Contradictions, ASocketThatTheHostLacksWasOnlySupposed) {
    const auto socketAt = [](const std::string& path) {
        model::RuntimeSocket socket;
        socket.kind = "docker";
        socket.path = path;
        return seen(std::vector{socket});
    };
    EXPECT_EQ(
        besideTheRoot(
            [&](Snapshot& declared, Snapshot&) { declared.sockets = socketAt("/host/run/docker.sock"); }),
        std::vector<std::string>{});
    EXPECT_EQ(
        besideTheRoot(
            [&](Snapshot& declared, Snapshot&) { declared.sockets = socketAt("/run/docker.sock"); }),
        std::vector<std::string>{"sockets[\"/run/docker.sock\"]"});
}

TEST(Contradictions, GotMoreThanAsked) {
    Snapshot live = samples::readOnly();
    Snapshot declared = samples::readOnly();
    live.rootfs.writable = seen(true);
    const auto found = compareVantages(declared, live);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].path, "rootfs.writable");
    EXPECT_EQ(found[0].direction, Direction::weaker);
    EXPECT_EQ(found[0].experienced, Value(Absent{}));
}

TEST(Contradictions, WhatWasExperiencedStandsBesideBoth) {
    const Snapshot declared = samples::readOnly();
    Snapshot live = samples::readOnly();
    live.rootfs.writable = seen(true);
    Snapshot inside;
    inside.vantage = model::Vantage::experienced;
    inside.rootfs.writable = seen(true);
    const auto agrees = compareVantages(declared, live, &inside);
    ASSERT_EQ(agrees.size(), 1U);
    EXPECT_EQ(agrees[0].experienced, Value(true));
    inside.rootfs.writable = seen(false);
    const auto differs = compareVantages(declared, live, &inside);
    ASSERT_EQ(differs.size(), 1U);
    EXPECT_EQ(differs[0].enforced, Value(true));
    EXPECT_EQ(differs[0].experienced, Value(false));
}

TEST(Contradictions, ALookFromInsideMayContradictTheKernelsAccount) {
    const Snapshot declared = samples::readOnly();
    Snapshot live = samples::readOnly();
    live.rootfs.writable = seen(true);
    live.kernel.modulesLoadable = seen(false);
    Snapshot inside;
    inside.vantage = model::Vantage::experienced;
    inside.kernel.modulesLoadable = seen(true);
    const auto found = compareVantages(declared, live, &inside);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1].path, "kernel.modulesLoadable");
    EXPECT_EQ(found[1].enforced, Value(false));
    EXPECT_EQ(found[1].experienced, Value(true));
    EXPECT_EQ(found[1].direction, Direction::weaker);
}

} // namespace
} // namespace bulkhead::compare
