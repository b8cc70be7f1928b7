#include "core/kernel/cgroup_limits.h"

#include "core/base/bytes.h"
#include "core/kernel/machine.h"
#include "core/kernel/text.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace bulkhead::kernel {

using base::ErrorKind;
using base::Result;
using model::Fact;
using model::Limit;
using model::Unreadable;

namespace {

/// PAGE_COUNTER_MAX in bytes with pages of 4 KiB to 64 KiB (mm/page_counter.c).
constexpr std::uint64_t kNoLimitV1 = 9223372036854710272U;
constexpr std::uint64_t kMaxProcessors = 65536;

std::unexpected<base::Error> notALimit(std::string_view text) {
    return base::fail(
        ErrorKind::malformed, "expected a limit, found \"" + base::textFromBytes(text.substr(0, 40)) + "\"");
}

void lower(Bound& bound, const Bound& other) {
    if (other && (!bound || *other < *bound)) {
        bound = other;
    }
}

/// What one directory says: a limit, none, or (nullopt) nothing, for a file that is not there.
using Step = Reading<std::optional<Bound>>;

template <class Parse>
Step readStep(const os::ProcRoot& root, const std::string& file, Parse parse) {
    const auto text = readMachineFile(root, file);
    if (!text && text.error().number == ENOENT) {
        return std::optional<Bound>();
    }
    if (!text) {
        return std::unexpected(text.error());
    }
    const auto bound = parse(std::string_view(*text));
    if (!bound) {
        return std::unexpected(failureOf(bound.error().in(base::textFromBytes(file))));
    }
    return std::optional<Bound>(*bound);
}

Step readCpuV1(const os::ProcRoot& root, const std::string& directory) {
    const auto quota = readStep(root, directory + "/cpu.cfs_quota_us", parseBound);
    const auto period = readStep(root, directory + "/cpu.cfs_period_us", parseBound);
    if (!quota || !period) {
        return std::unexpected(quota ? period.error() : quota.error());
    }
    if (!*quota || !**quota || !*period || !**period || ***period == 0) {
        return std::optional<Bound>(quota->has_value() ? std::optional<Bound>(Bound{}) : std::nullopt);
    }
    return std::optional<Bound>(Bound(***quota * 1000 / ***period));
}

/// Version 1 counts memory and swap together.
Step readSwapV1(const os::ProcRoot& root, const std::string& directory) {
    auto both = readStep(root, directory + "/memory.memsw.limit_in_bytes", parseBound);
    const auto memory = readStep(root, directory + "/memory.limit_in_bytes", parseBound);
    if (!memory) {
        return memory;
    }
    if (!both || !*both || !**both || !*memory || !**memory) {
        return both;
    }
    return std::optional<Bound>(Bound(***both - std::min(***both, ***memory)));
}

Step readIoV1(const os::ProcRoot& root, const std::string& directory) {
    Bound bound;
    for (const char* name : {"/blkio.throttle.read_bps_device", "/blkio.throttle.write_bps_device"}) {
        const auto one = readStep(root, directory + name, parseThrottle);
        if (!one) {
            return one;
        }
        lower(bound, one->value_or(Bound()));
    }
    return std::optional<Bound>(bound);
}

/// One limit of the table: its controllers, its file in each version, its reader.
struct Source {
    std::string_view name;
    std::string_view controller; ///< version 1
    std::string_view file;       ///< version 1: what `where` names
    std::string_view unifiedFile;
    Step (*readV1)(const os::ProcRoot&, const std::string&);
    Result<Bound> (*parseV2)(std::string_view);
};

constexpr std::array kSources = {
    Source{
        "pids", "pids", "pids.max", "pids.max",
        [](const os::ProcRoot& root, const std::string& directory) {
            return readStep(root, directory + "/pids.max", parseBound);
        },
        parseBound},
    Source{
        "memory", "memory", "memory.limit_in_bytes", "memory.max",
        [](const os::ProcRoot& root, const std::string& directory) {
            return readStep(root, directory + "/memory.limit_in_bytes", parseBound);
        },
        parseBound},
    Source{"swap", "memory", "memory.memsw.limit_in_bytes", "memory.swap.max", readSwapV1, parseBound},
    Source{"cpu", "cpu", "cpu.cfs_quota_us", "cpu.max", readCpuV1, parseCpuMax},
    Source{"io", "blkio", "blkio.throttle.*_bps_device", "io.max", readIoV1, parseIoMax},
};

/// Only the hierarchy's own root lacks cgroup.events (cgroup-v2.rst), and only it has release_agent
/// (cgroups(7)); elsewhere our control group namespace or the mount begins below it.
bool beginsBelowTheRoot(const os::ProcRoot& root, const CgroupDirectories& directories) {
    const std::string& top = directories.leafFirst.back();
    return !directories.fromTheRoot ||
           (directories.unified ? machineHas(root, top + "/cgroup.events")
                                : root.live && !machineHas(root, top + "/release_agent"));
}

/// A group that is gone says nothing, which is not that it sets no limit.
std::optional<Unreadable> missingStep(const os::ProcRoot& root, const CgroupDirectories& directories) {
    for (const std::string& directory : directories.leafFirst) {
        if (!machineHas(root, directory)) {
            return Unreadable{
                base::textFromBytes(directory) + ": was removed, its limits cannot be read", ""};
        }
    }
    return std::nullopt;
}

Reading<CgroupDirectories> findSteps(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts,
    std::string_view controller) {
    auto directories = findCgroupDirectories(places, hostMounts, controller);
    if (!directories) {
        return std::unexpected(failureOf(directories.error()));
    }
    if (auto missing = missingStep(root, *directories)) {
        return std::unexpected(Failure{ENOENT, std::move(*missing)});
    }
    return std::move(*directories);
}

/// What groups out of sight may lower further.
Unreadable outOfSight(const CgroupDirectories& directories, const Limit& least) {
    const std::string seen = least.value ? "at most " + std::to_string(*least.value) : "none in sight";
    return {
        base::textFromBytes(directories.leafFirst.back()) +
            " is not the root of its hierarchy, groups above it may set a lower limit (" + seen + ")",
        "the whole hierarchy mounted, and the host's control group namespace"};
}

Fact<Limit> collectLimit(
    const os::ProcRoot& root, const Source& source, const std::vector<CgroupPlace>& places,
    const MountTree& hostMounts) {
    const auto directories = findSteps(root, places, hostMounts, source.controller);
    if (!directories) {
        return directories.error().why;
    }
    const std::string file = "/" + std::string(directories->unified ? source.unifiedFile : source.file);
    Limit least;
    for (const std::string& directory : directories->leafFirst) {
        const Step step = directories->unified ? readStep(root, directory + file, source.parseV2)
                                               : source.readV1(root, directory);
        if (!step) {
            return step.error().why;
        }
        const Bound bound = step->value_or(Bound());
        if (bound && (!least.value || *bound < *least.value)) {
            least = {bound, base::textFromBytes(directory + file)};
        }
    }
    if (beginsBelowTheRoot(root, *directories)) {
        return outOfSight(*directories, least);
    }
    return {least, observed(base::textFromBytes(directories->leafFirst.front() + file) + " and above")};
}

/// How many processors the group may use, where that is fewer than the root of the hierarchy has. It is set
/// by the highest group that has no more.
Fact<Limit> collectProcessors(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts) {
    const auto directories = findSteps(root, places, hostMounts, "cpuset");
    if (!directories) {
        return directories.error().why;
    }
    const std::string effective = directories->unified ? "/cpuset.cpus.effective" : "/cpuset.effective_cpus";
    Limit least;
    std::optional<std::uint64_t> most;
    for (const std::string& directory : directories->leafFirst) {
        const Step step = readStep(root, directory + effective, parseProcessors);
        if (!step) {
            return step.error().why;
        }
        most = *step ? **step : most; // a group without the file has its parent's
        if (most && (!least.value || *most == *least.value)) {
            least = {most, base::textFromBytes(directory + "/cpuset.cpus")};
        }
    }
    if (beginsBelowTheRoot(root, *directories)) {
        return outOfSight(*directories, least);
    }
    const std::string source = base::textFromBytes(directories->leafFirst.front() + effective);
    return {least.value == most ? Limit() : least, observed(source + " and above")};
}

} // namespace

Result<Bound> parseProcessors(std::string_view text) {
    std::uint64_t count = 0;
    const std::string_view list = trimmed(text);
    for (const std::string_view part : splitAt(list, ',')) {
        const auto dash = part.find('-');
        const auto first = numberOf<std::uint64_t>(part.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : numberOf<std::uint64_t>(part.substr(dash + 1));
        if (!first || !last || *last < *first || *last > kMaxProcessors) {
            return notALimit(list);
        }
        count += *last - *first + 1;
    }
    return count;
}

Result<Bound> parseBound(std::string_view text) {
    const std::string_view word = trimmed(text);
    if (word == "max" || word == "-1") {
        return Bound();
    }
    const auto number = numberOf<std::uint64_t>(word);
    if (!number) {
        return notALimit(word);
    }
    return *number >= kNoLimitV1 ? Bound() : number;
}

Result<Bound> parseCpuMax(std::string_view text) {
    const auto words = wordsOf(text);
    if (words.size() != 2) {
        return notALimit(trimmed(text));
    }
    const auto quota = parseBound(words[0]);
    const auto period = numberOf<std::uint64_t>(words[1]);
    if (!quota || !period || *period == 0) {
        return notALimit(trimmed(text));
    }
    return *quota ? Bound(**quota * 1000 / *period) : Bound();
}

Result<Bound> parseIoMax(std::string_view text) {
    Bound least;
    for (const std::string_view line : linesOf(text)) {
        for (const std::string_view word : wordsOf(line)) {
            if (!word.starts_with("rbps=") && !word.starts_with("wbps=")) {
                continue;
            }
            const auto bound = parseBound(word.substr(5));
            if (!bound) {
                return bound;
            }
            lower(least, *bound);
        }
    }
    return least;
}

Result<Bound> parseThrottle(std::string_view text) {
    Bound least;
    for (const std::string_view line : linesOf(text)) {
        const auto words = wordsOf(line);
        const auto number = words.size() == 2 ? numberOf<std::uint64_t>(words[1]) : std::nullopt;
        if (!number) {
            return notALimit(line);
        }
        lower(least, number);
    }
    return least;
}

std::map<std::string, Fact<Limit>> collectCgroupLimits(
    const os::ProcRoot& root, const std::vector<CgroupPlace>& places, const MountTree& hostMounts) {
    std::map<std::string, Fact<Limit>> limits;
    for (const Source& source : kSources) {
        limits.emplace(source.name, collectLimit(root, source, places, hostMounts));
    }
    limits.emplace("cpus", collectProcessors(root, places, hostMounts));
    return limits;
}

} // namespace bulkhead::kernel
