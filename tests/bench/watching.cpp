#include "tests/bench/watching.h"

#include "core/os/temporary_directory.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace bulkhead::bench {

namespace {

/// utime and stime (proc(5), fields 14 and 15), in microseconds.
double processorTime(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    std::istringstream rest(text.substr(text.rfind(')') + 1));
    std::string word;
    for (int i = 3; i < 14; ++i) {
        rest >> word;
    }
    double user = 0;
    double system = 0;
    rest >> user >> system;
    return (user + system) * 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::size_t looksIn(const std::string& metrics) {
    std::ifstream file(metrics);
    std::string name;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::size_t value = 0;
        if (words >> name >> value && name == "bulkhead_watch_looks_total") {
            return value;
        }
    }
    return 0;
}

pid_t launch(const std::string& program, const std::vector<pid_t>& subjects, const std::string& metrics) {
    std::vector<std::string> words = {program, "watch", "--interval", "0.2", "--metrics", metrics};
    for (const pid_t subject : subjects) {
        words.push_back("pid:" + std::to_string(subject));
    }
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        ::dup2(nothing, STDOUT_FILENO);
        ::dup2(nothing, STDERR_FILENO);
        ::execv(program.c_str(), arguments.data());
        ::_exit(127);
    }
    return child;
}

/// False where the program ended, or took longer than five minutes.
bool waitForLooks(pid_t pid, const std::string& metrics, std::size_t looks) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (looksIn(metrics) < looks) {
        if (std::chrono::steady_clock::now() > end || ::waitpid(pid, nullptr, WNOHANG) == pid) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
}

} // namespace

std::optional<double>
costOfLook(const std::string& program, const std::vector<pid_t>& subjects, std::size_t looks) {
    constexpr std::size_t kSettled = 3; // the first reads every subject
    const auto folder = os::TemporaryDirectory::make("bulkhead-bench-");
    if (!folder) {
        return std::nullopt;
    }
    const std::string metrics = (folder->path() / "watch.prom").string();
    const pid_t pid = launch(program, subjects, metrics);
    std::optional<double> cost;
    if (pid > 0 && waitForLooks(pid, metrics, kSettled)) {
        const std::size_t from = looksIn(metrics);
        const double before = processorTime(pid);
        if (waitForLooks(pid, metrics, from + looks)) {
            const double after = processorTime(pid);
            cost = (after - before) / static_cast<double>(looksIn(metrics) - from);
        }
    }
    if (pid > 0 && ::waitpid(pid, nullptr, WNOHANG) == 0) {
        ::kill(pid, SIGTERM);
        ::waitpid(pid, nullptr, 0);
    }
    return cost;
}

} // namespace bulkhead::bench
