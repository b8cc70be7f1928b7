#include "core/catalog/scenario.h"

#include "core/base/bytes.h"
#include "core/catalog/yaml_reader.h"

#include <algorithm>
#include <array>

namespace bulkhead::catalog {

namespace {

using model::CapabilitySet;

constexpr std::uint64_t kMaxId = 4294967294U; // 4294967295 is "no change" (setuid(2))
constexpr std::size_t kMaxNameLength = 32;

/// getrlimit(2).
constexpr std::array<std::string_view, 16> kResourceLimits = {
    "RLIMIT_AS",      "RLIMIT_CORE",     "RLIMIT_CPU",        "RLIMIT_DATA",   "RLIMIT_FSIZE", "RLIMIT_LOCKS",
    "RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE", "RLIMIT_NICE",       "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_RSS",
    "RLIMIT_RTPRIO",  "RLIMIT_RTTIME",   "RLIMIT_SIGPENDING", "RLIMIT_STACK"};

// Docker's least is 6 MiB (moby daemon_unix.go); what runc takes besides varies with how busy the machine is.
constexpr std::uint64_t kLeastMemory = 33554432;
constexpr std::uint64_t kLeastCpu = 10; // a quota below 1 ms of 100 is EINVAL (kernel/sched/core.c)

/// A limit below which runc, which sets it on itself before it loads the filter, cannot be relied on to start
/// the container: found by trying runc 1.1.5, times four, since how many threads it has, and so how much it
/// maps, varies with how busy the machine is. What is not listed may be 0.
struct LeastLimit {
    std::string_view name;
    std::uint64_t least;
};
constexpr std::array<LeastLimit, 5> kLeastLimits = {
    {{"RLIMIT_AS", 4294967296},
     {"RLIMIT_CPU", 4},
     {"RLIMIT_DATA", 536870912},
     {"RLIMIT_NOFILE", 16},
     {"RLIMIT_STACK", 65536}}};

CapabilitySet everyCapability() {
    return CapabilitySet((std::uint64_t{1} << model::kKnownCapabilities) - 1);
}

/// What Docker's --privileged changes (facts of moby daemon/oci_linux.go): all capabilities, no filter, no
/// masks, kernel file systems writable, every device. Namespaces and no_new_privs stay as they are.
void makePrivileged(Scenario& scenario) {
    scenario.privileged = true;
    scenario.capabilities = everyCapability();
    scenario.seccomp.clear();
    scenario.protectPaths = false;
    scenario.readOnlyKernelFiles = false;
    scenario.hostDevices = true;
    scenario.openDevicePolicy = true;
}

void readCapabilities(YamlReader& in, Scenario& scenario) {
    const YamlNode* node = in.find("capabilities");
    if (node == nullptr) {
        return;
    }
    if (node->isText()) {
        const std::string word = in.word("capabilities", {"docker-default", "all", "none"});
        scenario.capabilities = word == "all"    ? everyCapability()
                                : word == "none" ? CapabilitySet()
                                                 : dockerCapabilities();
        return;
    }
    scenario.capabilities = CapabilitySet();
    const std::vector<std::string> names = in.texts("capabilities");
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto capability = model::capabilityNamed(names[i]);
        if (!capability || !everyCapability().has(*capability)) {
            in.refuse(
                node->items[i], "capabilities",
                "no capability is named " + base::textFromBytes(names[i]) +
                    "; capabilities(7) lists them, CAP_CHOWN for example");
            return;
        }
        scenario.capabilities.add(*capability);
    }
}

void readUser(YamlReader& in, Scenario& scenario) {
    if (auto user = in.map("user")) {
        user->allowOnly({"uid", "gid"});
        scenario.uid = static_cast<std::uint32_t>(user->number("uid", 0, kMaxId));
        scenario.gid = static_cast<std::uint32_t>(user->number("gid", scenario.uid, kMaxId));
        in.take(*user);
    }
    const YamlNode* node = in.find("userNamespace");
    if (node != nullptr && node->isText()) {
        const std::string word = in.word("userNamespace", {"host", "launcher"});
        if (word == "launcher") {
            scenario.userNamespace = UserMapping{true, 0, 1};
        }
    } else if (auto map = in.map("userNamespace")) {
        map->allowOnly({"outside", "length"});
        UserMapping mapping;
        mapping.outside = static_cast<std::uint32_t>(map->requiredNumber("outside", kMaxId));
        mapping.length = static_cast<std::uint32_t>(map->requiredNumber("length", kMaxId - mapping.outside));
        scenario.userNamespace = mapping;
        in.take(*map);
    }
}

void checkUser(YamlReader& in, const Scenario& scenario) {
    const auto& mapping = scenario.userNamespace;
    if (scenario.launcher == Launcher::unprivileged && (!mapping || !mapping->launcherOnly)) {
        in.refuse(
            in.node(), "userNamespace",
            "an unprivileged launch maps one id only; write userNamespace: launcher");
    }
    const std::uint32_t mapped = mapping ? mapping->length : std::uint32_t{4294967295U};
    if (scenario.uid >= mapped || scenario.gid >= mapped) {
        const auto* user = in.find("user"); // the file may leave it to the default, root
        in.refuse(
            user != nullptr ? *user : in.node(), "user",
            "the user namespace maps " + std::to_string(mapped) + " ids from 0; the user is beyond them");
    }
}

/// A limit that lets the container start; nothing can be started under a smaller one.
void refuseBelow(YamlReader& in, std::string_view key, std::uint64_t value, std::uint64_t least) {
    if (in.problem() || value >= least) {
        return;
    }
    const std::string much = value == 0 ? "a limit of 0" : "a limit of " + std::to_string(value);
    in.refuse(
        *in.find(key), key,
        much + " lets nothing start; " + std::to_string(least) +
            " is the least, and without the key there is no limit");
}

std::optional<std::uint64_t>
optionalNumber(YamlReader& in, std::string_view key, std::uint64_t least, std::uint64_t most) {
    if (in.find(key) == nullptr) {
        return std::nullopt;
    }
    const std::uint64_t value = in.number(key, least, most);
    refuseBelow(in, key, value, least);
    return value;
}

void readResourceLimits(YamlReader& rlimits, Scenario& scenario) {
    for (const YamlNode& key : rlimits.node().keys) {
        if (std::ranges::find(kResourceLimits, key.text) == kResourceLimits.end()) {
            rlimits.refuse(
                key, base::textFromBytes(key.text), "no such resource limit; getrlimit(2) lists them");
            return;
        }
        const std::uint64_t most = rlimits.number(key.text, 0, std::uint64_t{1} << 50);
        const auto* least = std::ranges::find(kLeastLimits, key.text, &LeastLimit::name);
        refuseBelow(rlimits, key.text, most, least == kLeastLimits.end() ? 0 : least->least);
        scenario.rlimits[key.text] = {most, most};
    }
}

void readLimits(YamlReader& in, Scenario& scenario) {
    if (auto limits = in.map("limits")) {
        limits->allowOnly({"pids", "memory", "cpu"});
        scenario.limits.pids = optionalNumber(*limits, "pids", 1, 4194304);
        scenario.limits.memory = optionalNumber(*limits, "memory", kLeastMemory, std::uint64_t{1} << 50);
        scenario.limits.cpu = optionalNumber(*limits, "cpu", kLeastCpu, 1000000);
        in.take(*limits);
    }
    if (auto rlimits = in.map("rlimits")) {
        readResourceLimits(*rlimits, scenario);
        in.take(*rlimits);
    }
}

void readDirectories(YamlReader& in, Scenario& scenario) {
    for (YamlReader& entry : in.maps("directories")) {
        entry.allowOnly({"target", "access"});
        LabDirectory directory;
        directory.target = entry.requiredText("target");
        directory.readOnly = entry.word("access", {"read-write", "read-only"}) == "read-only";
        const std::filesystem::path path(directory.target);
        const bool plain = path.is_absolute() && path == path.lexically_normal() && path.has_filename();
        if (!entry.problem() && (!plain || directory.target.size() > 200)) {
            entry.refuse(*entry.find("target"), "target", "an absolute path without . and .. is expected");
        }
        scenario.directories.push_back(std::move(directory));
        in.take(entry);
    }
}

void readSeccomp(YamlReader& in, Scenario& scenario, const std::vector<std::string>& profiles) {
    const std::string name = in.text("seccomp", scenario.seccomp.empty() ? "none" : scenario.seccomp);
    if (name.empty()) {
        in.refuse(*in.find("seccomp"), "seccomp", "a text is expected, none for no filter");
    }
    scenario.seccomp = name == "none" ? "" : name;
    if (!scenario.seccomp.empty() && std::ranges::find(profiles, name) == profiles.end()) {
        std::string known;
        for (const std::string& profile : profiles) {
            known += profile + ", ";
        }
        const auto* node = in.find("seccomp"); // the file may leave it to the default
        in.refuse(
            node != nullptr ? *node : in.node(), "seccomp",
            "no profile is named " + base::textFromBytes(name) + "; there are " + known + "none");
    }
}

void readBoundary(YamlReader& in, Scenario& s) {
    s.noNewPrivileges = in.truth("noNewPrivileges", s.noNewPrivileges);
    const auto isWord = [&](std::string_view key, bool now, std::string_view yes, std::string_view no) {
        return in.find(key) == nullptr ? now : in.word(key, {yes, no}) == yes;
    };
    s.protectPaths = isWord("protectedPaths", s.protectPaths, "docker-default", "none");
    s.readOnlyRoot = isWord("rootFilesystem", s.readOnlyRoot, "read-only", "writable");
    s.readOnlyKernelFiles = isWord("kernelFilesystems", s.readOnlyKernelFiles, "read-only", "writable");
    s.hostDevices = isWord("devices", s.hostDevices, "host", "standard");
    s.openDevicePolicy = isWord("devicePolicy", s.openDevicePolicy, "everything", "docker-default");
}

void readName(YamlReader& in, Scenario& scenario) {
    scenario.name = in.requiredText("name");
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const bool plain = scenario.name.find_first_not_of(kLetters) == std::string::npos &&
                       scenario.name.size() <= kMaxNameLength && !scenario.name.starts_with('-');
    if (!in.problem() && !plain) {
        in.refuse(
            *in.find("name"), "name",
            "lower-case letters, digits and hyphens are expected, at most " + std::to_string(kMaxNameLength));
    }
    scenario.title = in.requiredText("title");
    scenario.summary = in.text("summary", "");
    scenario.order = static_cast<std::uint32_t>(in.requiredNumber("order", 1000000));
}

} // namespace

CapabilitySet dockerCapabilities() {
    CapabilitySet set;
    for (const std::string_view name :
         {"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
          "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP",
          "CAP_SETUID", "CAP_SYS_CHROOT"}) {
        set.add(*model::capabilityNamed(name));
    }
    return set;
}

base::Result<Scenario>
parseScenario(std::string_view yaml, std::string_view fileName, const std::vector<std::string>& profiles) {
    const auto tree = parseYamlTree(yaml, fileName);
    if (!tree) {
        return std::unexpected(tree.error());
    }
    YamlReader in(*tree, fileName);
    in.allowOnly(
        {"name", "title", "summary", "order", "launcher", "privileged", "user", "userNamespace",
         "capabilities", "noNewPrivileges", "seccomp", "protectedPaths", "rootFilesystem",
         "kernelFilesystems", "devices", "devicePolicy", "directories", "limits", "rlimits"});
    Scenario scenario;
    scenario.capabilities = dockerCapabilities();
    scenario.seccomp = "docker-default";
    readName(in, scenario);
    if (in.truth("privileged", false)) {
        makePrivileged(scenario);
    }
    if (in.word("launcher", {"root", "unprivileged"}) == "unprivileged") {
        scenario.launcher = Launcher::unprivileged;
    }
    readUser(in, scenario);
    readCapabilities(in, scenario);
    readSeccomp(in, scenario, profiles);
    readBoundary(in, scenario);
    readDirectories(in, scenario);
    readLimits(in, scenario);
    if (!in.problem()) {
        checkUser(in, scenario);
    }
    if (in.problem()) {
        return std::unexpected(*in.problem());
    }
    return scenario;
}

} // namespace bulkhead::catalog
