#include "core/lab/cgroups.h"
#include "core/lab/sweep.h"
#include "core/os/file.h"
#include "core/os/process.h"

#include <algorithm>
#include <charconv>
#include <unistd.h>

namespace bulkhead::lab {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxProcFile = 4UL * 1024 * 1024;

std::string procFile(std::int64_t pid, const char* name) {
    auto text = os::readFile("/proc/" + std::to_string(pid) + "/" + name, kMaxProcFile);
    return text ? std::move(*text) : "";
}

std::vector<std::string> wordsOf(const std::string& text) {
    std::vector<std::string> words;
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t end = std::min(text.find('\0', from), text.size());
        words.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return words;
}

bool carriesMarker(std::int64_t pid, const Place& place) {
    const std::string wanted = std::string(kRunMarker) + "=" + place.run.text();
    const auto variables = wordsOf(procFile(pid, "environ"));
    return std::ranges::find(variables, wanted) != variables.end();
}

/// `runc --root FOLDER/...`, and the copies of itself it forks before they execute something else.
bool isRuntimeOf(const std::vector<std::string>& words, const Place& place) {
    const auto option = std::ranges::find(words, std::string("--root"));
    return option != words.end() && option + 1 != words.end() &&
           (option + 1)->starts_with(place.folder.string() + "/");
}

/// `runc init` sets a container up: its environment is not ours, and it works in the bundle.
bool isFirstStageOf(std::int64_t pid, const std::vector<std::string>& words, const Place& place) {
    if (words.size() < 2 || words[1] != "init" || place.bundles.empty()) {
        return false;
    }
    std::error_code error;
    const auto directory = fs::read_symlink("/proc/" + std::to_string(pid) + "/cwd", error);
    return !error && directory.string().starts_with(place.bundles.string() + "/");
}

bool livesInBundleOf(std::int64_t pid, const Place& place) {
    const auto mounts = parseMountLines(procFile(pid, "mountinfo"));
    return std::ranges::any_of(mounts, [&](const kernel::MountEntry& mount) {
        return mount.target == "/" && mount.root.contains("/" + place.run.text() + "/");
    });
}

} // namespace

bool isOfRun(std::int64_t pid, const Place& place) {
    if (procFile(pid, "cgroup").contains("/" + place.run.containerId(""))) {
        return true;
    }
    const auto words = wordsOf(procFile(pid, "cmdline"));
    return isRuntimeOf(words, place) || isFirstStageOf(pid, words, place) || carriesMarker(pid, place) ||
           livesInBundleOf(pid, place);
}

std::vector<std::int64_t> processesOf(const Place& place) {
    std::vector<std::int64_t> found;
    const auto names = os::listDirectory("/proc", 5000000);
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        std::int64_t pid = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        const bool process = error == std::errc{} && end == name.data() + name.size() && pid != ::getpid();
        if (process && os::startTimeOf(pid) && isOfRun(pid, place)) {
            found.push_back(pid);
        }
    }
    return found;
}

} // namespace bulkhead::lab
