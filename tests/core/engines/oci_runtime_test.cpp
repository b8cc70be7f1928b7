#include "core/engines/oci_runtime.h"
#include "core/os/temporary_directory.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace bulkhead::engines {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Status;

namespace {

/// A folder of programs that answer as the runtimes do.
class FakeRuntimes : public ::testing::Test {
protected:
    void SetUp() override {
        auto made = os::TemporaryDirectory::make("bulkhead-test");
        ASSERT_TRUE(made);
        m_folder = std::move(*made);
    }
    void add(const std::string& name, const std::string& script) {
        std::ofstream(m_folder->path() / name) << "#!/bin/sh\n" << script;
        ::chmod((m_folder->path() / name).c_str(), 0755);
    }
    [[nodiscard]] std::string path() const { return m_folder->path().string(); }
    [[nodiscard]] RuntimeCall call(const std::string& name) const {
        return {
            {name, m_folder->path() / name, "1.0", ""},
            m_folder->path(),
            std::nullopt,
            {"PATH=/usr/bin:/bin"},
            {}};
    }

private:
    std::optional<os::TemporaryDirectory> m_folder;
};

Status works(const OciRuntime& /*runtime*/) {
    return {};
}

} // namespace

TEST(ParseRuntimeVersion, ReadsWhatTheyPrint) {
    const auto runc = parseRuntimeVersion(
        "runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\ngo: go1.19.8\nlibseccomp: "
        "2.5.4\n",
        "runc");
    EXPECT_EQ(runc, (OciRuntime{"runc", "", "1.1.5+ds1", "2.5.4"}));
    const auto crun = parseRuntimeVersion("crun version 1.8.1\ncommit: f8a0\nspec: 1.0.0\n", "crun");
    EXPECT_EQ(crun, (OciRuntime{"crun", "", "1.8.1", ""}));
    EXPECT_EQ(parseRuntimeVersion("", "runc"), (OciRuntime{"runc", "", "", ""}));
    EXPECT_EQ(parseRuntimeVersion("runc version \x1b[31m1", "runc").version, "\\x1b[31m1");
}

TEST(EngineChoice, HasFiveWords) {
    EXPECT_EQ(engineChoiceNamed("auto"), EngineChoice::automatic);
    EXPECT_EQ(engineChoiceNamed("runc"), EngineChoice::runc);
    EXPECT_EQ(engineChoiceNamed("crun"), EngineChoice::crun);
    EXPECT_EQ(engineChoiceNamed("docker"), EngineChoice::docker);
    EXPECT_EQ(engineChoiceNamed("podman"), EngineChoice::podman);
    EXPECT_EQ(engineChoiceNamed("containerd"), std::nullopt);
}

TEST_F(FakeRuntimes, NothingInstalledNamesThePackages) {
    const auto choice = chooseRuntime(EngineChoice::automatic, path(), works);
    ASSERT_FALSE(choice);
    EXPECT_EQ(
        choice.error(),
        (base::Error{
            ErrorKind::notFound, "no container runtime works here: runc: not installed; apt-get install runc "
                                 "brings it; crun: not installed; apt-get install crun brings it"}));
    EXPECT_EQ(
        chooseRuntime(EngineChoice::crun, path(), works).error().message,
        "no container runtime works here: crun: not installed; apt-get install crun brings it");
}

TEST_F(FakeRuntimes, TheFirstThatWorksIsTakenAndTheOtherExplained) {
    add("runc", "echo runc version 1.1.5");
    add("crun", "echo crun version 1.8.1");
    const auto choice =
        chooseRuntime(EngineChoice::automatic, path(), [](const OciRuntime& runtime) -> Status {
            return runtime.name == "runc" ? base::fail(ErrorKind::unsupported, "no cgroups") : Status{};
        });
    ASSERT_TRUE(choice) << choice.error().message;
    EXPECT_EQ(choice->runtime.name, "crun");
    EXPECT_EQ(choice->runtime.version, "1.8.1");
    EXPECT_EQ(choice->passedOver, std::vector<std::string>{"runc 1.1.5: no cgroups"});
}

TEST_F(FakeRuntimes, OneAskedForByNameIsNotReplaced) {
    add("runc", "echo runc version 1.1.5");
    add("crun", "echo crun version 1.8.1");
    const auto choice = chooseRuntime(EngineChoice::crun, path(), [](const OciRuntime& runtime) -> Status {
        EXPECT_EQ(runtime.name, "crun");
        return base::fail(ErrorKind::unsupported, "cgroups in hybrid mode not supported");
    });
    ASSERT_FALSE(choice);
    EXPECT_EQ(
        choice.error(),
        (base::Error{
            ErrorKind::unsupported,
            "no container runtime works here: crun 1.8.1: cgroups in hybrid mode not supported"}));
}

TEST_F(FakeRuntimes, AnInterruptionIsNoReasonToTryTheNext) {
    add("runc", "echo runc version 1.1.5");
    add("crun", "echo crun version 1.8.1");
    int tried = 0;
    const auto choice = chooseRuntime(EngineChoice::automatic, path(), [&](const OciRuntime&) -> Status {
        ++tried;
        return base::fail(ErrorKind::canceled, "interrupted");
    });
    EXPECT_EQ(choice.error().kind, ErrorKind::canceled);
    EXPECT_EQ(tried, 1);
}

TEST_F(FakeRuntimes, RunGivesThePidTheRuntimeWrote) {
    // runc --root STATE --log FILE --log-format json run --detach --bundle B --pid-file P ID
    add("runc", "[ \"$7 $8 $9\" = 'run --detach --bundle' ] && echo 4711 > \"${12}\"");
    EXPECT_EQ(runContainer(call("runc"), path(), "c"), 4711);
    add("runc", "echo none > \"${12}\"");
    EXPECT_EQ(
        runContainer(call("runc"), path(), "c").error().message, path() + "/c.pid: holds no process number");
}

TEST_F(FakeRuntimes, ItsLastErrorIsTheMessage) {
    add("runc", "echo '{\"level\":\"error\",\"msg\":\"runc run failed: no such thing\"}' > \"$4\"; exit 1");
    const auto failed = runContainer(call("runc"), path(), "c");
    EXPECT_EQ(failed.error(), (base::Error{ErrorKind::unsupported, "runc run failed: no such thing"}));
    add("runc", "rm -f \"$4\"; exit 3");
    EXPECT_EQ(runContainer(call("runc"), path(), "c").error().message, "ended with exit code 3");
    EXPECT_EQ(deleteContainer(call("runc"), "c").error().message, "ended with exit code 3");
}

TEST_F(FakeRuntimes, StateIsReadAsJson) {
    add("runc", "echo '{\"status\": \"running\", \"pid\": 12, \"bundle\": \"/b\"}'");
    const auto state = containerState(call("runc"), "c");
    ASSERT_TRUE(state);
    EXPECT_EQ(std::tuple(state->status, state->pid, state->bundle), std::tuple("running", 12, "/b"));
    for (const char* bad : {"echo '[]'", "echo '{'", "echo '{\"pid\": \"x\"}'"}) {
        add("runc", bad);
        EXPECT_EQ(containerState(call("runc"), "c").error().message, "runc state c: not the expected JSON")
            << bad;
    }
}

TEST(LastErrorIn, TakesTheLastOfTheErrors) {
    EXPECT_EQ(lastErrorIn(""), "");
    EXPECT_EQ(lastErrorIn("not json\n"), "");
    EXPECT_EQ(
        lastErrorIn("{\"level\":\"error\",\"msg\":\"one\"}\n{\"level\":\"warning\",\"msg\":\"two\"}\n"
                    "{\"level\":\"error\",\"msg\":\"three\\u001b\"}\n{\"level\":"),
        "three\\x1b");
}

} // namespace bulkhead::engines
