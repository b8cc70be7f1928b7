#include "core/lab/cgroups.h"
#include "core/lab/clean.h"
#include "core/lab/doctor.h"
#include "core/lab/machine.h"
#include "core/lab/place.h"
#include "core/lab/rootfs.h"
#include "core/lab/sweep.h"
#include "core/os/file.h"
#include "core/os/process.h"
#include "core/os/temporary_directory.h"
#include "core/session/ground.h"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace bulkhead::lab {

namespace fs = std::filesystem;

TEST(RunId, CarriesItsOwner) {
    const RunId run = makeRunId();
    EXPECT_EQ(run.owner, ::getpid());
    EXPECT_EQ(parseRunId(run.text()), run);
    EXPECT_EQ(runOfContainer(run.containerId("host-directory")), run);
    EXPECT_TRUE(ownerLives(run));
    EXPECT_NE(makeRunId(), run);
}

TEST(RunId, ARecycledPidIsNotTheOwner) {
    RunId run = makeRunId();
    run.ownerStart -= 1;
    EXPECT_FALSE(ownerLives(run));
}

TEST(RunId, ForeignNamesAreNotOurs) {
    for (const char* text :
         {"", "1", "1-2", "1-2-xyz", "1-2-0123abcde", "-1-2-0123abcd", "0-2-0123abcd", "a-2-0123abcd",
          "1-2-0123ABCD", "1--0123abcd"}) {
        EXPECT_EQ(parseRunId(text), std::nullopt) << text;
    }
    for (const char* name :
         {"docker", "bulkhead", "bulkhead-", "bulkhead-1-2-0123abcd", "bulkhead-test-h-x-y"}) {
        EXPECT_EQ(runOfContainer(name), std::nullopt) << name;
    }
}

TEST(ParseMountLines, ReadsEscapedPathsAndLeavesOutTornLines) {
    const auto mounts = parseMountLines(
        "36 35 98:0 /a\\040b /mnt\\134x rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue\n"
        "31 23 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        "1 2 3:4 / /torn rw - cgroup\n"
        "1 2 3:4 / /torn rw");
    ASSERT_EQ(mounts.size(), 2U);
    EXPECT_EQ(mounts[0].root, "/a b");
    EXPECT_EQ(mounts[0].target, "/mnt\\x");
    EXPECT_EQ(mounts[0].fsType, "ext3");
    EXPECT_EQ(mounts[1].superOptions, (std::vector<std::string>{"rw", "cpu"}));
}

namespace {

class StateRoot : public ::testing::Test {
protected:
    void SetUp() override {
        ::umask(022); // a folder that a group may write to is refused
        auto made = os::TemporaryDirectory::make("bulkhead-test");
        ASSERT_TRUE(made);
        m_folder = std::move(*made);
    }
    [[nodiscard]] fs::path root() const { return m_folder->path() / "lab"; }
    [[nodiscard]] fs::path folder() const { return m_folder->path(); }

private:
    std::optional<os::TemporaryDirectory> m_folder;
};

/// A run whose owner was another process and is gone.
Place deadRun(const fs::path& root) {
    Place place = *makePlace(root);
    RunId dead = place.run;
    dead.ownerStart -= 1;
    fs::rename(place.folder, root / dead.text());
    std::ofstream(root / dead.text() / "journal")
        << "owner 1 1\nbundles " << (root / dead.text() / "bundles").string() << "\n";
    return {dead, root, root / dead.text(), root / dead.text() / "bundles"};
}

} // namespace

TEST_F(StateRoot, TheJournalStandsBeforeAnythingElse) {
    const auto place = makePlace(root());
    ASSERT_TRUE(place) << place.error().message;
    const auto journal = os::readFile(place->folder / "journal");
    ASSERT_TRUE(journal);
    EXPECT_EQ(
        *journal, "owner " + std::to_string(::getpid()) + " " + std::to_string(place->run.ownerStart) +
                      "\nbundles " + place->bundles.string() + "\n");
    EXPECT_TRUE(addToJournal(*place, "container x"));
    EXPECT_TRUE(os::readFile(place->folder / "journal")->ends_with("\ncontainer x\n"));
    const auto found = findPlaces(root());
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().run, place->run);
    EXPECT_EQ(found->front().bundles, place->bundles);
    EXPECT_TRUE(removePlace(*place));
    EXPECT_FALSE(fs::exists(root())) << "the shared folder goes with the last run";
}

TEST_F(StateRoot, CleaningFindsNothingWhereThereIsNothing) {
    const auto report = cleanLab(root());
    ASSERT_TRUE(report);
    EXPECT_EQ(report->left, std::vector<std::string>{});
    EXPECT_FALSE(fs::exists(root()));
}

TEST_F(StateRoot, AFolderThatIsALinkIsRefused) {
    fs::create_directories(folder() / "elsewhere");
    fs::create_directory_symlink(folder() / "elsewhere", root());
    const auto place = makePlace(root());
    ASSERT_FALSE(place);
    EXPECT_EQ(place.error().kind, base::ErrorKind::denied);
    EXPECT_EQ(
        place.error().message, root().string() +
                                   ": not a folder of its own but a link or a file; remove it, or set "
                                   "XDG_RUNTIME_DIR to a folder of yours");
    EXPECT_TRUE(fs::is_empty(folder() / "elsewhere"));
    EXPECT_EQ(findPlaces(root()).error().kind, base::ErrorKind::denied);
}

TEST_F(StateRoot, AFolderThatIsNotOursAloneIsRefused) {
    for (const fs::perms others : {fs::perms::group_write, fs::perms::others_write}) {
        const fs::path shared = folder() / "bulkhead-0";
        fs::create_directories(shared);
        fs::permissions(shared, fs::perms::owner_all | others);
        const auto place = makePlace(shared / "lab");
        ASSERT_FALSE(place);
        EXPECT_EQ(place.error().kind, base::ErrorKind::denied);
        EXPECT_EQ(
            place.error().message,
            shared.string() + ": other users may write to it; chmod go-w " + shared.string());
        EXPECT_FALSE(fs::exists(shared / "lab"));
        EXPECT_EQ(findPlaces(shared / "lab").error().kind, base::ErrorKind::denied);
    }
}

TEST_F(StateRoot, AFolderOfAnotherUserIsRefused) {
    fs::create_directories(root());
    if (::chown(root().c_str(), 12345, 12345) != 0) {
        GTEST_SKIP() << "giving a folder away needs root";
    }
    const auto place = makePlace(root());
    ASSERT_FALSE(place);
    EXPECT_EQ(place.error().kind, base::ErrorKind::denied);
    EXPECT_EQ(
        place.error().message, root().string() +
                                   ": belongs to user 12345; have it removed, or set XDG_RUNTIME_DIR to a "
                                   "folder of yours");
    EXPECT_TRUE(fs::is_empty(root()));
}

TEST_F(StateRoot, CleaningTakesDeadRunsAndLeavesTheLiving) {
    const auto living = makePlace(root());
    const Place dead = deadRun(root());
    fs::create_directories(dead.bundles / "default" / "rootfs");
    const auto report = cleanLab(root());
    ASSERT_TRUE(report);
    EXPECT_EQ(report->removed, std::vector<std::string>{"run " + dead.run.text() + ": its folder"});
    EXPECT_FALSE(fs::exists(dead.folder));
    EXPECT_TRUE(fs::exists(living->folder));
    EXPECT_EQ(
        std::ranges::count(
            report->living, "run " + living->run.text() + ": process " + std::to_string(::getpid()) +
                                " owns it and lives; left alone"),
        1);
    EXPECT_TRUE(removePlace(*living));
}

TEST_F(StateRoot, CleaningFindsBundlesWhoseJournalIsLost) {
    RunId dead = makeRunId();
    dead.ownerStart -= 1;
    const RunId living = makeRunId();
    const auto roots = bundleRoots(root());
    ASSERT_GE(roots.size(), 2U);
    for (const fs::path& elsewhere : roots) {
        const bool existed = fs::exists(elsewhere);
        fs::create_directories(elsewhere / dead.text() / "bundles" / "default" / "rootfs");
        fs::create_directories(elsewhere / living.text() / "bundles");
        fs::create_directories(elsewhere / "precious");
        const auto report = cleanLab(root());
        EXPECT_EQ(std::ranges::count(report->removed, "run " + dead.text() + ": its folder"), 1) << elsewhere;
        EXPECT_FALSE(fs::exists(elsewhere / dead.text())) << elsewhere;
        EXPECT_TRUE(fs::exists(elsewhere / living.text())) << elsewhere;
        EXPECT_TRUE(fs::exists(elsewhere / "precious")) << elsewhere;
        fs::remove_all(elsewhere / dead.text());
        fs::remove_all(elsewhere / living.text());
        fs::remove(elsewhere / "precious");
        if (!existed) {
            fs::remove(elsewhere);
            std::error_code error;
            fs::remove(elsewhere.parent_path(), error); // not empty, and kept, where it was there before
        }
    }
}

TEST_F(StateRoot, CleaningARunThatDiedBeforeItsJournal) {
    Place dead = deadRun(root());
    fs::remove(dead.folder / "journal");
    EXPECT_EQ(cleanLab(root())->removed.size(), 1U);
    EXPECT_FALSE(fs::exists(dead.folder));
}

TEST_F(StateRoot, AJournalCannotPointElsewhere) {
    const Place dead = deadRun(root());
    const fs::path precious = folder() / "precious";
    fs::create_directories(precious);
    std::ofstream(dead.folder / "journal", std::ios::trunc) << "bundles " << precious.string() << "\n";
    EXPECT_TRUE(cleanLab(root()));
    EXPECT_TRUE(fs::exists(precious));
}

TEST_F(StateRoot, WhatCarriesTheMarkerIsOfTheRun) {
    const Place dead = deadRun(root());
    const std::string marker = std::string(kRunMarker) + "=" + dead.run.text();
    const pid_t child = ::fork();
    if (child == 0) {
        ::execl("/usr/bin/env", "env", "-i", marker.c_str(), "/bin/sleep", "60", nullptr);
        ::_exit(127);
    }
    const pid_t stranger = ::fork();
    if (stranger == 0) {
        ::execl("/usr/bin/env", "env", "-i", (marker + "0").c_str(), "/bin/sleep", "60", nullptr);
        ::_exit(127);
    }
    for (int i = 0; i < 500 && !isOfRun(child, dead); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(processesOf(dead), std::vector<std::int64_t>{child});
    EXPECT_EQ(sweepRun(dead).processes, 1U);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_TRUE(os::startTimeOf(stranger));
    ::kill(stranger, SIGKILL);
    ::waitpid(stranger, &status, 0);
}

TEST_F(StateRoot, TheImageHasOneDigestForOneContent) {
    const fs::path busybox = "/bin/busybox";
    if (!checkImagePrograms(busybox, busybox)) {
        GTEST_SKIP() << "busybox-static is not installed";
    }
    const auto one = makeRootImage(busybox, busybox, folder() / "one");
    const auto two = makeRootImage(busybox, busybox, folder() / "two");
    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->digest, two->digest);
    EXPECT_TRUE(one->digest.starts_with("sha256:"));
    EXPECT_TRUE(one->ref.starts_with("busybox 1.")) << one->ref;
    std::ofstream(folder() / "probe") << "x";
    const auto other = makeRootImage(busybox, folder() / "probe", folder() / "three");
    EXPECT_NE(other->digest, one->digest);
    ASSERT_TRUE(copyRootImage(*one, folder() / "copy", ::getuid(), ::getgid()));
    EXPECT_EQ(fs::read_symlink(folder() / "copy/bin/sh"), "busybox");
}

TEST(CheckImagePrograms, NamesWhatIsWrong) {
    EXPECT_EQ(
        checkImagePrograms("/nowhere/busybox", "/bin/true").error().message,
        "/nowhere/busybox: no such program; apt-get install busybox-static brings it");
    EXPECT_EQ(
        checkImagePrograms("/bin/ls", "/bin/true").error().message,
        "/bin/ls: not statically linked; apt-get install busybox-static brings it");
    EXPECT_EQ(
        checkImagePrograms("/etc/passwd", "/bin/true").error().message,
        "/etc/passwd: not an ELF program; apt-get install busybox-static brings it");
}

TEST(ChooseUnusedId, IsNobodys) {
    for (const std::uint32_t seed : {0U, 1U, 59999U, 4294967295U}) {
        const std::uint32_t id = chooseUnusedId(seed);
        EXPECT_GE(id, 100000U);
        EXPECT_EQ(os::readFile("/etc/passwd")->find(":" + std::to_string(id) + ":"), std::string::npos);
    }
}

TEST(FindDeviceNodes, DoesNotFollowLinksNorEnterTerminals) {
    const auto folder = os::TemporaryDirectory::make("bulkhead-test");
    fs::create_directories(folder->path() / "pts");
    fs::create_symlink("/dev/null", folder->path() / "link");
    if (::mknod((folder->path() / "node").c_str(), S_IFCHR | 0640, makedev(1, 3)) != 0) {
        GTEST_SKIP() << "making device nodes needs root";
    }
    ::mknod((folder->path() / "pts" / "0").c_str(), S_IFCHR | 0600, makedev(136, 0));
    ::mknod((folder->path() / "console").c_str(), S_IFCHR | 0600, makedev(5, 1));
    const auto devices = session::findDeviceNodes(folder->path());
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].path, (folder->path() / "node").string());
    EXPECT_EQ(std::tuple(devices[0].type, devices[0].major, devices[0].minor), std::tuple('c', 1U, 3U));
}

TEST(FindDeviceNodes, ReadsAsManyLevelsAsTheCollector) {
    const auto folder = os::TemporaryDirectory::make("bulkhead-test");
    fs::path path = folder->path();
    for (int level = 2; level <= 17; ++level) {
        path /= "d";
        fs::create_directory(path);
        if (::mknod((path / "node").c_str(), S_IFCHR | 0640, makedev(1, 3)) != 0) {
            GTEST_SKIP() << "making device nodes needs root";
        }
    }
    EXPECT_EQ(session::findDeviceNodes(folder->path()).size(), 15U) << "of /dev and the 15 levels below it";
}

TEST(WriteFindingsJson, ReplacesWhatIsNotUtf8) {
    const std::vector<Finding> findings = {{"image", "s", Ability::none, "/a\xff/b", "r"}};
    EXPECT_NE(writeFindingsJson(findings).find("/a\xef\xbf\xbd/b"), std::string::npos); // U+FFFD
}

} // namespace bulkhead::lab
