// bulkhead_bench: what Bulkhead's readers cost, each figure as a ratio to something measured in the same run.

#include "core/kernel/collect.h"
#include "core/kernel/filters.h"
#include "core/kernel/host_reference.h"
#include "core/kernel/subjects.h"
#include "core/os/file.h"
#include "core/os/process.h"
#include "core/seccomp/evaluate.h"
#include "core/seccomp/program.h"
#include "tests/bench/filtered.h"
#include "tests/bench/floor.h"
#include "tests/bench/paths.h"
#include "tests/bench/pods.h"
#include "tests/bench/sleepers.h"
#include "tests/bench/watching.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace bulkhead;
using Microseconds = double;

constexpr const char* kUsage =
    "usage: bulkhead_bench [--groups N] [--each N] [--rounds N] [--json FILE] [--bulkhead PROGRAM]\n"
    "Measures what Bulkhead's readers cost, each figure as a ratio to something measured in the same run. "
    "Makes\n"
    "confined processes of its own for that, and takes them away again; needs root.\n"
    "  --groups N          sets of namespaces (100)\n"
    "  --each N            processes in each (10)\n"
    "  --rounds N          how often each thing is measured; the median counts (7)\n"
    "  --json FILE         the figures as JSON too\n"
    "  --bulkhead PROGRAM  measures this program's verbs list and watch too\n";

struct Settings {
    std::size_t groups = 100;
    std::size_t each = 10;
    std::size_t rounds = 7;
    std::string json;
    std::string program;
};

/// One line of the table: what was measured, against what, and the ratio that is aimed at.
struct Figure {
    std::string name;
    std::string unit;
    double value = 0;
    std::string against; ///< empty: an absolute aim
    double reference = 0;
    double aim = 0; ///< the ratio (or, without a reference, the value) to stay below

    [[nodiscard]] double ratio() const { return reference > 0 ? value / reference : 0; }
};

Microseconds medianOf(std::size_t rounds, const std::function<void()>& work) {
    std::vector<Microseconds> times;
    for (std::size_t i = 0; i < rounds; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        times.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
    }
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    return times[times.size() / 2];
}

/// Two alternatives in turns, so that a busy moment of the machine hits both.
std::pair<Microseconds, Microseconds>
mediansOf(std::size_t rounds, const std::function<void()>& one, const std::function<void()>& other) {
    std::vector<Microseconds> ones;
    std::vector<Microseconds> others;
    for (std::size_t i = 0; i < rounds; ++i) {
        ones.push_back(medianOf(1, one));
        others.push_back(medianOf(1, other));
    }
    std::ranges::sort(ones);
    std::ranges::sort(others);
    return {ones[ones.size() / 2], others[others.size() / 2]};
}

std::size_t sweepOnce() {
    const os::ProcRoot machine;
    const auto host = kernel::readHostReference(machine);
    const auto sweep = kernel::sweepProcesses(machine, host);
    return sweep ? kernel::buildSubjects(*sweep, host, {}).list.subjects.size() : 0;
}

void run(const std::vector<std::string>& arguments) {
    os::Command command;
    command.arguments = arguments;
    command.captureOutput = false;
    command.timeout = std::chrono::minutes(2);
    if (const auto done = os::runCommand(command); !done || done->exitCode != 0) {
        std::fprintf(stderr, "bulkhead_bench: %s failed\n", arguments.front().c_str());
        std::exit(4);
    }
}

/// Peak resident size of a fresh child that does the work, in MiB. A child starts with what its parent had,
/// so this program executes itself.
double peakOf(const std::string& self) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::execl(self.c_str(), self.c_str(), "--sweep-once", nullptr);
        ::_exit(4);
    }
    rusage usage{};
    int status = 0;
    ::wait4(child, &status, 0, &usage);
    return status == 0 ? static_cast<double>(usage.ru_maxrss) / 1024 : -1;
}

void benchSnapshot(const Settings& settings, std::vector<Figure>& figures) {
    const bench::Sleepers container(1, 3, true);
    const os::ProcRoot machine;
    const auto host = kernel::readHostReference(machine);
    const pid_t pid = container.first();
    const auto collect = [&] { static_cast<void>(kernel::collectSnapshot(machine, pid, host)); };
    const auto calls = bench::recordFileCalls(collect);
    const auto [ours, bare] =
        mediansOf(settings.rounds, collect, [&] { static_cast<void>(bench::replay(calls)); });
    figures.push_back({"snapshot of one container", "us", ours, "its own file calls, bare", bare, 0});
}

void benchSweep(
    const Settings& settings, std::size_t groups, std::size_t each, bool pidSpaces,
    std::vector<Figure>& figures) {
    const bench::Sleepers sleepers(groups, each, pidSpaces);
    const std::string what =
        std::to_string(groups * each) + " processes in " + std::to_string(groups) + " sets";
    const auto searchPath = std::string("/usr/bin:/bin");
    const auto [ours, floor] = mediansOf(
        settings.rounds, [] { static_cast<void>(sweepOnce()); },
        [&] { static_cast<void>(bench::readEveryProcess(pidSpaces)); });
    figures.push_back({"sweep, " + what, "us", ours, "the same files of every process, bare", floor, 1.0});
    if (const auto lsns = os::findProgram("lsns", searchPath)) {
        const std::string program = lsns->string();
        const auto [again, peer] =
            mediansOf(settings.rounds, [] { static_cast<void>(sweepOnce()); }, [&] { run({program}); });
        figures.push_back({"sweep, " + what, "us", again, "lsns", peer, 0.2});
        figures.push_back({"those bare calls on one core, " + what, "us", floor, "lsns", peer, 0});
        if (!settings.program.empty()) {
            const Microseconds list = medianOf(settings.rounds, [&] { run({settings.program, "list"}); });
            figures.push_back({"bulkhead list, " + what, "us", list, "lsns", peer, 0.2});
        }
    }
    const double peak = peakOf("/proc/self/exe");
    figures.push_back({"peak memory of a sweep, " + what, "MiB", peak, "", 0, 64});
}

void benchFilter(const Settings& settings, std::vector<Figure>& figures) {
    const auto bytes = os::readFile("tests/bench/docker-20.10.bpf");
    const auto program = bytes ? seccomp::parseProgram(*bytes, "docker-20.10.bpf")
                               : base::Result<seccomp::Program>(std::unexpected(bytes.error()));
    if (!program) {
        std::fprintf(stderr, "bulkhead_bench: %s\n", program.error().message.c_str());
        std::exit(4);
    }
    const Microseconds time = medianOf(
        settings.rounds, [&] { static_cast<void>(seccomp::evaluateStack({*program}, seccomp::Machine{})); });
    figures.push_back({"seccomp table of Docker's filter, three ABIs", "us", time, "", 0, 10000});
}

void benchPaths(const Settings& settings, std::vector<Figure>& figures) {
    const bench::PathsCost cost = bench::measurePaths(
        [&](const std::function<void()>& work) { return medianOf(settings.rounds, work); });
    constexpr double kAim = 500; // two thousand subjects a second
    figures.push_back({"every weakness, a recorded subject", "us", cost.judge, "", 0, kAim});
    figures.push_back({"the same, and attack paths", "us", cost.paths, "", 0, kAim});
    figures.push_back({"the same, and near misses", "us", cost.blocked, "", 0, 20000});
    figures.push_back({"weaknesses, paths and the cut", "us", cost.cut, "", 0, kAim});
    const bench::SearchCost search = bench::measureSearch(
        [&](const std::function<void()>& work) { return medianOf(settings.rounds, work); });
    constexpr double kInteractive = 20000;
    figures.push_back(
        {"routes, 100 weaknesses at 20 objects each", "us", search.parallel, "", 0, kInteractive});
    figures.push_back({"routes, where all leads to all", "us", search.dense, "", 0, kInteractive});
}

/// How long the target stands still for the reader, against the time it stands anyway when a tracer stops it
/// and lets it go (the bare calls that stop a process).
void benchStop(const Settings& settings, std::vector<Figure>& figures) {
    const auto bytes = os::readFile("tests/bench/docker-20.10.bpf");
    const bench::Filtered target(bytes.value_or(""));
    std::vector<Microseconds> stops;
    std::vector<Microseconds> bare;
    for (std::size_t i = 0; i < settings.rounds; ++i) {
        const os::ProcRoot machine;
        const auto task = kernel::Task::open(machine, target.pid());
        const auto read = task ? kernel::readThreadFilters(*task, target.pid())
                               : kernel::Reading<kernel::StoppedReading>(std::unexpected(kernel::Failure{}));
        const double standing = bench::bareStop(target.pid());
        if (!read || read->filters.size() != 1 || standing < 0) {
            std::fputs("bulkhead_bench: the filters of a process of its own cannot be read here\n", stderr);
            return;
        }
        stops.push_back(std::chrono::duration<double, std::micro>(read->stopped).count());
        bare.push_back(standing);
    }
    std::ranges::sort(stops);
    std::ranges::sort(bare);
    figures.push_back(
        {"target stopped for its filter of " + std::to_string(bytes.value_or("").size() / 8) +
             " instructions",
         "us", stops[stops.size() / 2], "a bare stop of it", bare[bare.size() / 2], 0});
}

/// A file of 1,000 Pods, resolved for this machine, against the library's parser alone.
void benchImport(const Settings& settings, std::vector<Figure>& figures) {
    constexpr std::size_t kPods = 1000;
    const std::string document = bench::podsDocument(kPods);
    const auto right = [&](std::size_t count) {
        if (count != kPods) {
            std::fputs("bulkhead_bench: the Pods are not read\n", stderr);
            std::exit(4);
        }
    };
    const auto [ours, floor] = mediansOf(
        settings.rounds, [&] { right(bench::importPods(document)); },
        [&] { right(bench::parsePods(document)); });
    figures.push_back({"import of 1,000 Pods in one file", "us", ours, "yaml-cpp's trees of it", floor, 0});
    figures.push_back({"import of 1,000 Pods in one file", "us", ours, "", 0, 2'000'000});
}

/// What an idle watch takes of one core: a look at 50 containers, against the five seconds between two.
void benchWatch(const Settings& settings, std::vector<Figure>& figures) {
    constexpr std::size_t kContainers = 50;
    constexpr std::size_t kLooks = 36; // names are read in every twelfth
    constexpr double kInterval = 5e6;
    if (settings.program.empty()) {
        return;
    }
    const bench::Sleepers containers(kContainers, 1, true);
    const auto cost = bench::costOfLook(settings.program, containers.leaders(), kLooks);
    if (!cost) {
        std::fputs("bulkhead_bench: bulkhead watch could not be measured\n", stderr);
        std::exit(4);
    }
    figures.push_back(
        {"bulkhead watch, a look at 50 idle containers", "us", *cost, "one core between two looks", kInterval,
         0.01});
}

void print(const std::vector<Figure>& figures) {
    for (const Figure& figure : figures) {
        std::printf("%-58s %12.1f %-4s", figure.name.c_str(), figure.value, figure.unit.c_str());
        if (figure.reference > 0) {
            std::printf("  %.4g of %s (%.1f)", figure.ratio(), figure.against.c_str(), figure.reference);
        }
        if (figure.aim > 0) {
            std::printf("  aim below %g", figure.aim);
        }
        std::printf("\n");
    }
}

void writeJson(const std::vector<Figure>& figures, const std::string& file) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Figure& figure : figures) {
        list.push_back(
            {{"name", figure.name},
             {"unit", figure.unit},
             {"value", figure.value},
             {"against", figure.against},
             {"reference", figure.reference},
             {"ratio", figure.ratio()},
             {"aim", figure.aim}});
    }
    const nlohmann::ordered_json document = {{"figures", list}};
    if (const auto done = os::writeFileAtomically(file, document.dump(2) + "\n"); !done) {
        std::fprintf(stderr, "bulkhead_bench: %s\n", done.error().message.c_str());
        std::exit(4);
    }
}

std::size_t number(std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value == 0 || value > 10000) {
        std::fputs("bulkhead_bench: expected a number from 1 to 10000\n", stderr);
        std::exit(2);
    }
    return value;
}

Settings settingsOf(std::span<char*> arguments) {
    Settings settings;
    if (arguments.size() % 2 == 0) {
        std::fprintf(stderr, "bulkhead_bench: %s stands alone\n%s", arguments.back(), kUsage);
        std::exit(2);
    }
    for (std::size_t i = 1; i + 1 < arguments.size(); i += 2) {
        const std::string_view name = arguments[i];
        const std::string value = arguments[i + 1];
        if (name == "--groups") {
            settings.groups = number(value);
        } else if (name == "--each") {
            settings.each = number(value);
        } else if (name == "--rounds") {
            settings.rounds = number(value);
        } else if (name == "--json") {
            settings.json = value;
        } else if (name == "--bulkhead") {
            settings.program = std::filesystem::absolute(value).string();
        } else {
            std::fprintf(stderr, "bulkhead_bench: no option is named %s\n%s", arguments[i], kUsage);
            std::exit(2);
        }
    }
    return settings;
}

} // namespace

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
    if (argc == 2 && std::string_view(argv[1]) == "--sweep-once") {
        return sweepOnce() > 0 ? 0 : 1;
    }
    if (argc == 2 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h")) {
        std::fputs(kUsage, stdout);
        return 0;
    }
    const Settings settings = settingsOf(arguments);
    std::vector<Figure> figures;
    benchSnapshot(settings, figures);
    benchSweep(settings, settings.groups, settings.each, true, figures);
    benchSweep(settings, settings.groups * settings.each, 1, false, figures);
    benchImport(settings, figures);
    benchFilter(settings, figures);
    benchStop(settings, figures);
    benchWatch(settings, figures);
    benchPaths(settings, figures);
    print(figures);
    if (!settings.json.empty()) {
        writeJson(figures, settings.json);
    }
    return 0;
}
