#include "core/base/bytes.h"
#include "core/claims/run_takes.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace bulkhead::claims {

using model::NamespaceType;

namespace {

template <class T>
void append(model::Fact<std::vector<T>>& list, T value, const model::Evidence& from) {
    auto values = list.valueOr({});
    values.push_back(std::move(value));
    list = {std::move(values), from};
}

bool takeNames(model::Fact<Words>& list, const std::string& value, const model::Evidence& from) {
    constexpr std::size_t kMost = 1000; // the kernel has some forty capabilities
    const Words names = splitAt(value, ',');
    for (const std::string& name : names.size() <= kMost ? names : Words()) {
        append(list, name, from);
    }
    return names.size() <= kMost;
}

bool takeTruth(model::Fact<bool>& fact, const std::string& value, const model::Evidence& from) {
    const auto truth = goTruth(value);
    if (truth) {
        fact = {*truth, from};
    }
    return truth.has_value();
}

/// What the shell makes of it, the line does not say.
bool isMadeByShell(std::string_view value) {
    return value.find_first_of("$`") != std::string_view::npos;
}

model::Unreadable madeByShell(const std::string& value) {
    return {
        "what the shell makes of " + base::textFromBytes(value) + ", the line does not say",
        "its value in its place"};
}

template <NamespaceType Type>
bool takeMode(Claim& claim, const std::string& value, const model::Evidence& from) {
    if (isMadeByShell(value)) {
        claim.namespaces[Type] = madeByShell(value);
    } else {
        claim.namespaces[Type] = {modeOf(value), from};
    }
    return true;
}

/// "name=host,alias=web" as well (docker/cli opts/network.go).
bool takeNetwork(Claim& claim, const std::string& value, const model::Evidence& from) {
    std::string mode = value;
    for (const std::string& part : splitAt(value, ',')) {
        mode = part.starts_with("name=") ? part.substr(5) : mode;
    }
    return takeMode<NamespaceType::net>(claim, mode, from);
}

bool takeUser(Claim& claim, const std::string& value, const model::Evidence& from) {
    if (isMadeByShell(value)) {
        claim.user = madeByShell(value);
    } else {
        claim.user = {value, from};
    }
    return true;
}

/// keep-id and nomap are of an ordinary user's podman (podman-run(1)); auto may be told whom to map.
bool takeUsers(Claim& claim, const std::string& value, const model::Evidence& from) {
    if (value.empty()) {
        return true; // as if it were not there
    }
    const std::string mode = value.substr(0, value.find(':'));
    const bool told = mode == "auto" && value.contains("mapping=");
    if (told || mode == "keep-id" || mode == "nomap") {
        const model::Unreadable why{
            told ? "beside the ids that --userns names, the engine chooses which ids of the host it is "
                   "mapped to"
                 : mode + " maps the ids of the ordinary user who runs podman",
            ""};
        claim.uidMap = why;
        claim.gidMap = why;
    }
    return takeMode<NamespaceType::user>(claim, value, from);
}

bool takeEnvironment(Claim& claim, const std::string& value, const model::Evidence& from) {
    takeVariable(claim, value, from);
    return true;
}

bool takeLimit(
    Claim& claim, const char* name, std::optional<std::uint64_t> value, const model::Evidence& from) {
    claim.limits[name] = {{value, value ? from.source : ""}, from};
    return true;
}

bool takePids(Claim& claim, const std::string& value, const model::Evidence& from) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = error == std::errc{} && end == value.data() + value.size();
    return whole && takeLimit(
                        claim, "pids",
                        number > 0 ? std::optional(static_cast<std::uint64_t>(number)) : std::nullopt, from);
}

bool takeMemory(Claim& claim, const std::string& value, const model::Evidence& from) {
    const auto bytes = bytesOf(value);
    return bytes && takeLimit(claim, "memory", *bytes > 0 ? bytes : std::nullopt, from);
}

/// 0 is no limit (docker-run(1), podman-run(1)).
bool takeCpus(Claim& claim, const std::string& value, const model::Evidence& from) {
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    constexpr double kThousandths = 1000;
    const bool sound =
        error == std::errc{} && end == value.data() + value.size() && number >= 0 && number < 1e6;
    const auto limit =
        number > 0 ? std::optional(static_cast<std::uint64_t>(number * kThousandths)) : std::nullopt;
    return sound && takeLimit(claim, "cpu", limit, from);
}

bool takeOneUlimit(Claim& claim, const std::string& value, const model::Evidence& from) {
    const auto equals = value.find('=');
    if (equals == std::string::npos) {
        return false;
    }
    std::string name = "RLIMIT_" + value.substr(0, equals);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
    const Words bounds = splitAt(value.substr(equals + 1), ':');
    std::vector<std::optional<std::uint64_t>> numbers;
    for (const std::string& bound : bounds) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(bound.data(), bound.data() + bound.size(), number);
        if (error != std::errc{} || end != bound.data() + bound.size()) {
            return false;
        }
        numbers.push_back(number < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(number)));
    }
    claim.rlimits[name] = {{numbers.front(), numbers.back()}, from};
    return numbers.size() <= 2;
}

/// Several in one are podman's, and "host": the limits of who runs it.
bool takeUlimit(Claim& claim, const std::string& value, const model::Evidence& from) {
    if (value == "host") {
        claim.notUnderstood.push_back(from.source);
        return true;
    }
    return std::ranges::all_of(
        splitAt(value, ','), [&](const std::string& one) { return takeOneUlimit(claim, one, from); });
}

/// CONTAINER:HOST:LENGTH of podman; a range or several for each option. The other map is the same where only
/// one is said.
bool takeIdMap(
    Claim& claim, const std::string& value, const model::Evidence& from, model::Fact<model::IdMap>& map) {
    model::IdMap all = map.valueOr({});
    for (const std::string& text : splitAt(value, ',')) {
        const auto range = parseIdRange(text);
        if (!range) {
            return false;
        }
        all.ranges.push_back(*range);
    }
    map = {std::move(all), from};
    claim.namespaces[NamespaceType::user] = {"new", from};
    return true;
}

bool takeSysctl(Claim& claim, const std::string& value, const model::Evidence& /*from*/) {
    const auto equals = value.find('=');
    if (equals != std::string::npos) {
        claim.sysctls[value.substr(0, equals)] = value.substr(equals + 1);
    }
    return equals != std::string::npos;
}

/// The sandbox of a pod of Podman's holds these namespaces for its containers (podman-pod-create(1) --share).
void joinPod(Claim& claim, const std::string& pod, const model::Evidence& from) {
    for (const NamespaceType type : {NamespaceType::ipc, NamespaceType::net, NamespaceType::uts}) {
        claim.namespaces[type] = {"join(pod:" + pod + ")", from};
    }
}

bool takePod(Claim& claim, const std::string& value, const model::Evidence& from) {
    if (!value.starts_with("new:")) {
        joinPod(claim, value, from);
    }
    return !value.empty();
}

/// Either without the other leaves the share to what the engine takes for it.
bool takeQuota(Claim& claim, const std::string& /*value*/, const model::Evidence& from) {
    claim.limits["cpu"] = model::Unreadable{
        base::textFromBytes(from.source) + " sets a part of the limit",
        "--cpus, which says it in one number"};
    return true;
}

using C = Claim;
using S = std::string;
using E = model::Evidence;

constexpr auto kOptions = std::to_array<RunOption>({
        {"--privileged", [](C& c, const S& v, const E& f) { return takeTruth(c.privileged, v, f); }, true},
        {"--runtime",
         [](C& c, const S& v, const E&) {
             c.runtime = v;
             return !v.empty();
         }},
        {"--read-only", [](C& c, const S& v, const E& f) { return takeTruth(c.readOnlyRoot, v, f); }, true},
        {"--read-only-tmpfs", [](C& c, const S& v, const E& f) { return takeTruth(c.readOnlyTmpfs, v, f); }, true},
        {"--uidmap", [](C& c, const S& v, const E& f) { return takeIdMap(c, v, f, c.uidMap); }},
        {"--gidmap", [](C& c, const S& v, const E& f) { return takeIdMap(c, v, f, c.gidMap); }},
        {"--init", [](C& c, const S& v, const E& f) { return takeTruth(c.init, v, f); }, true},
        {"--cap-add", [](C& c, const S& v, const E& f) { return takeNames(c.capAdd, v, f); }},
        {"--cap-drop", [](C& c, const S& v, const E& f) { return takeNames(c.capDrop, v, f); }},
        {"--user", takeUser},
        {"-u", takeUser},
        {"--group-add",
         [](C& c, const S& v, const E& f) {
             append(c.groupAdd, v, f);
             return true;
         }},
        {"--security-opt", [](C& c, const S& v, const E& f) { return takeSecurityOption(v, f, c); }},
        {"--pid", takeMode<NamespaceType::pid>},
        {"--ipc", takeMode<NamespaceType::ipc>},
        {"--uts", takeMode<NamespaceType::uts>},
        {"--net", takeNetwork},
        {"--network", takeNetwork},
        {"--userns", takeUsers},
        {"--cgroupns", takeMode<NamespaceType::cgroup>},
        {"--device", takeDevice},
        {"--device-cgroup-rule",
         [](C& c, const S& v, const E& f) {
             c.deviceRules.emplace_back(v, f);
             return true;
         }},
        {"-v", takeVolume},
        {"--volume", takeVolume},
        {"--mount", takeMount},
        {"--tmpfs", takeTmpfs},
        {"--ulimit", takeUlimit},
        {"--pids-limit", takePids},
        {"--memory", takeMemory},
        {"-m", takeMemory},
        {"--cpus", takeCpus},
        {"--sysctl", takeSysctl},
        {"--oom-score-adj",
         [](C& c, const S& v, const E& f) {
             std::int64_t n = 0;
             const auto [end, error] = std::from_chars(v.data(), v.data() + v.size(), n);
             c.oomScoreAdj = {n, f};
             return error == std::errc{} && end == v.data() + v.size();
         }},
        {"-p",
         [](C& c, const S& v, const E& f) {
             append(c.publishedPorts, v, f);
             return true;
         }},
        {"--publish",
         [](C& c, const S& v, const E& f) {
             append(c.publishedPorts, v, f);
             return true;
         }},
        {"--name",
         [](C& c, const S& v, const E&) {
             c.name = v;
             return true;
         }},
        {"-e", takeEnvironment},
        {"--env", takeEnvironment},
        {"--env-file",
         [](C& c, const S& v, const E&) {
             c.notSeen["image.secretEnv"] = {
                 "the variables of the file " + base::textFromBytes(v) + " are not looked at", "the file"};
             return true;
         }},
        {"--volumes-from", takeMountsOf},
        {"--pod", takePod},
        {"--pod-id-file",
         [](C& c, const S& v, const E& f) {
             joinPod(c, "the one whose id stands in " + v, f);
             return !v.empty();
         }},
        {"--annotation",
         [](C& c, const S& v, const E& f) {
             if (v.starts_with("run.oci.")) { // crun(1), "Annotations": they change groups, hooks, handlers
                 c.notUnderstood.push_back(f.source);
             }
             return true;
         }},
        {"--cpu-quota", takeQuota},
        {"--cpu-period", takeQuota},
        {"--use-api-socket", takeApiSocket, true},
        {"--shm-size",
         [](C& c, const S&, const E& f) {
             c.notUnderstood.push_back(f.source + ": the size of /dev/shm");
             return true;
         }},
});

} // namespace

const std::vector<RunOption>& runOptions() {
    static const std::vector<RunOption> kAll = [] {
        std::vector<RunOption> all(kOptions.begin(), kOptions.end());
        const std::vector<RunOption> others = otherRunOptions();
        all.insert(all.end(), others.begin(), others.end());
        return all;
    }();
    return kAll;
}

} // namespace bulkhead::claims
