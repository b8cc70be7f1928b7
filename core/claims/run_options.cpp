#include "core/claims/run_line.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace bulkhead::claims {

using model::NamespaceType;

namespace {

using Words = std::vector<std::string>;

template <class T>
void append(model::Fact<std::vector<T>>& list, T value, const model::Evidence& from) {
    auto values = list.valueOr({});
    values.push_back(std::move(value));
    list = {std::move(values), from};
}

Words splitAt(const std::string& text, char by) {
    Words parts(1);
    for (const char c : text) {
        if (c == by) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

template <NamespaceType Type>
bool takeMode(Claim& claim, const std::string& value, const model::Evidence& from) {
    claim.namespaces[Type] = {modeOf(value), from};
    return true;
}

/// keep-id and nomap are of an ordinary user's podman (podman-run(1)); auto may be told whom to map.
bool takeUsers(Claim& claim, const std::string& value, const model::Evidence& from) {
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

bool takeCpus(Claim& claim, const std::string& value, const model::Evidence& from) {
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    constexpr double kThousandths = 1000;
    const bool sound =
        error == std::errc{} && end == value.data() + value.size() && number > 0 && number < 1e6;
    return sound && takeLimit(claim, "cpu", static_cast<std::uint64_t>(number * kThousandths), from);
}

bool takeUlimit(Claim& claim, const std::string& value, const model::Evidence& from) {
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

bool takeDevice(Claim& claim, const std::string& value, const model::Evidence& from) {
    const Words parts = splitAt(value, ':');
    if (parts.size() > 3 || !parts[0].starts_with('/')) {
        return false;
    }
    DeviceAsk ask{parts[0], parts[0], "rwm", from};
    if (parts.size() > 1) {
        (parts[1].starts_with('/') ? ask.inside : ask.access) = parts[1];
    }
    if (parts.size() == 3) {
        ask.access = parts[2];
    }
    claim.devices.push_back(std::move(ask));
    return true;
}

bool takeVolume(Claim& claim, const std::string& value, const model::Evidence& from) {
    const auto mount = mountOfVolume(value, from);
    if (mount) {
        claim.mounts.push_back(*mount);
    }
    return mount.has_value();
}

bool takeTmpfs(Claim& claim, const std::string& value, const model::Evidence& from) {
    const auto colon = value.find(':');
    const std::string target = value.substr(0, colon);
    claim.mounts.push_back(
        tmpfsMount(target, colon == std::string::npos ? "" : value.substr(colon + 1), from));
    return target.starts_with('/');
}

/// --mount type=bind,source=/x,target=/y,readonly
bool takeMount(Claim& claim, const std::string& value, const model::Evidence& from) {
    AskedMount mount;
    mount.from = from;
    mount.type = "volume";
    mount.options = {"rbind"};
    for (const std::string& part : splitAt(value, ',')) {
        const auto equals = part.find('=');
        const std::string key = part.substr(0, equals);
        const std::string text = equals == std::string::npos ? "true" : part.substr(equals + 1);
        if (key == "type") {
            mount.type = text;
        } else if (key == "source" || key == "src") {
            mount.source = text;
        } else if (key == "target" || key == "dst" || key == "destination") {
            mount.target = text;
        } else if (key == "readonly" || key == "ro") {
            mount.options.emplace_back(text == "true" || text == "1" ? "ro" : "rw");
        } else if (key == "idmap") {
            mount.options.emplace_back(text == "false" ? "" : "idmap");
        } else if (key == "bind-propagation") {
            mount.options.push_back(text);
        } else if (!key.starts_with("tmpfs-") && key != "consistency") {
            claim.notUnderstood.push_back("--mount " + key);
        }
    }
    if (mount.type == "tmpfs") {
        claim.mounts.push_back(tmpfsMount(mount.target, "", from));
        return mount.target.starts_with('/');
    }
    mount.volume = mount.type == "volume";
    if (mount.volume) {
        mount.sourceUnknown = model::Unreadable{"where the engine keeps the volume " + mount.source, ""};
        mount.source.clear();
    }
    const bool sound = mount.target.starts_with('/') && (mount.volume || mount.type == "bind");
    mount.type = "bind";
    claim.mounts.push_back(std::move(mount));
    return sound;
}

/// CONTAINER:HOST:LENGTH of podman; an option for each range. The other map is the same where only one is
/// said.
bool takeIdMap(
    Claim& claim, const std::string& value, const model::Evidence& from, model::Fact<model::IdMap>& map) {
    const auto range = parseIdRange(value);
    if (!range) {
        return false;
    }
    model::IdMap all = map.valueOr({});
    all.ranges.push_back(*range);
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

bool pass(Claim& /*claim*/, const std::string& /*value*/, const model::Evidence& /*from*/) {
    return true;
}

using C = Claim;
using S = std::string;
using E = model::Evidence;

constexpr auto kOptions = std::to_array<RunOption>({
        {"--privileged",
         [](C& c, const S& v, const E& f) {
             c.privileged = {v != "false", f};
             return true;
         },
         true},
        {"--runtime",
         [](C& c, const S& v, const E&) {
             c.runtime = v;
             return !v.empty();
         }},
        {"--read-only",
         [](C& c, const S& v, const E& f) {
             c.readOnlyRoot = {v != "false", f};
             return true;
         },
         true},
        {"--read-only-tmpfs",
         [](C& c, const S& v, const E& f) {
             c.readOnlyTmpfs = {v != "false", f};
             return true;
         },
         true},
        {"--uidmap", [](C& c, const S& v, const E& f) { return takeIdMap(c, v, f, c.uidMap); }},
        {"--gidmap", [](C& c, const S& v, const E& f) { return takeIdMap(c, v, f, c.gidMap); }},
        {"--init",
         [](C& c, const S& v, const E& f) {
             c.init = {v != "false", f};
             return true;
         },
         true},
        {"--cap-add",
         [](C& c, const S& v, const E& f) {
             for (const S& name : splitAt(v, ',')) {
                 append(c.capAdd, name, f);
             }
             return true;
         }},
        {"--cap-drop",
         [](C& c, const S& v, const E& f) {
             for (const S& name : splitAt(v, ',')) {
                 append(c.capDrop, name, f);
             }
             return true;
         }},
        {"--user",
         [](C& c, const S& v, const E& f) {
             c.user = {v, f};
             return true;
         }},
        {"-u",
         [](C& c, const S& v, const E& f) {
             c.user = {v, f};
             return true;
         }},
        {"--group-add",
         [](C& c, const S& v, const E& f) {
             append(c.groupAdd, v, f);
             return true;
         }},
        {"--security-opt", [](C& c, const S& v, const E& f) { return takeSecurityOption(v, f, c); }},
        {"--pid", takeMode<NamespaceType::pid>},
        {"--ipc", takeMode<NamespaceType::ipc>},
        {"--uts", takeMode<NamespaceType::uts>},
        {"--net", takeMode<NamespaceType::net>},
        {"--network", takeMode<NamespaceType::net>},
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
        {"-d", pass, true},
        {"--detach", pass, true},
        {"-i", pass, true},
        {"--interactive", pass, true},
        {"-t", pass, true},
        {"--tty", pass, true},
        {"-it", pass, true},
        {"-ti", pass, true},
        {"-dit", pass, true},
        {"-itd", pass, true},
        {"-dt", pass, true},
        {"-di", pass, true},
        {"-td", pass, true},
        {"-id", pass, true},
        {"--rm", pass, true},
        {"-q", pass, true},
        {"--quiet", pass, true},
        {"--no-healthcheck", pass, true},
        {"--sig-proxy", pass, true},
        {"-e", takeEnvironment},
        {"--env", takeEnvironment},
        {"--env-file", pass},
        {"-l", pass},
        {"--label", pass},
        {"--label-file", pass},
        {"-h", pass},
        {"--hostname", pass},
        {"-w", pass},
        {"--workdir", pass},
        {"--entrypoint", pass},
        {"--restart", pass},
        {"--log-driver", pass},
        {"--log-opt", pass},
        {"--pull", pass},
        {"--platform", pass},
        {"--add-host", pass},
        {"--dns", pass},
        {"--dns-search", pass},
        {"--expose", pass},
        {"--stop-timeout", pass},
        {"--stop-signal", pass},
        {"--health-cmd", pass},
        {"--health-interval", pass},
        {"--cidfile", pass},
        {"--network-alias", pass},
        {"--ip", pass},
        {"--mac-address", pass},
        {"--shm-size",
         [](C& c, const S&, const E& f) {
             c.notUnderstood.push_back(f.source + ": the size of /dev/shm");
             return true;
         }},
});

} // namespace

const std::vector<RunOption>& runOptions() {
    static const std::vector<RunOption> kAll(kOptions.begin(), kOptions.end());
    return kAll;
}

} // namespace bulkhead::claims
