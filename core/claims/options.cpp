#include "core/base/bytes.h"
#include "core/claims/claim.h"
#include "core/claims/run_line.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace bulkhead::claims {

using model::CapabilitySet;

namespace {

std::string upper(std::string name) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
    return name;
}

struct Named {
    bool all = false;
    CapabilitySet set;
};

/// "net_admin" and "CAP_NET_ADMIN" are the same but to containerd, which puts CAP_ before whatever the
/// kubelet sends (internal/cri/opts WithCapabilities); the runtime then passes over what is no capability.
Named namedIn(
    const model::Fact<std::vector<std::string>>& list, const EngineDefaults& engine,
    std::vector<std::string>& unknown) {
    Named out;
    for (const std::string& entry : list.valueOr({})) {
        const std::string name = upper(entry);
        const bool prefixed = name.starts_with("CAP_");
        if (name == "ALL") {
            out.all = true;
        } else if (prefixed && engine.prefixesNames && model::capabilityNamed(name)) {
            std::string& note = unknown.emplace_back("containerd makes CAP_");
            note.append(name).append(" of ").append(entry);
            note.append(", which is no capability and is passed over");
        } else if (const auto capability = model::capabilityNamed(prefixed ? name : "CAP_" + name)) {
            out.set.add(*capability);
        } else {
            unknown.push_back("no capability is named " + entry);
        }
    }
    return out;
}

/// What Podman does not start with (container-libs common/pkg/capabilities, MergeCapabilities).
void tellRefused(const Named& add, const Named& drop, std::vector<std::string>& unknown) {
    if (add.all && drop.all) {
        unknown.emplace_back("podman refuses to add and to drop all capabilities");
    } else if (!add.all && !drop.all) {
        for (const std::string& name : add.set.intersected(drop.set).sortedNames()) {
            unknown.push_back("podman refuses to add and to drop " + name);
        }
    }
}

/// "/proc/kcore:/sys/firmware"
void takePaths(std::string_view value, std::vector<std::string>& out) {
    for (std::size_t at = 0; at <= value.size();) {
        const std::size_t end = std::min(value.find(':', at), value.size());
        out.emplace_back(value.substr(at, end - at));
        at = end + 1;
    }
}

model::Unreadable whereItIsRun(const std::string& source) {
    return {
        "the folder " + base::textFromBytes(source) + " depends on where the command is run",
        "the folder's whole path in its place"};
}

CapabilitySet united(const CapabilitySet& left, const CapabilitySet& right) {
    return CapabilitySet(left.mask() | right.mask());
}

} // namespace

CapabilitySet capabilitiesOf(
    const Claim& claim, const EngineDefaults& engine, const CapabilitySet& all,
    std::vector<std::string>& unknown) {
    CapabilitySet base;
    for (const std::string_view name : engine.capabilities) {
        base.add(*model::capabilityNamed("CAP_" + std::string(name)));
    }
    const Named add = namedIn(claim.capAdd, engine, unknown);
    const Named drop = namedIn(claim.capDrop, engine, unknown);
    if (engine.addedAreAmbient) {
        tellRefused(add, drop, unknown);
    }
    if (engine.algebra == CapabilityAlgebra::dropWins) {
        base = drop.all ? CapabilitySet() : add.all ? all : base;
        return united(base, add.set).minus(drop.set);
    }
    if (add.all) {
        return all.minus(drop.set);
    }
    return drop.all ? add.set : united(base.minus(drop.set), add.set);
}

std::optional<std::uint64_t> bytesOf(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0 || number > 1e18) {
        return std::nullopt;
    }
    std::string unit(end, text.data() + text.size());
    std::ranges::transform(unit, unit.begin(), [](unsigned char c) { return std::tolower(c); });
    constexpr std::string_view kUnits = "bkmgt";
    if (unit.ends_with("ib") || (unit.size() == 2 && unit.ends_with('b'))) {
        unit.resize(1);
    }
    const auto at = unit.empty() ? 0 : kUnits.find(unit.front());
    if (unit.size() > 1 || at == std::string_view::npos) {
        return std::nullopt;
    }
    constexpr double kStep = 1024;
    return static_cast<std::uint64_t>(number * std::pow(kStep, static_cast<double>(at)));
}

std::optional<model::IdRange> parseIdRange(std::string_view text) {
    std::array<std::uint32_t, 3> numbers = {0, 0, 1};
    std::size_t count = 0;
    for (std::size_t at = 0; at <= text.size(); ++count) {
        const std::size_t end = std::min(text.find(':', at), text.size());
        const char* last = text.data() + end;
        if (count == numbers.size()) {
            return std::nullopt;
        }
        const auto [rest, error] = std::from_chars(text.data() + at, last, numbers[count]);
        if (error != std::errc{} || rest != last) {
            return std::nullopt;
        }
        at = end + 1;
    }
    const bool fits = numbers[2] > 0 && std::uint64_t{numbers[0]} + numbers[2] <= 4294967295U &&
                      std::uint64_t{numbers[1]} + numbers[2] <= 4294967295U;
    return count >= 2 && fits ? std::optional(model::IdRange{numbers[0], numbers[1], numbers[2]})
                              : std::nullopt;
}

void tellShellSource(AskedMount& mount) {
    const bool relative = !mount.volume && !mount.source.starts_with('/');
    if (relative || mount.source.find_first_of("$`") != std::string::npos) {
        mount.volume = false;
        mount.sourceUnknown = whereItIsRun(mount.source);
        mount.source.clear();
    }
}

std::optional<AskedMount> mountOfVolume(std::string_view text, const model::Evidence& from) {
    std::vector<std::string> parts(1);
    int inner = 0; // in ${X:-y} and $(x), a colon is theirs
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool opens = (c == '{' || c == '(') && i > 0 && (inner > 0 || text[i - 1] == '$');
        inner += opens ? 1 : inner > 0 && (c == '}' || c == ')') ? -1 : 0;
        if (c == ':' && inner == 0) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    if (parts.size() > 3 || parts.back().empty()) {
        return std::nullopt;
    }
    AskedMount mount;
    mount.from = from;
    mount.type = "bind";
    mount.options = {"rbind"};
    const bool anonymous = parts.size() == 1;
    mount.source = anonymous ? "" : parts[0];
    mount.target = anonymous ? parts[0] : parts[1];
    if (parts.size() == 3) {
        std::string word;
        for (const char c : parts[2] + ",") {
            if (c != ',') {
                word += c;
            } else if (!word.empty()) {
                mount.options.push_back(std::move(word));
                word.clear();
            }
        }
    }
    if (!mount.source.starts_with('/')) {
        mount.volume = true;
        mount.sourceUnknown = model::Unreadable{"where the engine keeps the volume " + mount.source, ""};
        if (mount.source.starts_with('.') || mount.source.starts_with('~')) {
            mount.volume = false;
            mount.sourceUnknown = whereItIsRun(mount.source);
        }
    }
    tellShellSource(mount);
    if (mount.sourceUnknown) {
        mount.source.clear();
    }
    return mount.target.starts_with('/') ? std::optional(mount) : std::nullopt;
}

AskedMount tmpfsMount(const std::string& target, const std::string& options, const model::Evidence& from) {
    AskedMount mount;
    mount.target = target;
    mount.type = "tmpfs";
    mount.source = "tmpfs";
    mount.from = from;
    std::vector<std::string> given(1);
    for (const char c : options) {
        if (c == ',') {
            given.emplace_back();
        } else {
            given.back() += c;
        }
    }
    // noexec, nosuid and nodev unless their opposites are asked for
    for (const auto& [flag, opposite] :
         {std::pair{"noexec", "exec"}, std::pair{"nosuid", "suid"}, std::pair{"nodev", "dev"}}) {
        if (std::ranges::find(given, opposite) == given.end() &&
            std::ranges::find(given, flag) == given.end()) {
            given.emplace_back(flag);
        }
    }
    std::erase(given, "");
    mount.options = std::move(given);
    return mount;
}

bool takeSecurityOption(std::string_view option, const model::Evidence& from, Claim& claim) {
    const auto at = option.find_first_of("=:");
    const std::string name(option.substr(0, at));
    const std::string value = at == std::string_view::npos ? "" : std::string(option.substr(at + 1));
    if (name == "no-new-privileges") {
        const auto truth = goTruth(at == std::string_view::npos ? "true" : value);
        if (!truth) {
            return false;
        }
        claim.noNewPrivileges = {*truth, from};
    } else if (name == "seccomp") {
        claim.seccomp = {value == "builtin" ? "default" : value, from};
    } else if (name == "apparmor") {
        claim.apparmor = {value, from};
    } else if (name == "label") {
        claim.selinux = {value, from}; // counts where the machine has SELinux, and its policy decides then
    } else if (option == "systempaths=unconfined" || (name == "unmask" && upper(value) == "ALL")) {
        claim.pathsOpen = {true, from};
    } else if (name == "writable-cgroups") {
        claim.cgroupsWritable = {value.empty() || goTruth(value).value_or(false), from};
    } else if ((name == "mask" || name == "unmask") && value.starts_with('/')) {
        takePaths(value, name == "mask" ? claim.mask : claim.unmask);
    } else {
        return false;
    }
    return true;
}

std::string modeOf(std::string_view word) {
    if (word == "host") {
        return "host";
    }
    if (word.starts_with("container:") || word.starts_with("service:") || word.starts_with("ns:")) {
        return "join(" + std::string(word) + ")";
    }
    return "new";
}

} // namespace bulkhead::claims
