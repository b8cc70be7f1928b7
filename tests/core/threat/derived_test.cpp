#include "core/os/file.h"
#include "tests/core/threat/conditions.h"
#include "tests/core/threat/subjects.h"

namespace bulkhead::threat {
namespace {

using model::Truth;

Truth truthOf(const std::string& condition, const model::Snapshot& snapshot) {
    Truth best = Truth::no;
    for (const Finding& one : findingsOf("      - " + condition + "\n", snapshot)) {
        best = model::either(best, one.truth);
    }
    return best;
}

TEST(Derived, TheirPageListsThemAll) {
    const auto page = os::readFile("resources/weaknesses/README.md");
    ASSERT_TRUE(page) << page.error().message;
    for (const DerivedFact& fact : derivedFacts()) {
        EXPECT_NE(page->find("`" + std::string(fact.name) + "("), std::string::npos) << fact.name;
    }
    for (const auto& [test, name] : model::Names<catalog::FactTest>::names) {
        EXPECT_NE(page->find("`" + std::string(name) + "`"), std::string::npos) << name;
    }
}

TEST(Derived, ANodeOpensByItsPolicyAndByItsPermissions) {
    const std::string opens = "{one: device, all: [opens(rw)]}";
    model::Snapshot snapshot = recorded("default");
    addDevice(snapshot, "/dev/x", true, 254, 0, model::DeviceClass::disk);
    EXPECT_EQ(truthOf(opens, snapshot), Truth::no) << "the policy holds mknod only";
    setPolicy(snapshot, {"b 254:* rw"});
    EXPECT_EQ(truthOf(opens, snapshot), Truth::yes);
    setPolicy(snapshot, {"b 254:0 r", "b *:* w"});
    EXPECT_EQ(truthOf(opens, snapshot), Truth::yes) << "each access where it is";
    model::DeviceRules rules{{*model::parseDeviceRule("a *:* rwm")}, {*model::parseDeviceRule("b 254:0 w")}};
    set(snapshot.cgroup.devicePolicy.effective, rules);
    EXPECT_EQ(truthOf(opens, snapshot), Truth::no) << "an exception";
    EXPECT_EQ(truthOf("{one: device, all: [opens(r)]}", snapshot), Truth::yes);

    setPolicy(snapshot, {"b 254:0 rw"});
    set(snapshot.identity.uid, model::Ids{1000, 1000, 1000, 1000});
    takeOverHost(snapshot, "CAP_DAC_OVERRIDE");
    EXPECT_EQ(truthOf(opens, snapshot), Truth::no) << "brw-rw---- root root, uid 1000";
    set(snapshot.identity.groupsOnHost, std::vector<std::uint32_t>{0});
    EXPECT_EQ(truthOf(opens, snapshot), Truth::yes) << "by its group";
    mountAt(snapshot, "/dev").options = {"rw", "nodev"};
    EXPECT_EQ(truthOf(opens, snapshot), Truth::no) << "nodev";
}

TEST(Derived, AKernelFileIsWritableByAnyProcfsInReach) {
    const std::string writable = "kernelFileWritable(/proc/sys/kernel/core_pattern)";
    model::Snapshot snapshot = recorded("default");
    EXPECT_EQ(truthOf(writable, snapshot), Truth::no);
    addMount(snapshot, "/host/proc", "/proc").fsType = "proc";
    mountAt(snapshot, "/host/proc").root = "/";
    EXPECT_EQ(truthOf(writable, snapshot), Truth::yes) << "no mask covers a second instance";
    addMount(snapshot, "/host/proc/sys", "/proc/sys", true).fsType = "proc";
    EXPECT_EQ(truthOf(writable, snapshot), Truth::no) << "a cover of its own";
    model::Mount& file = addMount(snapshot, "/pattern", "/proc/sys/kernel/core_pattern");
    file.fsType = "proc";
    file.root = "/sys/kernel/core_pattern";
    EXPECT_EQ(truthOf(writable, snapshot), Truth::yes) << "the single file";
}

TEST(Derived, AMountShowsWhatLiesBelowItsSource) {
    model::Snapshot snapshot = recorded("default");
    addMount(snapshot, "/x", "/var");
    EXPECT_EQ(truthOf("{one: mount, all: [\"shows(/var/lib/kubelet)\"]}", snapshot), Truth::yes);
    EXPECT_EQ(truthOf("{one: mount, all: [\"shows(/va)\"]}", snapshot), Truth::no);
    EXPECT_EQ(truthOf("{one: mount, all: [\"shows(/)\"]}", snapshot), Truth::no);
    set(mountAt(snapshot, "/x").hostPaths, Texts{"/"});
    EXPECT_EQ(truthOf("{one: mount, all: [\"shows(/var)\"]}", snapshot), Truth::no)
        << "the root by name alone";
    EXPECT_EQ(truthOf("{one: mount, all: [\"shows(/)\"]}", snapshot), Truth::yes);
    mountAt(snapshot, "/x").hostPaths = model::Unreadable{"not read", "CAP_SYS_ADMIN"};
    EXPECT_EQ(truthOf("{one: mount, all: [\"shows(/)\"]}", snapshot), Truth::unknown);
}

TEST(Derived, FilesOfRootBelongToItsIdOnTheFileSystem) {
    const std::string root = "{one: mount, all: [\"shows(/etc)\", actsAsRoot()]}";
    model::Snapshot snapshot = recorded("default");
    addMount(snapshot, "/x", "/etc");
    EXPECT_EQ(truthOf(root, snapshot), Truth::yes);
    mapRoot(snapshot, 100000);
    takeOverHost(snapshot, "CAP_DAC_OVERRIDE");
    EXPECT_EQ(truthOf(root, snapshot), Truth::unknown) << "the permissions of the files are not collected";
    model::Mount& mount = mountAt(snapshot, "/x");
    mount.idmap = true;
    set(mount.idmapUids, model::IdMap{{{0, 100000, 65536}}});
    EXPECT_EQ(truthOf(root, snapshot), Truth::yes) << "the mount maps it back to 0";
}

/// A configuration of a container that has a socket of root's with the usual mode.
model::Snapshot withDeclaredSocket(std::uint32_t uid) {
    model::Snapshot snapshot = recorded("default", model::Vantage::declared);
    set(snapshot.identity.uid, model::Ids{uid, uid, uid, uid});
    addSocket(snapshot, "docker", 0);
    snapshot.sockets = {
        std::vector<model::RuntimeSocket>{{"docker", "/s", "/s", 0, 0660, true}}, model::Evidence{}};
    addMount(snapshot, "/s", "/run/docker.sock").kind = model::MountKind::socket;
    return snapshot;
}

// unix(7): connecting needs write permission on the socket.
TEST(Derived, ASocketAnswersWhomItsModeLetsIn) {
    const std::string answers = "{one: socket, all: [answers()]}";
    EXPECT_EQ(truthOf(answers, withDeclaredSocket(0)), Truth::yes);
    model::Snapshot other = withDeclaredSocket(1000);
    takeOverHost(other, "CAP_DAC_OVERRIDE");
    EXPECT_EQ(truthOf(answers, other), Truth::unknown) << "docker's group may be its own";
    model::Snapshot mapped = withDeclaredSocket(0);
    mapRoot(mapped, 100000);
    takeOverHost(mapped, "CAP_DAC_OVERRIDE");
    EXPECT_EQ(truthOf(answers, mapped), Truth::no) << "mapped groups are none of the host's";
    model::Snapshot below = withDeclaredSocket(0);
    mountAt(below, "/s").target = "/r";
    EXPECT_EQ(truthOf(answers, below), Truth::unknown) << "a directory above it: the host may lack it";
    model::Snapshot asked = recorded("default");
    addSocket(asked, "docker", 0);
    EXPECT_EQ(truthOf(answers, asked), Truth::yes) << "the kernel was asked";
}

TEST(Derived, AnotherIdIsOneExecveFromRoot) {
    model::Snapshot snapshot = recorded("default");
    EXPECT_EQ(truthOf("rootOnHost()", snapshot), Truth::yes);
    set(snapshot.identity.uid, model::Ids{1000, 1000, 1000, 1000});
    EXPECT_EQ(truthOf("rootOnHost()", snapshot), Truth::unknown) << "a set-user-ID program would make it 0";
    set(snapshot.rootfs.nosuid, true);
    EXPECT_EQ(truthOf("rootOnHost()", snapshot), Truth::no);
    set(snapshot.rootfs.nosuid, false);
    set(snapshot.identity.noNewPrivileges, true);
    EXPECT_EQ(truthOf("rootOnHost()", snapshot), Truth::no);
    set(snapshot.identity.noNewPrivileges, false);
    mapRoot(snapshot, 100000);
    EXPECT_EQ(truthOf("rootOnHost()", snapshot), Truth::no)
        << "0 of its own numbering is another on the host";
}

TEST(Derived, CapabilitiesOneExecveAway) {
    model::Snapshot snapshot = recorded("default");
    set(snapshot.capabilities.effective, model::CapabilitySet());
    set(snapshot.capabilities.over[model::NamespaceType::user], model::CapabilitySet());
    EXPECT_EQ(truthOf("capability(CAP_NET_RAW)", snapshot), Truth::unknown)
        << "it is still in the bounding set";
    EXPECT_EQ(truthOf("capability(CAP_SYS_ADMIN)", snapshot), Truth::no);
    set(snapshot.capabilities.obtainable, model::CapabilitySet());
    EXPECT_EQ(truthOf("capability(CAP_NET_RAW)", snapshot), Truth::no);
}

TEST(Derived, WhatTheBoundingSetLacksIsOutOfReachWhoeverTheUserIs) {
    model::Snapshot snapshot = recorded("default");
    const model::Unreadable image{"the image names the user", ""};
    snapshot.capabilities.effective = image;
    snapshot.capabilities.over[model::NamespaceType::user] = image;
    EXPECT_EQ(truthOf("capability(CAP_NET_RAW)", snapshot), Truth::unknown);
    EXPECT_EQ(truthOf("capability(CAP_SYS_ADMIN)", snapshot), Truth::no);
    snapshot.capabilities.inheritable = image;
    EXPECT_EQ(truthOf("capability(CAP_SYS_ADMIN)", snapshot), Truth::unknown)
        << "an inheritable capability outlives the bounding set";
}

TEST(Derived, WhoAnswersACallDecides) {
    model::Snapshot snapshot = recorded("default");
    const std::pair<model::SeccompAction, Truth> kAnswers[] = {
        {model::SeccompAction::allow, Truth::yes},      {model::SeccompAction::log, Truth::yes},
        {model::SeccompAction::trace, Truth::unknown},  {model::SeccompAction::userNotif, Truth::unknown},
        {model::SeccompAction::errorNumber, Truth::no}, {model::SeccompAction::killProcess, Truth::no},
    };
    for (const auto& [action, truth] : kAnswers) {
        answer(snapshot, "mount", action);
        EXPECT_EQ(truthOf("call(mount)", snapshot), truth) << model::nameOf(action);
    }
    EXPECT_EQ(truthOf("\"call(clone, 0=0x11)\"", snapshot), Truth::yes) << "SIGCHLD alone";
    EXPECT_EQ(truthOf("\"call(clone, 0=0x10000000/0x10000000)\"", snapshot), Truth::no) << "CLONE_NEWUSER";
    set(snapshot.seccomp.mode, model::SeccompMode::disabled);
    EXPECT_EQ(truthOf("\"call(clone, 0=0x10000000/0x10000000)\"", snapshot), Truth::yes);
}

TEST(Derived, EnginesProfilesDenyMounting) {
    model::Snapshot snapshot = recorded("default");
    EXPECT_EQ(truthOf("lsmDenies(mount)", snapshot), Truth::no) << "no module";
    set(snapshot.lsm.apparmor, model::LsmLabel{"docker-default", "enforce", true});
    EXPECT_EQ(truthOf("lsmDenies(mount)", snapshot), Truth::yes);
    set(snapshot.lsm.apparmor, model::LsmLabel{"docker-default", "complain", false});
    EXPECT_EQ(truthOf("lsmDenies(mount)", snapshot), Truth::no);
    set(snapshot.lsm.apparmor, model::LsmLabel{"our-own", "enforce", true});
    EXPECT_EQ(truthOf("lsmDenies(mount)", snapshot), Truth::unknown);
    set(snapshot.lsm.selinux, model::LsmLabel{"system_u:system_r:container_t:s0:c1,c2", "", true});
    EXPECT_EQ(truthOf("lsmDenies(mount)", snapshot), Truth::yes);
}

TEST(Derived, PackagesDecideOverUpstreamsRange) {
    catalog::Advisory advisory;
    advisory.id = "CVE-1";
    advisory.product = "kernel";
    advisory.affected = {{"5.8", "6.12.85"}};
    advisory.packages = {{"Ubuntu 24.04", "6.8.0-117", "-generic"}};
    const auto judge = judgeOf("      - affected(CVE-1)\n", {advisory});
    ASSERT_TRUE(judge);
    struct Row {
        const char* distro;
        const char* kernel;
        Truth truth;
    };
    for (const Row& row : {
             Row{"Ubuntu 24.04.2 LTS", "6.8.0-110-generic", Truth::yes},
             Row{"Ubuntu 24.04.2 LTS", "6.8.0-117-generic", Truth::no},
             Row{"Ubuntu 24.04.2 LTS", "6.8.0-1023-aws", Truth::unknown}, // another flavour counts otherwise
             Row{"Debian GNU/Linux 12 (bookworm)", "6.1.0-42-amd64", Truth::unknown},
             Row{"Debian GNU/Linux 12 (bookworm)", "6.18.44", Truth::no},
             Row{"Debian GNU/Linux 12 (bookworm)", "5.4.0", Truth::no},
         }) {
        model::Snapshot snapshot = recorded("default");
        set(snapshot.host.distro, std::string(row.distro));
        set(snapshot.host.kernel, std::string(row.kernel));
        EXPECT_EQ(judge->judge(snapshot).front().truth, row.truth) << row.distro << " " << row.kernel;
    }
    EXPECT_EQ(
        judgeOf("      - affected(CVE-2)\n", {advisory}).error().message,
        "tried.yaml:7: affected: no advisory is named CVE-2; see advisories/*.yaml");
}

TEST(Derived, EveryPathOfTheSchemaCanBeAsked) {
    for (const char* path :
         {"capabilities.effective.CAP_KILL", "paths[\"/proc/sys\"].writable", "mounts[\"/proc\"].readOnly",
          "namespaces.pid.sharedWithHost", "host.knobs[\"kernel.sysrq\"]", "cgroup.limits.pids.value",
          "subject.image.ref", "seccomp.mode", "config.sysctls[\"net.ipv4.ip_forward\"]",
          "paths.maskedPaths"}) {
        EXPECT_TRUE(readerOf(path)) << path;
    }
    for (const char* path :
         {"", "capabilities.effective.CAP_NONE", "mounts[\"/proc\"].nothing", "paths", "nothing"}) {
        EXPECT_EQ(static_cast<bool>(readerOf(path)), std::string(path) == "paths") << path;
    }
}

} // namespace
} // namespace bulkhead::threat
