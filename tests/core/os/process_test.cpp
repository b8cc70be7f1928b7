#include "core/os/process.h"
#include "core/os/temporary_directory.h"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace bulkhead::os {

using base::ErrorKind;

namespace {

Command shell(const std::string& script) {
    Command command;
    command.arguments = {"/bin/sh", "-c", script};
    command.environment = {"PATH=/usr/bin:/bin"};
    return command;
}

} // namespace

TEST(RunCommand, GivesOutputErrorAndExitCode) {
    const auto finished = runCommand(shell("echo out; echo err >&2; exit 7"));
    ASSERT_TRUE(finished) << finished.error().message;
    EXPECT_EQ(finished->output, "out\n");
    EXPECT_EQ(finished->error, "err\n");
    EXPECT_EQ(finished->exitCode, 7);
}

TEST(RunCommand, PassesArgumentsAsTheyAre) {
    Command command;
    command.arguments = {"/bin/echo", "$HOME", "a  b", "`id`", ";"};
    EXPECT_EQ(runCommand(command)->output, "$HOME a  b `id` ;\n");
}

TEST(RunCommand, GivesExactlyTheEnvironmentAndNoDescriptor) {
    const int leaked = ::dup(1);
    Command command = shell("/usr/bin/env; ls /proc/self/fd | wc -l");
    command.environment.emplace_back("X=1");
    const auto finished = runCommand(command);
    ::close(leaked);
    ASSERT_TRUE(finished);
    EXPECT_NE(finished->output.find("X=1\n"), std::string::npos);
    EXPECT_EQ(finished->output.find("HOME="), std::string::npos);
    // 0, 1, 2 and the folder that ls reads
    EXPECT_TRUE(finished->output.ends_with("4\n")) << finished->output;
}

TEST(RunCommand, TellsASignalFromAnExit) {
    EXPECT_EQ(runCommand(shell("kill -9 $$"))->exitCode, 137);
}

TEST(RunCommand, KillsAtTheTimeout) {
    Command command = shell("exec sleep 60");
    command.timeout = std::chrono::milliseconds(100);
    const auto start = std::chrono::steady_clock::now();
    const auto finished = runCommand(command);
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().message, "/bin/sh: no answer within 100 ms");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(RunCommand, StopsWhenAsked) {
    std::stop_source stop;
    Command command = shell("exec sleep 60");
    command.stop = stop.get_token();
    std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        stop.request_stop();
    });
    const auto finished = runCommand(command);
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().kind, ErrorKind::canceled);
}

TEST(RunCommand, KeepsNoMoreThanTheLimit) {
    Command command = shell("head -c 300000 /dev/zero");
    command.outputLimit = 1000;
    const auto finished = runCommand(command);
    ASSERT_TRUE(finished);
    EXPECT_EQ(finished->output.size(), 1000U);
    EXPECT_EQ(finished->exitCode, 0);
}

TEST(RunCommand, DoesNotWaitForWhoKeepsItsStreams) {
    const auto start = std::chrono::steady_clock::now();
    const auto finished = runCommand(shell("sleep 20 & echo $!"));
    ASSERT_TRUE(finished);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    ::kill(std::stoi(finished->output), SIGKILL);
}

TEST(RunCommand, SaysWhatCannotBeStarted) {
    Command command;
    command.arguments = {"/nowhere/program"};
    const auto missing = runCommand(command);
    ASSERT_FALSE(missing);
    EXPECT_EQ(
        missing.error(), (base::Error{ErrorKind::notFound, "/nowhere/program: No such file or directory"}));
    command.arguments = {"/etc/passwd"};
    EXPECT_EQ(runCommand(command).error().kind, ErrorKind::denied);
}

TEST(RunCommand, DropsToOtherIdsAndTheirGroups) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "root is needed to become somebody else";
    }
    Command command = shell("id -u; id -g; id -G");
    command.runAs = RunAs{54321, 54322};
    EXPECT_EQ(runCommand(command)->output, "54321\n54322\n54322\n");
}

TEST(FindProgram, TakesTheFirstExecutableFile) {
    const auto folder = TemporaryDirectory::make("bulkhead-test");
    ASSERT_TRUE(folder);
    std::filesystem::create_directories(folder->path() / "a" / "tool");
    std::filesystem::create_directories(folder->path() / "b");
    std::ofstream(folder->path() / "b" / "tool") << "#!/bin/sh\n";
    const std::string search = (folder->path() / "a").string() + ":" + (folder->path() / "b").string();
    EXPECT_EQ(findProgram("tool", search), std::nullopt); // a folder, and a file that is not executable
    ::chmod((folder->path() / "b" / "tool").c_str(), 0755);
    EXPECT_EQ(findProgram("tool", search), folder->path() / "b" / "tool");
    EXPECT_EQ(findProgram("tool", ""), std::nullopt);
}

TEST(StartTimeOf, NamesAProcessForItsLife) {
    const auto own = startTimeOf(::getpid());
    ASSERT_TRUE(own);
    EXPECT_EQ(own, startTimeOf(::getpid()));
    EXPECT_EQ(startTimeOf(0), std::nullopt);
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
    EXPECT_EQ(startTimeOf(child), std::nullopt) << "a zombie does not live";
    ::waitpid(child, nullptr, 0);
}

TEST(StartTimeOf, AProcessLivesOnWithoutItsMainThread) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        std::thread([] { ::pause(); }).detach();
        ::syscall(SYS_exit, 0); // this thread alone
    }
    const auto state = [&] {
        std::string text;
        std::getline(std::ifstream("/proc/" + std::to_string(child) + "/stat"), text);
        return text.substr(std::min(text.rfind(") "), text.size()), 3);
    };
    while (state() != ") Z") {
        std::this_thread::yield();
    }
    EXPECT_TRUE(startTimeOf(child));
    ::kill(child, SIGKILL);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
    EXPECT_EQ(startTimeOf(child), std::nullopt) << "now all of it has ended";
    ::waitpid(child, nullptr, 0);
}

} // namespace bulkhead::os
