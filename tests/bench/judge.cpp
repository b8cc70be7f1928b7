#include "core/os/file.h"
#include "core/session/load_judge.h"
#include "core/wire/snapshot_json.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace bulkhead;

/// Seconds of processor time: what others do on the machine meanwhile does not count.
double processorSeconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
double secondsSince(double start) {
    return processorSeconds() - start;
}

/// The recorded scenarios, every vantage of each.
std::vector<model::Snapshot> recordings() {
    std::vector<model::Snapshot> all;
    for (const char* name :
         {"default", "read-only", "rootless", "privileged", "hardened", "host-directory"}) {
        const std::string file = std::string("resources/recordings/") + name + ".json";
        const auto text = os::readFile(file);
        auto snapshots = text ? wire::parseSnapshots(*text, file) : std::unexpected(text.error());
        if (!snapshots) {
            std::fprintf(stderr, "%s\n", snapshots.error().message.c_str());
            return {};
        }
        std::ranges::move(*snapshots, std::back_inserter(all));
    }
    return all;
}

int measure(std::size_t count) {
    const auto started = processorSeconds();
    const auto judge = session::loadJudge();
    if (!judge) {
        std::fprintf(stderr, "%s\n", judge.error().message.c_str());
        return 1;
    }
    const double loaded = secondsSince(started);
    const auto snapshots = recordings();
    if (snapshots.empty()) {
        return 1;
    }
    std::size_t findings = 0;
    std::vector<double> each;
    each.reserve(count);
    const auto start = processorSeconds();
    for (std::size_t i = 0; i < count; ++i) {
        const auto one = processorSeconds();
        findings += judge->judge(snapshots[i % snapshots.size()]).size();
        each.push_back(secondsSince(one));
    }
    const double all = secondsSince(start);
    std::ranges::sort(each);
    std::printf(
        "weaknesses          %zu, read and compiled in %.1f ms\n", judge->catalogue().weaknesses.size(),
        loaded * 1e3);
    std::printf("snapshots judged    %zu, %zu findings\n", count, findings);
    std::printf("a second            %.0f\n", static_cast<double>(count) / all);
    std::printf(
        "median, 99th of 100 %.0f us, %.0f us\n", each[count / 2] * 1e6, each[count * 99 / 100] * 1e6);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    std::size_t count = 10000;
    const std::string_view text = argc == 2 ? argv[1] : "";
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (argc > 2 ||
        (argc == 2 && (error != std::errc{} || rest != text.data() + text.size() || count == 0))) {
        std::fprintf(stderr, "usage: judge_bench [SNAPSHOTS]\n");
        return 2;
    }
    return measure(count);
}
